// SPDX-License-Identifier: MIT
// Timeouts: as programs say them, and those that are under way.
#ifndef L4_TIMEOUT_H
#define L4_TIMEOUT_H

#include "thread.h"

// --- Times, as words of 16 bits (time.c) ---------------------------------------------------
//
//      15 14      10 9          0
//     +--+----------+------------+
//     | 0| exponent | mantissa   |    a period: mantissa * 2^exponent microseconds
//     +--+-------+--+------------+
//     | 1| exp.  | c| mantissa   |    a point in time
//     +--+-------+--+------------+
//
// All zeros: never. A mantissa of 0 otherwise: no time at all. A point in time is
// the one with mantissa and c in its bits from exponent on that comes next; when
// more than half of what these bits can count lies in between, it has passed.
#define TIME_NEVER 0u
#define TIME_ZERO 0x0400u

// Is it no time at all?
bool time_is_zero(uint16_t word);

// When what begins now ends, in microseconds of the clock; UINT64_MAX: never. Of no time
// at all, and of a point that has passed, that is `now`.
uint64_t time_end(uint16_t word, uint64_t now);

// A period in microseconds; UINT64_MAX: never. Of a point: UINT64_MAX too.
uint64_t time_period(uint16_t word);

// A number of microseconds as a period, rounded down as far as it has to be;
// UINT64_MAX: never.
uint16_t time_word(uint64_t microseconds);

// --- Those under way (exercise 6.4) ------------------------------------------------------------

// They stand without a gap in units[0].timeout, units[1].timeout ... (units.h), as a heap:
// none ends before the one above it. How many children a place has, 2 to 8, is not said;
// with two they are 2i + 1 and 2i + 2. A thread's wake_place is its place in this array
// plus one, or 0; its wake_order counts all timeouts that there have been, and begins
// anew after 2^32: of two that end together the one added first comes first also then.
// Adding one and taking one off are O(log n), looking is O(1).

// There is none.
void timeouts_init(void);

// What the thread does ends at this time, in microseconds. It has no timeout.
void timeout_add(struct thread *thread, uint64_t wake);

// The same for a time as programs say it, that begins now: never is none. False: it has
// ended already.
bool timeout_begin(struct thread *thread, uint16_t word);

// Its timeout is off, if it has one.
void timeout_remove(struct thread *thread);

// Is there any?
bool timeouts_any(void);

// The thread whose timeout ends first, if it has ended by now; null. Its timeout is
// off then. Of two that end together the one that was added first comes first.
struct thread *timeout_take(uint64_t now);

#endif
