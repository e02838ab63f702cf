// SPDX-License-Identifier: MIT
// Looking: who receives after it has sent, and somebody is there already.
#include "near_and_far.h"

#define TAG_2 (tag_make(0x22, 2, 0))
#define TAG_3 (tag_make(0x33, 3, 0))

// C is SENDING to A, and A to R; R receives.
static void
a_is_received(uint32_t then, uint16_t timeout)
{
        meeting_has_sent(c, a, TAG_3, 0x500, ID_NIL, 0);
        meeting_has_sent(a, r, TAG_2, 0x600, then, timeout);
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_received(r, a, TAG_2, 0x600, "A to R");
        expect_ready(r, "R, which receives,");
}

TEST(senders_look_where_somebody_is)
{
        meeting_first();
        near_and_far_begin();
        a_is_received(ID_ANY, TIME_LONG);
        expect_looking(a, ID_ANY, "A, which receives from anybody,");
        expect_sending(c, a, false, "C, which sends to A,");
        expect_hex(0x5EED0000u + H_EAX, get_register(a, H_EAX),
                   "A, which looks, has got no message yet: EAX");

        near_and_far_begin();
        a_is_received(c->id, TIME_ZERO);
        expect_looking(a, c->id, "A, which receives from C in no time,");

        near_and_far_begin();
        a_is_received(ID_ANY_LOCAL, TIME_LONG);
        expect_waiting(a, ID_ANY_LOCAL, true,
                       "A, which receives from any local, and C is foreign,");

        near_and_far_begin();
        a_is_received(r->id, TIME_NEVER);
        expect_waiting(a, r->id, false, "A, which has called R,");

        // By its local ID.
        near_and_far_begin();
        meeting_has_sent(b, a, TAG_3, 0x500, ID_NIL, 0);
        a_is_received(b->local, TIME_LONG);
        expect_looking(a, b->id, "A, which receives from B,");

        // One that is halted looks all the same.
        near_and_far_begin();
        thread_stop(a, STOPPED_HALTED);
        a_is_received(ID_ANY, TIME_LONG);
        expect_looking(a, ID_ANY, "A, which is halted,");

        // The one that runs.
        near_and_far_begin();
        meeting_has_sent(c, a, TAG_3, 0x500, ID_NIL, 0);
        meeting_says(a, TAG_2, 0x600);
        a->receive = c->id;
        current = a;
        ipc_sent(a, r);
        expect_looking(a, c->id, "A, which runs,");
}

// A new thread too, which has been in no ring until it looks: somebody had sent it a
// message in its pager's name, and has been cancelled.
static void
starts_wait_as_others(void)
{
        static const char *const who = "A, which is new and looked too late,";

        for (unsigned gone = 0; gone < 2; gone++) {
                near_and_far_begin();
                a->role = ROLE_START;
                a->partner = c->id;
                thread_look(a);
                if (gone)
                        thread_rename(c, c->id + 1);
                expect_next(ipc_look(a), a, who);
                if (!gone)
                        expect_waiting(a, c->id, false, who);
                expect_number(gone ? STOPPED_HALTED : 0, a->stopped,
                              "%s its pager %s: why it is stopped (1: halted)",
                              who, gone ? "is no more" : "is there");
        }
        expect_ready(a, who);
        expect_untold(a, who);
}

TEST(who_looks_finds_or_waits)
{
        meeting_first();
        near_and_far_begin();
        a_is_received(ID_ANY, TIME_ZERO);
        expect_next(ipc_look(a), a, "A looks, and C sends");
        expect_received(a, c, TAG_3, 0x500, "A looks, and C sends");
        expect_ready(a, "A, which has looked,");
        expect_sent(c, "C, whom A has found,");

        // The one that began first, and fits.
        near_and_far_begin();
        meeting_has_sent(b, a, TAG_3, 0x550, ID_NIL, 0);
        a_is_received(c->id, TIME_LONG);
        ipc_look(a);
        expect_received(a, c, TAG_3, 0x500, "A looks for C alone");
        expect_sending(b, a, false, "B, which A did not want,");

        // C is there no longer: it has been cancelled.
        near_and_far_begin();
        a_is_received(ID_ANY, TIME_LONG);
        ipc_end(c, IPC_CANCELLED);
        expect_next(ipc_look(a), a, "A, which looked too late,");
        expect_waiting(a, ID_ANY, true, "A, which looked too late,");
        expect_untold(a, "A, which looked too late,");
        near_and_far_begin();
        a_is_received(c->id, TIME_NEVER);
        ipc_end(c, IPC_CANCELLED);
        expect_next(ipc_look(a), a, "A, which looked too late for C,");
        expect_waiting(a, c->id, false, "A, which looked too late for C,");
        near_and_far_begin();
        a_is_received(c->id, TIME_ZERO);
        ipc_end(c, IPC_CANCELLED);
        expect_next(ipc_look(a), a, "A, which looked too late,");
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), a,
                      "A, which looked too late and has no time,");
        near_and_far_begin();
        a_is_received(c->id, TIME_NEVER);
        thread_rename(c, c->id + 1);
        ipc_look(a);
        expect_failed(RECEIVE_ERROR(IPC_NO_PARTNER), a,
                      "A, which looks for one that is no more,");

        // A message that is too long.
        near_and_far_begin();
        a_is_received(ID_ANY, TIME_NEVER);
        c->tag = tag_make(0, 63, 1);
        ipc_look(a);
        expect_failed(RECEIVE_ERROR(IPC_OVERFLOW), a, "A, which looks,");
        expect_failed(SEND_ERROR(IPC_OVERFLOW), c, "C, who says too much,");

        // Who is found may look itself.
        near_and_far_begin();
        a_is_received(ID_ANY, TIME_NEVER);
        c->receive = ID_ANY;
        c->receive_timeout = TIME_LONG;
        meeting_has_sent(b, c, TAG_2, 0x700, ID_NIL, 0);
        ipc_look(a);
        expect_ready(a, "A, which has looked,");
        expect_looking(c, ID_ANY, "C, to which B sends,");
        expect_sending(b, c, false, "B, which sends to C,");

        starts_wait_as_others();
}

