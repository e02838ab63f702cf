// SPDX-License-Identifier: MIT
// Receiving what was sent in somebody else's name.
#include "meeting.h"

// R receives; S sends in the name of O. W and C are of O's space, which is R's too; F,
// of another space, sends to R as itself.
static struct thread *r, *s, *o, *w, *c, *f;

static void
begin(void)
{
        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();
        r = meeting_thread(near);
        o = meeting_thread(near);
        w = meeting_thread(near);
        c = meeting_thread(near);
        s = meeting_thread(far);
        f = meeting_thread(far);
        current = r;
}

#define DEPUTIES "how many send to R in another one's name"
#define TAG_2 (tag_make(0x22, 2, 0))
#define TAG_P (TAG_2 | TAG_PROPAGATED)

// The thread is SENDING to R as another one.
static void
sends_as(struct thread *thread, const struct thread *other, uint32_t first)
{
        meeting_deputy(thread, other);
        meeting_has_sent(thread, r, TAG_P, first, ID_NIL, TIME_NEVER);
}

// R receives what this one has sent in the name of O.
static void
expect_deputy(uint32_t from, const struct thread *who, uint32_t first,
              const char *what)
{
        ipc_receive(r, from, TIME_ZERO);
        expect_received(r, o, TAG_P, first, what);
        expect_ready(r, "R");
        expect_sent(who, "who has sent in the name of O");
}

// Of O itself and who sends in its name the one that began first is taken.
static void
deputies_have_their_turn(void)
{
        begin();
        sends_as(s, o, 0x300);
        meeting_has_sent(o, r, TAG_2, 0x200, ID_NIL, 0);
        sends_as(c, o, 0x500);
        expect_deputy(o->id, s, 0x300, "S and C send as O, O between them");
        expect_number(1, r->deputies, DEPUTIES);
        ipc_receive(r, o->id, TIME_ZERO);
        expect_received(r, o, TAG_2, 0x200, "O and C send, C as O");
        expect_deputy(o->id, c, 0x500, "C alone sends as O");
        expect_number(0, r->deputies, DEPUTIES);

        // A sender of the very ID that somebody else uses is still found.
        begin();
        meeting_has_sent(o, r, TAG_2, 0x200, ID_NIL, 0);
        sends_as(s, w, 0x300);
        ipc_receive(r, o->id, TIME_ZERO);
        expect_received(r, o, TAG_2, 0x200, "O sends, and S as W");

        // Somebody who receives then looks for a deputy too.
        begin();
        sends_as(s, o, 0x300);
        meeting_says(r, TAG_2, 0x600);
        r->receive = o->id;
        r->receive_timeout = TIME_ZERO;
        ipc_sent(r, w);
        expect_looking(r, o->id, "R, which has sent, and S sends to it as O,");
        ipc_look(r);
        expect_received(r, o, TAG_P, 0x300, "R has looked");
}

TEST(deputies_are_found)
{
        meeting_first();
        static const char *const texts[] = {
                "F and S send, S in the name of O; R receives from O",
                "the same, by O's local ID",
                "the same, from any local: S is foreign, and O is not",
        };

        for (unsigned i = 0; i < 3; i++) {
                begin();
                meeting_has_sent(f, r, TAG_2, 0x400, ID_NIL, 0);
                sends_as(s, o, 0x300);
                expect_deputy(i == 0   ? o->id
                              : i == 1 ? o->local
                                       : ID_ANY_LOCAL,
                              s, 0x300, texts[i]);
                expect_number(0, r->deputies, DEPUTIES);
                expect_sending(f, r, false, "F, whom R does not want,");
        }

        // By its own name it is not found, and is not foreign any more.
        begin();
        sends_as(s, o, 0x300);
        ipc_receive(r, s->id, TIME_ZERO);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r,
                      "R, which receives from S, who sends as O,");
        begin();
        sends_as(w, f, 0x300);
        ipc_receive(r, ID_ANY_LOCAL, TIME_ZERO);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r,
                      "R, which receives from any local, while W, a local one, "
                      "sends as F, a foreign one,");
        expect_sending(w, r, false, "W, who sends as F,");
        expect_number(1, r->deputies, DEPUTIES);

        // O sends to somebody else, or is SENDING to R for another one.
        begin();
        meeting_has_sent(o, w, TAG_2, 0x100, ID_NIL, 0);
        sends_as(s, o, 0x300);
        expect_deputy(o->id, s, 0x300, "S sends as O, O to W");
        begin();
        sends_as(o, w, 0x100);
        sends_as(s, o, 0x300);
        expect_deputy(o->id, s, 0x300, "S sends as O, O as W");
        expect_number(1, r->deputies, DEPUTIES);

        deputies_have_their_turn();
}

// --- Who waits for whom afterwards --------------------------------------------------------

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
