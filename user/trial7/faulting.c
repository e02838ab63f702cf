// SPDX-License-Identifier: MIT
// Trials: pages of strings that are missing, and come.
#include "absent.h"

#include <l4/kip.h>
#include <l4/space.h>

static void
expect_arrived(const unsigned char *to)
{
        expect_sent(sends, "the sender");
        expect_got(receives, sends, "the receiver");
        expect_bytes(to, 0, BYTES, "the string");
}

TRIAL(pages_of_the_sender_are_asked_for)
{
        exchange_all_of(SENDER);
        expect_arrived(present);
        expect_word(3, told_count, "three pages");
        expect_told(0, one, READING, FROM);
        expect_told(1, one, READING, AREA + PAGE);
        expect_told(2, one, READING, AREA + 2 * PAGE);
}

TRIAL(pages_of_the_receiver_are_asked_for)
{
        exchange_all_of(RECEIVER);
        expect_arrived(TO_STORE);
        expect_word(3, told_count, "three pages");
        expect_told(0, two, WRITING, TO);
        expect_told(1, two, WRITING, AREA + 5 * PAGE);
        expect_told(2, two, WRITING, AREA + 6 * PAGE);
}

TRIAL(pages_of_both_are_asked_for)
{
        exchange_all_of(BOTH);
        expect_arrived(TO_STORE);
        expect_word(6, told_count, "six pages");
}

// The receiver comes later.
TRIAL(pages_of_a_waiting_sender_are_asked_for)
{
        prepare(BOTH);
        launch(1);
        settle();
        expect_word(0, told_count, "nobody receives, nothing is needed");
        launch(2);
        settle();
        expect_arrived(TO_STORE);
        expect_word(6, told_count, "six pages");
}

TRIAL(pages_are_asked_for_again)
{
        pager_mode = PAGER_MAPS_NOTHING;
        exchange_all_of(RECEIVER);
        expect_arrived(TO_STORE);
        expect_word(6, told_count, "three answers were none");
        for (L4_Word_t i = 0; i < 4; i++)
                expect_told(i, two, WRITING, TO);
}

// What else waits for the two waits on, and what they do next comes next.
TRIAL(others_wait_for_both_meanwhile)
{
        struct act *calls = act(3, two, two);
        struct act *late = act(0, two, none);

        pager_mode = PAGER_TAKES_TIME;
        late->timeouts = AT_ONCE;
        make_here(3);
        prepare(BOTH);
        add_untyped(calls, 2);
        struct act *gets = act(2, none, three);
        struct act *answers = act(2, three, none);
        exchange();
        until_told(1);
        launch(3);
        sleep(2000);
        expect_word(5, state_of(one), "it sends");
        expect_word(7, state_of(two), "it receives");
        expect_word(4, state_of(three), "it waits to send");
        expect_word(4, exchange_control(one, 0).control, "it sends");
        expect_word(2, exchange_control(two, 0).control, "it receives");
        perform(late);
        expect_failed(late, SENDING(TIMEOUT, 0), "it receives already");
        sleep(120000);
        settle();
        expect_arrived(TO_STORE);
        expect_got(gets, calls, "the other one's message");
        expect_got(calls, answers, "the answer");
}

// One call, with a string in each direction.
TRIAL(a_call_with_strings)
{
        struct act *answers;

        prepare(RECEIVER);
        sends->from_whom = two;
        add_buffer(sends, FROM_STORE, BYTES);
        answers = act(2, one, none);
        add_string(answers, (void *)TO, BYTES);
        exchange();
        settle();
        expect_got(sends, answers, "the answer");
        expect_bytes(FROM_STORE, 0, BYTES, "both ways");
}

// A thread in sigma0's space, where memory is that the kernel itself gives: it takes away
// from everybody, itself too, what its act is about.
static struct stack stack;

static void
flush_and_act(void)
{
        for (L4_Word_t at = 0; at < sizeof(store); at += PAGE) {
                L4_Word_t page = (L4_Word_t)(uintptr_t)store + at;
                L4_Flush(L4_FpageAddRights(L4_FpageLog2(page, 12),
                                           L4_FullyAccessible));
        }
        perform(L4_IsThreadEqual(L4_MyGlobalId(), one) ? sends : receives);
}

static void
make_at_sigma0(L4_Word_t n)
{
        L4_ThreadId_t sigma0 = L4_GlobalId(L4_ThreadIdUserBase(0), 1);

        expect_word(0,
                    thread_control(thread_id(n), sigma0, me, me, utcb_here(n)),
                    "a thread in sigma0's space");
        thread_start(thread_id(n), flush_and_act, &stack);
}

TRIAL(pages_of_sigma0_as_a_sender_are_there)
{
        prepare(SENDER);
        sends->words[3] = (L4_Word_t)(uintptr_t)FROM_STORE;
        thread_end(1);
        thread_end(2);
        begin_here(2);
        make_at_sigma0(1);
        settle();
        expect_arrived(present);
}

TRIAL(pages_of_sigma0_as_a_receiver_are_there)
{
        prepare(RECEIVER);
        receives->buffers[2] = (L4_Word_t)(uintptr_t)TO_STORE;
        thread_end(1);
        thread_end(2);
        make_at_sigma0(2);
        begin_here(1);
        settle();
        expect_arrived(TO_STORE);
}

