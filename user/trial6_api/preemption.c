// SPDX-License-Identifier: MIT
// Trials: what schedulers are told, and how preemption is put off.
#include <h4/act.h>

#include <l4/kip.h>

#define PREEMPTED TAG(0xFFD0, 2)

static volatile L4_Word_t count, flags;

static void
count_for_ever(void)
{
        volatile L4_Word_t *utcb = __L4_X86_Utcb();

        utcb[-10] = flags;
        for (;;) {
                count++;
                flags = utcb[-10];
        }
}

static struct stack stack;

// A thread that counts, of priority 100, with the second one as its scheduler.
static void
counts(L4_Word_t time, L4_Word_t preemption)
{
        make_here(1);
        make_here(2);
        expect_word(0, schedule(one, time, SAME, SAME, preemption), "its time");
        expect_word(0, thread_control(one, me, two, none, SAME), "scheduler");
        L4_Set_Priority(two, 120);
        thread_start(one, count_for_ever, &stack);
}

static L4_Word_t
quantum(L4_Word_t microseconds)
{
        return 0xFFFF0000 | L4_TimePeriod(microseconds).raw;
}

TRIAL(a_scheduler_is_told_of_a_used_up_quantum)
{
        struct act *waits = receive(2, L4_anythread);

        counts(quantum(5000), SAME);
        launch(2);
        sleep(3000);
        expect_waiting(waits, "there is time left");
        expect_that(count > 0, "it runs");
        sleep(5000);
        expect_word(PREEMPTED, waits->result.raw, "the tag");
        expect_word(local(1).raw, waits->from.raw, "from whom");
        L4_Word64_t then = (L4_Word64_t)waits->mr[2] << 32 | waits->mr[1];
        L4_Word64_t now = L4_SystemClock().raw;
        expect_that(then <= now && now - then < 6000, "MR1 and MR2: the clock");
        expect_word(2, state_of(one), "it is stopped");
        L4_Word_t before = count;
        sleep(2000);
        expect_word(before, count, "it is stopped");
        expect_word(0, schedule(one, quantum(4000), SAME, SAME, SAME),
                    "another quantum");
        expect_word(3, state_of(one), "it may go on");
        sleep(2000);
        expect_that(count > before, "it goes on");
        sleep(5000);
        expect_word(4, state_of(one), "its next message waits");
}

// The message waits for the scheduler, and is taken back with a new quantum.
TRIAL(a_new_quantum_takes_the_message_back)
{
        struct act *polls = act(2, none, L4_anythread, AT_ONCE);

        counts(quantum(3000), SAME);
        sleep(6000);
        expect_word(4, state_of(one), "its message waits");
        expect_word(0, schedule(one, 0xFFFF0000, SAME, SAME, SAME),
                    "no limit any more");
        expect_word(3, state_of(one), "it may go on");
        launch(2);
        sleep(2000);
        expect_failed(polls, RECEIVING(TIMEOUT), "no message any more");
}

TRIAL(a_message_of_preemption_waits)
{
        struct act *waits = receive(2, one);

        counts(quantum(3000), SAME);
        sleep(6000);
        expect_word(4, state_of(one), "its message waits");
        launch(2);
        settle();
        expect_word(PREEMPTED, waits->result.raw, "it is received at last");
        expect_word(2, state_of(one), "it is stopped");
}

TRIAL(a_scheduler_that_is_no_more)
{
        counts(quantum(3000), SAME);
        thread_end(2);
        sleep(6000);
        expect_word(0, thread_control(one, me, me, none, SAME), "another one");
        expect_word(2, state_of(one), "it is stopped");
        L4_Word_t before = count;
        expect_word(0, schedule(one, 0xFFFF0000, SAME, SAME, SAME),
                    "no limit any more");
        sleep(2000);
        expect_that(count > before, "it goes on");
}

// A thread that waits pays nothing.
TRIAL(who_waits_does_not_pay)
{
        L4_Time_t slice, left;

        receive(1, me);
        begin_here(1);
        expect_word(0, schedule(one, quantum(20000), SAME, SAME, SAME),
                    "its quantum");
        sleep(15000);
        L4_Timeslice(one, &slice, &left);
        expect_that((L4_Word_t)left.period.m << left.period.e >= 18000,
                    "what is left");
}

// --- Signals ---------------------------------------------------------------------------

#define SIGNAL 0x20u
#define DELAY 0x40u
#define PENDING 0x80u

// The third thread comes before it, again and again.
static void
come_often(void)
{
        for (;;)
                L4_Sleep(L4_TimePeriod(1000));
}

