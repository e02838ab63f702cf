// SPDX-License-Identifier: MIT
// Trials: equals.h, and who runs after a message.
#include "equals.h"

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

// What follows goes from message to message, with no other call between them.
static volatile L4_Word_t got;

static void
wait_then_loop(void)
{
        L4_Receive(one);
        got++;
        for (;;)
                ;
}

static struct stack second_stack;

static void
begin_second(void (*run)(void))
{
        make_here(2);
        thread_start(two, run, &second_stack);
}

// Who has been given time is less urgent than who gave it. It calls an equal, and that
// ends the gift.
TRIAL(a_gift_ends_with_a_call)
{
        struct act *calls = call(1, two, TAG(1, 1));

        make_here(1);
        begin_second(wait_then_loop);
        settle();
        sleep(1000); // a gift does not last longer than the timer's period
        launch(1);
        L4_ThreadSwitch(one);
        expect_word(0, got, "the message does not make the receiver run");
        sleep(2000);
        expect_word(1, got, "it runs later");
        expect_waiting(calls, "who waits for its answer");
}

// Who has been called runs, and is ready wherever one looks.
TRIAL(equals_that_run_are_ready)
{
        struct act *calls = call(1, two, TAG(1, 1));

        make_here(1);
        begin_second(wait_then_loop);
        settle();
        launch(1);
        sleep(3000);
        expect_word(1, got, "it has been called");
        expect_word(3, state_of(two), "Schedule: it is ready");
        expect_word(6, state_of(one), "Schedule: the caller is not");
        expect_word(0, exchange_control(two, 0x202).control & 7,
                    "ExchangeRegisters: it neither sends nor receives");
        sleep(3000);
        expect_waiting(calls, "who waits for its answer");
}

static void
pass_on(void)
{
        L4_Receive(one);
        L4_LoadMR(0, 0);
        L4_Send(three);
}

// Who has been called has to wait itself: neither of the two runs.
TRIAL(equals_wait_both)
{
        struct act *calls = call(1, two, TAG(1, 1));

        make_here(1);
        make_here(3);
        begin_second(pass_on);
        settle();
        launch(1);
        settle();
        expect_word(4, state_of(two), "Schedule: it waits to send");
        expect_word(6, state_of(one), "Schedule: the caller waits, too");
        expect_waiting(calls, "who waits for its answer");
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
