// SPDX-License-Identifier: MIT
// So many send to one thread that it does not ask them all at once, if an interrupt is there.
#ifndef LAB6_MANY_SENDERS_H
#define LAB6_MANY_SENDERS_H

#include <h4/pending.h>

#include "near_and_far.h"

#define MANY 150u
#define MOST_TURNS (MANY + 10)

// Of the far space, as are all of the many.
static struct thread *d;

// They only send, and are not in the thread table.
static struct thread crowd_of[MANY];
static struct thread *many[MANY];

static inline void
many_begin(void)
{
        near_and_far_begin();
        d = meeting_thread(far);
        for (uint32_t i = 0; i < MANY; i++) {
                many[i] = &crowd_of[i];
                meeting_forgets(many[i]);
                many[i]->id = id_make(NUMBER_USER + 1000 + i, 1);
                many[i]->sent_as = many[i]->id;
                many[i]->space = far;
        }
}

// They are SENDING to the thread as themselves, or as D.
static inline void
many_send(struct thread *to, bool as_d)
{
        for (uint32_t i = 0; i < MANY; i++) {
                if (as_d)
                        many[i]->sent_as = d->id;
                crowd_sends(many[i], to, as_d ? TAG_PROPAGATED : 0);
        }
}

// It looks, and an interrupt is there all the time. Returns in how many turns it has come to
// an end.
static inline uint32_t
look_on(struct thread *thread, const char *who)
{
        uint32_t turns = 0;

        while (thread->looks) {
                trying("ipc_look, turn %u: %s", turns + 1, who);
                expect_next(ipc_look(thread), thread, who);
                trying_over();
                if (++turns > MOST_TURNS)
                        fail("%s while interrupts are there, it has looked %u "
                             "times, and still looks; %u send to it",
                             who, turns, crowd_ring(thread->senders));
        }
        return turns;
}

#endif
