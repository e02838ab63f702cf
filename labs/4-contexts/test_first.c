// SPDX-License-Identifier: MIT
// A first test of each exercise.
#include <h/internal/entry.h>
#include <h/internal/interrupts.h>
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/pic.h>
#include <kernel/pit.h>

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

TEST(gates_of_all_vectors)
{
        struct table_register found;

        begin();
        gates_init();
        sidt(&found);
        end();
        expect_hex(8 * GATES - 1, found.limit,
                   "after gates_init: the limit of the IDT");
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

TEST(forcing_what_ring_3_must_have)
{
        begin();
        for (unsigned i = 0; i < H_REGISTERS; i++)
                slots[0].registers[i] = UINT32_MAX;
        context_force(&slots[0]);
        end();
        expect_hex(USER_CODE, slots[0].registers[H_CS],
                   "after context_force: H_CS");
        expect_hex(H_USER_FLAGS | EFLAGS_FIXED | EFLAGS_IF,
                   slots[0].registers[H_EFLAGS],
                   "after context_force: H_EFLAGS");
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

TEST(decoding_a_page_fault)
{
        struct h_interrupt found =
                interrupt_decode(H_VECTOR_PAGE_FAULT, 6, vaddr(PLACE));

        expect_number(H_PAGE_FAULT, found.kind, "interrupt_decode: kind");
        expect_bool(true, found.write, "interrupt_decode: write");
        expect_bool(false, found.present, "interrupt_decode: present");
        expect_hex(PLACE, found.address.value, "interrupt_decode: address");
}

TEST(masks_at_the_beginning)
{
        begin();
        irq_init();
        uint8_t first = inb(PIC1 + PIC_MASK);
        uint8_t second = inb(PIC2 + PIC_MASK);
        end();
        expect_hex(0xFA, first, "after irq_init: the first mask");
        expect_hex(0xFF, second, "after irq_init: the second mask");
}

#define READ_BACK_STATUS_0 0xE2u
#define OUTPUT_AND_NULL_COUNT 0xC0u

TEST(period_is_set)
{
        expect_number(H_OK, h_set_period(H_PERIOD_MOST), "h_set_period");
        outb(PIT_CONTROL, READ_BACK_STATUS_0);
        expect_hex(PIT_TWO_BYTES | PIT_PERIODIC,
                   inb(PIT_COUNTER_0) & (uint8_t)~OUTPUT_AND_NULL_COUNT,
                   "after h_set_period: how counter 0 counts");
}
