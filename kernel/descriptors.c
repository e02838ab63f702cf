// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/image.h>
#include <kernel/layout.h>
#include <kernel/traps.h>

// The bits of a descriptor's type byte. Source: Intel SDM volume 3, 3.4.5, 3.5.
#define TYPE_PRESENT 0x80u
#define TYPE_CODE 0x1Au // code, readable
#define TYPE_DATA 0x12u // data, writable
#define TYPE_TSS 0x09u
#define TYPE_TASK_GATE 0x05u
#define TYPE_INTERRUPT_GATE 0x0Eu
#define TYPE_RING_3 0x60u

#define FLAGS_4GB 0xCu // limit in pages, 32-bit operands

struct descriptor {
        uint32_t low, high;
};

static struct descriptor gdt[] __attribute__((aligned(8))) = {
        [DOUBLE_FAULT_TSS / 8] = { 0, 0 },
};

static struct descriptor idt[VECTORS] __attribute__((aligned(8)));

struct tss kernel_tss;
static struct tss double_fault_tss;

//    63    56 55 52 51  48 47   40 39                    16 15         0
//   +--------+-----+------+-------+------------------------+------------+
//   | base   |flags|limit | type  | base                   | limit      |
//   +--------+-----+------+-------+------------------------+------------+
static struct descriptor
segment(uint32_t base, uint32_t limit, uint32_t type, uint32_t flags)
{
        return (struct descriptor){
                .low = base << 16 | (limit & 0xFFFFu),
                .high = (base & 0xFF000000u) | flags << 20 |
                        (limit & 0xF0000u) | (type | TYPE_PRESENT) << 8 |
                        (base >> 16 & 0xFFu),
        };
}

static struct descriptor
task_segment(const struct tss *tss)
{
        return segment((uint32_t)tss, sizeof(*tss) - 1, TYPE_TSS, 0);
}

//    63              48 47   40 39   32 31      16 15               0
//   +------------------+-------+-------+----------+------------------+
//   | offset           | type  | 0     | selector | offset           |
//   +------------------+-------+-------+----------+------------------+
static struct descriptor
gate(uint32_t selector, uint32_t offset, uint32_t type)
{
        return (struct descriptor){
                .low = selector << 16 | (offset & 0xFFFFu),
                .high = (offset & 0xFFFF0000u) | (type | TYPE_PRESENT) << 8,
        };
}

static void
load_segments(void)
{
        const struct table_register where = { sizeof(gdt) - 1, (uint32_t)gdt };

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

// A double fault is often an exhausted stack: the processor cannot push what a
// gate pushes. A task gate changes the stack first.
static void
prepare_tasks(void)
{
        kernel_tss = (struct tss){
                .esp0 = (uint32_t)boot_stack_top,
                .ss0 = KERNEL_DATA,
                .io_map = sizeof(struct tss),
        };
        double_fault_tss = (struct tss){
                .cr3 = image_frame(boot_directory).value,
                .eip = (uint32_t)double_fault_entry,
                .eflags = EFLAGS_FIXED,
                .esp = (uint32_t)double_fault_stack_top,
                .cs = KERNEL_CODE,
                .ss = KERNEL_DATA,
                .ds = KERNEL_DATA,
                .es = KERNEL_DATA,
                .fs = KERNEL_DATA,
                .gs = KERNEL_DATA,
                .io_map = sizeof(struct tss),
        };
}

static void
load_gates(void)
{
        const struct table_register where = { sizeof(idt) - 1, (uint32_t)idt };

        for (unsigned i = 0; i < VECTORS; i++)
                idt[i] =
                        gate(KERNEL_CODE, trap_entries[i], TYPE_INTERRUPT_GATE);
        idt[TRAP_DOUBLE_FAULT] = gate(DOUBLE_FAULT_TSS, 0, TYPE_TASK_GATE);
        lidt(&where);
}

// The two interrupt controllers: four command words each, then the mask. The
// BIOS has them on vectors 8 to 15, where the exceptions are.
// Source: Intel 8259A data sheet.
#define PIC1 0x20u
#define PIC2 0xA0u
#define PIC_INITIALISE 0x11u // edge-triggered, cascaded, four words
#define PIC_CASCADE_LINE 2u
#define PIC_8086 0x01u

static void
mask_interrupt_lines(void)
{
        outb(PIC1, PIC_INITIALISE);
        outb(PIC2, PIC_INITIALISE);
        outb(PIC1 + 1, IRQ_BASE);
        outb(PIC2 + 1, IRQ_BASE + 8);
        outb(PIC1 + 1, 1u << PIC_CASCADE_LINE);
        outb(PIC2 + 1, PIC_CASCADE_LINE);
        outb(PIC1 + 1, PIC_8086);
        outb(PIC2 + 1, PIC_8086);
        outb(PIC1 + 1, 0xFF);
        outb(PIC2 + 1, 0xFF);
}

void
descriptors_init(void)
{
        const uint32_t all = 0xFFFFFu; // pages, less 1

        gdt[KERNEL_CODE / 8] = segment(0, all, TYPE_CODE, FLAGS_4GB);
        gdt[KERNEL_DATA / 8] = segment(0, all, TYPE_DATA, FLAGS_4GB);
        gdt[USER_CODE / 8] =
                segment(0, all, TYPE_CODE | TYPE_RING_3, FLAGS_4GB);
        gdt[USER_DATA / 8] =
                segment(0, all, TYPE_DATA | TYPE_RING_3, FLAGS_4GB);
        prepare_tasks();
        gdt[KERNEL_TSS / 8] = task_segment(&kernel_tss);
        gdt[DOUBLE_FAULT_TSS / 8] = task_segment(&double_fault_tss);

        load_segments();
        lldt(0);
        ltr(KERNEL_TSS);
        load_gates();
        mask_interrupt_lines();
}
