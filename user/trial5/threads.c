// SPDX-License-Identifier: MIT
// Trials: threads in the program's own space.
#include <h4/trial.h>
#include <l4/kip.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <user/threads.h>

#define OTHERS 3

static struct stack stacks[OTHERS];
static volatile L4_Word_t told[8];
static volatile L4_Word_t told_count;
static volatile L4_Word_t counts[OTHERS + 1];

static void
tell(L4_Word_t word)
{
        told[told_count % 8] = word;
        told_count++;
}

// --- Beginning --------------------------------------------------------------------

static void
say_who(void)
{
        tell(L4_MyGlobalId().raw);
        tell(L4_MyLocalId().raw);
        for (;;)
                L4_Stop(L4_Myself());
}

TRIAL(a_thread_begins_where_it_is_told)
{
        L4_ThreadId_t other = thread_id(1);

        expect_that(thread_here(1), "ThreadControl makes a thread");
        look(1);
        L4_Set_Priority(L4_Myself(), 50);
        thread_start(other, say_who, &stacks[0]);
        look(2);
        expect_word(2, told_count, "words that the thread has told");
        expect_word(other.raw, told[0], "the thread's own global ID");
        expect_word(L4_LocalIdOf(other).raw, told[1], "its own local ID");
}

TRIAL(threads_come_and_go)
{
        for (L4_Word_t i = 0; i < 6; i++)
                for (L4_Word_t n = 1; n <= OTHERS; n++) {
                        expect_that(thread_here(n), "a thread is made");
                        if (i % 2)
                                thread_start(thread_id(n), say_who,
                                             &stacks[n - 1]);
                        if (n == OTHERS)
                                for (L4_Word_t m = 1; m <= OTHERS; m++)
                                        thread_end(m);
                }
        for (L4_Word_t i = 0; i < 2; i++) {
                expect_that(thread_in_new_space(1, OTHER_KIP, L4_Myself()),
                            "a thread in a space of its own");
                expect_that(thread_beside(2, 1, L4_Myself()), "and another");
                thread_end(1);
                thread_end(2);
        }
        look(1);
}

// --- Errors -----------------------------------------------------------------------

static void
refused(L4_Word_t error, L4_ThreadId_t thread, L4_ThreadId_t space,
        L4_ThreadId_t scheduler, L4_ThreadId_t pager, L4_Word_t utcb,
        const char *why)
{
        L4_Word_t result = L4_ThreadControl(thread, space, scheduler, pager,
                                            (void *)(uintptr_t)utcb);

        expect_word(0, result, why);
        expect_word(error, L4_ErrorCode(), why);
}

TRIAL(thread_control_refuses)
{
        L4_ThreadId_t me = L4_Myself();
        L4_ThreadId_t none = L4_nilthread;
        L4_ThreadId_t new = thread_id(5);
        L4_Word_t area = L4_MyLocalId().raw & ~(L4_UtcbSize(0) - 1);
        L4_Word_t free_utcb = area + 5 * L4_UtcbSize(0);

        refused(L4_ErrInvalidThread, me, none, none, none, -1u,
                "a thread ends itself");
        refused(L4_ErrInvalidThread, new, none, none, none, -1u,
                "a thread is ended that there is not");
        refused(L4_ErrInvalidThread, L4_GlobalId(20, 1), me, me, me, free_utcb,
                "a thread with a number of the system's");
        refused(L4_ErrInvalidSpace, new, thread_id(6), me, me, free_utcb,
                "in the space of a thread that there is not");
        refused(L4_ErrInvalidScheduler, new, me, none, me, free_utcb,
                "without a scheduler");
        refused(L4_ErrInvalidScheduler, new, me, thread_id(6), me, free_utcb,
                "with a scheduler that there is not");
        refused(L4_ErrInvalidSpace, new, new, me, me, free_utcb,
                "active in a space without areas");
        refused(L4_ErrUtcbArea, new, me, me, me, free_utcb + 4,
                "with a UTCB that is not aligned");
        refused(L4_ErrUtcbArea, new, me, me, me, area,
                "with the UTCB of another thread");
        refused(L4_ErrUtcbArea, new, me, me, me, area - 0x1000,
                "with a UTCB outside of the area");
        look(1);
}