// --- In time ------------------------------------------------------------------------

static void
with_timeouts(enum absent who, L4_Word_t sender, L4_Word_t receiver)
{
        prepare(who);
        sends->transfer = SEND_WITHIN(sender) | RECEIVE_WITHIN(NO_TIME);
        receives->transfer = RECEIVE_WITHIN(receiver) | SEND_WITHIN(NO_TIME);
        exchange();
}

static L4_Word_t
period(L4_Word_t microseconds)
{
        return L4_TimePeriod(microseconds).raw;
}

TRIAL(no_time_for_a_fault)
{
        with_timeouts(RECEIVER, NO_TIME, NO_TIME);
        settle();
        expect_both_failed(TOO_LATE_MINE, TOO_LATE_YOURS, 0);
        expect_word(0, told_count, "nobody is told");
}

TRIAL(no_time_for_a_fault_of_the_sender_s)
{
        prepare(SENDER);
        add_string(sends, present, 1);
        sends->transfer = SEND_WITHIN(NO_TIME);
        exchange();
        settle();
        expect_both_failed(TOO_LATE_MINE, TOO_LATE_YOURS, 0);
}

TRIAL(no_time_of_the_receiver_s)
{
        with_timeouts(SENDER, NEVER, NO_TIME);
        settle();
        expect_both_failed(TOO_LATE_YOURS, TOO_LATE_MINE, 0);
}

// Without a fault there is nothing to be late for.
TRIAL(no_time_is_no_matter_without_a_fault)
{
        prepare(SENDER);
        sends->words[3] = (L4_Word_t)(uintptr_t)sends; // its own variables
        sends->words[2] = 64u << 10;
        sends->transfer = SEND_WITHIN(NO_TIME);
        receives->transfer = RECEIVE_WITHIN(NO_TIME);
        exchange();
        settle();
        expect_sent(sends, "nothing is missing");
        expect_got(receives, sends, "nothing is missing");
}

TRIAL(too_late_for_the_sender)
{
        pager_mode = PAGER_IS_SILENT;
        with_timeouts(RECEIVER, period(5000), period(50000));
        sleep(3000);
        expect_word(5, state_of(one), "it sends still");
        expect_word(7, state_of(two), "it receives still");
        sleep(5000);
        settle();
        expect_both_failed(TOO_LATE_MINE, TOO_LATE_YOURS, 0);
        expect_word(1, told_count, "one page");
}

TRIAL(too_late_for_the_receiver)
{
        pager_mode = PAGER_IS_SILENT;
        with_timeouts(SENDER, period(50000), period(5000));
        until_told(1);
        sleep(8000);
        settle();
        expect_both_failed(TOO_LATE_YOURS, TOO_LATE_MINE, 0);
}

// From the first fault on, for all of them together: another thread, which waits as long and
// has begun before the second fault, waits longer.
TRIAL(too_late_after_some_pages)
{
        struct act *waits = act(3, none, three);

        pager_mode = PAGER_ASKS;
        waits->timeouts = period(100000);
        with_timeouts(SENDER, period(100000), NEVER);
        until_told(1);
        sleep(10000); // more than it takes to end
        begin_here(3);
        settle();
        expect_waiting(sends, "it sends still");
        expect_waiting(waits, "and the other one waits");
        pager_goes_on();
        until_told(2);
        while (waits->over == 0)
                sleep(1000);
        expect_failed(waits, RECEIVING(TIMEOUT, 0), "the other one");
        expect_that(receives->over != 0 && receives->over < waits->over,
                    "their time has ended before");
        pager_goes_on(); // the sender's program is to come from it
        settle();
        expect_both_failed(TOO_LATE_MINE, TOO_LATE_YOURS, FIRST_OF_SENDER);
        expect_word(2, told_count, "two pages");
}

TRIAL(in_time)
{
        pager_mode = PAGER_TAKES_TIME;
        with_timeouts(BOTH, period(60000), period(60000));
        sleep(70000);
        settle();
        expect_arrived(TO_STORE);
}

// Those of the Ipc count until the message begins to arrive.
TRIAL(other_timeouts_count_no_more)
{
        pager_mode = PAGER_TAKES_TIME;
        prepare(RECEIVER);
        sends->timeouts = receives->timeouts =
                L4_Timeouts(L4_TimePeriod(12000), L4_TimePeriod(12000));
        exchange();
        sleep(30000);
        settle();
        expect_arrived(TO_STORE);
}

// The time goes on from the pager's not hearing of it to its not answering.
TRIAL(too_late_for_a_pager_that_was_busy)
{
        pager_mode = PAGER_IS_SILENT;
        prepare(RECEIVER);
        sends->transfer = SEND_WITHIN(period(8000));
        launch(2);
        settle();
        exchange_control(thread_id(PAGER), 0x103); // stopped, and not waiting
        launch(1);
        sleep(3000);
        expect_word(5, state_of(one), "it sends");
        exchange_control(thread_id(PAGER), 0x100);
        sleep(3000);
        expect_word(1, told_count, "the pager is told");
        expect_word(5, state_of(one), "it sends still");
        sleep(5000);
        settle();
        expect_both_failed(TOO_LATE_MINE, TOO_LATE_YOURS, 0);
}
