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
//
// What does not belong to the kind is 0 or false.
struct h_interrupt interrupt_decode(uint8_t vector, uint32_t code,
                                    struct vaddr address);

// An interrupt of this line has come (exercise 4.6): it is acknowledged, and
// masked unless it is the timer's. Returns whether the client is to hear of it:
// a line that is not in service (spurious, 7 and 15) was never raised. Then
// nothing is masked, and nothing acknowledged but line 2 of the first controller
// for 15. Other lines that are in service stay so, here and in h_mask_ack_irq; but
// line 2 is acknowledged with any of the second controller's.
//
// Which lines are masked, and which are in service, is what the controllers say:
// nobody keeps a copy, which might differ.
//
// line   0 to 15 without 2
bool irq_arrived(unsigned line);

// Sets both controllers up anew, whatever they were used for: lines 0 to 15 are
// vectors from IRQ_BASE on, all masked but the timer's and that of the second
// controller. (exercise 4.6)
void irq_init(void);

// Starts the timer with H_PERIOD_DEFAULT (exercise 4.7).
//
// The timer is counter 0 in mode 2 (<kernel/pit.h>), counting in binary. What it
// counts from is what the period makes, to one in a thousand and rounded down.
// The other counters are not the timer's.
void timer_init(void);

// The clock begins at 0 where the time-stamp counter does, however far it was. How fast
// that one goes is found out the first time.
void clock_init(void);

#endif
