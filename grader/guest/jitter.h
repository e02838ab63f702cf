// SPDX-License-Identifier: MIT
// Schedules that follow from a seed: where the timer's interrupts come, to the
// instruction. Only the harness sees this.
//
// The interval timer counts 1,193,181 times a second, and Bochs looks at it each
// microsecond, which are ten instructions. So that interrupts come at any instruction
// all the same, and at the same ones whenever a test is run, alone or among others,
// counter 0 is written at a chosen instruction, and its interrupt comes a whole number
// of microseconds later:
//
//      the interrupt before        written             the next interrupt
//    --+---------------------------+-------------------+--------------------> instructions
//                                  |<-- delay * 10 --->|
//
// The count for that depends on how far the counter's clock is from a microsecond's
// end, which is found from the time-stamp counter: it began with the machine.
//
// In QEMU, where a microsecond has other instructions, interrupts come more often and at
// odd places too, but at other ones; and at new ones each time in its debugger, where time is
// the host's.
#ifndef JITTER_H
#define JITTER_H

#ifndef __ASSEMBLER__
#include <kernel/types.h>

// A seed was given: from now on tests have schedules. Once a boot; ends at an
// instruction that is the same in every boot.
void jitter_prepare(uint32_t seed);
bool jitter_asked(void);

// The schedule of this test begins; there are no interrupts of its yet.
void jitter_test_begins(const char *name);

// From here on all is the same whatever the test comes behind: H's clock, too, begins at 0.
void jitter_align(void);

// Interrupts come by the schedule: the next one is set, and with each that comes
// through jitter_interrupt the one behind it.
void jitter_start(void);

// A single one, within `most` microseconds.
void jitter_once(uint32_t most);

// A number below `limit` that follows from the seed.
uint32_t jitter_below(uint32_t limit);

// The timer runs periodically with a count; the next period, and those behind it, have
// this one.
void jitter_next(uint32_t count);

// The rest of the test has none.
void jitter_stop(void);

// A program was stopped by an interrupt of the schedule, here.
void jitter_note(uint32_t where);

// After the test: says on the line how many there were and at which instructions, as a
// digest, so that the grader's own tests see whether schedules are the same.
void jitter_test_over(void);

// What jitter_entry.S calls for each interrupt that comes by a schedule. Where: the
// interrupted EIP. Only one in a period counts as time that has passed.
void jitter_tick(uint32_t where);
extern uint32_t jitter_runs; // 1 where jitter_interrupt is to be asked

// jitter_entry.S: the gate's first part. ESP is as the processor has left it, and
// nothing changes. Goes on at system_counts.
void jitter_interrupt(void);

// Starts counter 0 with `count`, once. The last write is made when the time-stamp
// counter's low word is `when`; where that is past, or far off, at once.
void jitter_set(uint32_t count, uint32_t when);

// When the same word is `when`, it is set to 0.
void jitter_zero(uint32_t when);
#endif
#endif
