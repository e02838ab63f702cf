// SPDX-License-Identifier: MIT
// The state of the machine that every test has to leave as it was: control
// registers, interrupts and their masks, descriptor tables, the kernel's page
// tables, and the line to the grader. Code and constants the grader compares, from
// outside.
#include "harness.h"
#include "words.h"

#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/serial.h>

// EFLAGS: trap, interrupt, direction, I/O privilege, nested task, alignment.
#define LASTING_FLAGS 0x00047700u

#define USED (ENTRY_ACCESSED | ENTRY_DIRTY)

#define PIC1_MASK 0x21u
#define PIC2_MASK 0xA1u

struct registers {
        uint32_t cr0, cr3, cr4, flags;
        struct table_register gdt, idt;
        uint8_t line;
        uint8_t masks[2]; // of the interrupt controllers
};

// A part of memory, and a copy of what it held.
struct region {
        const char *name;
        const uint32_t *words;
        size_t count;
        uint32_t ignored; // bits that may change
        uint32_t *copy;
};

#define REGIONS 12

static struct registers registers;
static struct region regions[REGIONS];
static size_t region_count;

static struct registers
read_registers(void)
{
        struct registers found = {
                .cr0 = read_cr0(),
                .cr3 = read_cr3(),
                .cr4 = read_cr4(),
                .flags = read_eflags() & LASTING_FLAGS,
                .line = inb(COM2_PORT + UART_LINE_CONTROL),
                .masks = { inb(PIC1_MASK), inb(PIC2_MASK) },
        };
        sgdt(&found.gdt);
        sidt(&found.idt);
        return found;
}

static void
add_region(const char *name, const void *words, size_t bytes, uint32_t ignored)
{
        if (region_count == REGIONS)
                fail("the harness has no room left for %s", name);

        struct region *region = &regions[region_count++];
        *region = (struct region){ .name = name,
                                   .words = words,
                                   .count = bytes / 4,
                                   .ignored = ignored,
                                   .copy = arena_spare(bytes / 4) };
        words_copy(region->copy, region->words, region->count);
}

static void
add_tables(void)
{
        add_region("the kernel's own page-directory", boot_directory, PAGE_SIZE,
                   USED);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                pde_t entry = boot_directory[i];
                if (!pde_is_table(entry))
                        continue;
                const uint32_t *table =
                        image_pointer(paddr(entry & ENTRY_FRAME));

                // The first three pages move; no others are in use.
                if (i == WINDOW_BASE >> SUPERPAGE_LOG2)
                        add_region("the window's page-table", table + 3,
                                   PAGE_SIZE - 12, USED);
                else
                        add_region("one of the kernel's own page-tables", table,
                                   PAGE_SIZE, USED);
        }
}

void
baseline_prepare(void)
{
        registers = read_registers();
        add_region("the GDT", (void *)(uintptr_t)registers.gdt.base,
                   registers.gdt.limit + 1u, 0);
        add_region("the IDT", (void *)(uintptr_t)registers.idt.base,
                   registers.idt.limit + 1u, 0);
        add_tables();
}

static void
check_registers(void)
{
        struct registers found = read_registers();

        // What the test may have left on must not disturb the report of it.
        __asm__ volatile("cli; cld");
        expect_hex(registers.cr0, found.cr0, "after the test: CR0");
        expect_hex(registers.cr3, found.cr3, "after the test: CR3");
        expect_hex(registers.cr4, found.cr4, "after the test: CR4");
        expect_hex(registers.flags, found.flags,
                   "after the test: the lasting "
                   "bits of EFLAGS (0x200: interrupts)");
        expect_hex(registers.gdt.base, found.gdt.base,
                   "after the test: the GDT's address");
        expect_hex(registers.gdt.limit, found.gdt.limit,
                   "after the test: the GDT's limit");
        expect_hex(registers.idt.base, found.idt.base,
                   "after the test: the IDT's address");
        expect_hex(registers.idt.limit, found.idt.limit,
                   "after the test: the IDT's limit");
        expect_hex(registers.line, found.line,
                   "after the test: the line control register of COM2");
        for (unsigned i = 0; i < 2; i++)
                expect_hex(registers.masks[i], found.masks[i],
                           "after the test: the mask of interrupt controller "
                           "%u",
                           i + 1);
}

static void
check_region(const struct region *region)
{
        size_t i = words_differ(region->words, region->copy, 0, region->count);
        for (; i < region->count; i = words_differ(region->words, region->copy,
                                                   i + 1, region->count)) {
                uint32_t found = region->words[i];
                expect_hex(region->copy[i] & ~region->ignored,
                           found & ~region->ignored,
                           "after the test: %s, the word at 0x%08x",
                           region->name,
                           (uint32_t)(uintptr_t)&region->words[i]);
                region->copy[i] = found;
        }
}

void
baseline_check(void)
{
        check_registers();
        for (size_t i = 0; i < region_count; i++)
                check_region(&regions[i]);
}
