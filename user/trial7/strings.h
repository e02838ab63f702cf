// SPDX-License-Identifier: MIT
// A message with strings from thread 1 to thread 2, in one space, all of whose pages are there.
#ifndef TRIAL7_STRINGS_H
#define TRIAL7_STRINGS_H

#include "pager.h"

#define ROOM 20000u

extern unsigned char source[ROOM]; // filled
extern unsigned char target[ROOM]; // zeros

extern struct act *sender, *receiver; // what the two do

// Both begin anew: one sends, the other one receives from anybody. Items are to be added.
void strings_prepare(void);

// Lets both do it.
void strings_exchange(void);

#endif
