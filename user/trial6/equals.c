// SPDX-License-Identifier: MIT
// Trials: threads of one priority that call each other and wait without an end. That
// is what most programs do most of the time, so a kernel may have a way of its own for
// it: whatever is not so simple here has to be seen by it.
#include "act.h"

#define ANSWER L4_Timeouts(L4_ZeroTime, L4_Never) // as servers do

static struct act *
call(L4_Word_t n, L4_ThreadId_t whom, L4_Word_t tag)
{
        struct act *it = act(n, whom, whom, NEVER);

        it->tag = tag;
        return it;
}

static struct act *
answer(L4_Word_t n, L4_ThreadId_t whom, L4_Word_t tag)
{
        struct act *it = act(n, whom, L4_anythread, ANSWER);

        it->tag = tag;
        return it;
}

static L4_ThreadId_t
id(L4_Word_t raw)
{
        return (L4_ThreadId_t){ .raw = raw };
}

// --- Whom a message is for --------------------------------------------------------------

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

// --- What is not so simple -----------------------------------------------------------------

TRIAL(equals_call_with_timeouts)
{
        struct act *calls = act(1, two, two, L4_TimePeriod(2000).raw);
        struct act *waits = act(2, none, L4_anythread, NEVER);
        struct act *waits_on = act(2, none, L4_anythread, NEVER);
        struct act *again = act(3, four, four, NEVER);
        struct act *until = act(4, none, L4_anythread, L4_TimePeriod(9000).raw);
        struct act *for_ever = receive(4, L4_anythread);

        begin_here(2);
        begin_here(1);
        begin_here(4);
        begin_here(3);
        sleep(20000);
        expect_failed(calls, RECEIVING(TIMEOUT), "it is not answered");
        expect_that(waits->over, "it is received");
        expect_waiting(waits_on, "who has no timeout");
        expect_message(until, local(3), again->tag, again->first,
                       "who had one");
        expect_waiting(for_ever, "who has none any more");
        expect_waiting(again, "who has none");
}

TRIAL(equals_call_with_typed_items)
{
        struct act *gets = receive(2, L4_anythread);
        struct act *calls = call(1, two, TAG(3, 2 | 2 << 6));

        begin_here(2);
        begin_here(1);
        settle();
        expect_message(gets, local(1), TAG(3, 2), calls->first, "no items");
        expect_waiting(calls, "an answer is waited for");
}

TRIAL(equals_call_in_other_names)
{
        struct act *gets = receive(2, L4_anythread);
        struct act *then = receive(2, L4_anythread);
        struct act *calls = call(1, two, TAG(3, 2) | PROPAGATED);
        struct act *with_flags = call(4, two, TAG(4, 2) | 0xE000);

        calls->as = three;
        make_here(3);
        begin_here(2);
        begin_here(1);
        begin_here(4);
        settle();
        expect_message(gets, local(3), TAG(3, 2) | PROPAGATED, calls->first,
                       "in a third one's name");
        expect_word(local(1).raw, gets->actual, "who has sent it");
        expect_message(then, local(4), TAG(4, 2), with_flags->first,
                       "with flags that are the kernel's");
}

// It waits for one, and another one calls it; or for any in its space.
TRIAL(equals_wait_for_others)
{
        struct act *gets = receive(2, three);
        struct act *of_the_space = receive(5, L4_anylocalthread);
        struct act *calls = call(1, two, TAG(1, 1));
        struct act *from_outside = call(4, thread_id(5), TAG(2, 2));
        struct act *awaited = call(3, two, TAG(3, 3));

        make_here(3);
        begin_here(2);
        begin_here(5);
        begin_here(1);
        begin_there(4);
        settle();
        expect_waiting(gets, "a call of another one");
        expect_waiting(of_the_space, "a call from another space");
        launch(3);
        settle();
        expect_message(gets, local(3), awaited->tag, awaited->first,
                       "of whom it waits for");
        expect_waiting(calls, "the other one");
        expect_waiting(from_outside, "the one outside");
}

