// SPDX-License-Identifier: MIT
// Trials: Schedule, and who runs when.
#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/kip.h>

#define me L4_Myself()
#define none L4_nilthread
#define one thread_id(1)
#define two thread_id(2)

static struct stack stacks[3];
static volatile L4_Word_t counts[4];
static volatile L4_Word_t turns, last;

static void
count_for_ever(void)
{
        L4_Word_t who = L4_UserDefinedHandle();

        for (;;) {
                counts[who]++;
                if (last != who)
                        turns++;
                last = who;
        }
}

static void
begin(L4_Word_t n, L4_Word_t priority)
{
        expect_that(thread_here(n), "a thread is made");
        expect_that(L4_Set_Priority(thread_id(n), priority) != 0, "priority");
        L4_Set_UserDefinedHandleOf(thread_id(n), n);
        thread_start(thread_id(n), count_for_ever, &stacks[n - 1]);
}

static void
work(L4_Word_t microseconds)
{
        L4_Word64_t end = L4_SystemClock().raw + microseconds;

        while (L4_SystemClock().raw < end)
                ;
}

static L4_Word_t
times(L4_Time_t slice, L4_Time_t quantum)
{
        return (L4_Word_t)slice.raw << 16 | quantum.raw;
}

TRIAL(schedule_wants_a_thread)
{
        static const L4_Word_t bad[] = { 0,          0xFFFFFFFF, 0xFFFFFFC0,
                                         0x14001,    0x000C8002, 0x000D0002,
                                         0xBF000300, 0x80000001 };

        for (L4_Word_t i = 0; i < sizeof(bad) / 4; i++)
                expect_word(L4_ErrInvalidThread,
                            schedule((L4_ThreadId_t){ .raw = bad[i] }, SAME,
                                     SAME, SAME, SAME),
                            "a word that names no thread");
}

TRIAL(schedule_wants_good_values)
{
        static const L4_Word_t bad[] = {
                0xFFFF0400, 0x0400FFFF, 0x1400FFFF, 0xFFFF7C00, // no time
                0xFFFF8123, 0x8123FFFF, 0x80000000, 0xFFFFFFFE, // points
        };

        begin(1, 100);
        L4_Set_Priority(me, 200);
        for (L4_Word_t i = 0; i < sizeof(bad) / 4; i++)
                expect_word(L4_ErrInvalidParam,
                            schedule(one, bad[i], SAME, SAME, SAME),
                            "no time at all, or a point in time");
        expect_word(L4_ErrInvalidParam, schedule(one, SAME, SAME, 201, SAME),
                    "a priority above the own one");
        expect_word(L4_ErrInvalidParam, schedule(me, SAME, SAME, 201, SAME),
                    "that for oneself");
        expect_word(L4_ErrInvalidParam,
                    schedule(one, SAME, SAME, SAME, 201 << 16),
                    "a sensitive priority above the own one");
        expect_word(L4_ErrInvalidParam, schedule(one, SAME, 1, SAME, SAME),
                    "another processor");
        expect_word(0, schedule(one, SAME, 0, 200, 200 << 16 | 0xFFFE),
                    "the highest that may be");
}

// What fails changes nothing.
TRIAL(schedule_changes_all_or_nothing)
{
        L4_Time_t slice, quantum;

        begin(1, 50);
        expect_word(0,
                    schedule(one, times(L4_TimePeriod(7000), L4_Never), SAME,
                             SAME, SAME),
                    "a time slice");
        L4_Set_Priority(me, 60);
        expect_word(L4_ErrInvalidParam,
                    schedule(one, times(L4_TimePeriod(9000), L4_Never), SAME,
                             99, SAME),
                    "another one, and a priority that may not be");
        L4_Timeslice(one, &slice, &quantum);
        expect_word(L4_TimePeriod(7000).raw, slice.raw, "its time slice");
        work(3000);
        expect_word(0, counts[1], "its priority is still below this one's");
}

