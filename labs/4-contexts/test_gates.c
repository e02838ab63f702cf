// SPDX-License-Identifier: MIT
// Tests of exercise 4.1, the gates: what gates_init has loaded, bit by bit.
#include "lines.h"

#include <h4/live.h>
#include <kernel/fault.h>
#include <kernel/layout.h>
#include <kernel/string.h>

#define ALL_VECTORS 256u

#define TYPE_BITS 0x1Fu  // what kind of gate, and that it is none of a segment
#define LEVEL_BITS 0x60u // who may use it

// What gates_init has left, looked at after it, and what was there before.
static struct state {
        struct table_register idt;
        struct tss tss;
        uint32_t sysenter[3];
} before, found;

static struct descriptor gates[ALL_VECTORS];
static uint32_t gate_count;

static struct state
state(void)
{
        struct state now = {
                .tss = kernel_tss,
                .sysenter = { rdmsr(MSR_SYSENTER_CS), rdmsr(MSR_SYSENTER_ESP),
                              rdmsr(MSR_SYSENTER_EIP) },
        };

        sidt(&now.idt);
        return now;
}

static void
set_sysenter(uint32_t segment, uint32_t stack, uint32_t entry)
{
        wrmsr(MSR_SYSENTER_CS, segment);
        wrmsr(MSR_SYSENTER_ESP, stack);
        wrmsr(MSR_SYSENTER_EIP, entry);
}

// What a caller leaves on the stack is soon something else.
static void __attribute__((noinline)) use_the_stack(void)
{
        volatile uint32_t words[1024];

        for (unsigned i = 0; i < 1024; i++)
                words[i] = 0xEEEEEEEE;
}

static void
copy_gates(void)
{
        if (found.idt.base < KERNEL_BASE)
                fail("after gates_init: the IDT lies at 0x%08x, not in kernel "
                     "space",
                     found.idt.base);
        gate_count = (found.idt.limit + 1u) / sizeof(struct descriptor);
        if (gate_count > ALL_VECTORS)
                gate_count = ALL_VECTORS;
        memset(gates, 0, sizeof(gates));
        memcpy(gates, (void *)(uintptr_t)found.idt.base,
               gate_count * sizeof(struct descriptor));
}

// Loads them on a machine that has none of it, looks at what is there, and puts
// back what was.
static void
load(void)
{
        static const struct descriptor none = { 0, 0 };
        const struct table_register empty = { sizeof(none) - 1,
                                              (uint32_t)&none };

        before = state();
        lidt(&empty);
        kernel_tss.ss0 = 0;
        kernel_tss.io_map = sizeof(struct tss);
        kernel_tss.esp0 = 0xC0001234;
        set_sysenter(0, 0, 0);

        gates_init();
        use_the_stack();
        found = state();

        lidt(&before.idt);
        kernel_tss = before.tss;
        set_sysenter(before.sysenter[0], before.sysenter[1],
                     before.sysenter[2]);
        copy_gates();
}

static uint32_t
type_of(uint32_t vector)
{
        return gates[vector].high >> 8 & 0xFF;
}

static bool
is_present(uint32_t vector)
{
        return (type_of(vector) & TYPE_PRESENT) != 0;
}

static void
is_there(uint32_t vector, uint32_t type, const char *kind)
{
        if (vector >= gate_count)
                fail("after gates_init: the IDT ends before gate %u", vector);
        if (!is_present(vector) || (type_of(vector) & TYPE_BITS) != type)
                fail_values(kind, is_present(vector) ? "another" : "none",
                            "after gates_init: gate %u, of type 0x%02x", vector,
                            type_of(vector));
}

static bool
changes_tasks(uint32_t vector)
{
        return vector == TRAP_NMI || vector == TRAP_DOUBLE_FAULT ||
               vector == TRAP_MACHINE_CHECK;
}

TEST(gates_lead_to_their_entries)
{
        load();
        for (uint32_t i = 0; i < GATES; i++) {
                if (gate_entries[i] == 0)
                        continue;
                is_there(i, TYPE_INTERRUPT_GATE, "an interrupt gate");
                expect_hex(KERNEL_CODE, gates[i].low >> 16,
                           "after gates_init: the segment of gate %u", i);
                expect_hex(gate_entries[i],
                           (gates[i].high & 0xFFFF0000u) |
                                   (gates[i].low & 0xFFFFu),
                           "after gates_init: where gate %u leads", i);
                expect_hex(0, gates[i].high & 0xFF,
                           "after gates_init: bits 32 to 39 of gate %u", i);
        }
        expect_number(0, (found.idt.limit + 1u) % sizeof(struct descriptor),
                      "after gates_init: bytes of the IDT (limit 0x%x) behind "
                      "its last whole gate",
                      found.idt.limit);
}

TEST(gates_for_programs_are_three)
{
        load();
        for (uint32_t i = 0; i < GATES; i++) {
                bool open = i == 3 || i == 4 || i == SYSTEM_CALL_GATE;

                if (is_present(i) || open)
                        expect_number(open ? 3 : 0,
                                      (type_of(i) & LEVEL_BITS) / 0x20,
                                      "after gates_init: the level (DPL) of "
                                      "gate %u",
                                      i);
        }
}