// A server answers while others already send to it, or one does in the name of whom it
// calls.
TRIAL(equals_receive_from_those_who_send)
{
        struct act *gets = receive(2, one);
        struct act *next = answer(2, one, TAG(1, 1));
        struct act *calls = call(1, two, TAG(2, 2));
        struct act *sends = send(3, two, TAG(3, 3));
        struct act *server = receive(5, L4_anythread);
        struct act *asks = receive(6, one);
        struct act *asks_then = call(6, thread_id(5), TAG(5, 5));
        struct act *as_five = send(7, thread_id(6), TAG(7, 7) | PROPAGATED);

        as_five->as = thread_id(5);
        make_here(1);
        begin_here(2);
        begin_here(3);
        settle();
        expect_waiting(sends, "who is not the one");
        launch(1);
        settle();
        expect_that(gets->over && calls->over, "a call and its answer");
        expect_message(next, local(3), sends->tag, sends->first,
                       "who has waited");

        struct act *goes_on = send(8, thread_id(6), TAG(8, 8) | PROPAGATED);
        goes_on->as = one;
        begin_here(5);
        begin_here(6);
        begin_here(7);
        settle();
        expect_waiting(as_five, "in a name that is not received from");
        begin_here(8);
        settle();
        expect_that(asks->over && server->over, "it asks");
        expect_message(asks_then, local(5), as_five->tag, as_five->first,
                       "and is told by another one");
}

// Whom it receives from then is not the one that it sends to.
TRIAL(equals_pass_on)
{
        struct act *passes = receive(1, L4_anythread);
        struct act *passes_on = act(1, two, three, NEVER);
        struct act *gets = receive(2, L4_anythread);
        struct act *says = call(4, one, TAG(4, 4));
        struct act *says_then = send(3, one, TAG(3, 3));

        make_here(3);
        begin_here(1);
        begin_here(2);
        begin_here(4);
        settle();
        expect_that(passes->over && gets->over, "it is passed on");
        expect_waiting(passes_on, "who waits for a third one");
        expect_waiting(says, "who is not answered");
        launch(3);
        settle();
        expect_message(passes_on, local(3), says_then->tag, says_then->first,
                       "the third one");
}

TRIAL(equals_are_redirected)
{
        struct act *calls = call(1, three, TAG(5, 5));
        struct act *gets = receive(2, L4_anythread);
        struct act *others = receive(3, L4_anythread);

        make_there(1);
        begin_there(2);
        begin_there(3);
        settle();
        expect_word(0, space_control(one, 0, 0, two), "a redirector");
        launch(1);
        settle();
        expect_message(gets, one, TAG(5, 5) | REDIRECTED, calls->first,
                       "the redirector");
        expect_waiting(others, "the receiver");
}

// Who is halted gets the message, and does not run.
TRIAL(equals_are_halted)
{
        struct act *gets = receive(1, L4_anythread);
        struct act *calls = call(2, one, TAG(2, 2));

        begin_here(1);
        settle();
        exchange_control(one, 0x101);
        begin_here(2);
        settle();
        expect_waiting(gets, "who is halted");
        expect_waiting(calls, "who calls it");
        exchange_control(one, 0x100);
        settle();
        expect_message(gets, local(2), calls->tag, calls->first, "who goes on");
}

static volatile L4_Word_t begun;

static void
begin(void)
{
        begun = 1;
        L4_LoadMR(0, 0);
        L4_Send(thread_id(0));
        for (;;)
                ;
}

// Its pager calls the thread that waits for where to begin.
TRIAL(equals_are_started)
{
        static struct stack stack;

        make_here(1);
        L4_Set_Priority(me, 100);
        L4_LoadMR(0, 2);
        L4_LoadMR(1, (L4_Word_t)(uintptr_t)begin);
        L4_LoadMR(2, stack_top(&stack));
        expect_that(!L4_IpcFailed(L4_Call(one)), "it says that it runs");
        expect_word(1, begun, "where it was to begin");
}

// --- Who runs -----------------------------------------------------------------------------------

