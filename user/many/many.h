// SPDX-License-Identifier: MIT
// What threads cost when there are many of them.
#ifndef MANY_H
#define MANY_H

#include <l4/ipc.h>
#include <l4/thread.h>
#include <user/threads.h>

// As many as are tried. With the first thread and sigma0 they are 4,096.
#define MOST 4094

// --- The others, in a space of their own (crew.c) -----------------------------------------

// Makes the space, and lets all pages of the program be mapped there, so that nobody
// has a page fault later. Whether that could be done.
bool crew_prepare(void);

// Makes the n-th one, from 1 on: whether that could be done. Its UTCB is in the place of
// that number, from 0 on. It waits for where to begin.
bool crew_make(L4_Word_t n, L4_Word_t place);

// Lets it begin: it does what messages tell it.
void crew_start(L4_Word_t n);
void crew_end(L4_Word_t n);
L4_ThreadId_t crew_id(L4_Word_t n);

// What a message tells. Its one word is a time: how long, or until when, the other one
// waits for the next message then. When that ends it waits for ever.
enum order {
        ANSWER, // it answers, and waits
        YIELD, // gives the processor away, again and again, until yielding is false
        CALL, // sends a message first
};
extern volatile bool yielding;

// Sends an order; receives the answer, too.
void crew_tell(L4_Word_t n, enum order order, L4_Time_t time);
void crew_call(L4_Word_t n, L4_Time_t time);

// --- What is measured (costs.c) -------------------------------------------------------------

// The least of several times, in ticks of the time stamp counter, while n others are
// there that wait for messages. What is a cost of the first thread's own, like the
// call of a function, is in it.
enum cost {
        MAKING,      // a thread, whose UTCB is in a page with others
        MAKING_PAGE, // a thread, with a page for its UTCB
        ENDING,      // the former, with all that it had
        SWITCHING, // from one thread to the next, when all give the processor away
        MESSAGE, // to one that waits, and the answer
        TIMEOUT, // the same, when the other ones wait with a timeout, and that one
                // with the first to end
        EXPIRING, // the end of a timeout, when all end at once: each one's share
        RECEIVING, // from one of all the others, all of which send
        COSTS,
};

void measure(L4_Word_t n, L4_Word_t costs[COSTS]);

#endif
