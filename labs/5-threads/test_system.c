// SPDX-License-Identifier: MIT
// Tests by user code: the trials of user/trial5.
#include <h4/system.h>
#include <h4/test.h>
#include <l4/kip.h>
#include <l4/pool.h>
#include <l4/schedule.h>
#include <l4/space.h>

#define PROGRAM "trial5"

#define RUN(trial)                                                             \
        TEST(trial)                                                            \
        {                                                                      \
                system_begin(PROGRAM);                                         \
                system_run(#trial);                                            \
        }

TEST(the_page_is_found)
{
        system_begin(PROGRAM);
        system_start("the_page_is_found");
        system_until_look(1);
        const struct thread *root = thread_find(ID_ROOT);
        if (!root || !root->space)
                fail("there is no root thread in the table, or it has no space");
        expect_hex(root->space->kip, system_note(0, 0),
                   "KernelInterface: EAX, where the space has the page");
        expect_hex(KIP_KERNEL_ID, system_note(0, 1), "KernelInterface: ESI");
        expect_hex(KIP_KERNEL_ID,
                   system_user_word(root->space->kip +
                                    system_user_word(root->space->kip +
                                                     KIP_DESCRIPTION)),
                   "the kernel's ID in the page");
        system_until_end();
        system_expect_sound("after the trial");
}

RUN(the_page_is_found_and_nothing_else)

TEST(the_clock_goes_on)
{
        system_begin(PROGRAM);
        system_start("the_clock_goes_on");
        system_until_look(1);
        uint64_t before = h_clock();
        system_until_look(2);
        uint64_t said = (uint64_t)system_note(0, 3) << 32 | system_note(0, 2);
        uint64_t after = h_clock();
        expect_bool(true, before <= said && said <= after,
                    "SystemClock says a time between two others");
        expect_bool(true, after - before >= 5000, "5 ms have gone by");
        system_until_end();
}

TEST(a_thread_begins_where_it_is_told)
{
        system_begin(PROGRAM);
        system_start("a_thread_begins_where_it_is_told");
        system_until_look(1);
        const struct thread *thread = thread_numbered(NUMBER_USER + 3);
        if (!thread)
                fail("the thread is not in the table");
        expect_number(THREAD_RECEIVING, thread->state,
                      "its state before it begins");
        expect_hex(ID_ROOT, system_thread(), "who runs");
        system_until_look(2);
        expect_number(STOPPED_HALTED, thread->stopped, "it has stopped itself");
        system_until_end();
}

TEST(threads_come_and_go)
{
        system_begin(PROGRAM);
        system_start("threads_come_and_go");
        system_until_look(1);
        system_expect_all_back("all threads and spaces have been ended");
        system_expect_sound("all threads and spaces have been ended");
        system_until_end();
}

TEST(thread_control_refuses)
{
        system_begin(PROGRAM);
        system_start("thread_control_refuses");
        system_until_look(1);
        system_expect_all_back("nothing has been done");
        system_until_end();
}

RUN(exchange_registers_refuses)
RUN(thread_switch_gives_turns)
RUN(thread_switch_to_a_lower_one)
RUN(the_highest_priority_runs)
RUN(schedule_refuses)

// Of what the timer has interrupted: how often in a row each of two threads.
TEST(time_slices_end)
{
        system_begin(PROGRAM);
        system_run("time_slices_end");
        const uint32_t ids[] = { system_note(0, 0), system_note(0, 1) };
        const uint32_t due[] = { 3, 6 };

        uint32_t whole = 0, length = 0, last = ID_NIL;
        for (uint32_t i = 0; i < system_turns(); i++) {
                uint32_t turn = system_turn(i);
                for (unsigned j = 0; j < 2 && turn != last; j++)
                        // Where the first one began is not known.
                        if (last == ids[j] && whole++ > 0)
                                expect_number(due[j], length,
                                              "timer interrupts before the "
                                              "turn of thread %u is over",
                                              j + 1);
                length = turn == last ? length + 1 : 1;
                last = turn;
        }
        expect_bool(true, whole >= 4, "both threads have had their turns");
}

// Whatever they are: the kernel goes on, H is sound, and who made the calls can still
// end all that has come of them.
TEST(any_arguments)
{
        system_begin(PROGRAM);
        system_allow_exceptions();
        system_limit(1000, 100000);
        system_give(random_word());
        system_give(400);
        system_start("any_arguments");
        system_until_look(1);
        expect_bool(true, system_note(0, 0) > 3,
                    "some calls are done: %u have changed a thread",
                    system_note(0, 0));
        system_expect_sound("after many system calls");
        system_expect_all_back("after many system calls");
        system_until_end();
}
