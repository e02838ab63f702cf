// SPDX-License-Identifier: MIT
// Trials: messages that are broken off in the middle of a string.
#include "absent.h"

#define CANCEL_RECEIVE 2u
#define CANCEL_SEND 4u
#define CANCEL 6u

// A pager that is told, and does not answer.
static void
stand_still(enum absent who)
{
        pager_mode = PAGER_IS_SILENT;
        exchange_all_of(who);
        expect_word(1, told_count, "a page is asked for");
        expect_word(5, state_of(one), "the sender is sending");
        expect_word(7, state_of(two), "the receiver is receiving");
}

static void
expect_aborted(void)
{
        settle();
        expect_both_failed(ABORTED, ABORTED, 0);
}

// The faulting one, and the one that is held.
TRIAL(a_sender_with_a_fault_is_cancelled)
{
        stand_still(SENDER);
        exchange_control(one, CANCEL_RECEIVE);
        expect_word(5, state_of(one), "it does not receive");
        expect_word(4, exchange_control(one, CANCEL_SEND).control, "it sends");
        expect_aborted();
}

TRIAL(a_receiver_of_one_with_a_fault_is_cancelled)
{
        stand_still(SENDER);
        exchange_control(two, CANCEL_SEND);
        expect_word(7, state_of(two), "it does not send");
        expect_word(2, exchange_control(two, CANCEL_RECEIVE).control,
                    "it receives");
        expect_aborted();
}

TRIAL(a_receiver_with_a_fault_is_cancelled)
{
        stand_still(RECEIVER);
        expect_word(2, exchange_control(two, CANCEL).control, "it receives");
        expect_aborted();
}

TRIAL(a_sender_to_one_with_a_fault_is_cancelled)
{
        stand_still(RECEIVER);
        expect_word(4, exchange_control(one, CANCEL).control, "it sends");
        expect_aborted();
}

// The pager has not received the message yet.
TRIAL(a_fault_nobody_has_heard_of_is_cancelled)
{
        for (L4_Word_t i = 0; i < 2; i++) {
                prepare(i == 0 ? SENDER : RECEIVER);
                launch(2);
                settle();
                launch(1);
                settle();
                end_all();
        }
}

static void
ends(enum absent who, L4_Word_t n)
{
        stand_still(who);
        thread_end(n);
        settle();
        if (n == 1)
                expect_failed(receives, RECEIVING(ABORTED, 0), "the receiver");
        else
                expect_failed(sends, SENDING(ABORTED, 0), "the sender");
        end_all();
        look(1);
}

TRIAL(a_sender_with_a_fault_ends)
{
        ends(SENDER, 1);
}

TRIAL(a_sender_to_one_with_a_fault_ends)
{
        ends(RECEIVER, 1);
}

TRIAL(a_receiver_with_a_fault_ends)
{
        ends(RECEIVER, 2);
}

TRIAL(a_receiver_of_one_with_a_fault_ends)
{
        ends(SENDER, 2);
}

TRIAL(a_pager_that_is_asked_ends)
{
        stand_still(RECEIVER);
        thread_end(PAGER);
        settle();
        expect_failed(sends, SENDING(ABORTED, 0), "the sender");
        expect_that(state_of(two) != 7, "the receiver is told");
}

TRIAL(a_pager_of_the_sender_ends)
{
        stand_still(SENDER);
        thread_end(PAGER);
        settle();
        expect_failed(receives, RECEIVING(ABORTED, 0), "the receiver");
}

TRIAL(a_pager_answers_with_a_string)
{
        pager_mode = PAGER_SENDS_STRINGS;
        exchange_all_of(RECEIVER);
        expect_both_failed(ABORTED, ABORTED, 0);
        expect_word(SENDING(OVERFLOW, 0), pager_error, "the pager");
}

// Whom the receiver may have for a pager when a page is missing.
static void
with_pager(L4_ThreadId_t pager)
{
        prepare(RECEIVER);
        launch(2);
        settle();
        L4_Set_PagerOf(two, pager);
        launch(1);
        settle();
}

TRIAL(no_pager_for_a_string)
{
        static const L4_Word_t nobody[] = {
                0, 0xFFFFFFFF, 0xFFFFFFC0, 0x00080001, 0x00010001, 0x00FC0001,
        };

        for (L4_Word_t i = 0; i < 6; i++) {
                with_pager((L4_ThreadId_t){ .raw = nobody[i] });
                expect_failed(sends, SENDING(ABORTED, 0), "the sender");
                // Its program goes on, and needs pages of its own.
                thread_control(two, two, none, thread_id(PAGER), SAME);
                exchange_control(two, 0x100);
                settle();
                expect_both_failed(ABORTED, ABORTED, 0);
                end_all();
        }
}

// Who is held, or receives, is no pager; it itself neither.
TRIAL(a_pager_that_takes_part)
{
        for (L4_Word_t i = 1; i <= 2; i++) {
                with_pager(thread_id(i));
                expect_word(5, state_of(one), "the sender");
                expect_word(7, state_of(two), "the receiver");
                thread_control(two, two, none, thread_id(PAGER), SAME);
                exchange_control(i == 1 ? one : two, CANCEL);
                settle();
                expect_both_failed(ABORTED, ABORTED, 0);
                end_all();
        }
}

TRIAL(a_sender_with_a_fault_moves)
{
        stand_still(SENDER);
        make_there(3);
        expect_word(0, thread_control(one, two, none, none, SAME) == 0,
                    "its UTCB is in no place there");
        expect_word(0, thread_control(one, three, none, none, SAME) == 0,
                    "nor where another one's is");
        expect_word(5, state_of(one), "it sends still");
        thread_end(3);
        expect_word(4, exchange_control(one, CANCEL).control, "cancelled");
        expect_aborted();
}

// Halted, a sender goes on in its message, and not behind it.
TRIAL(a_halted_sender_goes_on_sending)
{
        pager_mode = PAGER_TAKES_TIME;
        prepare(SENDER);
        exchange();
        until_told(1);
        expect_word(4, exchange_control(one, 0x101).control, "it is halted");
        sleep(30000);
        settle();
        expect_got(receives, sends, "its message arrives");
        expect_waiting(sends, "it does not run");
        expect_word(2, state_of(one), "it is halted");
        exchange_control(one, 0x100);
        settle();
        expect_sent(sends, "it goes on");
}

// Another name, in the middle.
TRIAL(a_sender_is_renamed_half_way)
{
        L4_ThreadId_t other = { .raw = one.raw + 1 };

        pager_mode = PAGER_TAKES_TIME;
        prepare(RECEIVER);
        exchange();
        until_told(1);
        expect_word(0, thread_control(other, one, none, none, SAME), "renamed");
        expect_word(5, state_of(other), "it sends");
        sleep(30000);
        settle();
        expect_sent(sends, "the sender");
        expect_got(receives, sends, "the receiver");
        expect_word(other.raw, receives->from.raw, "its new name");
}
