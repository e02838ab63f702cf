// SPDX-License-Identifier: MIT
// Sending: messages of the kernel's and lines; what is refused.
#include "meeting.h"

static struct thread *s, *a, *c;

static void
begin(void)
{
        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();
        s = meeting_thread(near);
        a = meeting_thread(near);
        c = meeting_thread(far);
        current = s;
}

#define TAG_3 (tag_make(0x33, 3, 0))

static struct thread *
tells(struct thread *thread, enum thread_role role, struct thread *to,
      uint16_t timeout)
{
        thread->role = (uint8_t)role;
        thread->tag = 0;
        thread->receive = ID_NIL;
        thread->receive_timeout = TIME_NEVER;
        return ipc_send(thread, to, timeout);
}

static void
lines_send(void)
{
        begin();
        struct thread *line = thread_find(id_interrupt(6));
        line->handler = c->id;
        crowd_receives_any(c, ID_ANY);
        expect_bool(true, ipc_send(line, c, TIME_NEVER) == c,
                    "the line has sent to C: C is preferred");
        expect_ready(c, "C, the handler,");
        expect_hex(line->id, get_register(c, H_EAX), "EAX of C");
        expect_hex(tag_make(LABEL_INTERRUPT, 0, 0), get_register(c, H_ESI),
                   "ESI of C");
        expect_waiting(line, c->id, false, "the line, which C is told of,");

        // C is busy; or waits for another one.
        for (unsigned i = 0; i < 2; i++) {
                begin();
                line = thread_find(id_interrupt(6));
                line->handler = c->id;
                if (i == 1)
                        crowd_receives(c, a);
                expect_bool(false, ipc_send(line, c, TIME_NEVER) == line,
                            "a line that waits is preferred");
                expect_sending(line, c, false, "a line whose handler is busy");
                expect_senders(c, (struct thread *[]){ line, NULL },
                               "the line sends to C");
        }
}

TEST(send_for_the_kernel)
{
        meeting_first();
        begin();
        crowd_receives_any(c, ID_ANY);
        expect_bool(true, tells(s, ROLE_EXCEPTION, c, TIME_NEVER) == c,
                    "S waits for the answer to its exception: C is preferred");
        expect_ready(c, "C, which is told of an exception,");
        expect_hex(s->id, get_register(c, H_EAX), "C's EAX");
        expect_waiting(s, c->id, false, "S, which has an exception,");
        expect_untold(s, "S, which has an exception,");

        begin();
        crowd_receives_any(c, ID_ANY);
        expect_bool(true, tells(s, ROLE_PREEMPTION, c, TIME_ZERO) == s,
                    "S, which has been preempted, is READY and preferred");
        expect_ready(c, "C, which is told of a preemption,");
        expect_ready(s, "S, which has been preempted,");
        expect_untold(s, "S, which has been preempted,");

        begin();
        tells(s, ROLE_PREEMPTION, c, TIME_ZERO);
        expect_ready(s, "S, whose scheduler does not wait,");
        expect_untold(s, "S, whose scheduler does not wait,");
        begin();
        expect_bool(false, tells(s, ROLE_PAGE_FAULT, c, TIME_NEVER) == s,
                    "S, which waits for its pager, is preferred");
        expect_sending(s, c, false, "S, whose pager does not wait,");

        // Two of the kernel's messages do not meet; a program's does.
        begin();
        crowd_receives(c, s);
        c->role = ROLE_EXCEPTION;
        tells(s, ROLE_EXCEPTION, c, TIME_NEVER);
        expect_sending(s, c, false,
                       "S, whose handler has an exception itself,");
        expect_waiting(c, s->id, false, "C, which has one too,");
        begin();
        crowd_receives(c, s);
        c->role = ROLE_START;
        meeting_says(s, tag_make(0, 1, 0), 0x00ABCDEE);
        expect_bool(true, ipc_send(s, c, TIME_ZERO) == s, "S runs");
        expect_hex(0x00ABCDEF, get_register(c, H_EIP),
                   "EIP of C, which S has told where to begin");
        expect_sent(s, "S, which has told C where to begin,");

        // What has no space, as lines have none, may be waiting as well.
        begin();
        crowd_receives(c, s);
        c->role = ROLE_START;
        struct space *home = c->space;
        c->space = NULL;
        meeting_says(s, tag_make(0, 1, 0), 0x00ABCE00);
        ipc_send(s, c, TIME_ZERO);
        expect_hex(0x00ABCE01, get_register(c, H_EIP),
                   "EIP of one without a space that has waited for S");
        c->space = home;

        lines_send();
}