static struct stack other_stack;

static void
comes(L4_Word_t priority)
{
        make_here(3);
        L4_Set_Priority(three, priority);
        thread_start(three, come_often, &other_stack);
}

TRIAL(a_preemption_is_signalled)
{
        struct act *waits = receive(2, L4_anythread);
        struct act *again = receive(2, L4_anythread);

        flags = SIGNAL;
        counts(SAME, SAME);
        launch(2);
        comes(110);
        sleep(8000);
        expect_word(PREEMPTED, waits->result.raw, "the tag");
        expect_word(local(1).raw, waits->from.raw, "from whom");
        expect_word(PREEMPTED, again->result.raw, "the next one");
        L4_Word_t before = count;
        sleep(3000);
        expect_that(count > before,
                    "it is not stopped, and nobody has to wait");
}

TRIAL(a_preemption_is_not_signalled)
{
        struct act *waits = receive(2, L4_anythread);

        counts(SAME, SAME);
        launch(2);
        comes(110);
        sleep(8000);
        expect_waiting(waits, "without the flag");
        expect_that(count > 0, "it runs");
}

// A scheduler that does not wait for it is not told, and nobody waits for that.
TRIAL(a_preemption_is_not_waited_for)
{
        flags = SIGNAL;
        counts(SAME, SAME);
        comes(110);
        sleep(6000);
        expect_word(3, state_of(one), "it is ready");
        L4_Word_t before = count;
        sleep(3000);
        expect_that(before > 0 && count > before, "it goes on");
}

// --- Delayed preemption --------------------------------------------------------------------

static volatile L4_Word_t came;

static void
come_once(void)
{
        L4_Word64_t begun = L4_SystemClock().raw;

        L4_Sleep(L4_TimePeriod(2000));
        came = (L4_Word_t)(L4_SystemClock().raw - begun);
        L4_Sleep(L4_Never);
}

// A thread that delays its preemption for up to 6 ms, by others up to a priority; and
// one of priority 110 that comes after 2 ms. How many us that took.
static L4_Word_t
delayed(L4_Word_t sensitive)
{
        flags = DELAY;
        counts(SAME, sensitive << 16 | 6000);
        make_here(3);
        L4_Set_Priority(three, 110);
        thread_start(three, come_once, &other_stack);
        sleep(25000);
        return came;
}

TRIAL(preemption_is_put_off)
{
        L4_Word_t time = delayed(110);

        expect_that((flags & PENDING) != 0, "it has been told: pending");
        expect_that(time >= 8000 && time <= 9500, "2 ms and 6 ms more");
}

TRIAL(preemption_is_not_put_off_by_more_urgent_ones)
{
        L4_Word_t time = delayed(109);

        expect_that((flags & PENDING) == 0, "nothing is pending");
        expect_that(time >= 2000 && time <= 3500, "2 ms, and no more");
}

TRIAL(preemption_is_not_put_off_without_time)
{
        struct act *waits = receive(2, L4_anythread);

        flags = DELAY | SIGNAL;
        counts(SAME, 255 << 16 | 0);
        launch(2);
        comes(110);
        sleep(5000);
        expect_word(PREEMPTED, waits->result.raw, "it is preempted");
}

static L4_Word_t
left_of_slice(L4_ThreadId_t thread)
{
        L4_Time_t slice, quantum;

        L4_Timeslice(thread, &slice, &quantum);
        return (L4_Word_t)slice.period.m << slice.period.e;
}

static volatile L4_Word_t paid;

// Who is given time by ThreadSwitch has it until the period ends. This one begins with
// a period.
static void
switch_to_low(void)
{
        L4_ThreadId_t self = L4_Myself();

        L4_Sleep(L4_TimePeriod(1000));
        L4_Word_t before = left_of_slice(self);
        count = 0;
        L4_ThreadSwitch(one);
        came = count + 1;
        paid = before - left_of_slice(self);
        L4_Sleep(L4_Never);
}

TRIAL(thread_switch_gives_a_period)
{
        counts(SAME, SAME);
        L4_Set_Priority(one, 10);
        make_here(3);
        schedule(three, L4_TimePeriod(50000).raw << 16 | 0xFFFF, SAME, 90,
                 SAME);
        thread_start(three, switch_to_low, &other_stack);
        sleep(8000);
        expect_that(came > 1, "the lower one has run, and then this one again");
        expect_that(paid >= 900 && paid <= 1100, "for its own time");
}
