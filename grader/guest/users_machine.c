// SPDX-License-Identifier: MIT
// The processor and the devices of <h4/users.h>.
#include "jitter.h"
#include "users_model.h"
#include "words.h"

#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/pic.h>
#include <kernel/pit.h>

#pragma weak gate_entries
#pragma weak sysenter_entry
#pragma weak sysenter_left
#pragma weak leave_user
#pragma weak execution
#pragma weak h_state
#pragma weak fpu_init

#define BREAKPOINT 3u
#define OVERFLOW 4u

#define PIT_SQUARE_WAVE 0x06u // what the BIOS has it do

// Where a hypervisor, or QEMU for that, says its name.
#define CPUID_HYPERVISOR 0x40000000u
#define QEMU_EBX 0x54474354u // "TCGT"

static struct descriptor gates[GATES] __attribute__((aligned(8)));

static struct {
        struct table_register idt;
        struct tss tss;
        struct descriptor gs;
        uint32_t msrs[3];
        uint32_t cr0, cr4;
        uint8_t masks[2];
        struct execution execution;
        struct h_state state;
} saved;

void
machine_save(void)
{
        sidt(&saved.idt);
        saved.tss = kernel_tss;
        saved.gs = kernel_gdt[USER_GS / 8];
        for (uint32_t i = 0; i < 3; i++)
                saved.msrs[i] = rdmsr(MSR_SYSENTER_CS + i);
        saved.cr0 = read_cr0();
        saved.cr4 = read_cr4();
        saved.masks[0] = inb(PIC1 + PIC_MASK);
        saved.masks[1] = inb(PIC2 + PIC_MASK);
        saved.execution = execution;
        saved.state = h_state;
}

// The harness's own table, as exercise 4.1 wants one.
static void
make_gates(void)
{
        for (uint32_t i = 0; i < GATES; i++) {
                uint32_t type = TYPE_INTERRUPT_GATE;

                if (i == BREAKPOINT || i == OVERFLOW || i == SYSTEM_CALL_GATE)
                        type |= TYPE_RING_3;
                gates[i] = (struct descriptor){ 0, 0 };
                if (gate_entries[i] != 0)
                        gates[i] = gate_descriptor(KERNEL_CODE, gate_entries[i],
                                                   type);
        }
        gates[TRAP_NMI] = gate_descriptor(NMI_TSS, 0, TYPE_TASK_GATE);
        gates[TRAP_DOUBLE_FAULT] =
                gate_descriptor(DOUBLE_FAULT_TSS, 0, TYPE_TASK_GATE);
        gates[TRAP_MACHINE_CHECK] =
                gate_descriptor(MACHINE_CHECK_TSS, 0, TYPE_TASK_GATE);
}

static void
prepare_ways_in(void)
{
        const struct table_register table = { sizeof(gates) - 1,
                                              (uint32_t)(uintptr_t)gates };

        make_gates();
        lidt(&table);
        kernel_tss.ss0 = KERNEL_DATA;
        kernel_tss.io_map = NO_IO_MAP;
        wrmsr(MSR_SYSENTER_CS, KERNEL_CODE);
        wrmsr(MSR_SYSENTER_ESP, (uint32_t)(uintptr_t)&kernel_tss.esp0);
        wrmsr(MSR_SYSENTER_EIP, (uint32_t)(uintptr_t)sysenter_entry);
        sysenter_left = leave_user;
}

static void
start_timer(uint32_t count, uint8_t how)
{
        outb(PIT_CONTROL, (uint8_t)(PIT_SELECT_0 | PIT_TWO_BYTES | how));
        outb(PIT_COUNTER_0, count & 0xFF);
        outb(PIT_COUNTER_0, (uint8_t)(count >> 8));
}

// Before it has been given a count the counter does not count. Its output is high
// then as it is before the first interrupt: users_timer makes no edge.
void
machine_silence_timer(void)
{
        outb(PIT_CONTROL, PIT_SELECT_0 | PIT_TWO_BYTES | PIT_PERIODIC);
}

void
machine_prepare(void)
{
        machine_save();
        write_cr0(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE);
        write_cr4(CR4_PSE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT);
        lldt(0);
        write_dr7(0);
        fpu_init();
        prepare_ways_in();
        machine_silence_timer();
        pic_init();
}

void
machine_restore(void)
{
        lidt(&saved.idt);
        kernel_tss = saved.tss;
        kernel_gdt[USER_GS / 8] = saved.gs;
        load_fs(KERNEL_DATA);
        load_gs(KERNEL_DATA);
        for (uint32_t i = 0; i < 3; i++)
                wrmsr(MSR_SYSENTER_CS + i, saved.msrs[i]);
        write_cr4(saved.cr4);
        write_cr0(saved.cr0);

        machine_silence_timer();
        pic_init();
        outb(PIC1 + PIC_MASK, saved.masks[0]);
        outb(PIC2 + PIC_MASK, saved.masks[1]);
        start_timer(0, PIT_SQUARE_WAVE);

        if (execution.ports_owner)
                for (uint32_t i = 0; i < sizeof(kernel_ports); i++)
                        kernel_ports[i] = 0xFF;
        execution = saved.execution;
        h_state = saved.state;
}

struct processor
machine_processor(void)
{
        struct processor found = {
                .cr0 = read_cr0() & ~CR0_TS,
                .cr4 = read_cr4(),
        };
        __asm__ volatile("sldt %0" : "=r"(found.ldt));
        __asm__ volatile("str %0" : "=r"(found.task));
        sgdt(&found.gdt);
        sidt(&found.idt);
        return found;
}

bool
users_strict(void)
{
        uint32_t leaf = CPUID_HYPERVISOR, name;
        __asm__ volatile("cpuid" : "+a"(leaf), "=b"(name) : : "ecx", "edx");
        return name != QEMU_EBX;
}

void
users_timer(uint32_t microseconds)
{
        uint32_t count = microseconds * (PIT_FREQUENCY / 1000) / 1000;

        // A count that is written later is begun with when the one before is over.
        start_timer(jitter_asked() ? jitter_below(count) + 2 : count,
                    PIT_PERIODIC);
        if (jitter_asked())
                jitter_next(count);
        outb(PIC1 + PIC_MASK, inb(PIC1 + PIC_MASK) & 0xFE);
}

void
users_open_gate(uint32_t vector)
{
        struct table_register table;

        sidt(&table);
        struct descriptor *gate = (struct descriptor *)(uintptr_t)table.base;
        gate[vector].high |= (uint32_t)TYPE_RING_3 << 8;
}
