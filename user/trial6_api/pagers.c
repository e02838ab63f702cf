// SPDX-License-Identifier: MIT
// Trials: page faults whose pager is not there or does not answer, and those that are
// cancelled.
#include <h4/fault.h>

// Nobody to tell: the thread is halted at the instruction.
static void
halted_at(const char *ip)
{
        settle();
        expect_word(2, state_of(one), "it is halted");
        struct exchanged now = exchange_control(one, 0);
        expect_word(1, now.control, "halted, and in no message");
        expect_word((L4_Word_t)(uintptr_t)ip, now.ip, "at the instruction");
}

TRIAL(a_fault_without_a_pager)
{
        act(1, none, none, 0)->before = read_it;
        pager_of_faults = 9; // nobody
        begin_here(1);
        halted_at(read_here);
        L4_Set_PagerOf(one, two);
        struct act *handles = receive(2, one);
        send(2, one, 0);
        begin_here(2);
        settle();
        exchange_control(one, 0x100);
        settle();
        expect_word(TAG(READING, 2), handles->result.raw,
                    "with another pager it is told");
}

static void
fault_for_nil(void)
{
        L4_Set_Pager(none);
        value = *(volatile L4_Word_t *)SOMEWHERE;
}

TRIAL(a_fault_with_nil_for_a_pager)
{
        act(1, none, none, 0)->before = fault_for_nil;
        begin_here(1);
        settle();
        expect_word(2, state_of(one), "it is halted");
}

TRIAL(a_pager_that_ends_first)
{
        make_here(2); // it does not receive
        act(1, none, none, 0)->before = read_it;
        begin_here(1);
        settle();
        expect_word(4, state_of(one), "it waits for its pager");
        thread_end(2);
        halted_at(read_here);
}

TRIAL(a_pager_that_ends_before_it_answers)
{
        receive(2, L4_anythread);
        act(1, none, none, 0)->before = read_it;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        expect_word(6, state_of(one), "it waits for the answer");
        thread_end(2);
        halted_at(read_here);
}

// Nobody else can answer, and what somebody else sends waits.
TRIAL(only_the_pager_answers)
{
        struct act *sends = send(3, one, TAG(0, 0));

        fault_and_handle(read_it, SAME);
        begin_here(3);
        settle();
        expect_word(6, state_of(one), "it waits for its pager");
        expect_waiting(sends, "somebody else's message");
}

// A pager may stand by itself: it has a page fault that nobody answers.
TRIAL(a_pager_of_its_own)
{
        pager_of_faults = 1;
        act(1, none, none, 0)->before = read_it;
        begin_here(1);
        settle();
        expect_word(4, state_of(one), "it waits for itself");
        end_all();
        look(1);
}

// Cancelled, it tries again, or goes on elsewhere.
static volatile L4_Word_t elsewhere;
static struct stack other_stack;

static void
be_elsewhere(void)
{
        elsewhere++;
        L4_Sleep(L4_Never);
}

TRIAL(a_fault_is_cancelled)
{
        struct act *handles = receive(2, L4_anythread);
        struct act *again = receive(2, L4_anythread);
        struct act *third = receive(2, L4_anythread);

        act(1, none, none, 0)->before = read_it;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        told(handles, READING, read_here);
        expect_waiting(again, "it waits for an answer");
        expect_word(2, exchange_control(one, 6).control, "it is cancelled");
        settle();
        told(again, READING, read_here);
        struct exchanged all = {
                .control = 0x1E,
                .sp = stack_top(&other_stack),
                .ip = (L4_Word_t)(uintptr_t)be_elsewhere,
        };
        exchange_all(one, &all);
        expect_word((L4_Word_t)(uintptr_t)read_here, all.ip, "IP before");
        settle();
        expect_word(1, elsewhere, "it is elsewhere");
        expect_waiting(third, "and faults no more");
}

// While the pager has not received it yet.
TRIAL(a_fault_is_cancelled_before_it_is_told)
{
        struct act *handles = act(2, none, L4_anythread, AT_ONCE);

        make_here(2);
        act(1, none, none, 0)->before = read_it;
        begin_here(1);
        settle();
        expect_word(4, exchange_control(one, 0x101 | 6).control,
                    "it is stopped and cancelled");
        launch(2);
        settle();
        expect_failed(handles, RECEIVING(TIMEOUT), "no message any more");
        expect_word(1, exchange_control(one, 0).control, "it is halted");
}
