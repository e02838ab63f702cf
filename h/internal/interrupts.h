// SPDX-License-Identifier: MIT
// What happens between leaving ring 3 and telling the client why.
#ifndef H_INTERNAL_INTERRUPTS_H
#define H_INTERNAL_INTERRUPTS_H

#include <h/execution.h>
#include <kernel/types.h>

// Says what a vector means (exercise 4.5).
//
// vector    0 to 31, a line's, or a system call's
// code      the processor's error code, 0 where it has none
// address   CR2, looked at for page faults only
struct h_interrupt interrupt_decode(uint8_t vector, uint32_t code,
                                    struct vaddr address);

// An interrupt of this line has come (exercise 4.6): it is acknowledged, and
// masked unless it is the timer's. Returns whether the client is to hear of it:
// a line that is not in service (spurious, 7 and 15) was never raised.
bool irq_arrived(unsigned line);

// All lines masked but the timer's and that of the second controller.
void irq_init(void);

// Starts the timer with H_PERIOD_DEFAULT (exercise 4.7).
void timer_init(void);

// Finds out how fast the time-stamp counter goes.
void clock_init(void);

#endif
