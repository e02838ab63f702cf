// SPDX-License-Identifier: MIT
// Trials: Schedule and ThreadSwitch, beside those of threads.c.
#include <h4/trial.h>
#include <l4/kip.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <user/threads.h>

#define SAME 0xFFFFFFFFu
#define SAME_TIME 0xFFFFu
#define NEVER 0u
#define NO_TIME 0x0400u
#define POINT 0x8001u
#define SHORTEST 0x0001u // 1 us

#define LONG 0x7C03u      // 3 * 2^31 us: more than a word holds
#define LONG_TOLD 0x5F00u // the same, in as many bits as there are

static struct stack stacks[2];
static volatile L4_Word_t told;
static volatile L4_Word_t result, error;

static void
rest(void)
{
        for (;;)
                __asm__ volatile("pause");
}

static void
tell_in_turns(void)
{
        for (;;) {
                told++;
                L4_ThreadSwitch(L4_nilthread);
        }
}

static L4_Word_t
time(L4_Word_t slice, L4_Word_t quantum)
{
        return slice << 16 | quantum;
}

static L4_Word_t
period(L4_Word_t microseconds)
{
        return L4_TimePeriod(microseconds).raw;
}

static L4_Word_t
state(L4_Word_t n)
{
        return L4_Schedule(thread_id(n), SAME, SAME, SAME, SAME, 0);
}

TRIAL(schedule_tells_states)
{
        L4_ThreadId_t me = L4_Myself();

        expect_that(L4_ThreadControl(thread_id(1), me, me, L4_nilthread,
                                     (void *)0) != 0,
                    "an inactive thread is made");
        expect_word(L4_SCHEDRESULT_DEAD, state(1), "state of an inactive one");
        expect_that(thread_here(2), "an active thread is made");
        expect_word(L4_SCHEDRESULT_WAITING, state(2),
                    "state of one that waits to begin");
        L4_Stop(thread_id(2));
        expect_word(L4_SCHEDRESULT_WAITING, state(2),
                    "state of one that waits to begin and is halted");
        look(1); // the test lets it be as if it were sending
        expect_word(L4_SCHEDRESULT_PENDING_SEND, state(2),
                    "state of one that sends and is halted");
        L4_Schedule(thread_id(2), time(SAME_TIME, period(5000)), 0, SAME, SAME,
                    0);
        expect_word(L4_SCHEDRESULT_PENDING_SEND, state(2),
                    "state of one that sends, after it got a total quantum");
        look(2);
        expect_word(L4_SCHEDRESULT_WAITING, state(2),
                    "state of one that waits again");
        look(3); // as if its message were being carried
        expect_word(L4_SCHEDRESULT_SENDING, state(2),
                    "state of one whose message is being carried");
        look(4); // and now one that it gets
        expect_word(L4_SCHEDRESULT_RECEIVING, state(2),
                    "state of one to which a message is being carried");
        look(5);
        thread_start(thread_id(2), rest, &stacks[0]);
        expect_word(L4_SCHEDRESULT_RUNNING, state(2), "state of a ready one");
        L4_Stop(thread_id(2));
        expect_word(L4_SCHEDRESULT_INACTIVE, state(2), "state of a halted one");
        expect_word(L4_SCHEDRESULT_INACTIVE,
                    L4_Schedule(thread_id(2), time(SAME_TIME, period(5000)), 0,
                                SAME, SAME, 0),
                    "state of a halted one, before it gets a total quantum");
        expect_word(L4_SCHEDRESULT_INACTIVE, state(2),
                    "state of a halted one that has got a total quantum");
        expect_word(L4_SCHEDRESULT_RUNNING, state(0), "the own state");
        expect_word(L4_SCHEDRESULT_RUNNING,
                    L4_Schedule(L4_MyLocalId(), SAME, SAME, SAME, SAME, 0),
                    "the own state, by the local ID");
}

static void
set(L4_Word_t times, L4_Word_t priority, L4_Word_t delay, L4_Word_t before,
    L4_Word_t number)
{
        L4_Word_t old = 0x77777777;
        L4_Word_t answer =
                L4_Schedule(thread_id(1), times, 0, priority, delay, &old);

        expect_word(L4_SCHEDRESULT_WAITING, answer, "Schedule's answer");
        expect_word(before, old, "what was left of the time before");
        look(number);
}