TRIAL(exchange_registers_refuses)
{
        L4_Word_t control = 0x5A, sp = 1, ip = 2;
        L4_ThreadId_t result =
                L4_ExchangeRegisters(thread_id(3), 0, 0, 0, 0, 0, L4_nilthread,
                                     &control, &sp, &ip, 0, 0, 0);

        expect_word(0, result.raw, "ExchangeRegisters of nobody");
        expect_word(L4_ErrInvalidThread, L4_ErrorCode(),
                    "and why: the error code");
}

// --- Taking turns -----------------------------------------------------------------

static void
tell_in_turns(void)
{
        L4_Word_t who = L4_UserDefinedHandle();

        for (;;) {
                tell(who);
                L4_ThreadSwitch(L4_nilthread);
        }
}

static void
count_for_ever(void)
{
        L4_Word_t who = L4_UserDefinedHandle();

        tell(who);
        for (;;)
                counts[who]++;
}

// Some milliseconds of work.
static void
work_once(void)
{
        L4_Word64_t end = L4_SystemClock().raw + 4000;

        tell(L4_UserDefinedHandle());
        while (L4_SystemClock().raw < end)
                ;
        tell(L4_UserDefinedHandle() + 10);
        L4_Stop(L4_Myself());
}

static void
make_others(L4_Word_t count, void (*run)(void), L4_Word_t priority)
{
        for (L4_Word_t n = 1; n <= count; n++) {
                expect_that(thread_here(n), "a thread is made");
                expect_that(L4_Set_Priority(thread_id(n), priority) != 0,
                            "its priority is set");
                L4_Set_UserDefinedHandleOf(thread_id(n), n);
                thread_start(thread_id(n), run, &stacks[n - 1]);
        }
}

TRIAL(thread_switch_gives_turns)
{
        make_others(2, tell_in_turns, 100);
        // However often the timer comes, no turn ends by it.
        for (L4_Word_t n = 1; n <= 2; n++)
                L4_Set_Timeslice(thread_id(n), L4_Never, L4_Never);
        L4_Set_Timeslice(L4_Myself(), L4_Never, L4_Never);
        expect_that(L4_Set_Priority(L4_Myself(), 100) != 0, "own priority");
        // From here on this one is the first of its ring when it runs.
        L4_ThreadSwitch(L4_nilthread);
        L4_Word_t begun = told_count;
        for (L4_Word_t i = 1; i <= 4; i++) {
                L4_ThreadSwitch(L4_nilthread);
                expect_word(begun + 2 * i, told_count, "turns of two others");
        }
        for (L4_Word_t i = 0; i < 8; i++)
                expect_word(1 + i % 2, told[i], "whose turn it was");
}

TRIAL(thread_switch_to_a_lower_one)
{
        make_others(2, tell_in_turns, 100);
        // The timer may end it before it has told anything.
        for (int i = 0; i < 10 && told_count == 0; i++)
                L4_ThreadSwitch(thread_id(2));
        expect_word(1, told_count, "turns: of one, which was given the time");
        expect_word(2, told[0], "whose turn it was");
}

TRIAL(the_highest_priority_runs)
{
        make_others(2, work_once, 100);
        L4_Set_Priority(thread_id(2), 101);
        expect_word(0, told_count, "nobody has run before the highest");
        L4_Set_Priority(L4_Myself(), 99);
        expect_word(4, told_count, "both have worked before the lowest");
        expect_word(2, told[0], "who began first");
        expect_word(12, told[1], "who was over first");
        expect_word(1, told[2], "who began then");
        expect_word(11, told[3], "who was over then");
}

TRIAL(time_slices_end)
{
        make_others(2, count_for_ever, 100);
        L4_Set_Timeslice(thread_id(1), L4_TimePeriod(3000), L4_Never);
        L4_Set_Timeslice(thread_id(2), L4_TimePeriod(6000), L4_Never);
        L4_Set_Priority(L4_Myself(), 100);
        // One turn of this thread is one of all.
        for (int i = 0; i < 3; i++)
                L4_ThreadSwitch(L4_nilthread);
        note(thread_id(1).raw, thread_id(2).raw, 0, 0, 0);
}
