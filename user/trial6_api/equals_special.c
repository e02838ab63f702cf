// SPDX-License-Identifier: MIT
// Trials: equals.h, and messages that are not so simple.
#include "equals.h"

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
        if (has_sigma0()) {
                expect_word(SENDING(OVERFLOW), calls->error, "one that wants");
                expect_word(RECEIVING(OVERFLOW), gets->error, "no strings");
                return;
        }
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
        struct act *passes_last = act(1, two, thread_id(9), NEVER);
        struct act *gets = receive(2, L4_anythread);
        struct act *gets_last = receive(2, L4_anythread);
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
        expect_message(gets_last, local(1), passes_last->tag,
                       passes_last->first, "it is passed on again");
        expect_failed(passes_last, RECEIVING(NO_PARTNER), "from nobody");
}

// Who is about to look for a sender gets the message of whoever has been there before.
TRIAL(equals_look_first)
{
        struct act *looks = act(1, two, L4_anythread, NEVER);
        struct act *then = receive(1, L4_anythread);
        struct act *gets = receive(2, L4_anythread);
        struct act *calls = call(2, one, TAG(2, 2));
        struct act *sends = send(3, one, TAG(3, 3));

        make_here(2);
        begin_here(1);
        settle();
        begin_here(3);
        settle();
        expect_waiting(sends, "who sends to one that sends");
        launch(2);
        settle();
        expect_that(gets->over, "the message that was there");
        expect_message(looks, local(3), sends->tag, sends->first,
                       "who has waited");
        expect_message(then, local(2), calls->tag, calls->first,
                       "who has come later");
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
