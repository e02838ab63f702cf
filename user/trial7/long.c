// SPDX-License-Identifier: MIT
// Trials: strings that take long. How long depends on the machine: so one message follows
// the other, until one is met in the middle.
#include "pager.h"

#include <l4/schedule.h>

#define ROOM 8000u
#define WHOLE (31 * ROOM) // what the buffer takes
#define MOST_MEETINGS 20

// A word of the UTCB, counted from message register 0, and a bit of it (l4/README.md).
#define PREEMPT_FLAGS (-10)
#define PREEMPT_SIGNAL 0x20u

// States that Schedule tells; the total quantum that is left when it has ended.
#define HALTED 2u
#define WAITS_TO_SEND 4u
#define SENDS 5u
#define WAITS 6u
#define RECEIVES 7u
#define NO_TIME_LEFT 0x0400u

static unsigned char source[ROOM];
static unsigned char target[ROOM];
static struct act *sends, *receives;
static struct stack senders, receivers, stack;
static volatile bool is_last; // the message that is under way

static L4_Word_t *
utcb_of(L4_Word_t n)
{
        return (L4_Word_t *)(uintptr_t)local(n).raw;
}

// A time slice and a total quantum, in microseconds; 0: never.
static L4_Word_t
times(L4_Word_t slice, L4_Word_t quantum)
{
        L4_Time_t never = L4_Never;
        L4_Time_t total = quantum != 0 ? L4_TimePeriod(quantum) : never;

        return (L4_Word_t)L4_TimePeriod(slice).raw << 16 | total.raw;
}

// The same again and again: 8,000 bytes for each word.
static void
prepare(void)
{
        is_last = false;
        fill(source, 0, ROOM);
        sends = act(1, two, none);
        receives = act(2, none, L4_anythread);
        add_string(sends, source, ROOM);
        for (L4_Word_t i = 1; i < 31; i++)
                add_substring(sends, source);
        add_part(sends, source, ROOM);
        for (L4_Word_t i = 1; i < 20; i++)
                add_substring(sends, source);
        add_buffer(receives, target, ROOM);
        for (L4_Word_t i = 1; i < 31; i++)
                add_buffer_substring(receives, target);
        make_here(1);
        make_here(2);
}

static void
go_on_with(struct act *act)
{
        do {
                act->over = 0;
                perform(act);
        } while (!is_last);
}

static void
send_on(void)
{
        go_on_with(sends);
}

static void
receive_on(void)
{
        go_on_with(receives);
}

static bool
is_half_way(void)
{
        return state_of(one) == SENDS && state_of(two) == RECEIVES;
}

static void
begin(void)
{
        prepare();
        thread_start(two, receive_on, &receivers);
        thread_start(one, send_on, &senders);
}

// The one that is met is the last one.
static void
half_way(void)
{
        begin();
        do
                sleep(1000);
        while (!is_half_way());
        is_last = true;
}

TRIAL(a_long_string_takes_longer_than_its_buffer)
{
        half_way();
        settle();
        expect_failed(sends, SENDING(OVERFLOW, WHOLE), "the sender");
        expect_failed(receives, RECEIVING(OVERFLOW, WHOLE), "the receiver");
        expect_bytes(target, 0, ROOM, "the string");
}

// Where it is met the buffer may be full, and the message not yet over: a tick comes between
// any two of its steps. Then another one is met.
static void
aborted_after_some(L4_ThreadId_t who)
{
        L4_Word_t bytes = WHOLE;

        for (int i = 0; i < MOST_MEETINGS && bytes == WHOLE; i++) {
                half_way();
                exchange_control(who, 6);
                settle();
                bytes = sends->error >> 4;
                expect_that(bytes <= WHOLE, "no more than there is");
                expect_failed(sends, SENDING(ABORTED, bytes), "the sender");
                expect_failed(receives, RECEIVING(ABORTED, bytes),
                              "the receiver");
                end_all();
        }
        expect_that(bytes > 0 && bytes < WHOLE, "some of it");
}

TRIAL(a_sender_is_cancelled_half_way)
{
        aborted_after_some(one);
}

TRIAL(a_receiver_is_cancelled_half_way)
{
        aborted_after_some(two);
}

TRIAL(a_sender_ends_half_way)
{
        half_way();
        thread_end(1);
        settle();
        expect_word(RECEIVING(ABORTED, 0), receives->error & 0xF,
                    "the receiver");
        end_all();
        look(1);
}

