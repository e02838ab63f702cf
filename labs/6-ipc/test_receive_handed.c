// SPDX-License-Identifier: MIT
// Who waits for whom after a message in somebody else's name.
#include "deputies.h"

// R receives what S sends as O.
static void
r_receives(void)
{
        sends_as(s, o, 0x300);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_received(r, o, TAG_P, 0x300, "S sends to R as O");
        expect_ready(r, "R");
        expect_sent(s, "S");
}

// O waits for S, as a program that has called it.
static void
o_waits(uint16_t timeout)
{
        begin();
        crowd_receives(o, s);
        o->receive_timeout = timeout;
        expect_bool(true, timeout_begin(o, timeout), "timeout_begin");
}

// R has sent to O already, or somebody as R.
static void
answer_is_there_already(void)
{
        for (unsigned timed = 0; timed < 2; timed++) {
                o_waits(timed ? TIME_LONG : TIME_NEVER);
                meeting_has_sent(r, o, TAG_2, 0x200, ID_NIL, 0);
                sends_as(s, o, 0x300);
                ring_leave(s); // R receives it, while it sends: by hand
                thread_ready(s);
                ipc_sent(s, r);
                expect_looking(o, r->id, "O, to which R has sent,");
                expect_sending(r, o, false, "R");
                expect_bool(false, timeouts_any(), "there are timeouts");
        }

        o_waits(TIME_LONG);
        meeting_deputy(c, r);
        meeting_has_sent(c, o, TAG_P, 0x700, ID_NIL, 0);
        r_receives();
        expect_looking(o, r->id, "O, to which C has sent as R,");
        ipc_look(o);
        expect_received(o, r, TAG_P, 0x700, "O has looked");

        // In the kernel's name: a page fault of R's is no answer to O's.
        o_waits(TIME_NEVER);
        o->role = ROLE_PAGE_FAULT;
        crowd_sends(r, o, 0);
        r->role = ROLE_EXCEPTION;
        meeting_says(s, TAG_P, 0x300);
        meeting_deputy(s, o);
        ipc_sent(s, r);
        expect_waiting(o, r->id, false,
                       "O, which has a page fault, and R an exception,");
}

TEST(the_answer_comes_from_another)
{
        meeting_first();
        o_waits(TIME_NEVER);
        r_receives();
        expect_waiting(o, r->id, false, "O, which has waited for S,");
        expect_untold(o, "O");
        expect_bool(true, s->waiters == NULL, "nobody waits for S any more");

        o_waits(TIME_LONG);
        crowd_receives(c, s);
        uint64_t wake = o->wake;
        r_receives();
        expect_waiting(o, r->id, true, "O, which has waited for S,");
        expect_bool(true, o->wake == wake, "O's timeout ends when it did");
        expect_waiting(c, s->id, false, "C, in whose name nobody has sent,");
        expect_number(1, crowd_ring(r->waiters), "how many wait for R");

        // Its pager passes a page fault on.
        o_waits(TIME_NEVER);
        o->role = ROLE_PAGE_FAULT;
        r_receives();
        expect_waiting(o, r->id, false, "O, which has a page fault,");

        o_waits(TIME_NEVER);
        o->role = ROLE_START;
        r_receives();
        expect_waiting(o, r->id, false, "O, which waits for where to begin,");
        begin();
        o = thread_find(id_interrupt(5));
        crowd_receives(o, s);
        o->role = ROLE_INTERRUPT;
        r_receives();
        expect_waiting(o, r->id, false, "O, an interrupt line,");

        // S itself receives from R then, by the ID that O had given up.
        o_waits(TIME_NEVER);
        meeting_deputy(s, o);
        meeting_has_sent(s, r, TAG_P, 0x300, r->id, TIME_LONG);
        ipc_receive(r, o->id, TIME_NEVER);
        expect_waiting(o, r->id, false, "O, which has waited for S,");
        expect_waiting(s, r->id, true, "S, which has a receive phase,");
        expect_number(2, crowd_ring(r->waiters), "how many wait for R");

        // S runs, and R has waited.
        o_waits(TIME_NEVER);
        meeting_says(s, TAG_P, 0x300);
        meeting_deputy(s, o);
        current = s;
        ipc_sent(s, r);
        expect_waiting(o, r->id, false, "O, when S runs,");
        expect_sent(s, "S, which runs,");

        answer_is_there_already();
}

TEST(some_are_not_handed_over)
{
        meeting_first();
        begin();
        r_receives();
        expect_ready(o, "O, which waits for nobody,");
        expect_untold(o, "O");

        begin();
        o->partner = s->id;
        r_receives();
        expect_ready(o, "O, which has waited for S before,");
        expect_number(0, crowd_ring(r->waiters), "how many wait for R");

        begin();
        crowd_receives_any(o, ID_ANY);
        r_receives();
        expect_waiting(o, ID_ANY, false, "O, which waits for anybody,");

        begin();
        crowd_receives_any(o, ID_ANY_LOCAL);
        r_receives();
        expect_waiting(o, ID_ANY_LOCAL, false, "O, which waits for any local,");

        begin();
        crowd_receives(o, w);
        r_receives();
        expect_waiting(o, w->id, false, "O, which waits for W,");

        begin();
        meeting_has_sent(o, s, TAG_2, 0x100, s->id, 0);
        r_receives();
        expect_sending(o, s, false, "O, whose call S has not received yet,");

        // O is no more; or S sends to O in its own name.
        begin();
        sends_as(s, o, 0x300);
        crowd_receives(c, s);
        thread_rename(o, o->id + 1);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_hex(s->id, get_register(r, H_EAX),
                   "R's EAX, told of S: O is no more");
        expect_sent(s, "S");
        expect_waiting(c, s->id, false, "C");

        begin();
        meeting_deputy(s, o);
        meeting_has_sent(s, o, TAG_P, 0x300, ID_NIL, 0);
        current = o;
        ipc_receive(o, ID_ANY, TIME_NEVER);
        expect_ready(o, "O, which receives a message in its own name,");

        // A message in one's own name hands nothing over.
        begin();
        crowd_receives(o, s);
        meeting_has_sent(s, r, TAG_2, 0x300, ID_NIL, 0);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_waiting(o, s->id, false, "O, when S sends as itself,");

        // One that looks for S goes on looking: for R.
        begin();
        meeting_deputy(c, s);
        meeting_has_sent(c, o, TAG_P, 0x700, ID_NIL, 0);
        o->partner = s->id;
        o->role = ROLE_USER;
        o->receive_timeout = TIME_LONG;
        thread_look(o);
        r_receives();
        expect_looking(o, r->id, "O, which has looked for S,");
        ipc_look(o);
        expect_waiting(o, r->id, true, "O, which has not found R,");
}
