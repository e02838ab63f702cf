// SPDX-License-Identifier: MIT
// Segments, gates and task states. Source: Intel SDM volume 3, 3.4, 6.11, 7.2.
#ifndef KERNEL_DESCRIPTORS_H
#define KERNEL_DESCRIPTORS_H

// Segment selectors: the place in the GDT times 8, and the ring.
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1B
#define USER_DATA 0x23
#define KERNEL_TSS 0x28
#define DOUBLE_FAULT_TSS 0x30

// Vectors: 32 exceptions, then the 16 lines of the interrupt controllers.
#define EXCEPTIONS 32
#define IRQ_BASE 32
#define IRQ_LINES 16
#define VECTORS 48

#ifndef __ASSEMBLER__
#include <kernel/types.h>

// A task state segment. The kernel uses one for the stack on which ring 3 is
// left, and another to have a stack of its own for double faults.
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

// The state of the task that runs everything but double faults.
extern struct tss kernel_tss;

// Loads the GDT, IDT and task register, moves the interrupt controllers to
// IRQ_BASE and masks all their lines. From here on a fault is reported.
void descriptors_init(void);
#endif

#endif
