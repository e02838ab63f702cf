// SPDX-License-Identifier: MIT
// Segments, gates and task states. Source: Intel SDM volume 3, 3.4, 6.11, 7.2;
// for SYSENTER volume 2, SYSENTER and SYSEXIT.
#ifndef KERNEL_DESCRIPTORS_H
#define KERNEL_DESCRIPTORS_H

// Segment selectors: the place in the GDT times 8, and the ring. SYSENTER and
// SYSEXIT count on the order of the first four.
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1B
#define USER_DATA 0x23
#define KERNEL_TSS 0x28
#define DOUBLE_FAULT_TSS 0x30
#define USER_GS 0x3B // what GS shows the program that runs
#define NMI_TSS 0x40
#define MACHINE_CHECK_TSS 0x48
#define GDT_ENTRIES 10

// Vectors: 32 exceptions, then the 16 lines of the interrupt controllers.
#define EXCEPTIONS 32
#define IRQ_BASE 32
#define IRQ_LINES 16
#define VECTORS 48

// Exceptions with an error code: 8, 10 to 14, 17, 21, 29, 30.
#define WITH_ERROR_CODE 0x60227D00

// The bits of a descriptor's type byte. Segments begin as accessed: then the
// processor has nothing to write to the table.
#define TYPE_PRESENT 0x80u
#define TYPE_RING_3 0x60u // its level (DPL): who may use it
#define TYPE_CODE 0x1Bu   // code, readable
#define TYPE_DATA 0x13u   // data, writable
#define TYPE_READ_ONLY_DATA 0x11u
#define TYPE_TSS 0x09u
#define TYPE_TASK_GATE 0x05u
#define TYPE_INTERRUPT_GATE 0x0Eu

#define FLAGS_BYTES 0x4u // limit in bytes, 32-bit operands
#define FLAGS_PAGES 0xCu // limit in pages, 32-bit operands

// Where the words that the processor reads when ring 3 is left are in a TSS.
#define TSS_ESP0 4

#ifndef __ASSEMBLER__
#include <kernel/types.h>

// An entry of a descriptor table.
struct descriptor {
        uint32_t low, high;
};

//    63    56 55 52 51  48 47   40 39                    16 15         0
//   +--------+-----+------+-------+------------------------+------------+
//   | base   |flags|limit | type  | base                   | limit      |
//   +--------+-----+------+-------+------------------------+------------+
//
// limit   the last offset, in bytes or pages as `flags` say
static inline struct descriptor
segment_descriptor(uint32_t base, uint32_t limit, uint32_t type, uint32_t flags)
{
        return (struct descriptor){
                .low = base << 16 | (limit & 0xFFFFu),
                .high = (base & 0xFF000000u) | flags << 20 |
                        (limit & 0xF0000u) | (type | TYPE_PRESENT) << 8 |
                        (base >> 16 & 0xFFu),
        };
}

//    63              48 47   40 39   32 31      16 15               0
//   +------------------+-------+-------+----------+------------------+
//   | offset           | type  | 0     | selector | offset           |
//   +------------------+-------+-------+----------+------------------+
static inline struct descriptor
gate_descriptor(uint32_t selector, uint32_t offset, uint32_t type)
{
        return (struct descriptor){
                .low = selector << 16 | (offset & 0xFFFFu),
                .high = (offset & 0xFFFF0000u) | (type | TYPE_PRESENT) << 8,
        };
}

// A task state segment. The kernel uses one for the stack on which ring 3 is
// left, and others to have stacks of their own for double faults and the like.
struct tss {
        uint32_t link;
        uint32_t esp0, ss0, esp1, ss1, esp2, ss2;
        uint32_t cr3;
        uint32_t eip, eflags;
        uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
        uint32_t es, cs, ss, ds, fs, gs;
        uint32_t ldt;
        uint16_t trap, io_map; // io_map: offset of the I/O permission bits
};

// An io_map behind the segment's end: ring 3 may use no port.
#define NO_IO_MAP 0xFFFFu

// The state of the task that runs everything but double faults and the like.
// Below it lies a little stack (task.S); behind it, at io_map ==
// sizeof(struct tss), the bit of each port: 0 where ring 3 may use it. The byte
// behind the last of them is all ones, as the processor reads two at a time.
#define PORTS 0x10000u

extern struct tss kernel_tss;
extern uint8_t kernel_ports[PORTS / 8 + 1];

// Loads the GDT, IDT and task register, moves the interrupt controllers to
// IRQ_BASE and masks all their lines. From here on a fault is reported.
void descriptors_init(void);

extern struct descriptor kernel_gdt[GDT_ENTRIES];

// Makes `segment` what USER_GS names. A register that holds the selector shows
// the old one until it is loaded again.
static inline void
descriptors_set_gs(struct descriptor segment)
{
        kernel_gdt[USER_GS / 8] = segment;
}
#endif

#endif
