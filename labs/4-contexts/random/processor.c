// SPDX-License-Identifier: MIT
// What the processor and its tables hold after user code was left: as before. The
// contracts are in random.h.
#include "random.h"

#include <h/internal/entry.h>
#include <h/internal/handles.h>
#include <h/internal/interrupts.h>
#include <h/internal/user_space.h>
#include <kernel/pic.h>

// Flags that the kernel never has.
#define NEVER                                                                  \
        (EFLAGS_TF | EFLAGS_IF | EFLAGS_DF | EFLAGS_IOPL | EFLAGS_NT |         \
         EFLAGS_VM | EFLAGS_AC | 0x00180000u)

static struct processor
processor(void)
{
        struct processor now = { 0 };

        now.cr0 = read_cr0() & ~CR0_TS;
        now.cr3 = read_cr3();
        now.cr4 = read_cr4();
        __asm__ volatile("mov %%dr7, %0" : "=r"(now.dr7));
        sgdt(&now.gdt);
        sidt(&now.idt);
        __asm__ volatile("sldt %0" : "=r"(now.ldt));
        __asm__ volatile("str %0" : "=r"(now.task));
        __asm__ volatile("mov %%cs, %0" : "=r"(now.code));
        __asm__ volatile("mov %%ss, %0" : "=r"(now.stack));
        __asm__ volatile("mov %%ds, %0" : "=r"(now.data));
        __asm__ volatile("mov %%es, %0" : "=r"(now.extra));
        for (unsigned i = 0; i < 3; i++)
                now.sysenter[i] = rdmsr(MSR_SYSENTER_CS + i);
        return now;
}

static bool
same_table(struct table_register a, struct table_register b)
{
        return a.base == b.base && a.limit == b.limit;
}

void
processor_check(struct h_pagemap pagemap, uint32_t data)
{
        const struct processor now = processor();
        const struct pagemap_slot *space = pagemap_slot(pagemap);
        uint32_t flags = read_eflags() & NEVER;

        if (flags)
                broken("the kernel runs with flags 0x%08x", flags);
        if (now.cr0 != 0x80050033 || now.dr7 != 0x400)
                broken("CR0 is 0x%08x, DR7 0x%08x", now.cr0, now.dr7);
        if (now.cr4 != own.processor.cr4 || now.cr3 != space->directory.value)
                broken("CR4 is 0x%08x, CR3 0x%08x", now.cr4, now.cr3);
        if (!same_table(now.gdt, own.processor.gdt) ||
            !same_table(now.idt, own.processor.idt))
                broken("GDTR or IDTR has changed");
        if (now.ldt != 0 || now.task != KERNEL_TSS)
                broken("LDTR is 0x%x, TR 0x%x", now.ldt, now.task);
        if (now.code != KERNEL_CODE || now.stack != KERNEL_DATA ||
            now.data != data || now.extra != data)
                broken("the kernel has CS 0x%x SS 0x%x DS 0x%x ES 0x%x",
                       now.code, now.stack, now.data, now.extra);
        for (unsigned i = 0; i < 3; i++)
                if (now.sysenter[i] != own.processor.sysenter[i])
                        broken("the register 0x%x has changed",
                               MSR_SYSENTER_CS + i);
}

void
processor_note(void)
{
        own.processor = processor();
}

// --- Tables --------------------------------------------------------------------

static uint32_t
digest(uint32_t hash, const void *from, uint32_t bytes, uint32_t mask)
{
        const uint32_t *words = from;

        for (uint32_t i = 0; i < bytes / 4; i++)
                hash = (hash << 5 | hash >> 27) * 9u ^ (words[i] & mask);
        return hash;
}

// The words of a task state that say what ran last, or does not matter.
static struct tss
task_state(void)
{
        struct tss state = kernel_tss;

        state.esp0 = 0;
        state.io_map = 0;
        return state;
}

// The descriptor of GS says whose program ran last.
static uint32_t
tables(void)
{
        const struct table_register idt = own.processor.idt;
        const struct tss state = task_state();
        uint32_t hash = 0;

        hash = digest(hash, kernel_gdt, USER_GS / 8 * 8, UINT32_MAX);
        hash = digest(hash, &kernel_gdt[NMI_TSS / 8],
                      (GDT_ENTRIES - NMI_TSS / 8) * 8, UINT32_MAX);
        hash = digest(hash, (const void *)(uintptr_t)idt.base, idt.limit + 1u,
                      UINT32_MAX);
        hash = digest(hash, &state, sizeof(state), UINT32_MAX);
        hash = digest(hash, &h_state, sizeof(h_state), UINT32_MAX);
        for (unsigned i = 0; i < own.space_count; i++)
                hash = digest(hash, directory_of(pagemap_slot(own.spaces[i])),
                              H_PAGE_SIZE, ~(ENTRY_ACCESSED | ENTRY_DIRTY));
        return hash;
}

void
tables_note(void)
{
        own.tables = tables();
}

void
tables_check(void)
{
        if (tables() != own.tables)
                broken("GDT, IDT, task state, H's state or page-directory has "
                       "changed");
        if ((inb(PIC1 + PIC_MASK) | inb(PIC2 + PIC_MASK) << 8) != 0xFFFA)
                broken("an interrupt line is not masked any more");
}

// --- What the client is told -----------------------------------------------------

static bool
is_known(uint8_t vector)
{
        return vector < H_VECTOR_EXCEPTIONS || vector == H_VECTOR_IRQ ||
               vector == H_VECTOR_SYSTEM_CALL || vector == H_VECTOR_SYSENTER;
}

static bool
has_code(uint8_t vector)
{
        return vector < H_VECTOR_EXCEPTIONS &&
               (WITH_ERROR_CODE >> vector & 1u) != 0;
}

const uint32_t *
registers_of(struct h_fault_context context)
{
        const struct context_slot *slot = context_slot(context);

        if (!slot)
                broken("the context %u is none any more", context.slot);
        return slot->registers;
}

void
registers_check(struct h_fault_context context, const struct h_interrupt *event)
{
        const uint32_t never = EFLAGS_IOPL | EFLAGS_VM | 0xFFD88028u;
        const uint32_t always = EFLAGS_FIXED | EFLAGS_IF;
        const uint32_t *registers = registers_of(context);

        if (registers[H_CS] != USER_CODE || registers[H_SS] != USER_DATA)
                broken("a program was left with CS 0x%x, SS 0x%x",
                       registers[H_CS], registers[H_SS]);
        if ((registers[H_EFLAGS] & (never | always)) != always)
                broken("a program was left with EFLAGS 0x%08x",
                       registers[H_EFLAGS]);
        if (!is_known(event->vector) || event->vector != registers[H_HANDLER] ||
            event->code != registers[H_CODE] ||
            (event->code != 0 && !has_code(event->vector)))
                broken("a program was left by vector %u, code 0x%x",
                       event->vector, event->code);
        if (event->kind == H_PAGE_FAULT && !event->user)
                broken("page fault at 0x%08x with code 0x%x, not by user code",
                       event->address.value, event->code);
        own.seen[event->vector]++;
        if (event->kind != H_TIMER)
                own.digest = (own.digest << 5 | own.digest >> 27) * 9u ^
                             event->vector ^ event->code ^ registers[H_EIP];
}
