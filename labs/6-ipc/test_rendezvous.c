// SPDX-License-Identifier: MIT
// Sending, receiving, looking and cancelling at random, in a crowd of eight, compared
// with the model after each step.
#include "rendezvous_check.h"

#define STEPS 240u // so many tries

// Sends the message that the thread has.
typedef void sending(struct thread *side, struct thread *to, uint16_t timeout);

static sending stand_by;

static void
call_to_receive(unsigned who)
{
        struct thread *is = sides[who].is;
        unsigned partner = random_partner();
        uint16_t timeout = random_timeout();

        // One who is sending to it, if there is one.
        for (unsigned n = 0; n < SIDES && random_below(4); n++)
                if (sides[n].state == THREAD_SENDING && sides[n].to == who)
                        partner = sides[n].as;
        step.what = "receives from";
        step.partner = partner;
        is->role = ROLE_USER;
        is->receive = side_name(who, partner);
        is->receive_timeout = timeout;
        current = is;
        ipc_receive(is, is->receive, timeout);
        due_receive(who, partner, timeout);
}

// To whom it sends rather than to others: one who waits for it; one who is sending
// itself, and receives then; one who looks.
static bool
wished(unsigned who, unsigned to, unsigned wish)
{
        const struct side *side = &sides[to];

        return due_at_once(who, to) ? wish < 2
               : side->looks        ? wish == 3
                             : wish == 2 && side->state == THREAD_SENDING &&
                                       side->then == FROM_ANY;
}

static void
call_to_send(unsigned who, sending *sends)
{
        struct side *side = &sides[who];
        unsigned to = random_below(SIDES);
        uint16_t timeout = random_timeout();

        random_message(who);
        unsigned wish = random_below(4);
        for (unsigned n = 0; n < SIDES && !wished(who, to, wish); n++)
                to = (to + 1) % SIDES;
        if (sends == stand_by) {
                if (due_at_once(who, to))
                        return;
                timeout = TIME_NEVER;
        }
        step.what = "sends to";
        step.partner = to;
        current = side->is;
        sends(side->is, sides[to].is, timeout);

        if (due_at_once(who, to)) {
                due_arrived(who, to);
                if (side->looks)
                        due_receive(who, side->partner, side->then_timeout);
        } else if (timeout == TIME_ZERO) {
                due_error(who, SEND_ERROR(IPC_TIMEOUT));
        } else {
                side->state = THREAD_SENDING;
                side->to = to;
                side->timed = timeout != TIME_NEVER;
        }
}

static void
call_to_look(unsigned who)
{
        struct side *side = &sides[who];

        step.what = "looks for";
        step.partner = side->partner;
        ipc_look(side->is);
        due_receive(who, side->partner, side->is->receive_timeout);
}

static void
cancel(unsigned who)
{
        struct side *side = &sides[who];

        step.what = "is cancelled";
        step.partner = FROM_NOBODY;
        ipc_end(side->is, IPC_CANCELLED);
        due_error(who, side->state == THREAD_SENDING
                               ? SEND_ERROR(IPC_CANCELLED)
                               : RECEIVE_ERROR(IPC_CANCELLED));
}

static bool
due_runs(unsigned who)
{
        return sides[who].state == THREAD_READY || sides[who].looks;
}

static void
crowd_meets(sending *sends)
{
        uint32_t met = 0;

        sides_begin();
        for (uint32_t n = 1; n <= STEPS; n++) {
                unsigned who = random_below(SIDES);
                for (unsigned i = 0; i < 4 && !due_runs(who); i++)
                        who = random_below(SIDES);
                struct side *side = &sides[who];

                step.number = n;
                step.who = who;
                // Who waits is left alone for a while.
                if (side->state != THREAD_READY && random_below(3) != 0)
                        continue;
                if (side->looks)
                        call_to_look(who);
                else if (side->state != THREAD_READY)
                        cancel(who);
                else if (random_below(5) < 2)
                        call_to_receive(who);
                else
                        call_to_send(who, sends);
                sides_check();
                met++;
        }
        expect_bool(true, met > STEPS / 4, "something has been tried");
}

// Without ipc_send nobody sends to one who waits for just this: it stands among the
// senders.
static void
stand_by(struct thread *side, struct thread *to, uint16_t timeout)
{
        uint32_t then = side->receive;

        (void)timeout;
        crowd_sends(side, to, side->tag);
        side->receive = then;
}

TEST(receive_in_a_crowd)
{
        meeting_first();
        crowd_meets(stand_by);
}

static void
send_really(struct thread *thread, struct thread *to, uint16_t timeout)
{
        struct thread *next = ipc_send(thread, to, timeout);

        if (thread->state == THREAD_READY)
                expect_bool(true, next == thread,
                            "step %u: the sender is READY, and is preferred",
                            step.number);
        else if (next)
                expect_bool(true, next == to,
                            "step %u: the sender waits, and the receiver is "
                            "preferred, or nobody",
                            step.number);
}

TEST(send_in_a_crowd)
{
        meeting_first();
        crowd_meets(send_really);
}
