// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/image.h>
#include <kernel/layout.h>
#include <kernel/pic.h>
#include <kernel/string.h>
#include <kernel/traps.h>

#define TASK_STACK 0x2000

struct descriptor kernel_gdt[GDT_ENTRIES] __attribute__((aligned(8)));

static struct descriptor idt[VECTORS]
        __attribute__((aligned(8), section(".bss.set_once")));

static struct tss double_fault_tss, nmi_tss, machine_check_tss;

static char nmi_stack[TASK_STACK] __attribute__((aligned(16)));
static char machine_check_stack[TASK_STACK] __attribute__((aligned(16)));

static struct descriptor
task_segment(const struct tss *tss, size_t size)
{
        return segment_descriptor((uint32_t)tss, size - 1, TYPE_TSS, 0);
}

static void
load_segments(void)
{
        const struct table_register where = { sizeof(kernel_gdt) - 1,
                                              (uint32_t)kernel_gdt };

        lgdt(&where);
        __asm__ volatile("ljmp %0, $1f\n"
                         "1:\n\t"
                         "mov %1, %%ds\n\t"
                         "mov %1, %%es\n\t"
                         "mov %1, %%fs\n\t"
                         "mov %1, %%gs\n\t"
                         "mov %1, %%ss"
                         :
                         : "i"(KERNEL_CODE), "r"(KERNEL_DATA)
                         : "memory");
}

// A task that begins at `entry`, on a stack of its own.
static struct tss
task(void (*entry)(void), char *stack_top)
{
        return (struct tss){
                .cr3 = image_frame(boot_directory).value,
                .eip = (uint32_t)entry,
                .eflags = EFLAGS_FIXED,
                .esp = (uint32_t)stack_top,
                .cs = KERNEL_CODE,
                .ss = KERNEL_DATA,
                .ds = KERNEL_DATA,
                .es = KERNEL_DATA,
                .fs = KERNEL_DATA,
                .gs = KERNEL_DATA,
                .io_map = NO_IO_MAP,
        };
}

static void
prepare_tasks(void)
{
        kernel_tss = (struct tss){ .io_map = NO_IO_MAP };
        memset(kernel_ports, 0xFF, sizeof(kernel_ports));
        double_fault_tss = task(double_fault_entry, double_fault_stack_top);
        nmi_tss = task(nmi_entry, nmi_stack + TASK_STACK);
        machine_check_tss =
                task(machine_check_entry, machine_check_stack + TASK_STACK);

        kernel_gdt[KERNEL_TSS / 8] = task_segment(
                &kernel_tss, sizeof(kernel_tss) + sizeof(kernel_ports));
        kernel_gdt[DOUBLE_FAULT_TSS / 8] =
                task_segment(&double_fault_tss, sizeof(double_fault_tss));
        kernel_gdt[NMI_TSS / 8] = task_segment(&nmi_tss, sizeof(nmi_tss));
        kernel_gdt[MACHINE_CHECK_TSS / 8] =
                task_segment(&machine_check_tss, sizeof(machine_check_tss));
}

// A double fault is often an exhausted stack: the processor cannot push what a
// gate pushes. A task gate changes the stack first. So it does for what may
// come at a time when the stack is not the kernel's.
static void
load_gates(void)
{
        const struct table_register where = { sizeof(idt) - 1, (uint32_t)idt };

        for (unsigned i = 0; i < VECTORS; i++)
                idt[i] = gate_descriptor(KERNEL_CODE, trap_entries[i],
                                         TYPE_INTERRUPT_GATE);
        idt[TRAP_DOUBLE_FAULT] =
                gate_descriptor(DOUBLE_FAULT_TSS, 0, TYPE_TASK_GATE);
        idt[TRAP_NMI] = gate_descriptor(NMI_TSS, 0, TYPE_TASK_GATE);
        idt[TRAP_MACHINE_CHECK] =
                gate_descriptor(MACHINE_CHECK_TSS, 0, TYPE_TASK_GATE);
        lidt(&where);
}

void
descriptors_init(void)
{
        const uint32_t all = 0xFFFFFu; // pages, less 1

        kernel_gdt[KERNEL_CODE / 8] =
                segment_descriptor(0, all, TYPE_CODE, FLAGS_PAGES);
        kernel_gdt[KERNEL_DATA / 8] =
                segment_descriptor(0, all, TYPE_DATA, FLAGS_PAGES);
        kernel_gdt[USER_CODE / 8] = segment_descriptor(
                0, all, TYPE_CODE | TYPE_RING_3, FLAGS_PAGES);
        kernel_gdt[USER_DATA / 8] = segment_descriptor(
                0, all, TYPE_DATA | TYPE_RING_3, FLAGS_PAGES);
        prepare_tasks();

        load_segments();
        lldt(0);
        ltr(KERNEL_TSS);
        load_gates();
        pic_init();
}
