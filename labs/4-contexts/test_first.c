// SPDX-License-Identifier: MIT
// A first test of exercises 4.2 and 4.4.
#include <h/internal/entry.h>
#include <h/internal/interrupts.h>
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/pic.h>

#define PLACE 0x40700000u

// What gates_init and irq_init change, and a test has to leave as it was.
static struct {
        struct table_register idt;
        uint8_t masks[2];
        struct tss tss;
} saved;

static struct context_slot slots[2];
static struct fpu_area areas[2];

static void
begin(void)
{
        sidt(&saved.idt);
        saved.masks[0] = inb(PIC1 + PIC_MASK);
        saved.masks[1] = inb(PIC2 + PIC_MASK);
        saved.tss = kernel_tss;
        execution = (struct execution){
                .contexts = slots,
                .fpu_areas = areas,
                .context_count = 2,
        };
}

static void
end(void)
{
        lidt(&saved.idt);
        outb(PIC1 + PIC_MASK, saved.masks[0]);
        outb(PIC2 + PIC_MASK, saved.masks[1]);
        kernel_tss = saved.tss;
}

// A live address space with a program: mov $7, %eax; int $0x80.
static void
begin_program(struct context_slot *slot)
{
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = arena_page("page-table");
        struct pagemap_page page = arena_page("program");

        directory.mapped[PLACE / SUPERPAGE_SIZE] = raw_table(table);
        table.mapped[PLACE / PAGE_SIZE % TABLE_ENTRIES] =
                page.frame.value | ENTRY_PRESENT | ENTRY_USER;
        page.mapped[0] = 0x000007B8;
        page.mapped[1] = 0x0080CD00;
        live_flush();

        *slot = (struct context_slot){ .generation = 1 };
        slot->registers[H_EIP] = PLACE;
        slot->registers[H_CS] = USER_CODE;
        slot->registers[H_SS] = USER_DATA;
        slot->registers[H_EFLAGS] = EFLAGS_FIXED;
        kernel_tss.esp0 = context_stack(slot);
}

TEST(entering_and_leaving)
{
        begin();
        gates_init();
        begin_program(&slots[1]);
        enter_user(&slots[1]);
        live_end();
        end();
        expect_hex(SYSTEM_CALL_GATE, slots[1].registers[H_HANDLER],
                   "after enter_user: H_HANDLER");
        expect_hex(7, slots[1].registers[H_EAX], "after enter_user: H_EAX");
}

TEST(executing_refuses_made_up_handles)
{
        struct h_interrupt out;

        begin();
        enum h_error error = h_execute((struct h_pagemap){ 0, 1 },
                                       (struct h_fault_context){ 1, 77 }, &out);
        end();
        expect_number(H_BAD_HANDLE, error, "h_execute(made up)");
}
