// SPDX-License-Identifier: MIT
// For tests of what the kernel does in steps, with a look at interrupts in between: one is
// there, or none.
#ifndef H4_PENDING_H
#define H4_PENDING_H

#include <h/h.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/pic.h>
#include <kernel/pit.h>

static inline void
no_interrupt(void)
{
        outb(PIC1 + PIC_MASK, 0xFF);
        outb(PIC2 + PIC_MASK, 0xFF);
}

// The timer's line is raised and stays so, whatever comes: its counter has come to its end.
// Whether anybody sees it, the mask says.
static inline void
interrupts_are_there(void)
{
        outb(PIT_CONTROL, PIT_SELECT_0 | PIT_TWO_BYTES);
        outb(PIT_COUNTER_0, 2);
        outb(PIT_COUNTER_0, 0);
        outb(PIC1 + PIC_MASK, 0xFE);
        for (uint32_t i = 0; !h_interrupt_pending(); i++)
                if (i > 1000000)
                        fail("the test's own timer does not come to its end");
}

#endif
