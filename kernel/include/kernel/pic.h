// SPDX-License-Identifier: MIT
// The two interrupt controllers: each has eight lines, and the second one is
// connected to line 2 of the first. Lines 8 to 15 are those of the second.
//
//   device --> line --> [mask] --> request --> processor --> in service
//                                   (IRR)                      (ISR)
//                                    "end of interrupt" <--------+
//
// Source: Intel 8259A data sheet; for the wiring, IBM PC/AT Technical
// Reference.
#ifndef KERNEL_PIC_H
#define KERNEL_PIC_H

#include <kernel/types.h>

#define PIC1 0x20u // ports: commands, and behind them the mask
#define PIC2 0xA0u
#define PIC_MASK 1u // from PIC1 or PIC2 on; a 1 silences a line

#define PIC_LINES 8u   // of each
#define PIC_CASCADE 2u // where the second is connected to the first

// Commands (OCW2, OCW3).
#define PIC_END_OF_LINE 0x60u   // + 0 to 7: this line is no longer in service
#define PIC_READ_REQUESTS 0x0Au // the next read of the command port: IRR
#define PIC_READ_SERVICE 0x0Bu  // the next read of the command port: ISR

// Moves both to vectors IRQ_BASE to IRQ_BASE + 15, and masks all their lines.
void pic_init(void);

#endif
