// SPDX-License-Identifier: MIT
// Trials: timeouts. One ends at the first period of the timer, of 1,000 us, that ends
// at or after its time; until its thread has seen that some instructions more go by.
#include <h4/act.h>

#define PERIOD 1000u
#define SOME 300u   // that it may take
#define A_TICK 500u // and where the timer comes in between

static L4_Word_t
receiving(L4_Time_t time)
{
        return L4_Timeouts(L4_Never, time);
}

static L4_Word_t
sending(L4_Time_t time)
{
        return L4_Timeouts(time, L4_Never);
}

static void
took(const struct act *what, L4_Word_t least, L4_Word_t most, const char *text)
{
        L4_Word_t time = (L4_Word_t)(what->ended - what->begun);

        if (time < least || time > most)
                expect_word(least, time, text);
}

// It has ended with a period of the timer, as another one has before.
static void
took_periods(const struct act *what, L4_Word_t least, const char *text)
{
        static L4_Word64_t before;

        took(what, least, least + PERIOD + SOME, text);
        if (before != 0) {
                L4_Word_t rest = (L4_Word_t)(what->ended - before) % PERIOD;
                expect_that(rest < SOME || rest > PERIOD - SOME,
                            "it ends with a period of the timer");
        }
        before = what->ended;
}

// A period of time, counted from now.
static void
sleep_for(L4_Word_t microseconds)
{
        struct act sleeps = {
                .from_whom = me,
                .timeouts = receiving(L4_TimePeriod(microseconds)),
        };

        perform(&sleeps);
        expect_failed(&sleeps, RECEIVING(TIMEOUT), "a timeout ends");
        took_periods(&sleeps, microseconds, "how long a timeout takes, in us");
}

// What a period holds of this many microseconds: it is rounded down.
static L4_Word_t
rounded(L4_Word_t microseconds)
{
        L4_Time_t time = L4_TimePeriod(microseconds);

        return (L4_Word_t)time.period.m << time.period.e;
}

TRIAL(receiving_ends_by_a_period)
{
        static const L4_Word_t times[] = { 1,    10,   500,  999,  1000, 1001,
                                           1023, 1500, 2000, 9999, 20000 };

        for (L4_Word_t i = 0; i < sizeof(times) / 4; i++)
                sleep_for(rounded(times[i]));
}

TRIAL(sending_ends_by_a_period)
{
        struct act *sends = act(0, one, none, sending(L4_TimePeriod(3000)));
        struct act *calls = act(0, one, one, sending(L4_TimePeriod(900)));

        begin_here(1);
        settle();
        perform(sends);
        expect_failed(sends, SENDING(TIMEOUT), "nobody receives");
        took_periods(sends, 3000, "how long it takes");
        perform(calls);
        expect_failed(calls, SENDING(TIMEOUT), "nobody receives");
        took_periods(calls, 900, "how long it takes");
}

// Any mantissa of 0 but the word 0.
TRIAL(no_time_at_all)
{
        static const L4_Word_t words[] = { 0x0400, 0x0800, 0x1400, 0x7C00 };

        begin_here(1);
        settle();
        for (L4_Word_t i = 0; i < 4; i++) {
                struct act receives = { .from_whom = L4_anythread,
                                        .timeouts = words[i] };
                struct act sends = { .to = one, .timeouts = words[i] << 16 };
                perform(&receives);
                expect_failed(&receives, RECEIVING(TIMEOUT), "receiving");
                took(&receives, 0, A_TICK, "at once");
                perform(&sends);
                expect_failed(&sends, SENDING(TIMEOUT), "sending");
                took(&sends, 0, A_TICK, "at once");
        }
}

// It matters only where nobody is there.
TRIAL(no_time_is_enough_for_who_waits)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *then = receive(1, me);
        struct act *sends = act(0, one, none, AT_ONCE);
        struct act *waits = send(2, me, TAG(4, 4));
        struct act *polls = act(0, none, L4_anythread, AT_ONCE);

        begin_here(1);
        begin_here(2);
        settle();
        sends->tag = TAG(2, 2);
        perform(sends);
        expect_sent(sends, "to one who waits");
        perform(polls);
        expect_that(polls->over && (polls->result.raw & FAILED) == 0,
                    "from one who sends");
        expect_word(waits->tag, polls->result.raw, "its tag");
        settle();
        expect_word(sends->tag, receives->result.raw, "the receiver's tag");
        expect_waiting(then, "the next message");
}