TRIAL(schedule_sets_each)
{
        expect_that(thread_here(1), "a thread is made");
        set(time(period(4000), SAME_TIME), SAME, SAME,
            time(period(10000), NEVER), 1);
        set(time(SAME_TIME, period(8000)), SAME, SAME,
            time(period(4000), NEVER), 2);
        set(time(NEVER, SAME_TIME), SAME, SAME,
            time(period(4000), period(8000)), 3);
        set(time(period(2000), NEVER), SAME, SAME, time(NEVER, period(8000)),
            4);
        set(SAME, 0x100 | 60, SAME, time(period(2000), NEVER), 5);
        set(SAME, SAME, 0xFF000000 | 80 << 16 | 2345, time(period(2000), NEVER),
            6);
        set(SAME, 200, SAME, time(period(2000), NEVER), 7);
        set(SAME, SAME, SAME, time(period(2000), NEVER), 8);
        set(time(period(3000), period(5000)), 90, 100 << 16 | 1,
            time(period(2000), NEVER), 9);
        L4_Word_t left = time(period(3000), period(5000));
        set(SAME, SAME, 89 << 16 | 0xFFFF, left, 10);
        set(SAME, 255, SAME, left, 11);
        set(time(LONG, LONG), 0, 20 << 16, left, 12);
        set(SAME, SAME, SAME, time(NEVER, LONG_TOLD), 13);
}

static void
refused(L4_Word_t due, L4_Word_t times, L4_Word_t processor, L4_Word_t priority,
        L4_Word_t delay, const char *why)
{
        L4_Word_t old = 0x77777777;

        trying(why);
        expect_word(0,
                    L4_Schedule(thread_id(1), times, processor, priority, delay,
                                &old),
                    why);
        expect_word(due, L4_ErrorCode(), why);
        expect_word(0, old, "time left, after an error");
}

TRIAL(refused_schedules_change_nothing)
{
        L4_Word_t good = time(period(2000), period(4000));

        expect_that(thread_here(1), "a thread is made");
        L4_Set_Priority(L4_Myself(), 200);
        look(1);
        refused(L4_ErrInvalidParam, good, 0, 201, 7, "a priority too high");
        refused(L4_ErrInvalidParam, good, 0, 50, 201 << 16 | 7,
                "a sensitive priority too high");
        refused(L4_ErrInvalidParam, good, 1, 50, 7, "another processor");
        refused(L4_ErrInvalidParam, time(POINT, period(4000)), 0, 50, 7,
                "a slice that is a point in time");
        refused(L4_ErrInvalidParam, time(period(2000), POINT), 0, 50, 7,
                "a quantum that is a point in time");
        refused(L4_ErrInvalidParam, time(NO_TIME, period(4000)), 0, 50, 7,
                "a slice of no time at all");
        refused(L4_ErrInvalidParam, time(period(2000), NO_TIME), 0, 50, 7,
                "a quantum of no time at all");
        look(2);
        expect_that(L4_Schedule(thread_id(1), time(SHORTEST, SHORTEST), 0, SAME,
                                SAME, 0) != 0,
                    "a slice and a quantum of 1 us");
        expect_that(L4_Schedule(thread_id(1), good, 0, 200, 200 << 16 | 7, 0) !=
                            0,
                    "the caller's own priority");
}

static void
schedule_first(void)
{
        result = L4_Schedule(thread_id(0), SAME, SAME, 10, SAME, 0);
        error = L4_ErrorCode();
        for (;;)
                L4_Stop(L4_Myself());
}

TRIAL(schedule_is_for_schedulers)
{
        L4_ThreadId_t me = L4_Myself(), none = L4_nilthread;
        void *same = (void *)(uintptr_t)SAME;

        refused(L4_ErrInvalidThread, SAME, SAME, 50, SAME, "nobody");
        expect_word(0, L4_Set_Priority(L4_GlobalId(5, 1), 50), "a line");
        expect_word(L4_ErrInvalidThread, L4_ErrorCode(),
                    "and why: the error code");

        expect_that(thread_here(1), "a thread is made");
        expect_that(thread_in_new_space(2, OTHER_KIP, me), "another space");
        expect_that(L4_ThreadControl(thread_id(1), me, thread_id(2), none,
                                     same) != 0,
                    "a scheduler in another space");
        refused(L4_ErrNoPrivilege, SAME, SAME, 50, SAME,
                "a scheduler in another space");
        refused(L4_ErrNoPrivilege, SAME, 1, 256, SAME,
                "the same, and bad parameters");
        thread_start(thread_id(2), schedule_first, &stacks[0]);
        result = error = 99;
        L4_Set_Priority(me, 50);
        expect_word(0, result, "Schedule of the first thread by another space");
        expect_word(L4_ErrNoPrivilege, error, "and why: the error code");
        thread_end(2);
        refused(L4_ErrNoPrivilege, SAME, SAME, 50, SAME,
                "a scheduler that is no more");
        expect_that(L4_ThreadControl(thread_id(1), me, thread_id(1), none,
                                     same) != 0,
                    "its own scheduler");
        expect_that(L4_Set_Priority(thread_id(1), 50) != 0,
                    "a thread of its scheduler's space");
}

static void
expect_left(L4_Word_t due_state, L4_Word_t due_time, L4_Word_t times,
            const char *when)
{
        L4_Word_t left = 0x77777777;

        expect_word(due_state,
                    L4_Schedule(thread_id(1), times, 0, SAME, SAME, &left),
                    when);
        expect_word(due_time, left, when);
}