TRIAL(a_receiver_ends_half_way)
{
        half_way();
        thread_end(2);
        settle();
        expect_word(SENDING(ABORTED, 0), sends->error & 0xF, "the sender");
        end_all();
        look(1);
}

// Another one of the same priority has its turns meanwhile.
static void
meet_it(void)
{
        while (!is_half_way())
                L4_ThreadSwitch(none);
        is_last = true;
        L4_Sleep(L4_Never);
}

TRIAL(others_run_during_a_long_string)
{
        make_here(3);
        begin();
        thread_start(three, meet_it, &stack);
        settle();
        expect_that(is_last, "the other one has run");
        expect_that(sends->over, "it comes to an end");
}

// Its total quantum ends: the message is over first, and none begins.
TRIAL(time_ends_half_way)
{
        half_way();
        is_last = false;
        schedule(one, L4_TimePeriod(2000).raw | 0xFFFF0000, SAME, SAME, SAME);
        settle();
        expect_word(WAITS_TO_SEND, state_of(one), "its scheduler is to know");
        expect_word(WAITS, state_of(two), "the message is over");
}

// A period of time at most, and then another one: with that it is met in a message that takes
// longer, and is paid for all the same.
static void
meet_it_without_time(void)
{
        L4_Word_t state, left;

        for (;;) {
                state = L4_Schedule(one, SAME, SAME, SAME, SAME, &left);
                if ((left & 0xFFFF) == NO_TIME_LEFT && state == SENDS)
                        break;
                if ((left & 0xFFFF) == NO_TIME_LEFT)
                        schedule(one, times(1000, 1000), SAME, SAME, SAME);
                L4_ThreadSwitch(none);
        }
        is_last = true;
        L4_Sleep(L4_Never);
}

TRIAL(others_run_although_its_time_ends)
{
        make_here(3);
        begin();
        schedule(one, times(1000, 1000), SAME, SAME, SAME);
        thread_start(three, meet_it_without_time, &stack);
        settle();
        expect_that(is_last, "the other one has run");
        schedule(one, times(1000, 0), SAME, SAME, SAME);
        settle();
        expect_that(sends->over, "it comes to an end");
}

// Threads 1 and 3 give each other their time: thread 1 pays for what it does itself then.
static void
give_and_send(void)
{
        sleep(1000); // now a period begins
        schedule(one, times(10000, 1000), SAME, SAME, SAME);
        L4_ThreadSwitch(three);
        send_on();
}

static void
give_back(void)
{
        sleep(1000);
        L4_ThreadSwitch(one);
        L4_Sleep(L4_Never);
}

TRIAL(time_that_was_given_ends_half_way)
{
        make_here(3);
        prepare();
        thread_start(two, receive_on, &receivers);
        L4_ThreadSwitch(me);
        thread_start(one, give_and_send, &senders);
        thread_start(three, give_back, &stack);
        do
                sleep(1000);
        while (state_of(one) != WAITS_TO_SEND);
        settle();
        expect_word(WAITS_TO_SEND, state_of(one), "it waits for its scheduler");
        expect_word(WAITS, state_of(two), "the message is over before");
}

// A signal is for a scheduler that waits: nobody else does.
TRIAL(a_halted_sender_is_preempted)
{
        half_way();
        utcb_of(1)[PREEMPT_FLAGS] = PREEMPT_SIGNAL;
        expect_word(4, exchange_control(one, 0x101).control, "it is halted");
        sleep(1000);
        expect_waiting(sends, "it goes on with its message only");
        settle();
        expect_that(receives->over, "the message is over");
        expect_word(HALTED, state_of(one), "it is halted");
}

static bool
is_over(void)
{
        return *(volatile L4_Word_t *)&sends->over != 0;
}

// Somebody writes the words while they are read.
static void
spoil(void)
{
        L4_Word_t *mr = utcb_of(1);
        L4_Word_t *other = utcb_of(2);
        L4_Word_t random = 12345;

        while (!is_over()) {
                for (L4_Word_t i = 0; i < 20; i++) {
                        random = random * 1103515245 + 12345;
                        mr[1 + (random >> 8) % 63] = random;
                        other[-16 - (int)((random >> 16) % 33)] = random >> 3;
                }
                L4_Sleep(L4_TimePeriod(1000));
        }
        L4_Sleep(L4_Never);
}

TRIAL(words_change_half_way)
{
        make_here(3);
        L4_Set_Priority(three, 200);
        half_way();
        thread_start(three, spoil, &stack);
        settle();
        expect_that(sends->over || state_of(one) == SENDS, "no matter what");
}
