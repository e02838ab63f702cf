// SPDX-License-Identifier: MIT
// Are the threads of rendezvous.h as the model has them?
#ifndef LAB6_RENDEZVOUS_CHECK_H
#define LAB6_RENDEZVOUS_CHECK_H

#include "rendezvous.h"

#define STEP "step %u (%s %s %s): "
#define OF_STEP step.number, names[step.who], step.what, names[step.partner]

static inline uint32_t
due_partner(const struct side *side)
{
        return side->partner == FROM_ANY         ? ID_ANY
               : side->partner == FROM_ANY_LOCAL ? ID_ANY_LOCAL
                                                 : sides[side->partner].is->id;
}

static inline struct thread **
due_ring(const struct side *side)
{
        if (side->state == THREAD_SENDING)
                return &sides[side->to].is->senders;
        if (side->state == THREAD_RECEIVING && !side->looks &&
            side->partner < SIDES)
                return &sides[side->partner].is->waiters;
        return NULL;
}

static inline void
check_state(unsigned i)
{
        const struct side *side = &sides[i];
        const struct thread *is = side->is;

        expect_number(side->state, is->state,
                      STEP "the state of %s (1 READY, 2 SENDING, 3 RECEIVING)",
                      OF_STEP, names[i]);
        if (side->state == THREAD_RECEIVING) {
                expect_bool(side->looks, is->looks, STEP "%s looks", OF_STEP,
                            names[i]);
                expect_hex(due_partner(side), is->partner,
                           STEP "from whom %s receives", OF_STEP, names[i]);
        }
        if (side->state == THREAD_SENDING)
                expect_hex(sides[side->to].is->id,
                           is->receiver ? is->receiver->id : 0,
                           STEP "to whom %s sends", OF_STEP, names[i]);
        if (is->ring != due_ring(side))
                fail(STEP "%s stands in %s ring, and is to stand in %s",
                     OF_STEP, names[i], is->ring ? "another" : "no",
                     due_ring(side) ? "its partner's" : "none");
        expect_bool(side->timed, is->wake_place != 0, STEP "%s has a timeout",
                    OF_STEP, names[i]);
        expect_bool(side->state == THREAD_READY || side->looks, ready_is(is),
                    STEP "%s is among the ready ones", OF_STEP, names[i]);
        expect_number(SIDES_LEFT, is->slice_left,
                      STEP "what is left of the time slice of %s", OF_STEP,
                      names[i]);
}

// Its rings: the senders in their order, as many waiters and deputies as are due.
static inline void
check_rings(unsigned i)
{
        const struct thread *is = sides[i].is;
        const struct thread *at = is->senders;
        uint32_t senders = 0, deputies = 0, waiters = 0;
        uint32_t last = 0;

        for (unsigned n = 0; n < SIDES; n++) {
                const struct side *side = &sides[n];
                if (due_ring(side) == &is->senders) {
                        senders++;
                        deputies += side->as != n;
                } else if (due_ring(side) == &is->waiters) {
                        waiters++;
                }
        }
        for (uint32_t n = 0; at && n < senders; n++) {
                unsigned which = 0;
                while (which < SIDES && sides[which].is != at)
                        which++;
                if (which == SIDES || (n > 0 && sides[which].order < last))
                        fail(STEP "the senders of %s do not stand in the order "
                                  "in which they began",
                             OF_STEP, names[i]);
                last = sides[which].order;
                at = at->next_in_ring;
        }
        if (senders != 0 || is->senders)
                expect_number(senders, crowd_ring(is->senders),
                              STEP "how many send to %s", OF_STEP, names[i]);
        if (waiters != 0 || is->waiters)
                expect_number(waiters, crowd_ring(is->waiters),
                              STEP "how many wait for %s", OF_STEP, names[i]);
        expect_number(deputies, is->deputies,
                      STEP "how many send to %s in another one's name", OF_STEP,
                      names[i]);
}

static inline void
check_registers(unsigned i)
{
        const struct side *side = &sides[i];

        expect_hex(side->esi, get_register(side->is, H_ESI), STEP "ESI of %s",
                   OF_STEP, names[i]);
        expect_hex(side->eax, get_register(side->is, H_EAX), STEP "EAX of %s",
                   OF_STEP, names[i]);
        expect_hex(side->mr1, utcb_read(side->is, 1), STEP "MR1 of %s", OF_STEP,
                   names[i]);
        expect_hex(side->error, utcb_read(side->is, UTCB_ERROR),
                   STEP "the error code of %s", OF_STEP, names[i]);
}

// Of all; rings and registers mostly of those that the step is about.
static inline void
sides_check(void)
{
        for (unsigned i = 0; i < SIDES; i++) {
                check_state(i);
                if (step.number % 8 != 0 && i != step.who && i != step.partner)
                        continue;
                check_rings(i);
                check_registers(i);
        }
}

#endif
