// SPDX-License-Identifier: MIT
// The contract is in <kernel/pic.h>.
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/pic.h>

// Four command words each (ICW1 to ICW4), the last three by the mask's port.
// The BIOS has the lines on vectors 8 to 15, where the exceptions are.
#define PIC_INITIALISE 0x11u // edge-triggered, cascaded, four words
#define PIC_8086 0x01u

void
pic_init(void)
{
        outb(PIC1, PIC_INITIALISE);
        outb(PIC2, PIC_INITIALISE);
        outb(PIC1 + PIC_MASK, IRQ_BASE);
        outb(PIC2 + PIC_MASK, IRQ_BASE + PIC_LINES);
        outb(PIC1 + PIC_MASK, 1u << PIC_CASCADE);
        outb(PIC2 + PIC_MASK, PIC_CASCADE);
        outb(PIC1 + PIC_MASK, PIC_8086);
        outb(PIC2 + PIC_MASK, PIC_8086);
        outb(PIC1 + PIC_MASK, 0xFF);
        outb(PIC2 + PIC_MASK, 0xFF);
}