// --- Refused ------------------------------------------------------------------------

static void
refused(struct thread *to, uint16_t timeout, enum ipc_error due,
        const char *what)
{
        enum thread_state state = to->state;
        uint32_t partner = to->partner;
        struct thread *const *ring = to->ring;

        meeting_says(s, TAG_3, 0x500);
        s->receive = ID_ANY;
        trying("ipc_send: %s", what);
        expect_bool(true, ipc_send(s, to, timeout) == s,
                    "%s: the sender, which is READY, is preferred", what);
        trying_over();
        expect_failed(SEND_ERROR(due), s, what);
        for (uint32_t i = 1; i <= 3; i++)
                expect_hex(0x500 + i, utcb_read(s, (int)i),
                           "%s: message register %u of the sender", what, i);
        expect_number(state, to->state, "%s: the other one's state", what);
        expect_id(partner, to->partner, "%s: for whom that one waits", what);
        expect_bool(true, ring == to->ring && to->senders == NULL,
                    "%s: the other one's rings are as they were", what);
        expect_number(0, to->deputies,
                      "%s: how many send to that one in another one's name",
                      what);
        expect_bool(false, timeouts_any(), "%s: there are timeouts", what);
}

static void
threads_are_refused(void)
{
        begin();
        crowd_receives(c, a);
        for (unsigned i = 0; i < 3; i++) {
                // The last time in the name of A.
                uint16_t timeout = i == 1 ? time_past() : TIME_ZERO;
                s->sent_as = i == 2 ? s->id : s->sent_as;
                refused(a, timeout, IPC_TIMEOUT, "to A, READY, in no time");
                refused(s, timeout, IPC_TIMEOUT, "to itself in no time");
                refused(c, timeout, IPC_TIMEOUT,
                        "to C, which waits for A, in no time");
        }
        meeting_deputy(s, a);
        refused(a, TIME_ZERO, IPC_TIMEOUT, "as A, to A, in no time");
        expect_waiting(c, a->id, false, "C, which waits for A,");
}

// A line has nothing to receive; its handler is told another error.
static void
lines_are_refused(void)
{
        begin();
        struct thread *line = thread_find(id_interrupt(6));
        static const uint16_t timeouts[] = { TIME_NEVER, TIME_LONG, TIME_ZERO };
        for (unsigned i = 0; i < 3; i++) {
                line->handler = ID_NIL;
                refused(line, timeouts[i], IPC_NO_PARTNER,
                        "to a line that nobody handles");
                line->handler = c->id;
                refused(line, timeouts[i], IPC_NO_PARTNER,
                        "to a line that another one handles");
                line->handler = s->id;
                refused(line, timeouts[i], IPC_TIMEOUT,
                        "to the own line, which has not been raised");
                meeting_deputy(s, a);
                refused(line, timeouts[i], IPC_TIMEOUT,
                        "to the own line, which has not been raised, as A");
                line->handler = a->id;
                refused(line, timeouts[i], IPC_NO_PARTNER,
                        "as A, to A's line, which has not been raised");
                meeting_deputy(s, s);
        }
        line->handler = c->id;
        crowd_receives(line, c);
        line->role = ROLE_INTERRUPT;
        refused(line, TIME_NEVER, IPC_NO_PARTNER,
                "to a line that waits for another one's answer");
        ring_leave(line);
        line->handler = s->id;
        crowd_sends(line, s, 0);
        line->role = ROLE_INTERRUPT;
        refused(line, TIME_NEVER, IPC_TIMEOUT,
                "to the own line, which is SENDING");
}

// A message that is too long.
static void
too_much_is_refused(void)
{
        begin();
        crowd_receives_any(c, ID_ANY);
        timeout_add(c, 1u << 30);
        meeting_says(s, TAG_3, 0x500);
        s->tag = tag_make(0x33, 63, 1);
        s->receive = ID_ANY;
        expect_bool(true, ipc_send(s, c, TIME_NEVER) == s,
                    "S, which is READY, is preferred");
        expect_failed(SEND_ERROR(IPC_OVERFLOW), s, "S, who says too much,");
        expect_failed(RECEIVE_ERROR(IPC_OVERFLOW), c, "C, which has waited,");
        expect_hex(MARK + 1, utcb_read(c, 1), "C's first word");
}

TEST(send_refuses)
{
        meeting_first();
        threads_are_refused();
        lines_are_refused();
        too_much_is_refused();
}