// --- Chains ---------------------------------------------------------------------------

#define LINKS 10u

// Each is SENDING to the one before it, and will receive from the one behind it; the
// first one receives. Each look carries one message.
static void
chain(bool closed)
{
        struct thread *all[LINKS];

        near_and_far_begin();
        for (unsigned i = 0; i < LINKS; i++)
                all[i] = meeting_thread(i % 2 ? near : far);
        for (unsigned i = 1; i < LINKS; i++)
                meeting_has_sent(all[i], all[i - 1], TAG_2, 0x100 * i,
                                 i + 1 == LINKS ? ID_NIL
                                 : closed       ? all[i + 1]->id
                                                : ID_ANY,
                                 TIME_ZERO);
        for (unsigned i = 0; i + 1 < LINKS; i++) {
                if (i == 0)
                        ipc_receive(all[i], ID_ANY, TIME_ZERO);
                else
                        ipc_look(all[i]);
                expect_received(all[i], all[i + 1], TAG_2, 0x100 * (i + 1),
                                "a chain of ten");
                expect_ready(all[i], "the first one of the chain");
                if (i + 2 == LINKS)
                        break;
                expect_looking(all[i + 1], closed ? all[i + 2]->id : ID_ANY,
                               "the second one of the chain");
                for (unsigned later = i + 2; later < LINKS; later++)
                        expect_sending(all[later], all[later - 1], false,
                                       "one further back in the chain");
        }
        expect_sent(all[LINKS - 1], "the last one of the chain");
}

TEST(chains_go_one_by_one)
{
        meeting_first();
        chain(false);
        chain(true);
}

TEST(answers_in_no_time_arrive)
{
        meeting_first();
        // A, B and C have called R, and wait to be received. R takes one after the
        // other, and each waits for R alone when R goes on: an answer in no time
        // finds it.
        static const uint32_t from[] = { ID_ANY, ID_ANY_LOCAL, ID_NIL };

        near_and_far_begin();
        struct thread *callers[] = { a, b, c };
        for (unsigned i = 0; i < 3; i++)
                meeting_has_sent(callers[i], r, TAG_3, 0x100 * i,
                                 callers[i] == a ? r->local : r->id,
                                 i % 2 ? TIME_LONG : TIME_NEVER);
        for (unsigned i = 0; i < 3; i++) {
                struct thread *caller = callers[i];
                ipc_receive(r, from[i] ? from[i] : c->id, TIME_ZERO);
                expect_received(r, caller, TAG_3, 0x100 * i, "a call");
                expect_waiting(caller, r->id, i % 2, "who has called");
                // What the answer does.
                meeting_says(r, TAG_2, 0x900);
                expect_bool(true, ipc_deliver(r, caller), "the answer arrives");
                ipc_sent(r, caller);
                for (int w = 1; w <= 4; w++)
                        utcb_write(r, w, MARK + (uint32_t)w);
                expect_sent(r, "who has answered");
                expect_ready(caller, "who has its answer");
        }

        // R answers A by a call that receives from anybody then, and B has called
        // meanwhile: R looks, and B waits for R alone.
        near_and_far_begin();
        meeting_has_sent(b, r, TAG_3, 0x300, r->id, TIME_NEVER);
        crowd_receives(a, r);
        meeting_says(r, TAG_2, 0x900);
        r->receive = ID_ANY;
        expect_bool(true, ipc_deliver(r, a), "the answer arrives");
        ipc_sent(r, a);
        expect_looking(r, ID_ANY, "R, which has answered,");
        ipc_look(r);
        expect_ready(r, "R, which has looked,");
        expect_waiting(b, r->id, false, "B, which has called R,");
}
