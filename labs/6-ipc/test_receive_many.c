// SPDX-License-Identifier: MIT
// Receiving where very many send, and interrupts are there: it is not known at once whether
// somebody is among them who is meant.
#include "many_senders.h"

#define TAG_2 (tag_make(0x22, 2, 0))
#define TAG_3 (tag_make(0x33, 3, 0))

static void
receives(struct thread *thread, uint32_t from, uint16_t timeout,
         const char *what)
{
        thread->receive_timeout = timeout; // as its call has said
        trying("ipc_receive from 0x%08x, where many send: %s", from, what);
        expect_next(ipc_receive(thread, from, timeout), thread, "the receiver");
        trying_over();
}

static void
expect_many(struct thread *to, const char *what)
{
        const struct thread *at = to->senders;

        for (uint32_t i = 0; i < MANY; i++, at = at->next_in_ring)
                if (!at || at != many[i])
                        fail("%s: of %u who send, the %u. is not in its place "
                             "any more",
                             what, MANY, i + 1);
}

static void
one_behind_many(uint32_t from, bool deputies, const char *what)
{
        many_begin();
        many_send(r, deputies);
        meeting_has_sent(a, r, TAG_3, 0x300, r->id, TIME_LONG);
        interrupts_are_there();
        receives(r, from, TIME_ZERO, what);
        expect_looking(r, from, what);
        expect_untold(r, what);
        expect_sending(a, r, false, "A, behind all of them,");
        expect_many(r, what);
        if (look_on(r, what) < 2)
                fail("%s while interrupts are there, all are asked in one "
                     "turn",
                     what);
        no_interrupt();
        expect_received(r, a, TAG_3, 0x300, what);
        expect_ready(r, what);
        expect_waiting(a, r->id, true, "A, which has called R,");
        expect_many(r, what);
}

static void
nobody_among_many(uint32_t from, bool deputies, const char *what)
{
        for (unsigned timed = 0; timed < 2; timed++) {
                many_begin();
                many_send(r, deputies);
                interrupts_are_there();
                receives(r, from, timed ? TIME_LONG : TIME_NEVER, what);
                expect_looking(r, from, what);
                look_on(r, what);
                no_interrupt();
                expect_waiting(r, from, timed, what);
                expect_untold(r, what);
                expect_many(r, what);
        }
        many_begin();
        many_send(r, deputies);
        interrupts_are_there();
        receives(r, from, TIME_ZERO, what);
        expect_untold(r, what);
        look_on(r, what);
        no_interrupt();
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r, what);
        expect_many(r, what);

        // No interrupt: at once.
        many_begin();
        many_send(r, deputies);
        receives(r, from, TIME_ZERO, what);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r, what);
}

TEST(many_senders_are_asked_in_steps)
{
        meeting_first();
        many_begin();
        uint32_t as = a->id;

        one_behind_many(ID_ANY_LOCAL, false,
                        "R, which receives from any local, and A sends behind "
                        "many foreign ones,");
        one_behind_many(as, true,
                        "R, which receives from A, and A sends behind many who "
                        "send as D,");
        nobody_among_many(ID_ANY_LOCAL, false,
                          "R, which receives from any local, and many foreign "
                          "ones send,");
        nobody_among_many(as, true,
                          "R, which receives from A, and many send as D,");

        // Who is meant is found at once where nobody sends as somebody else.
        many_begin();
        many_send(r, false);
        meeting_has_sent(a, r, TAG_3, 0x300, ID_NIL, TIME_NEVER);
        interrupts_are_there();
        receives(r, a->id, TIME_ZERO, "from A, behind all");
        expect_ready(r, "R, which receives from A behind many,");
        receives(r, a->id, TIME_ZERO, "from A, who does not send");
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r,
                      "R, which receives from A, and many others send,");
        no_interrupt();
}

// --- The receive phase of a sender ----------------------------------------------------------

// R receives what A sends, who then receives, and many send to A.
static void
a_goes_on(uint32_t then, uint16_t timeout, bool deputies)
{
        many_begin();
        many_send(a, deputies);
        meeting_has_sent(a, r, TAG_2, 0x600, then, timeout);
        interrupts_are_there();
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_ready(r, "R, which receives,");
}

static void
o_is_handed_over(void)
{
        // R receives what C sends in the name of A; A waits for C, and many send to it.
        many_begin();
        many_send(a, true);
        crowd_receives(a, c);
        a->receive_timeout = TIME_LONG;
        timeout_begin(a, TIME_LONG);
        meeting_deputy(c, a);
        meeting_has_sent(c, r, TAG_2 | TAG_PROPAGATED, 0x700, ID_NIL, 0);
        interrupts_are_there();
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_looking(a, r->id,
                       "A, which has waited for C and is handed over to R,");
}

