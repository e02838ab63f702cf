// SPDX-License-Identifier: MIT
// The timer, where a program begins: in the same state each time, however long H
// and this stage have taken before. The contract is in random.h.
//
// It is not set by h_set_period: each 64th operation looks at all of H, while many
// periods go by.
#include "random.h"

#include <kernel/pic.h>
#include <kernel/pit.h>

#define COUNT (PERIOD * (PIT_FREQUENCY / 100u) / 10000u)

static bool
is_due(void)
{
        outb(PIC1, PIC_READ_REQUESTS);
        return (inb(PIC1) & 1) != 0;
}

static void
begin_period(void)
{
        outb(PIT_CONTROL, PIT_SELECT_0 | PIT_TWO_BYTES | PIT_PERIODIC);
        outb(PIT_COUNTER_0, COUNT & 0xFF);
        outb(PIT_COUNTER_0, COUNT >> 8);
}

void
timer_begins(void)
{
        struct h_interrupt event;
        const bool late = random_below(8) == 0;

        while (late && !is_due())
                continue;
        if (late)
                return;
        do {
                while (is_due())
                        h_wait(&event);
                begin_period();
        } while (is_due());
}