TEST(gates_that_change_tasks)
{
        static const uint32_t tasks[3][2] = {
                { TRAP_NMI, NMI_TSS },
                { TRAP_DOUBLE_FAULT, DOUBLE_FAULT_TSS },
                { TRAP_MACHINE_CHECK, MACHINE_CHECK_TSS },
        };

        load();
        for (unsigned i = 0; i < 3; i++) {
                is_there(tasks[i][0], TYPE_TASK_GATE, "a task gate");
                expect_hex(tasks[i][1], gates[tasks[i][0]].low >> 16,
                           "after gates_init: the task of gate %u",
                           tasks[i][0]);
        }
}

TEST(sysenter_is_set_up)
{
        load();
        expect_hex(KERNEL_CODE, found.sysenter[0],
                   "after gates_init: MSR_SYSENTER_CS");
        expect_hex((uint32_t)(uintptr_t)&kernel_tss.esp0, found.sysenter[1],
                   "after gates_init: MSR_SYSENTER_ESP");
        expect_hex((uint32_t)(uintptr_t)sysenter_entry, found.sysenter[2],
                   "after gates_init: MSR_SYSENTER_EIP");
}

TEST(task_state_says_stack_and_ports)
{
        load();
        expect_hex(KERNEL_DATA, found.tss.ss0,
                   "after gates_init: ss0 of kernel_tss");
        expect_hex(NO_IO_MAP, found.tss.io_map,
                   "after gates_init: io_map of kernel_tss");
}

// A page fault of the harness's own, which is the kernel's affair, and the timer
// while nobody runs in ring 3.
TEST(gates_are_loaded_for_ring_0_too)
{
        const struct vaddr nothing = vaddr(0x40700000);

        live_begin();
        expect_no_access(nothing, "before gates_init");
        before = state();
        lines_begin();
        gates_init();
        found = state();
        if (found.idt.base == (uint32_t)(uintptr_t)lines.gates)
                fail("after gates_init: the IDT is the one from before");

        struct touch touch = touch_read(nothing);
        expect_bool(true, touch.faulted && touch.vector == TRAP_PAGE_FAULT,
                    "after gates_init: reading address 0x%08x, where nothing "
                    "is mapped, is a page fault",
                    nothing.value);
        line_take(LINE_DISK);
        line_take(LINE_TIMER);

        lines_end();
        kernel_tss = before.tss;
        set_sysenter(before.sysenter[0], before.sysenter[1],
                     before.sysenter[2]);
        live_end();
}

TEST(gates_are_no_others)
{
        load();
        for (uint32_t i = VECTORS; i < gate_count; i++)
                if (i != SYSTEM_CALL_GATE && is_present(i))
                        fail("after gates_init: there is a gate %u, of type "
                             "0x%02x, leading to 0x%08x",
                             i, type_of(i),
                             (gates[i].high & 0xFFFF0000u) |
                                     (gates[i].low & 0xFFFFu));
        expect_bool(true, is_present(SYSTEM_CALL_GATE),
                    "after gates_init: there is a gate %u", SYSTEM_CALL_GATE);
}

static void
expect_same(const void *due, const void *came, size_t bytes, const char *what)
{
        for (size_t i = 0; i < bytes; i++)
                expect_hex(((const uint8_t *)due)[i],
                           ((const uint8_t *)came)[i],
                           "after gates_init: byte %zu of %s", i, what);
}

// All of the task state but ss0 and io_map is somebody else's.
TEST(gates_init_changes_nothing_else)
{
        static struct descriptor gdt[GDT_ENTRIES], first[ALL_VECTORS];
        uint32_t cr0 = read_cr0(), cr4 = read_cr4();

        memcpy(gdt, kernel_gdt, sizeof(gdt));
        load();
        memcpy(first, gates, sizeof(first));
        struct tss due = before.tss;
        due.ss0 = KERNEL_DATA;
        due.io_map = NO_IO_MAP;
        due.esp0 = 0xC0001234;
        expect_same(&due, &found.tss, sizeof(due), "kernel_tss");
        expect_same(gdt, kernel_gdt, sizeof(gdt), "the GDT");
        for (size_t i = 0; i < sizeof(kernel_ports); i++)
                expect_hex(0xFF, kernel_ports[i],
                           "after gates_init: byte %zu of kernel_ports", i);
        expect_hex(cr0, read_cr0(), "after gates_init: CR0");
        expect_hex(cr4, read_cr4(), "after gates_init: CR4");
        expect_hex(0, read_eflags() & EFLAGS_IF,
                   "after gates_init: the interrupt flag");

        load();
        expect_same(first, gates, sizeof(first),
                    "the IDT, compared with the first time");
        for (uint32_t i = 0; i < GATES; i++)
                expect_bool(gate_entries[i] != 0 || changes_tasks(i),
                            is_present(i),
                            "after gates_init: there is a gate %u", i);
}
