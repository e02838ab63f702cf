// SPDX-License-Identifier: MIT
// Trials: equals.h, and whom a message is for.
#include "equals.h"

static L4_ThreadId_t
id(L4_Word_t raw)
{
        return (L4_ThreadId_t){ .raw = raw };
}

// Three clients, one of them in the server's space. Each calls twice before the next
// one has its turn.
TRIAL(equals_are_served)
{
        const L4_ThreadId_t clients[] = { one, local(2), three };
        struct act *calls[6], *gets[5];

        gets[0] = receive(4, L4_anythread);
        for (L4_Word_t i = 0; i < 4; i++)
                gets[i + 1] = answer(4, clients[i / 2], TAG(0x40 + i, i));
        for (L4_Word_t i = 0; i < 6; i++)
                calls[i] = call(i / 2 + 1, thread_id(4), TAG(i, 10 * i));
        begin_here(4);
        begin_there(1);
        begin_here(2);
        begin_there(3);
        settle();
        for (L4_Word_t i = 0; i < 5; i++)
                expect_message(gets[i], clients[i / 2], calls[i]->tag,
                               calls[i]->first, "the server");
        for (L4_Word_t i = 0; i < 4; i++)
                expect_message(calls[i], i / 2 == 1 ? local(4) : thread_id(4),
                               gets[i + 1]->tag, gets[i + 1]->first,
                               "a client");
        expect_waiting(calls[4], "who is not answered");
}

// In the end the one waits for the other one, which is no more.
TRIAL(equals_call_by_local_ids)
{
        struct act *calls[4], *gets[4];

        gets[0] = receive(2, L4_anythread);
        for (L4_Word_t i = 0; i < 4; i++) {
                calls[i] = call(1, local(2), TAG(i, 5 + i));
                if (i < 3)
                        gets[i + 1] = answer(2, local(1), TAG(9 + i, 3));
        }
        begin_here(2);
        begin_here(1);
        settle();
        for (L4_Word_t i = 0; i < 4; i++) {
                expect_message(gets[i], local(1), calls[i]->tag,
                               calls[i]->first, "the server");
                if (i < 3)
                        expect_message(calls[i], local(2), gets[i + 1]->tag,
                                       gets[i + 1]->first, "the client");
        }
        expect_waiting(calls[3], "who is not answered");
        thread_end(2);
        settle();
        expect_failed(calls[3], RECEIVING(NO_PARTNER), "who waited for it");
        end_all();
        look(1);
}

// Whom it has just called has another version then, and whoever has the old name is
// nobody.
TRIAL(the_former_partner_has_another_name)
{
        L4_ThreadId_t new = L4_GlobalId(L4_ThreadNo(two), 5);
        struct act *first = call(1, two, TAG(1, 1));
        struct act *told = receive(1, me);
        struct act *old = call(1, two, TAG(2, 2));
        struct act *then = call(1, new, TAG(3, 3));
        struct act *gets = receive(2, L4_anythread);
        struct act *next = answer(2, one, TAG(4, 4));

        begin_there(2);
        begin_there(1);
        settle();
        expect_message(first, two, next->tag, next->first, "an answer");
        expect_that(gets->over, "which came from there");
        expect_word(0, thread_control(new, two, none, none, SAME),
                    "another version");
        perform(act(0, one, none, NEVER));
        settle();
        expect_that(told->over, "it goes on");
        expect_failed(old, SENDING(NO_PARTNER), "by the old name");
        expect_message(next, one, then->tag, then->first, "by the new one");
}

// In two spaces there is a local ID of the same value; one of them has just been
// called.
TRIAL(local_ids_of_the_former_partner_s_space)
{
        L4_ThreadId_t same = id(utcb_there(0) + 0x100);
        struct act *first = call(6, thread_id(5), TAG(1, 1));
        struct act *then = call(6, same, TAG(2, 2));
        struct act *outside = receive(5, L4_anythread);
        struct act *outside_then = answer(5, thread_id(6), TAG(3, 3));
        struct act *inside = receive(4, L4_anythread);

        begin_there(4);
        begin_there(5);
        settle();
        begin_beside(6, 4);
        settle();
        expect_that(outside->over && first->over, "a call and its answer");
        expect_message(inside, id(utcb_there(6) + 0x100), then->tag,
                       then->first, "who has the ID in its space");
        expect_waiting(outside_then, "who has it elsewhere");
}

// It has waited for one that has answered, and then others are received; who still
// waits for that one is told when it ends.
TRIAL(equals_wait_no_longer)
{
        struct act *calls = call(1, two, TAG(1, 1));
        struct act *then = receive(1, L4_anythread);
        struct act *at_last = receive(1, L4_anythread);
        struct act *gets = receive(2, L4_anythread);
        struct act *answers = answer(2, one, TAG(2, 2));
        struct act *waits = receive(3, two);
        struct act *asks = call(4, one, TAG(4, 4));

        begin_here(2);
        begin_here(1);
        settle();
        expect_that(gets->over, "a call");
        expect_message(calls, local(2), answers->tag, answers->first,
                       "and its answer");
        begin_here(3);
        settle();
        begin_here(4);
        settle();
        expect_message(then, local(4), asks->tag, asks->first, "another one");
        thread_end(2);
        settle();
        expect_failed(waits, RECEIVING(NO_PARTNER), "who waits for it");
        expect_waiting(at_last, "who has been answered");
        expect_waiting(asks, "who waits for that one");
        end_all();
        look(1);
}
