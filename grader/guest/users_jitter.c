// SPDX-License-Identifier: MIT
// Where a schedule has been asked for (jitter.h), programs of <h4/users.h> are stopped by
// the timer at any of their instructions, or before the first one, and go on: what
// becomes of them is to be the same. The test does not see it.
//
// Only where the test leaves line 0 alone: masked, and neither raised nor in service.
#include "jitter.h"
#include "users_model.h"

#include <h/internal/entry.h>
#include <kernel/pic.h>

#pragma weak wait_for_vector

#define TIMER 0x01u

#define MOST_STOPS 6u

static uint8_t
pic_read(uint8_t command)
{
        outb(PIC1, command);
        uint8_t found = inb(PIC1);
        outb(PIC1, PIC_READ_REQUESTS);
        return found;
}

bool
users_timer_in_service(void)
{
        return (pic_read(PIC_READ_SERVICE) & TIMER) != 0;
}

static bool
line_is_free(void)
{
        return (inb(PIC1 + PIC_MASK) & TIMER) != 0 &&
               (pic_read(PIC_READ_REQUESTS) & TIMER) == 0 &&
               !users_timer_in_service();
}

void
users_undisturbed(void)
{
        users.undisturbed = true;
}

uint32_t
users_stops_begin(void)
{
        if (!jitter_asked() || users.undisturbed || !line_is_free())
                return 0;
        outb(PIC1 + PIC_MASK, inb(PIC1 + PIC_MASK) & (uint8_t)~TIMER);
        return MOST_STOPS;
}

void
users_stops_end(void)
{
        uint8_t mask = inb(PIC1 + PIC_MASK) | TIMER;

        // The timer's line may rise by that for a last time.
        machine_silence_timer();
        outb(PIC1 + PIC_MASK, (uint8_t)~TIMER);
        if ((pic_read(PIC_READ_REQUESTS) & TIMER) != 0) {
                wait_for_vector();
                outb(PIC1, PIC_END_OF_LINE);
        }
        outb(PIC1 + PIC_MASK, mask);
}
