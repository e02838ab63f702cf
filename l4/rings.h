// SPDX-License-Identifier: MIT
// The rings in which threads wait for each other (thread.h): `senders` and `waiters`.
#ifndef L4_RINGS_H
#define L4_RINGS_H

#include "thread.h"

// The thread is in no ring, and is the last one of this one now.
static inline void
ring_put_in(struct thread **ring, struct thread *thread)
{
        struct thread *first = *ring;

        if (first) {
                struct thread *last = first->last_in_ring;
                thread->last_in_ring = last;
                thread->next_in_ring = first;
                first->last_in_ring = thread;
                last->next_in_ring = thread;
        } else {
                thread->next_in_ring = thread;
                thread->last_in_ring = thread;
                *ring = thread;
        }
        thread->ring = ring;
}

// The thread is in one, and is in none now.
static inline void
ring_take_out(struct thread *thread)
{
        struct thread **ring = thread->ring;
        struct thread *next = thread->next_in_ring;

        if (next == thread) {
                *ring = NULL;
        } else {
                struct thread *last = thread->last_in_ring;
                next->last_in_ring = last;
                last->next_in_ring = next;
                if (*ring == thread)
                        *ring = next;
        }
        thread->ring = NULL;
}

#endif
