// SPDX-License-Identifier: MIT
// What comes after a message for who has sent it.
#include "meeting.h"

// R receives; A is of its space, C of another one. X is anybody.
static struct thread *r, *a, *c, *x;

static void
begin(void)
{
        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();
        r = meeting_thread(near);
        a = meeting_thread(near);
        c = meeting_thread(far);
        x = meeting_thread(far);
        current = r;
}

#define TAG_3 (tag_make(0x33, 3, 0))
#define TAG_4 (tag_make(0x44, 4, 0))

// A sender that has waited says from whom it receives then, and how long; the
// receiver receives, or calls ipc_sent as a sender's own call does.
static void
goes_on(struct thread *sender, uint32_t then, uint16_t timeout, uint32_t due,
        const char *who)
{
        meeting_has_sent(sender, r, TAG_3, 0x700, then, timeout);
        trying("ipc_receive: %s", who);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        trying_over();
        expect_received(r, sender, TAG_3, 0x700, who);
        expect_ready(r, "the receiver");
        expect_waiting(sender, due, timeout != TIME_NEVER, who);
}

TEST(senders_go_on_to_receive)
{
        meeting_first();
        begin();
        goes_on(a, ID_ANY, TIME_NEVER, ID_ANY, "who receives from anybody");
        begin();
        goes_on(a, ID_ANY_LOCAL, TIME_LONG, ID_ANY_LOCAL,
                "who receives from any local");
        begin();
        goes_on(a, r->id, TIME_LONG, r->id, "who has called R");
        begin();
        goes_on(a, r->local, TIME_NEVER, r->id,
                "who has called R by its local ID");
        begin();
        goes_on(c, r->id, TIME_NEVER, r->id, "who has called from afar");
        begin();
        goes_on(c, x->local, TIME_LONG, x->id,
                "who names one of its own space by the local ID");
        begin();
        goes_on(a, a->id, TIME_LONG, a->id, "who sleeps then");

        // The one that runs, and has not waited.
        begin();
        meeting_says(a, TAG_3, 0);
        a->receive = r->local;
        a->receive_timeout = TIME_LONG;
        current = a;
        ipc_sent(a, r);
        expect_waiting(a, r->id, true, "who has called and runs");
        expect_ready(r, "the receiver");
}

// No time at all: the receive phase fails, and the message has come all the same.
TEST(receive_phases_fail)
{
        meeting_first();
        static const struct {
                uint32_t then;
                uint16_t timeout;
                enum ipc_error error;
                const char *who;
        } phases[] = {
                { ID_ANY, TIME_ZERO, IPC_TIMEOUT,
                  "who has no time to receive" },
                { ID_ANY_LOCAL, TIME_ZERO, IPC_TIMEOUT,
                  "who has no time to receive from any local" },
                { 0x80000001, TIME_NEVER, IPC_NO_PARTNER,
                  "who wants to receive from nobody" },
                { 0x00800140, TIME_LONG, IPC_NO_PARTNER,
                  "whose local ID is nobody's" },
                { 0x00800140, TIME_ZERO, IPC_NO_PARTNER,
                  "whose local ID is nobody's, in no time," },
        };

        for (unsigned i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
                begin();
                meeting_has_sent(c, r, TAG_4, 0x800, phases[i].then,
                                 phases[i].timeout);
                trying("ipc_receive: %s", phases[i].who);
                ipc_receive(r, ID_ANY, TIME_NEVER);
                trying_over();
                expect_received(r, c, TAG_4, 0x800, phases[i].who);
                expect_ready(r, "the receiver");
                expect_failed(RECEIVE_ERROR(phases[i].error), c, phases[i].who);
        }

        // X was there when C called, and is no more when the message is received.
        begin();
        meeting_has_sent(c, r, TAG_4, 0x800, x->id, TIME_NEVER);
        thread_rename(x, x->id + 1);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_received(r, c, TAG_4, 0x800, "whose partner has another ID now");
        expect_failed(RECEIVE_ERROR(IPC_NO_PARTNER), c,
                      "whose partner has another ID now");

        // A halted sender is READY, and does not run.
        begin();
        meeting_has_sent(a, r, TAG_4, 0x800, ID_ANY, TIME_ZERO);
        thread_stop(a, STOPPED_HALTED);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), a, "a halted sender");
}

