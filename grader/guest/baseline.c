// SPDX-License-Identifier: MIT
// The state of the machine that every test has to leave as it was: control
// registers, interrupts, descriptor tables, the kernel's code and constants,
// its page tables, and the line to the grader.
#include "harness.h"

#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/serial.h>

// EFLAGS: trap, interrupt, direction, I/O privilege, nested task, alignment.
#define LASTING_FLAGS 0x00047700u

enum item {
        CR0,
        CR3,
        CR4,
        FLAGS,
        GDT_PLACE,
        GDT_SIZE,
        GDT,
        IDT_PLACE,
        IDT_SIZE,
        IDT,
        IMAGE,
        DIRECTORY,
        TABLES,
        LINE,
        ITEMS,
};

static const char *const names[ITEMS] = {
        [CR0] = "register CR0",
        [CR3] = "register CR3",
        [CR4] = "register CR4",
        [FLAGS] = "the lasting bits of EFLAGS (0x200: interrupts)",
        [GDT_PLACE] = "the base in GDTR",
        [GDT_SIZE] = "the limit in GDTR",
        [GDT] = "a checksum of the GDT",
        [IDT_PLACE] = "the base in IDTR",
        [IDT_SIZE] = "the limit in IDTR",
        [IDT] = "a checksum of the IDT",
        [IMAGE] = "a checksum of the kernel's code and constants",
        [DIRECTORY] = "a checksum of the kernel's own page-directory",
        [TABLES] = "a checksum of the kernel's own page-tables",
        [LINE] = "the line control register of COM2",
};

struct state {
        uint32_t items[ITEMS];
};

static struct state baseline;

static uint32_t
checksum(const uint32_t *words, size_t count, uint32_t ignored)
{
        uint32_t sum = 0;
        for (size_t i = 0; i < count; i++)
                sum = sum * 31 + (words[i] & ~ignored);
        return sum;
}

// The processor sets accessed and dirty bits, and the window moves.
static uint32_t
table_checksum(uint32_t entry)
{
        const uint32_t *table = image_pointer(paddr(entry & ENTRY_FRAME));
        uint32_t sum = checksum(table + 1, TABLE_ENTRIES - 1,
                                ENTRY_ACCESSED | ENTRY_DIRTY);
        if (boot_directory[WINDOW_BASE >> SUPERPAGE_LOG2] == entry)
                return sum;
        return sum ^ (table[0] & ~(ENTRY_ACCESSED | ENTRY_DIRTY));
}

static uint32_t
tables_checksum(void)
{
        uint32_t sum = 0;
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                if (pde_is_table(boot_directory[i]))
                        sum = sum * 31 + table_checksum(boot_directory[i]);
        return sum;
}

static struct state
capture(void)
{
        struct table_register gdt, idt;
        sgdt(&gdt);
        sidt(&idt);
        struct state state = {
                .items = {
                        [CR0] = read_cr0(),
                        [CR3] = read_cr3(),
                        [CR4] = read_cr4(),
                        [FLAGS] = read_eflags() & LASTING_FLAGS,
                        [GDT_PLACE] = gdt.base,
                        [GDT_SIZE] = gdt.limit,
                        [IDT_PLACE] = idt.base,
                        [IDT_SIZE] = idt.limit,
                        [LINE] = inb(COM2_PORT + UART_LINE_CONTROL),
                },
        };
        return state;
}

// Reads the descriptor tables only where they are known to be.
static void
add_checksums(struct state *state)
{
        const uint32_t *gdt = (uint32_t *)(uintptr_t)state->items[GDT_PLACE];
        const uint32_t *idt = (uint32_t *)(uintptr_t)state->items[IDT_PLACE];
        const uint32_t *image = (const uint32_t *)kernel_read_only_begin;
        size_t bytes = (size_t)(kernel_read_only_end - kernel_read_only_begin);

        state->items[GDT] = checksum(gdt, (state->items[GDT_SIZE] + 1) / 4, 0);
        state->items[IDT] = checksum(idt, (state->items[IDT_SIZE] + 1) / 4, 0);
        state->items[IMAGE] = checksum(image, bytes / 4, 0);
        state->items[DIRECTORY] = checksum(boot_directory, TABLE_ENTRIES,
                                           ENTRY_ACCESSED | ENTRY_DIRTY);
        state->items[TABLES] = tables_checksum();
}

static void
compare(const struct state *found, enum item first, enum item last)
{
        for (unsigned i = first; i <= last; i++)
                expect_hex(baseline.items[i], found->items[i],
                           "after the test: %s", names[i]);
}

void
baseline_prepare(void)
{
        baseline = capture();
        add_checksums(&baseline);
}

void
baseline_check(void)
{
        struct state found = capture();
        compare(&found, CR0, GDT_SIZE);
        compare(&found, IDT_PLACE, IDT_SIZE);
        add_checksums(&found);
        compare(&found, CR0, LINE);
}
