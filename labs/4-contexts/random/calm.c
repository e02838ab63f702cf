// SPDX-License-Identifier: MIT
// Two small programs, always the same. After them everything by which H remembers
// what has run last says that it was they: the floating-point unit's owner, the last
// page fault, the stack for single steps, the segment in GS. And the free contexts
// are in the order in which they were, the handlers always the same. The contracts
// are in random.h.
#include "random.h"

#include <kernel/string.h>

#define AT 0x00400000u

// The first: a single step over SYSENTER, a floating-point instruction, and a page
// fault. The second: a floating-point instruction, and a system call.
static const uint8_t code[] = {
        0x9C, 0x81, 0x0C, 0x24, 0x00, 0x01, 0x00, 0x00, // PUSHF, OR TF
        0x9D, 0x0F, 0x34,                               // POPF, SYSENTER
        0xD9, 0xE8, 0xDD, 0xD8,                         // FLD1, FSTP
        0xA1, 0x00, 0x00, 0x00, 0x00,                   // MOV EAX, [0]
        0xD9, 0xEB, 0xDD, 0xD8, 0xCD, 0x80,             // FLDPI, FSTP, INT 0x80
};

#define BEHIND_SYSENTER (AT + 11)
#define SECOND (AT + 20)

static void
map(struct h_region region, uint32_t address, unsigned rights)
{
        struct h_pagemap_page table = { new_page(), new_address() };
        bool used;

        done(h_add_mapping(&table, own.other,
                           h_vfpage((struct h_vaddr){ address }, H_PAGE_LOG2),
                           region, rights, &used),
             "h_add_mapping");
}

void
calm_begin(void)
{
        struct h_region program = new_page();
        struct h_vaddr address = new_address();
        struct h_kernel_mapping mapping;

        done(h_alloc_pagemap(
                     (struct h_pagemap_page){ new_page(), new_address() },
                     &own.other),
             "h_alloc_pagemap");
        done(h_add_kernel_mapping(program, h_vfpage(address, H_PAGE_LOG2),
                                  H_R | H_W, false, &mapping),
             "h_add_kernel_mapping");
        memcpy((void *)(uintptr_t)address.value, code, sizeof(code));
        map(program, AT, H_R | H_X);
        map(new_page(), AT + H_PAGE_SIZE, H_R | H_W);
        for (unsigned i = 0; i < 2; i++) {
                done(h_alloc_fault_context(&own.calm[i]),
                     "h_alloc_fault_context");
                done(h_set_gs(own.calm[i], (struct h_vaddr){ AT }, H_PAGE_SIZE),
                     "h_set_gs");
        }
        calm();
        calm(); // the unit's state has been saved for both
}

static void
expect(struct h_fault_context context, uint8_t expected)
{
        uint8_t vector;

        do
                done(h_execute_vector(own.other, context, &vector),
                     "h_execute_vector");
        while (vector == H_VECTOR_IRQ);
        if (vector != expected)
                broken("a calm program was left by vector %u instead of %u",
                       vector, expected);
}

// They are the same ones, whoever has had which of them.
static void
contexts_in_order(void)
{
        const uint32_t first = own.calm[1].slot + 1;
        struct h_fault_context taken, contexts[SLOTS];

        for (unsigned i = 0; i < SLOTS; i++) {
                done(h_alloc_fault_context(&taken), "h_alloc_fault_context");
                if (taken.slot - first >= SLOTS)
                        broken("a context is lost");
                contexts[taken.slot - first] = taken;
        }
        for (unsigned i = SLOTS; i-- > 0;)
                done(h_free_fault_context(contexts[i]), "h_free_fault_context");
}

void
calm(void)
{
        uint32_t registers[H_REGISTERS] = {
                [H_EIP] = AT,
                [H_ESP] = AT + 2 * H_PAGE_SIZE,
                [H_EBP] = AT + 2 * H_PAGE_SIZE,
                [H_EBX] = BEHIND_SYSENTER,
        };

        contexts_in_order();
        set_handlers(true);
        done(h_write_registers(own.calm[0], registers), "h_write_registers");
        expect(own.calm[0], H_VECTOR_SYSENTER);
        expect(own.calm[0], H_VECTOR_DEBUG);
        done(h_write_register(own.calm[0], H_EFLAGS, 0), "h_write_register");
        expect(own.calm[0], H_VECTOR_PAGE_FAULT);
        registers[H_EIP] = SECOND;
        done(h_write_registers(own.calm[1], registers), "h_write_registers");
        expect(own.calm[1], H_VECTOR_SYSTEM_CALL);
}
