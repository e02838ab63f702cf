// SPDX-License-Identifier: MIT
// A few instructions in ring 3, entered and left by code of the tests' own: no
// exercise has a part in it. ESP0 points into a context, as it always does, and
// what lies there afterwards says how ring 3 was left.
#ifndef RING3_H
#define RING3_H

#include "lines.h"

#include <h4/entries.h>
#include <h4/live.h>
#include <kernel/string.h>

#define RING3_CODE 0x40700000u
#define RING3_STACK 0x40702000u // where it begins
#define RING3_NOTHING 0x40703000u

#define STUB_SIZE 16u

// ring3_enter(eip, ebx) enters ring 3. Wherever a stub is jumped to, which says
// its vector, ring3_enter returns what ECX was.
__asm__(".pushsection .text\n"
        ".type ring3_enter, @function\n"
        "ring3_enter:\n\t"
        "push %ebp\n\t"
        "push %ebx\n\t"
        "push %esi\n\t"
        "push %edi\n\t"
        "mov 20(%esp), %eax\n\t"
        "mov 24(%esp), %ebx\n\t"
        "mov %esp, ring3_kernel_stack\n\t"
        "mov $0x23, %ecx\n\t" // USER_DATA
        "mov %ecx, %ds\n\t"
        "mov %ecx, %es\n\t"
        "mov $0x40702000, %ebp\n\t" // RING3_STACK
        "push %ecx\n\t"
        "push %ebp\n\t"
        "push $0x202\n\t"
        "push $0x1B\n\t" // USER_CODE
        "push %eax\n\t"
        "xor %ecx, %ecx\n\t"
        "iret\n\t"
        ".size ring3_enter, . - ring3_enter\n\t"
        ".type ring3_left, @function\n"
        "ring3_left:\n\t"
        "mov $0x10, %eax\n\t" // KERNEL_DATA
        "mov %eax, %ds\n\t"
        "mov %eax, %es\n\t"
        "mov %esp, ring3_pushed\n\t"
        "mov ring3_kernel_stack, %esp\n\t"
        "mov %ecx, %eax\n\t"
        "pop %edi\n\t"
        "pop %esi\n\t"
        "pop %ebx\n\t"
        "pop %ebp\n\t"
        "ret\n\t"
        ".size ring3_left, . - ring3_left\n\t"
        ".set ring3_vector, 0\n\t"
        ".balign 16\n"
        "ring3_stubs:\n\t"
        ".rept 129\n\t" // GATES
        "push $ring3_vector\n\t"
        "jmp ring3_left\n\t"
        ".balign 16\n\t"
        ".set ring3_vector, ring3_vector + 1\n\t"
        ".endr\n\t"
        ".lcomm ring3_kernel_stack, 4\n\t"
        ".lcomm ring3_pushed, 4\n\t"
        ".popsection");

_Static_assert(USER_CODE == 0x1B && USER_DATA == 0x23 && KERNEL_DATA == 0x10 &&
                       GATES == 129 && RING3_STACK == 0x40702000u,
               "the assembler is told the same");

uint32_t ring3_enter(uint32_t eip, uint32_t ebx);
void ring3_left(void);
extern const char ring3_stubs[];
extern const uint32_t *ring3_pushed;

static struct {
        struct context_slot slot;
        struct pagemap_page code;
        struct tss tss;
        void (*sysenter_left)(void);
} ring3;

// How ring 3 was left.
struct left {
        uint32_t vector;
        bool with_code;
        uint32_t code, eip;
        uint32_t ecx;
};

// A live address space with a page of code and one of stack. All interrupt lines
// are masked; the gates are those of lines_begin.
static inline void
ring3_begin(void)
{
        lines_begin();
        ring3.tss = kernel_tss;
        ring3.sysenter_left = sysenter_left;
        struct tss *tss = &kernel_tss;
        tss->ss0 = KERNEL_DATA;
        tss->io_map = NO_IO_MAP;
        sysenter_left = ring3_left;

        struct pagemap_page directory = live_begin();
        struct pagemap_page table = arena_page("page-table");
        struct pagemap_page stack = arena_page("stack");
        const uint32_t first = RING3_CODE / PAGE_SIZE % TABLE_ENTRIES;
        ring3.code = arena_page("code");
        directory.mapped[RING3_CODE / SUPERPAGE_SIZE] = raw_table(table);
        table.mapped[first] =
                ring3.code.frame.value | ENTRY_PRESENT | ENTRY_USER;
        table.mapped[first + 1] =
                stack.frame.value | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER;
        live_flush();
}

static inline void
ring3_end(void)
{
        live_end();
        kernel_tss = ring3.tss;
        sysenter_left = ring3.sysenter_left;
        lines_end();
}

// Such a gate as this one, that leads to the stub of its vector.
static inline struct descriptor
ring3_gate(struct descriptor gate, uint32_t vector)
{
        uint32_t stub = (uint32_t)(uintptr_t)ring3_stubs + STUB_SIZE * vector;

        return (struct descriptor){
                (gate.low & 0xFFFF0000u) | (stub & 0xFFFFu),
                (gate.high & 0xFFFFu) | (stub & 0xFFFF0000u),
        };
}

static inline struct left
ring3_runs(const uint8_t *bytes, size_t count, uint32_t ebx)
{
        memcpy(ring3.code.mapped, bytes, count);
        kernel_tss.esp0 = context_stack(&ring3.slot);
        struct left left = { .ecx = ring3_enter(RING3_CODE, ebx) };

        const uint32_t *words = ring3_pushed;
        left.with_code =
                &ring3.slot.registers[H_REGISTERS] - words == ENTRY_WORDS;
        left.vector = *words++;
        if (left.with_code)
                left.code = *words++;
        left.eip = *words;
        return left;
}

#endif
