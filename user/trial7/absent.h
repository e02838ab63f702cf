// SPDX-License-Identifier: MIT
// Strings of which pages are missing: thread 1 sends one of 9,000 bytes to thread 2. Who
// has them in AREA, and not yet, is in a space of its own.
#ifndef TRIAL7_ABSENT_H
#define TRIAL7_ABSENT_H

#include "pager.h"

#define READING 0xFFE4u
#define WRITING 0xFFE2u

#define BYTES 9000u
#define FROM (AREA + 100)           // the sender's, where it is absent
#define TO (AREA + 5 * PAGE - 1000) // the receiver's
#define FROM_STORE (store + (FROM - AREA))
#define TO_STORE (store + (TO - AREA))

// Of the string so much is copied before each fault.
#define FIRST_OF_SENDER (PAGE - 100)
#define FIRST_OF_RECEIVER 1000u

extern unsigned char
        present[BYTES]; // the string, or where it goes, if not absent
extern struct act *sends, *receives;

enum absent {
        SENDER,
        RECEIVER,
        BOTH
};

// Puts both acts together, and makes the two threads; nothing runs yet.
void prepare(enum absent who);

// They run.
void exchange(void);

// Lets time pass until so many faults in AREA have been told.
void until_told(L4_Word_t count);

// All of that, and until nobody does anything any more.
void exchange_all_of(enum absent who);

// The fault n was told of this thread, with this label, at this address.
void expect_told(L4_Word_t n, L4_ThreadId_t from, L4_Word_t label,
                 L4_Word_t address);

// Both have failed in their phase, after so many bytes.
void expect_both_failed(L4_Word_t sender, L4_Word_t receiver, L4_Word_t bytes);

#endif