TEST(senders_go_on_where_many_send)
{
        meeting_first();
        a_goes_on(ID_ANY_LOCAL, TIME_LONG, false);
        expect_looking(a, ID_ANY_LOCAL,
                       "A, which receives from any local then,");
        meeting_has_sent(b, a, TAG_3, 0x500, ID_NIL, 0);
        look_on(a, "A, which receives from any local then,");
        expect_received(a, b, TAG_3, 0x500, "B sends while A looks");
        expect_many(a, "B sends while A looks");

        a_goes_on(ID_ANY_LOCAL, TIME_LONG, false);
        look_on(a, "A, which receives from any local, and nobody is there,");
        expect_waiting(a, ID_ANY_LOCAL, true, "A, which has looked,");
        expect_many(a, "A has looked");

        // An answer in no time arrives.
        a_goes_on(r->id, TIME_NEVER, true);
        expect_looking(a, r->id, "A, which has called R,");
        meeting_says(r, TAG_3, 0x900);
        expect_bool(true, ipc_waits_for(a, r),
                    "A, which has called R and asks many, waits for R");
        expect_bool(true, ipc_deliver(r, a), "the answer arrives");
        ipc_sent(r, a);
        expect_received(a, r, TAG_3, 0x900, "R has answered");
        expect_ready(a, "A, which has its answer,");

        o_is_handed_over();
        look_on(a, "A, which is handed over to R,");
        expect_waiting(a, r->id, true, "A, which has looked for R,");

        // Whom A has asked for the one before, it asks again.
        o_is_handed_over();
        ipc_look(a);
        expect_looking(a, r->id, "A, which is handed over to R,");
        many[0]->sent_as = b->id;
        meeting_deputy(r, a);
        meeting_has_sent(r, b, TAG_2 | TAG_PROPAGATED, 0x700, ID_NIL, 0);
        ipc_receive(b, ID_ANY, TIME_NEVER);
        expect_looking(a, b->id, "A, which is handed over to B,");
        expect_bool(true, ipc_found(a, b->id) == many[0],
                    "A has found the first one of many, who sends as B");
        no_interrupt();
}

// --- Others come and go ------------------------------------------------------------------

static void
leaves(struct thread *thread)
{
        ring_leave(thread);
        thread->state = THREAD_READY;
}

// R has asked some of them; it looks.
static void
search_begins(void)
{
        many_begin();
        many_send(r, false);
        meeting_has_sent(a, r, TAG_3, 0x300, ID_NIL, 0);
        interrupts_are_there();
        receives(r, ID_ANY_LOCAL, TIME_LONG, "from any local");
        expect_looking(r, ID_ANY_LOCAL, "R, which receives from any local,");
}

static void
search_ends(const char *when)
{
        look_on(r, when);
        no_interrupt();
        expect_received(r, a, TAG_3, 0x300, when);
        expect_sent(a, "A, which R has found,");
}

TEST(a_search_goes_on_whoever_leaves)
{
        meeting_first();
        search_begins();
        uint32_t asked = 0;
        while (asked + 2 < MANY && many[asked] != r->asked)
                asked++;

        // The first one, the last one that has been asked, its neighbours, the last one.
        const uint32_t each[] = { 0, asked ? asked - 1 : 0, asked, asked + 1,
                                  MANY - 1 };
        for (uint32_t i = 0; i < 5; i++) {
                search_begins();
                leaves(many[each[i]]);
                search_ends("one of those leaves whom R asks");
        }
        // Those who have been asked; one less, one more; all; from either end.
        const uint32_t counts[] = { asked, asked + 1, asked + 2, MANY };
        for (uint32_t n = 0; n < 4; n++) {
                search_begins();
                for (uint32_t i = 0; i < counts[n]; i++)
                        leaves(many[i]);
                search_ends("the first ones leave whom R asks");
                search_begins();
                for (uint32_t i = counts[n]; i-- > 0;)
                        leaves(many[i]);
                search_ends("the first ones leave, the later before");
        }
        // They come back, behind A: then they need not be asked.
        search_begins();
        for (uint32_t i = 0; i < MANY; i++) {
                leaves(many[i]);
                crowd_sends(many[i], r, 0);
        }
        if (look_on(r, "R, when all have gone behind A,") > 1)
                fail("all have gone behind A, who fits, and R asks them before");
        expect_received(r, a, TAG_3, 0x300, "all have gone behind A");

        // A leaves, and B comes.
        search_begins();
        ipc_end(a, IPC_CANCELLED);
        ipc_look(r);
        meeting_has_sent(b, r, TAG_2, 0x400, ID_NIL, 0);
        look_on(r, "R, when A has gone and B has come,");
        expect_received(r, b, TAG_2, 0x400, "A has gone, and B has come");

        // R is cancelled, and receives anew: from the first one on.
        many_begin();
        meeting_deputy(b, d);
        meeting_has_sent(b, r, TAG_2 | TAG_PROPAGATED, 0x400, ID_NIL, 0);
        many_send(r, false);
        interrupts_are_there();
        receives(r, ID_ANY_LOCAL, TIME_LONG, "from any local");
        ipc_end(r, IPC_CANCELLED);
        expect_failed(RECEIVE_ERROR(IPC_CANCELLED), r, "R, which looks,");
        utcb_write(r, UTCB_ERROR, MARK);
        b->sent_as = a->id;
        receives(r, ID_ANY_LOCAL, TIME_ZERO, "again, having been cancelled");
        no_interrupt();
        expect_received(r, a, TAG_2 | TAG_PROPAGATED, 0x400,
                        "R receives again, and B, the first one, sends as A");
}
