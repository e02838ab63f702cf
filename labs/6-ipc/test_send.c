// SPDX-License-Identifier: MIT
// Sending: to one who waits, and to one who does not.
#include "meeting.h"

// S sends; A is of its space, C of another one.
static struct thread *s, *a, *c, *x;

static void
begin(void)
{
        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();
        s = meeting_thread(near);
        a = meeting_thread(near);
        x = meeting_thread(near);
        c = meeting_thread(far);
        current = s;
}

#define TAG_2 (tag_make(0x22, 2, 0))
#define TAG_3 (tag_make(0x33, 3, 0))

static struct thread *
sends(struct thread *to, uint16_t timeout)
{
        meeting_says(s, TAG_3, 0x500);
        return ipc_send(s, to, timeout);
}

static void
arrives(struct thread *to, uint16_t timeout, const char *what)
{
        trying("ipc_send: %s", what);
        struct thread *next = sends(to, timeout);
        trying_over();

        expect_received(to, s, TAG_3, 0x500, what);
        expect_ready(to, "the receiver");
        expect_sent(s, "the sender");
        expect_bool(true, next == s,
                    "%s: the sender, which is READY, is preferred", what);
        expect_bool(false, timeouts_any(), "%s: there are timeouts", what);
        expect_bool(true, to->senders == NULL && s->waiters == NULL,
                    "%s: the rings of both are empty", what);
}

TEST(send_to_one_who_waits)
{
        meeting_first();
        static const uint16_t timeouts[] = { TIME_NEVER, TIME_ZERO, TIME_LONG };

        for (unsigned i = 0; i < 3; i++) {
                begin();
                crowd_receives(a, s);
                arrives(a, timeouts[i], "A waits for S");
                begin();
                crowd_receives(c, s);
                arrives(c, timeouts[i], "C, of another space, waits for S");
        }
        begin();
        crowd_receives_any(c, ID_ANY);
        timeout_add(c, 1u << 30);
        arrives(c, TIME_ZERO, "C waits for anybody, with a timeout");
        begin();
        crowd_receives_any(a, ID_ANY_LOCAL);
        arrives(a, time_past(), "A waits for any local one");

        // In the name of another one that is waited for.
        begin();
        crowd_receives(a, c);
        meeting_says(s, TAG_3 | TAG_PROPAGATED, 0x500);
        meeting_deputy(s, c);
        expect_bool(true, ipc_send(s, a, TIME_ZERO) == s, "the sender runs");
        expect_received(a, c, TAG_3 | TAG_PROPAGATED, 0x500,
                        "A waits for C, and S sends as C");
        expect_number(0, a->deputies,
                      "how many send to A in another one's name");

        // One that is halted receives, and is not run.
        begin();
        crowd_receives(a, s);
        thread_stop(a, STOPPED_HALTED);
        arrives(a, TIME_NEVER, "A waits for S, and is halted");
}

// --- To one who does not wait for it -----------------------------------------------------

static void
waits(struct thread *to, uint16_t timeout, const char *what)
{
        struct thread before = *to;

        trying("ipc_send: %s", what);
        struct thread *next = sends(to, timeout);
        trying_over();

        expect_sending(s, to, timeout != TIME_NEVER, what);
        expect_untold(s, what);
        expect_bool(true, next == NULL || next == to,
                    "%s: the sender is not preferred", what);
        if (to != s) {
                expect_number(before.state, to->state,
                              "%s: the other one's state", what);
                expect_bool(before.next_ready != NULL, ready_is(to),
                            "%s: the other one is among the ready ones", what);
        }
        expect_number(0, to->deputies,
                      "%s: how many send to that one in another one's name",
                      what);
}

TEST(send_to_one_who_does_not_wait)
{
        meeting_first();
        static const uint16_t timeouts[] = { TIME_NEVER, TIME_LONG };

        for (unsigned i = 0; i < 2; i++) {
                // READY or SENDING, with what it has waited for before.
                begin();
                a->partner = ID_ANY;
                waits(a, timeouts[i], "S sends to A, which is READY,");
                begin();
                s->partner = ID_ANY;
                waits(s, timeouts[i], "S sends to itself");
                begin();
                crowd_sends(a, c, TAG_2);
                a->partner = s->id;
                waits(a, timeouts[i], "S sends to A, which sends to C,");
                begin();
                crowd_sends(a, s, TAG_2);
                waits(a, timeouts[i], "S sends to A, which sends to S,");
                expect_sending(a, s, false, "A, which sends to S,");
                begin();
                crowd_receives(c, a);
                waits(c, timeouts[i], "S sends to C, which waits for A,");
                expect_waiting(c, a->id, false, "C");
                begin();
                crowd_receives_any(c, ID_ANY_LOCAL);
                waits(c, timeouts[i],
                      "S sends to C, which waits for local ones,");
                begin();
                thread_stop(a, STOPPED_HALTED);
                waits(a, timeouts[i], "S sends to A, which is halted,");
        }
        begin();
        struct thread *inactive =
                thread_take(id_make(CROWD_FIRST + crowd.threads, 1));
        inactive->space = s->space;
        waits(inactive, TIME_NEVER, "S sends to one that is INACTIVE");

        // One that waits for S, which sends in another one's name.
        begin();
        crowd_receives(a, s);
        meeting_says(s, TAG_3 | TAG_PROPAGATED, 0x500);
        meeting_deputy(s, c);
        ipc_send(s, a, TIME_NEVER);
        expect_sending(s, a, false, "S, which sends as C to who waits for S,");
        expect_waiting(a, s->id, false, "A, which waits for S,");
        expect_number(1, a->deputies,
                      "how many send to A in another one's name");
}