TRIAL(never_does_not_end)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *sends = send(2, one, TAG(3, 3));
        struct act *asleep = receive(3, thread_id(3));

        begin_here(1);
        begin_here(3);
        sleep_for(rounded(60000));
        expect_waiting(receives, "nobody sends");
        begin_here(2);
        settle();
        expect_sent(sends, "the sender");
        expect_word(sends->tag, receives->result.raw, "the receiver's tag");
        expect_waiting(asleep, "a thread that sleeps for ever");
}

// Periods that are longer than anything counts.
TRIAL(long_periods_do_not_end_soon)
{
        static const L4_Word_t words[] = { 0x7FFF, 0x7C01, 0x5401, 0x43FF };

        for (L4_Word_t i = 0; i < 4; i++) {
                act(i + 1, none, thread_id(i + 1), words[i]);
                begin_here(i + 1);
        }
        sleep_for(rounded(20000));
        for (L4_Word_t i = 0; i < 4; i++)
                expect_word(6, state_of(thread_id(i + 1)), "it waits");
}

static L4_Time_t
point_in(L4_Word_t microseconds)
{
        L4_Clock_t now = L4_SystemClock();

        return L4_TimePoint(L4_ClockAddUsec(now, microseconds));
}

TRIAL(points_in_time)
{
        static const L4_Word_t times[] = {
                300, 1000, 1023, 5000, 17000, 40000
        };

        for (L4_Word_t i = 0; i < sizeof(times) / 4; i++) {
                // The point is rounded up, to a 2^e-th.
                L4_Word_t rounding = times[i] / 256;
                struct act sleeps = { .from_whom = me };
                L4_Word64_t now = L4_SystemClock().raw;
                sleeps.timeouts = receiving(point_in(times[i]));
                perform(&sleeps);
                expect_failed(&sleeps, RECEIVING(TIMEOUT), "a point in time");
                sleeps.begun = now;
                took(&sleeps, times[i], times[i] + rounding + PERIOD + SOME,
                     "when it ends");
        }
}

// What has passed, or is too far away for its exponent, is now.
TRIAL(points_that_have_passed)
{
        sleep(5000);
        for (L4_Word_t e = 0; e < 3; e++) {
                for (L4_Word_t far = 0; far < 2; far++) {
                        L4_Word64_t now = L4_SystemClock().raw;
                        L4_Word64_t at = (now >> e) + (far ? 1600 : 0) - 50;
                        struct act sleeps = {
                                .from_whom = me,
                                .timeouts = 0x8000 | e << 11 |
                                            ((L4_Word_t)at & 0x7FF),
                        };
                        perform(&sleeps);
                        expect_failed(&sleeps, RECEIVING(TIMEOUT),
                                      "it has passed");
                        took(&sleeps, 0, A_TICK, "at once");
                }
        }
        struct act sends = { .to = me };
        L4_Word_t now = (L4_Word_t)L4_SystemClock().raw;
        sends.timeouts = (0x8000 | ((now - 300) & 0x7FF)) << 16;
        perform(&sends);
        expect_failed(&sends, SENDING(TIMEOUT), "it has passed");
        took(&sends, 0, A_TICK, "at once");
}

// A period begins when its phase does.
TRIAL(the_receive_phase_has_all_its_time)
{
        struct act *pause = act(1, none, one, L4_TimePeriod(5600).raw);
        struct act *receives = receive(1, me);
        struct act *calls =
                act(0, one, one,
                    L4_Timeouts(L4_TimePeriod(16000), L4_TimePeriod(4000)));

        begin_here(1);
        perform(calls);
        expect_failed(calls, RECEIVING(TIMEOUT), "nobody answers");
        expect_that(pause->over && receives->over, "it has been received");
        took(calls, 5600 + 4000, 5600 + 4000 + 3 * PERIOD,
             "5.6 ms of sending and 4 ms of receiving");
}

// Many at once: each ends in its period, and in their order.
TRIAL(many_timeouts)
{
        struct act *sleeps[12];
        L4_Word_t times[12];
        L4_Word_t seed = 12345;

        for (L4_Word_t i = 0; i < 12; i++) {
                seed = seed * 1103515245 + 12345;
                times[i] = 2048 + (seed >> 16) % 900 * 32;
                sleeps[i] = act(i + 1, none, thread_id(i + 1),
                                receiving(L4_TimePeriod(times[i])));
                times[i] = rounded(times[i]);
                begin_here(i + 1);
        }
        sleep(36000);
        for (L4_Word_t i = 0; i < 12; i++) {
                expect_failed(sleeps[i], RECEIVING(TIMEOUT), "it ends");
                took(sleeps[i], times[i], times[i] + PERIOD + 3 * SOME,
                     "when it ends");
        }
}