TEST(who_receives_nothing_is_told)
{
        meeting_first();
        static const uint32_t tags[] = { 0, 0xABCD0003, 0x00002002,
                                         0xFFFF0004 };

        for (unsigned i = 0; i < 4; i++) {
                begin();
                meeting_has_sent(a, r, tags[i], 0x900, ID_NIL, TIME_ZERO);
                ipc_receive(r, a->id, TIME_NEVER);
                expect_ready(r, "the receiver");
                expect_sent(a, "A");
                expect_hex(MARK, utcb_read(a, UTCB_ERROR), "A's error code");

                begin();
                meeting_says(c, tags[i], 0x900);
                current = c;
                ipc_sent(c, r);
                expect_sent(c, "C, who runs,");
        }
        begin();
        meeting_has_sent(a, r, TAG_3, 0x900, ID_NIL, TIME_NEVER);
        thread_stop(a, STOPPED_HALTED);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_sent(a, "A, which is halted,");
}

// --- The kernel's messages ------------------------------------------------------------

static void
role_sends(struct thread *thread, enum thread_role role)
{
        crowd_sends(thread, r, 0);
        thread->role = (uint8_t)role;
        thread->receive = ID_NIL; // which says nothing here
        thread->receive_timeout = TIME_NEVER;
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_ready(r, "who is told of it");
        expect_untold(thread, "the thread that the message is about");
}

// A's exception is A's message to R, and R has an exception of its own, with A as the
// handler: neither is an answer.
static void
kernels_messages_do_not_meet(void)
{
        begin();
        crowd_sends(r, a, 0);
        r->role = ROLE_EXCEPTION;
        crowd_sends(a, r, 0);
        a->role = ROLE_EXCEPTION;
        ring_leave(r); // its message has been received
        thread_ready(r);
        r->receive_timeout = TIME_NEVER;
        ipc_sent(r, a);
        expect_waiting(r, a->id, false, "R, whose exception A knows of,");
        expect_sending(a, r, false, "A, which has an exception itself,");

        // A program's message is an answer, though A's exception came first.
        begin();
        crowd_sends(a, r, 0);
        a->role = ROLE_EXCEPTION;
        meeting_has_sent(c, r, tag_make(0, 1, 0), 0x00ABCDEE, ID_NIL, 0);
        r->role = ROLE_START;
        r->partner = ID_ANY;
        r->receive_timeout = TIME_NEVER;
        thread_look(r);
        ipc_look(r);
        expect_ready(r, "R, which has been told where to begin,");
        expect_hex(0x00ABCDEF, get_register(r, H_EIP), "R's EIP");
        expect_sending(a, r, false, "A, which has an exception,");
        expect_sent(c, "C, whose message R wanted,");
}

TEST(what_follows_the_kernels_messages)
{
        meeting_first();
        begin();
        role_sends(a, ROLE_PAGE_FAULT);
        expect_waiting(a, r->id, false, "who has a page fault");
        begin();
        role_sends(c, ROLE_EXCEPTION);
        expect_waiting(c, r->id, false, "who has an exception");
        begin();
        role_sends(a, ROLE_PREEMPTION);
        expect_ready(a, "who was preempted");

        // Nor does it look at `receive`, where the program's last call has left it.
        begin();
        crowd_sends(c, r, 0);
        c->role = ROLE_PREEMPTION;
        c->receive = x->id;
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_ready(c, "who was preempted");
        expect_untold(c, "who was preempted");
        begin();
        crowd_sends(c, r, 0);
        c->role = ROLE_PAGE_FAULT;
        c->receive = x->id;
        c->receive_timeout = TIME_NEVER;
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_waiting(c, r->id, false, "who has a page fault");

        kernels_messages_do_not_meet();
}
