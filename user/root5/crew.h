// SPDX-License-Identifier: MIT
// A few threads that work while the first one sleeps, without messages: it stops
// itself, and the last of them that is ready with its work lets it go on.
#ifndef ROOT5_CREW_H
#define ROOT5_CREW_H

#include <l4/types.h>

#define CREW 3

struct worker {
        L4_Word_t number; // from 1 on
        L4_ThreadId_t id;
        void (*work)(struct worker *self);
        volatile L4_Word_t count;   // what it makes of it is the work's affair
        volatile L4_Word64_t began; // when its work began
};

extern struct worker crew[CREW];

// When work is over that lasts for a time.
extern L4_Clock_t work_ends;

// Makes the workers 1 to `count`, in the first thread's space, for this work; and ends
// all.
void crew_make(L4_Word_t count, void (*work)(struct worker *self));
void crew_end(void);

// The same with one worker that has a space of its own, with the kernel interface page
// at `kip`; and a second one here, of lower priority, as only a thread of its own
// space may let the first thread go on.
void crew_make_apart(L4_Word_t kip, void (*work)(struct worker *self));

// All that there are work; this returns when so many of them are done.
void crew_work(L4_Word_t milliseconds, L4_Word_t awaited);

// --- Work ------------------------------------------------------------------------------

// Does nothing.
void do_nothing(struct worker *self);

// Counts until the time is over.
void count_until_the_end(struct worker *self);

// Counts, and is never done.
void count_for_ever(struct worker *self);

// Prints some times, with another one by turns.
void print_by_turns(struct worker *self);

// Says where it is.
void say_where(struct worker *self);

#endif