TEST(senders_stand_in_order)
{
        meeting_first();
        begin();
        struct thread *all[6];
        for (unsigned i = 0; i < 5; i++) {
                all[i] = meeting_thread(i % 2 ? c->space : s->space);
                meeting_says(all[i], TAG_2, 0x100 * i);
                thread_set_priority(all[i], (uint8_t)(100 + i));
                if (i == 1 || i == 3)
                        meeting_deputy(all[i], x);
                ipc_send(all[i], a, i == 2 ? TIME_LONG : TIME_NEVER);
        }
        all[5] = NULL;
        expect_senders(a, all, "five send to A");
        expect_number(2, a->deputies,
                      "how many of five send to A in another one's name");
        for (unsigned i = 0; i < 5; i++) {
                expect_sending(all[i], a, i == 2, "one of five");
                ipc_receive(a, ID_ANY, TIME_ZERO);
                expect_hex(0x100 * i + 1, utcb_read(a, 1),
                           "the first word of message %u of five", i + 1);
                expect_senders(a, all + i + 1, "some have been received");
        }
        expect_number(0, a->deputies,
                      "how many send to A in another one's name, all received");
}

// A receiver that looks has first to take who was there before.
TEST(send_to_one_who_looks)
{
        meeting_first();
        static const uint32_t from[] = { ID_ANY, ID_ANY_LOCAL, ID_NIL };

        for (unsigned i = 0; i < 3; i++) {
                begin();
                meeting_has_sent(x, a, TAG_2, 0x300, ID_NIL, 0);
                a->role = ROLE_USER;
                a->partner = from[i] ? from[i] : s->id;
                a->receive_timeout = TIME_NEVER;
                thread_look(a);
                expect_bool(false, sends(a, TIME_NEVER) == s,
                            "S, which waits, is preferred");
                expect_sending(s, a, false, "S, which sends to one who looks,");
                expect_looking(a, a->partner, "A, which looks,");
                expect_senders(a, (struct thread *[]){ x, s, NULL },
                               "X sends to A, then S");
        }
        begin();
        a->partner = s->id;
        thread_look(a);
        sends(a, TIME_ZERO);
        expect_failed(SEND_ERROR(IPC_TIMEOUT), s,
                      "S, which sends in no time to one who looks,");
        expect_looking(a, s->id, "A, which looks,");
}

// --- Both phases -----------------------------------------------------------------------

static struct thread *
calls(struct thread *to, uint32_t then, uint16_t timeout)
{
        meeting_says(s, TAG_3, 0x500);
        s->receive = then;
        s->receive_timeout = timeout;
        return ipc_send(s, to, TIME_ZERO);
}

TEST(send_and_receive)
{
        meeting_first();
        begin();
        crowd_receives_any(c, ID_ANY);
        expect_bool(true, calls(c, c->id, TIME_LONG) == c,
                    "S calls C and waits: C is preferred");
        expect_received(c, s, TAG_3, 0x500, "S calls C");
        expect_ready(c, "C");
        expect_waiting(s, c->id, true, "S, which has called,");

        // The receive phase fails.
        begin();
        crowd_receives_any(c, ID_ANY);
        expect_bool(true, calls(c, a->id, TIME_ZERO) == s,
                    "S is READY, with an error: S is preferred");
        expect_received(c, s, TAG_3, 0x500, "S to C");
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), s,
                      "S, which has no time to receive,");

        // Somebody is there: its message too is carried, in the same call.
        begin();
        crowd_receives_any(c, ID_ANY);
        meeting_has_sent(x, s, TAG_2, 0x700, ID_ANY, TIME_NEVER);
        expect_bool(true, calls(c, ID_ANY, TIME_ZERO) == s,
                    "S has sent and received: S is preferred");
        expect_received(c, s, TAG_3, 0x500, "S to C");
        for (int i = 3; i <= 4; i++)
                utcb_write(s, i, MARK + (uint32_t)i);
        expect_received(s, x, TAG_2, 0x700, "X to S, in the same call");
        expect_ready(s, "S, which has sent and received,");
        expect_waiting(x, ID_ANY, false, "X, which has sent to S,");

        // But no more than that: who was found looks later.
        begin();
        crowd_receives_any(c, ID_ANY);
        meeting_has_sent(x, s, TAG_2, 0x700, ID_ANY, TIME_NEVER);
        meeting_has_sent(a, x, TAG_2, 0x800, ID_NIL, TIME_NEVER);
        calls(c, ID_ANY_LOCAL, TIME_ZERO);
        expect_ready(s, "S, which has sent and received,");
        expect_looking(x, ID_ANY, "X, which S has found,");
        expect_sending(a, x, false, "A, which sends to X,");

        // An error in the first phase is the end: nobody is received from.
        begin();
        meeting_has_sent(x, s, TAG_2, 0x700, ID_NIL, TIME_NEVER);
        expect_bool(true, calls(c, ID_ANY, TIME_NEVER) == s,
                    "S is READY, with an error: S is preferred");
        expect_failed(SEND_ERROR(IPC_TIMEOUT), s, "S, which calls C, READY,");
        expect_sending(x, s, false, "X, which sends to S,");

        // The phase begins when the message has been received.
        begin();
        meeting_says(s, TAG_3, 0x500);
        s->receive = ID_ANY;
        s->receive_timeout = TIME_ZERO;
        ipc_send(s, c, TIME_LONG);
        expect_sending(s, c, true, "S, which calls C, READY,");
        ipc_receive(c, ID_ANY, TIME_NEVER);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), s,
                      "S, which has waited, and has no time to receive,");
}