TRIAL(schedule_leaves_halves_of_the_time)
{
        L4_Time_t slice, quantum;

        begin(1, 50);
        expect_word(0,
                    schedule(one,
                             times(L4_TimePeriod(20000), L4_TimePeriod(800000)),
                             SAME, SAME, SAME),
                    "both times");
        L4_Timeslice(one, &slice, &quantum);
        expect_word(L4_TimePeriod(20000).raw, slice.raw, "time slice");
        expect_word(L4_TimePeriod(800000).raw, quantum.raw, "total quantum");
        expect_word(0, schedule(one, 0x1234FFFF, SAME, SAME, SAME),
                    "a time slice alone");
        L4_Timeslice(one, &slice, &quantum);
        expect_word(0x1234, slice.raw, "time slice");
        expect_word(L4_TimePeriod(800000).raw, quantum.raw, "total quantum");
        expect_word(0, schedule(one, 0xFFFF0000, SAME, SAME, SAME),
                    "no limit of time alone");
        L4_Timeslice(one, &slice, &quantum);
        expect_word(0x1234, slice.raw, "time slice");
        expect_word(0, quantum.raw, "total quantum: never");
        expect_word(0, schedule(one, 0x0000FFFF, SAME, SAME, SAME),
                    "a time slice without an end");
        L4_Timeslice(one, &slice, &quantum);
        expect_word(0, slice.raw, "time slice: never");
}

TRIAL(time_that_is_left_is_told)
{
        L4_Time_t slice, quantum;

        expect_word(0,
                    schedule(me,
                             times(L4_TimePeriod(40000), L4_TimePeriod(80000)),
                             SAME, SAME, SAME),
                    "both times");
        work(5000);
        L4_Timeslice(me, &slice, &quantum);
        L4_Word_t left = (L4_Word_t)slice.period.m << slice.period.e;
        expect_that(left >= 33900 && left <= 36000, "5 ms less of the slice");
        left = (L4_Word_t)quantum.period.m << quantum.period.e;
        expect_that(left >= 73900 && left <= 76000, "5 ms less of the quantum");
        // A period may end between the two calls.
        for (L4_Word_t i = 0; i < 3 && slice.raw != L4_TimePeriod(40000).raw;
             i++) {
                L4_ThreadSwitch(none);
                L4_Timeslice(me, &slice, &quantum);
        }
        expect_word(L4_TimePeriod(40000).raw, slice.raw,
                    "who gives up its slice gets a new one");
        schedule(me, 0x0000FFFF | 0, SAME, SAME, SAME);
        schedule(me, 0xFFFF0000, SAME, SAME, SAME);
}

TRIAL(a_slice_without_an_end_does_not_end)
{
        begin(1, 100);
        begin(2, 100);
        schedule(one, 0x0000FFFF, SAME, SAME, SAME);
        schedule(two, 0x0000FFFF, SAME, SAME, SAME);
        schedule(me, 0x0000FFFF, SAME, 100, SAME);
        work(15000);
        expect_word(0, counts[1] + counts[2], "others of this priority wait");
        schedule(me, times(L4_TimePeriod(2000), L4_Never), SAME, SAME, SAME);
        schedule(one, times(L4_TimePeriod(3000), L4_Never), SAME, SAME, SAME);
        schedule(two, times(L4_TimePeriod(1000), L4_Never), SAME, SAME, SAME);
        work(20000);
        expect_that(counts[1] > counts[2], "by time slices: 3 ms and 1 ms");
        expect_that(counts[2] > 0, "all have turns");
}

// Of equal priority each has its turn; a lower one has none.
TRIAL(a_lower_priority_waits)
{
        begin(1, 100);
        begin(2, 99);
        schedule(one, times(L4_TimePeriod(1000), L4_Never), SAME, SAME, SAME);
        schedule(me, times(L4_TimePeriod(1000), L4_Never), SAME, 100, SAME);
        work(10000);
        expect_that(counts[1] > 0, "the equal one has turns");
        expect_word(0, counts[2], "the lower one has none");
        exchange_control(one, 0x101);
        schedule(me, SAME, SAME, 99, SAME);
        schedule(two, times(L4_TimePeriod(1000), L4_Never), SAME, SAME, SAME);
        work(10000);
        expect_that(counts[2] > 0, "which it has when it is the equal one");
}