// The test lets the thread, which is halted, be in all states and roles.
static void
quanta_for_who_waits(L4_Word_t n)
{
        L4_Word_t end = n + 6 * 3;

        L4_Stop(thread_id(1));
        for (look(n); n < end; look(n)) {
                expect_that(L4_Schedule(thread_id(1),
                                        time(SAME_TIME, period(5000)), 0, SAME,
                                        SAME, 0) != 0,
                            "it gets a total quantum");
                n++;
        }
}

// The test looks how often the timer has interrupted the thread.
TRIAL(a_total_quantum_ends)
{
        expect_that(thread_here(1), "a thread is made");
        expect_that(L4_Schedule(thread_id(1), time(SAME_TIME, period(3000)), 0,
                                100, SAME, 0) != 0,
                    "it gets 3 ms");
        thread_start(thread_id(1), rest, &stacks[0]);
        L4_Set_Priority(L4_Myself(), 50); // until that one has used them up
        look(1);
        expect_left(L4_SCHEDRESULT_INACTIVE, time(period(7000), NO_TIME), SAME,
                    "state and time left of a thread without time");
        expect_word(L4_SCHEDRESULT_INACTIVE,
                    L4_Schedule(thread_id(1), time(period(4000), SAME_TIME), 0,
                                10, 7, 0),
                    "its answer, as it gets all but a quantum");
        expect_left(L4_SCHEDRESULT_INACTIVE, time(period(4000), NO_TIME),
                    time(SAME_TIME, period(1000)),
                    "state and time left of one that still has no quantum");
        L4_Set_Priority(L4_Myself(), 5); // it has that one, and uses it up
        look(2);
        L4_Set_Priority(thread_id(1), 4); // from here on it may be ready
        expect_left(L4_SCHEDRESULT_INACTIVE, time(period(3000), NO_TIME),
                    time(SAME_TIME, period(2000)),
                    "state and time left of one that has used it up");
        expect_left(L4_SCHEDRESULT_RUNNING, time(period(4000), period(2000)),
                    SAME,
                    "state and time left of one with a new quantum, and so "
                    "with a new slice");
        quanta_for_who_waits(3);
}

// Whoever disables preemption has a while after the end of its turn, and no more.
static void
try_to_delay_for_ever(void)
{
        L4_Word_t before = told;

        L4_Schedule(L4_Myself(), time(period(2000), SAME_TIME), 0, SAME,
                    100 << 16 | 3000, 0);
        L4_DisablePreemption();
        // Several calls in a period of the timer, for as long as the test may take.
        for (int i = 0; i < 15000 && told == before; i++) {
                L4_ThreadSwitch(L4_Myself());
                for (volatile int j = 0; j < 500; j++)
                        ;
        }
        L4_EnablePreemption();
        expect_that(told != before,
                    "another thread has its turn after 5 ms, though this one "
                    "delays its preemption and calls ThreadSwitch to itself");
}

TRIAL(thread_switch_to_nobody)
{
        L4_ThreadId_t me = L4_Myself();
        const L4_Word_t words[] = {
                0xFFFFFFFF,
                0xFFFFFFC0,
                1,
                0x40,
                thread_id(2).raw,
                thread_id(7).raw,
                L4_GlobalId(5, 1).raw, // a line's thread
                thread_id(3).raw,      // halted
                thread_id(4).raw,      // looks for a sender
        };

        expect_that(thread_here(1) && thread_here(2), "two threads are made");
        L4_Schedule(me, time(NEVER, SAME_TIME), 0, SAME, SAME, 0);
        // Its slice would end in the middle of a turn, sooner or later.
        L4_Schedule(thread_id(1), time(NEVER, SAME_TIME), 0, SAME, SAME, 0);
        expect_that(thread_here(3) && thread_here(4), "and two others");
        L4_Set_Priority(thread_id(4), 1);
        look(1);
        thread_start(thread_id(1), tell_in_turns, &stacks[0]);
        thread_start(thread_id(3), tell_in_turns, &stacks[1]);
        L4_Stop(thread_id(3));
        L4_Set_Priority(me, 100);
        expect_word(0, told,
                    "turns of others: who has called Schedule goes on, though "
                    "it is the last of its ring now");
        L4_ThreadSwitch(L4_nilthread);
        for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                L4_Word_t before = told;
                L4_ThreadSwitch((L4_ThreadId_t){ .raw = words[i] });
                expect_word(before + 1, told,
                            "turns of another thread, after ThreadSwitch to "
                            "nobody who is ready");
        }
        L4_Word_t before = told;
        L4_ThreadSwitch(me);
        L4_ThreadSwitch(L4_MyLocalId());
        expect_word(before, told, "turns, after ThreadSwitch to oneself");
        L4_ThreadSwitch(L4_LocalIdOf(thread_id(1)));
        expect_word(before + 1, told,
                    "turns, after ThreadSwitch by a local ID");
        try_to_delay_for_ever();
}
