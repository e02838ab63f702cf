// SPDX-License-Identifier: MIT
// For tests of UTCBs: a space with an area, and threads that may have a place in it.
#ifndef LAB5_UTCBS_H
#define LAB5_UTCBS_H

#include "parts.h"

#define AREA 0x00800000u
#define PAGES 4u
#define PLACES (PAGES * UTCBS)

// One for each place, and one for which there is none.
extern struct thread threads[PLACES + 1];

// A machine with a space that has an area of so many bytes at AREA, and no UTCB.
struct space *utcbs_begin(uint32_t bytes);

// On a machine with room for so many threads, and so for so many pages with UTCBs:
// none of them may be lost.
void utcbs_begin_small(uint32_t threads_at_most);

// The address of a place, counted from 0.
uint32_t utcb_place(uint32_t number);

// The thread of this number gets the place of this number, in that space.
void take_utcb(struct space *space, uint32_t number);

#endif