TRIAL(a_total_quantum_is_used_up)
{
        begin(1, 100);
        expect_word(0,
                    schedule(one,
                             times(L4_TimePeriod(1000), L4_TimePeriod(3000)),
                             SAME, SAME, SAME),
                    "a total quantum of 3 ms");
        schedule(me, times(L4_TimePeriod(1000), L4_Never), SAME, 100, SAME);
        // Where the timer is late, so is the end of the quantum.
        for (int i = 0; i < 40 && state_of(one) == 3; i++)
                work(4000);
        L4_Word_t before = counts[1];
        expect_that(before > 0, "it has run");
        work(4000);
        expect_word(before, counts[1], "and is stopped");
        L4_Word_t stopped = state_of(one);
        note(stopped, 0, 0, 0, 0);
        expect_word(0,
                    schedule(one, L4_TimePeriod(2000).raw << 16 | 0xFFFF, SAME,
                             SAME, SAME),
                    "another time slice");
        expect_word(stopped, state_of(one), "which does not let it go on");
        L4_Time_t slice, quantum;
        L4_Timeslice(one, &slice, &quantum);
        expect_word(L4_ZeroTime.raw, quantum.raw, "nothing is left");
        expect_word(0, schedule(one, 0xFFFF0000, SAME, SAME, SAME),
                    "no limit any more");
        expect_word(3, state_of(one), "it is ready");
        work(4000);
        expect_that(counts[1] > before, "it goes on");
}

TRIAL(states_are_told)
{
        expect_word(0, thread_control(one, me, me, none, utcb_here(1)),
                    "an inactive thread");
        expect_word(1, state_of(one), "inactive");
        expect_word(0, thread_control(one, me, none, me, SAME), "activated");
        expect_word(6, state_of(one), "it waits for its start message");
        thread_start(one, count_for_ever, &stacks[0]);
        expect_word(3, state_of(one), "ready");
        exchange_control(one, 0x101);
        expect_word(2, state_of(one), "halted");
        expect_word(3, state_of(me), "I am ready, of course");
}

TRIAL(a_dead_scheduler_leaves_nobody)
{
        begin(1, 100);
        begin(2, 100);
        expect_word(0, thread_control(one, me, two, none, SAME),
                    "another scheduler, of this space");
        expect_word(0, schedule(one, SAME, SAME, 90, SAME),
                    "who is in its space may schedule");
        thread_end(2);
        expect_word(L4_ErrNoPrivilege, schedule(one, SAME, SAME, 90, SAME),
                    "the scheduler is no more");
        begin(2, 100);
        expect_word(0, schedule(one, SAME, SAME, 90, SAME),
                    "somebody has its ID again");
        thread_end(2);
        expect_word(0, thread_control(one, me, me, none, SAME),
                    "a new scheduler");
        expect_word(0, schedule(one, SAME, SAME, 90, SAME), "which may");
}

// Up to its sensitive priority a thread may put off its preemption for a while.
TRIAL(preemption_at_the_end_of_a_slice_is_put_off)
{
        begin(1, 100);
        schedule(one, times(L4_TimePeriod(1000), L4_Never), SAME, SAME, SAME);
        schedule(me, times(L4_TimePeriod(2000), L4_Never), SAME, 100,
                 100 << 16 | 6000);
        L4_ThreadSwitch(none);
        L4_DisablePreemption();
        expect_word(0, L4_PreemptionPending(), "nothing is pending yet");
        L4_Word_t before = counts[1];
        work(4000);
        expect_word(before, counts[1], "the other one has had no turn");
        expect_that(L4_PreemptionPending(), "but it is pending");
        work(6000);
        expect_that(counts[1] > before, "after 2 ms and 6 ms more it has");
        L4_EnablePreemption();
        L4_PreemptionPending();
        before = counts[1];
        work(6000);
        expect_that(counts[1] > before, "without delay it has its turns");
}
