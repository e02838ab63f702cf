// SPDX-License-Identifier: MIT
// Trials that do not end well: of grader/tests/system/test_endings.c.
#include <h4/trial.h>
#include <l4/kip.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <user/threads.h>

TRIAL(ends_with_words)
{
        expect_word(5, trial_given(0), "the first number that is given");
        expect_word(0, trial_given(2), "a number that is not given");
        expect_word(0xABD, trial_given(1), "these are the words");
}

TRIAL(ends_by_looping)
{
        expect_word(1, 1, "a check that passes");
        for (;;)
                ;
}

TRIAL(ends_with_nobody)
{
        for (;;)
                L4_Stop(L4_Myself());
}

TRIAL(ends_by_calls)
{
        trying("one call behind the other");
        for (;;)
                L4_SystemClock();
}

TRIAL(ends_by_a_fault)
{
        *(volatile L4_Word_t *)0x20000000 = 1;
}

TRIAL(ends_by_an_exception)
{
        __asm__ volatile("ud2; ud2");
}

static struct stack stack;

static void
end_by_an_exception(void)
{
        __asm__ volatile("ud2; ud2");
}

TRIAL(ends_after_an_exception)
{
        expect_that(thread_here(1), "a thread is made");
        thread_start(thread_id(1), end_by_an_exception, &stack);
        L4_Set_Priority(L4_Myself(), 50);
        for (;;)
                ;
}

TRIAL(looks)
{
        note(7, 8, 9, 10, 11);
        look(1);
        look(2);
}

TRIAL(ends_with_a_thread_left)
{
        expect_that(thread_here(1), "a thread is made");
}
