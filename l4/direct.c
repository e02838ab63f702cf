// SPDX-License-Identifier: MIT
// The short way of a message. It leads to the same as call_ipc does, step by step, in
// all cases in which it is taken (ipc.h, schedule.h):
//
//     sender      READY, runs         ->  RECEIVING, from the receiver or from anybody
//     receiver    RECEIVING           ->  READY, runs, in the sender's place among the
//                                         ready ones
//
// What is not so simple is looked for before, with as few questions as can be.
//
// The contract is in direct.h.
#include "direct.h"

#include "ipc.h"
#include "panic.h"
#include "schedule.h"
#include "space.h"

#define TAG_OTHERS (TAG_COUNTS & ~0x3Fu) // typed items
#define TAG_FLAGS 0xF000u

// Does it wait for what this one sends, in no particular way?
static inline bool
waits_for(const struct thread *receiver, const struct thread *sender)
{
        return receiver->state == THREAD_RECEIVING &&
               receiver->role == ROLE_USER && !receiver->looks &&
               receiver->wake_place == 0 && receiver->stopped == 0 &&
               (receiver->partner == ID_ANY || receiver->partner == sender->id);
}

// Is there nobody yet who sends what the thread wants to receive?
static inline bool
finds_nobody(const struct thread *thread, uint32_t from, uint32_t to)
{
        return from == to ? thread->deputies == 0
                          : from == ID_ANY && thread->senders == NULL;
}

// The receiver is ready in the place of the sender: in a ring of its own priority
// where that is another one.
static inline void
take_place(struct thread *receiver, struct thread *sender)
{
        if (receiver->priority == sender->priority) {
                ready_replace(sender, receiver);
        } else {
                ready_remove(sender);
                ready_add(receiver);
        }
}

void
ipc_direct(uint32_t to, uint32_t from, uint32_t timeouts, uint32_t tag)
{
        struct thread *self = current;
        struct thread *receiver = thread_find(to);

        if (!receiver || (tag & (TAG_OTHERS | TAG_FLAGS)) != 0 ||
            timeouts != 0 || !waits_for(receiver, self) ||
            !finds_nobody(self, from, to) ||
            receiver->priority < self->priority || slice_is_favoured() ||
            self->space->redirector != ID_ANY)
                return;

        take_place(receiver, self);
        ring_leave(receiver);
        receiver->state = THREAD_READY;
        self->state = THREAD_RECEIVING;
        self->role = ROLE_USER;
        self->partner = from;
        if (from == to)
                ring_join(&receiver->waiters, self);
        current = receiver;
        must(h_handoff(receiver->context, tag_untyped(tag),
                       thread_name(self, receiver), tag),
             "h_handoff");
}
