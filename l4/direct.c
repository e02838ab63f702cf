// SPDX-License-Identifier: MIT
// The message that most programs send most of the time, on a way of its own: words
// without more, for another thread that waits for them and is no less urgent than the
// sender, which then waits for the answer, or for whoever sends next, without an end.
//
//     sender      READY, runs         ->  RECEIVING, from the receiver or from anybody
//     receiver    RECEIVING           ->  READY, runs, in the sender's place among the
//                                         ready ones
//
// It leads to the same as call_ipc does in all of these cases (ipc.h, schedule.h).
// What is not so simple is looked for before, with as few questions as can be, and
// nothing has been done then.
//
// The contract is in direct.h.
#include "direct.h"

#include "calls.h"
#include "panic.h"
#include "rings.h"
#include "schedule.h"
#include "space.h"

#define NOT_PLAIN 0xFFC0u // of a tag: typed items, and flags

// Of both timeouts: none, if that is 0. Nobody has to wait until the message is sent.
#define RECEIVE_TIMEOUT 0xFFFFu

// Of a thread: RECEIVING in ROLE_USER or READY, not stopped, and it does not look.
#define WAITS_SIMPLY THREAD_CONDITION(THREAD_RECEIVING, ROLE_USER)
#define IS_READY THREAD_CONDITION(THREAD_READY, ROLE_USER)

// A function of the short way: to call it would take longer than it does.
#define SHORT static inline __attribute__((always_inline))

// What is so nearly always: the code for it comes first, without a jump.
#define MOSTLY(condition) __builtin_expect((condition), 1)

// Most messages go where the last one came from, by the ID that it came with. Where
// that thread is no more, its slot says another one: none, if it is free, and what is
// in it waits for nothing then.
SHORT struct thread *
find(const struct thread *self, uint32_t to)
{
        struct thread *former = self->former;

        if (MOSTLY(former && former->id == to))
                return former;
        if (former && former->local == to && former->space == self->space)
                return former;
        return thread_named(self, to);
}

// Does it wait for what this one sends, in no particular way?
SHORT bool
waits_for(const struct thread *receiver, const struct thread *sender)
{
        return receiver->wake_place == 0 &&
               receiver->condition == WAITS_SIMPLY &&
               (receiver->partner == sender->id || receiver->partner == ID_ANY);
}

// Is there nobody yet who sends what the thread wants to receive?
SHORT bool
finds_nobody(const struct thread *thread, uint32_t from, uint32_t to)
{
        return from == to ? thread->deputies == 0
                          : from == ID_ANY && thread->senders == NULL;
}

SHORT void
send(struct thread *self, struct thread *receiver, uint32_t from, uint32_t to,
     uint32_t tag)
{
        if (receiver->ring)
                ring_take_out(receiver);
        receiver->condition = IS_READY;
        receiver->former = self;
        self->condition = WAITS_SIMPLY;
        if (from == to) {
                self->partner = receiver->id; // `to` may be a local one
                ring_put_in(&receiver->waiters, self);
        } else {
                self->partner = from;
        }
        current = receiver;
        must(h_handoff(receiver->context, tag_untyped(tag),
                       thread_name(self, receiver), tag),
             "h_handoff");
}

void
ipc_called(struct h_fault_context context, uint32_t to, uint32_t from,
           uint32_t timeouts, uint32_t tag, uint32_t edi, uint32_t ebx,
           uint32_t ebp)
{
        struct thread *self = current;
        struct thread *receiver = find(self, to);

        if (MOSTLY(receiver &&
                   ((tag & NOT_PLAIN) | (timeouts & RECEIVE_TIMEOUT)) == 0 &&
                   waits_for(receiver, self) && finds_nobody(self, from, to) &&
                   receiver->priority == self->priority && !chosen_by_favour &&
                   self->space->redirector == ID_ANY))
                send(self, receiver, from, to, tag);

        ready_settle();
        const struct registers in = { to, timeouts, from, ebx, ebp, tag, edi };
        (void)context; // the current thread's
        schedule(call_ipc(self, &in));
}