// A more urgent thread calls a less urgent one, and the other way round, while one
// between them is ready.
TRIAL(unequals_call)
{
        struct act *high = call(1, two, TAG(1, 1));
        struct act *low = receive(2, L4_anythread);
        struct act *between = call(3, four, TAG(3, 3));
        struct act *gets = receive(4, L4_anythread);

        begin_here(2);
        begin_here(4);
        settle();
        make_here(1);
        make_here(3);
        L4_Set_Priority(one, 150);
        L4_Set_Priority(three, 120);
        L4_Set_Priority(four, 110);
        launch(1);
        launch(3);
        settle();
        expect_waiting(high, "who is not answered");
        expect_waiting(between, "nor this one");
        expect_that(gets->over < low->over,
                    "the less urgent receiver comes last");
}

// Who has been given time is less urgent than who gave it. It calls an equal, and that
// ends the gift.
TRIAL(a_gift_ends_with_a_call)
{
        struct act *calls = call(1, two, TAG(1, 1));
        struct act *gets = receive(2, L4_anythread);

        begin_here(2);
        settle();
        begin_here(1);
        expect_waiting(calls, "it has not run");
        L4_ThreadSwitch(one);
        L4_ThreadSwitch(one);
        L4_Word_t at_once = gets->over;
        settle();
        expect_that(gets->over, "then it has");
        expect_word(0, at_once, "the message does not make it run");
}

static volatile L4_Word_t turns[3];

// Calls its partner for ever.
static void
play(void)
{
        L4_Word_t n = L4_ThreadNo(L4_MyGlobalId()) - L4_ThreadNo(thread_id(1));
        L4_ThreadId_t partner = thread_id(2 - n);

        if (n == 1) {
                L4_Receive(partner);
                turns[n]++;
        }
        for (;;) {
                L4_LoadMR(0, 0);
                L4_Call(partner);
                turns[n]++;
        }
}

static void
count(void)
{
        for (;;)
                turns[2]++;
}

static struct stack players[3];

// Two that call each other, and one that counts: each of the two parties has its turn,
// however often the two change places.
TRIAL(equals_have_their_turns)
{
        struct act *late = receive(4, L4_anythread);
        L4_Word_t before[3];

        begin_here(4);
        for (L4_Word_t i = 3; i > 0; i--) {
                make_here(i);
                thread_start(thread_id(i), i == 3 ? count : play,
                             &players[i - 1]);
        }
        for (L4_Word_t round = 0; round < 2; round++) {
                for (L4_Word_t i = 0; i < 3; i++)
                        before[i] = turns[i];
                sleep(30000);
                for (L4_Word_t i = 0; i < 3; i++)
                        expect_that(turns[i] > before[i] + 10,
                                    "each has had its turn");
        }
        perform(act(0, thread_id(4), none, NEVER));
        sleep(30000);
        expect_that(late->over, "and who has joined them, too");
        for (L4_Word_t i = 1; i <= 3; i++) {
                thread_end(i);
                for (L4_Word_t j = 0; j < 3; j++)
                        before[j] = turns[j];
                sleep(25000);
                expect_word(before[i - 1], turns[i - 1], "who has ended");
                if (i < 3)
                        expect_that(turns[2] > before[2], "who goes on");
        }
        end_all();
        look(1);
}

static volatile L4_Word_t order, when[4];

static void
note_turn(void)
{
        L4_Word_t n = L4_ThreadNo(L4_MyGlobalId()) - L4_ThreadNo(thread_id(0));

        when[n] = ++order;
}

static void
yield(void)
{
        note_turn();
        L4_Yield();
}

// The one that has been called gives up its turn: who was behind the caller is next.
TRIAL(equals_give_up_their_turns)
{
        struct act *gets = receive(2, L4_anythread);
        struct act *next = answer(2, one, TAG(2, 2));
        struct act *calls = call(1, two, TAG(1, 1));
        struct act *behind = receive(3, L4_anythread);

        next->before = yield;
        behind->before = note_turn;
        begin_here(2);
        settle();
        begin_here(1);
        begin_here(3);
        settle();
        expect_that(gets->over && calls->over, "a call and its answer");
        expect_word(1, when[2], "who is called runs at once");
        expect_word(2, when[3], "then the one behind");
}
