// SPDX-License-Identifier: MIT
// Tests by user code, but for ThreadControl's own.
#include <l4/kip.h>
#include <l4/pool.h>
#include <l4/schedule.h>
#include <l4/space.h>
#include <l4/stand_in/no_messages.h>
#include <l4/stand_in/typed_asked.h>

#include "trials.h"

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
}

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
        system_give(100);
        system_start("any_arguments");
        system_until_look(1);
        system_expect_sound("after many system calls");
        system_expect_all_back("after many system calls");
        system_until_end();
}

// --- Schedule and ThreadSwitch --------------------------------------------------------

TEST(schedule_is_for_schedulers)
{
        system_begin(PROGRAM);
        system_allow_exceptions();
        line_taken(5);
        system_run("schedule_is_for_schedulers");
}

TEST(thread_switch_to_nobody)
{
        system_begin(PROGRAM);
        line_taken(5);
        system_start("thread_switch_to_nobody");
        system_until_look(1);
        thread_look(numbered(4));
        system_until_end();
}

// Nobody sends in this lab: the thread waits for its start.
TEST(schedule_tells_states)
{
        system_begin(PROGRAM);
        system_start("schedule_tells_states");
        system_until_look(1);
        struct thread *two = numbered(2);
        two->state = THREAD_SENDING;
        system_until_look(2);
        two->state = THREAD_RECEIVING;
        system_until_look(3);
        two->under_way.receiver = two;
        system_until_look(4);
        two->under_way.receiver = NULL;
        two->under_way.before.carried_by = two;
        system_until_look(5);
        two->under_way.before.carried_by = NULL;
        system_until_end();
}

static void
expect_interrupted(uint32_t due, const char *what)
{
        uint32_t id = numbered(1)->id, times = 0;

        for (uint32_t i = 0; i < system_turns(); i++)
                times += system_turn(i) == id;
        expect_number(due, times,
                      "how often the timer has interrupted a thread until %s",
                      what);
}

// A message that says that a total quantum has ended is not sent any more when there is
// another one. Whatever else the thread waits for goes on.
static void
waits_with_a_new_quantum(uint32_t look)
{
        static const uint8_t roles[] = { ROLE_USER,       ROLE_START,
                                         ROLE_PAGE_FAULT, ROLE_EXCEPTION,
                                         ROLE_PREEMPTION, ROLE_INTERRUPT };
        static const uint8_t states[] = { THREAD_READY, THREAD_SENDING,
                                          THREAD_RECEIVING };
        struct thread *one = numbered(1);
        uint32_t times = asked_end.times;

        for (uint32_t i = 0; i < sizeof(roles); i++)
                for (uint32_t j = 0; j < sizeof(states); j++) {
                        bool ends = roles[i] == ROLE_PREEMPTION &&
                                    states[j] == THREAD_SENDING;
                        one->role = roles[i];
                        one->state = states[j];
                        if (ends) // nobody else sends this
                                one->stopped |= STOPPED_QUANTUM;
                        system_until_look(++look);
                        times += ends;
                        expect_number(times, asked_end.times,
                                      "calls of ipc_end, after a new quantum "
                                      "for a thread in state %u (2 SENDING) "
                                      "and role %u (4 preemption)",
                                      states[j], roles[i]);
                        if (ends)
                                expect_number(IPC_CANCELLED, asked_end.error,
                                              "ipc_end's error");
                }
        one->role = ROLE_USER;
        one->state = THREAD_READY;
}

TEST(a_total_quantum_ends)
{
        system_begin(PROGRAM);
        system_start("a_total_quantum_ends");
        system_until_look(1);
        expect_interrupted(3, "its total quantum of 3 ms is used up");
        system_until_look(2);
        expect_interrupted(4, "another one of 1 ms is used up");
        system_until_look(3);
        waits_with_a_new_quantum(3);
        system_until_end();
}

static void
expect_set(uint32_t due, uint32_t found, const char *what, uint32_t i,
           const char *call)
{
        expect_number(due, found, "call %u (%s): %s", i + 1, call, what);
}

// As a slice it is without an end, as a total quantum it is not.
#define LONG (3ull << 31)

TEST(schedule_sets_each)
{
        static const struct {
                const char *call;
                uint32_t slice;
                uint64_t quantum;
                uint32_t priority, sensitive, delay;
        } due[] = {
                { "slice 4 ms", 4000, 0, 100, 100, 0 },
                { "quantum 8 ms", 4000, 8000, 100, 100, 0 },
                { "slice never", 0, 8000, 100, 100, 0 },
                { "slice 2 ms, quantum never", 2000, 0, 100, 100, 0 },
                { "ECX 0x13c", 2000, 0, 60, 100, 0 },
                { "EDI 0xff500929", 2000, 0, 60, 80, 2345 },
                { "ECX 200", 2000, 0, 200, 200, 2345 },
                { "all ones", 2000, 0, 200, 200, 2345 },
                { "slice 3 ms, quantum 5 ms, ECX 90, EDI 0x640001", 3000, 5000,
                  90, 100, 1 },
                { "EDI 0x59ffff", 3000, 5000, 90, 90, 65535 },
                { "ECX 255", 3000, 5000, 255, 255, 65535 },
                { "slice and quantum of 3 * 2^31 us, ECX 0, EDI 0x140000", 0,
                  LONG, 0, 20, 0 },
                { "all ones", 0, LONG, 0, 20, 0 },
        };

        system_begin(PROGRAM);
        system_start("schedule_sets_each");
        for (uint32_t i = 0; i < sizeof(due) / sizeof(due[0]); i++) {
                system_until_look(i + 1);
                const struct thread *one = numbered(1);
                expect_set(due[i].slice, one->slice, "slice", i, due[i].call);
                expect_set(due[i].slice, one->slice_left, "slice_left", i,
                           due[i].call);
                expect_bool(
                        due[i].quantum == 0, one->quantum_left == QUANTUM_NEVER,
                        "call %u (%s): no limit of time", i + 1, due[i].call);
                if (due[i].quantum == LONG)
                        expect_bool(true, one->quantum_left == LONG,
                                    "call %u (%s): quantum_left is that long",
                                    i + 1, due[i].call);
                else if (due[i].quantum != 0)
                        expect_set((uint32_t)due[i].quantum,
                                   (uint32_t)one->quantum_left, "quantum_left",
                                   i, due[i].call);
                expect_set(due[i].priority, one->priority, "priority", i,
                           due[i].call);
                if (i >= 5)
                        expect_set(due[i].sensitive, one->sensitive,
                                   "sensitive", i, due[i].call);
                expect_set(due[i].delay, one->delay, "delay", i, due[i].call);
                expect_set(due[i].delay, one->delay_left, "delay_left", i,
                           due[i].call);
        }
        system_until_end();
}

TEST(refused_schedules_change_nothing)
{
        system_begin(PROGRAM);
        system_start("refused_schedules_change_nothing");
        system_until_look(1);
        struct thread one = *numbered(1);
        system_until_look(2);
        expect_same(&one, numbered(1), "the thread");
        system_until_end();
}

// --- ExchangeRegisters ------------------------------------------------------------------

RUN(exchange_tells_all)
RUN(exchange_changes_each)
RUN(exchange_changes_six_flags)
RUN(exchange_halts)

// Nobody sends in this lab: the thread, which is halted, has nothing to do.
TEST(exchange_cancels_what_is_said)
{
        system_begin(PROGRAM);
        uint32_t before = asked_end.times;
        system_start("exchange_cancels_what_is_said");
        system_until_look(1);
        expect_number(1, asked_end.times - before,
                      "calls of ipc_end, for a thread that was RECEIVING once");
        expect_number(IPC_CANCELLED, asked_end.error, "ipc_end's error");
        expect_number(1, typed_asked.breaks,
                      "calls of typed_break, for the same thread");
        struct thread *one = numbered(1);
        one->state = THREAD_SENDING;
        system_until_look(2);
        expect_number(2, asked_end.times - before,
                      "calls of ipc_end, for one that was SENDING once more");
        expect_number(2, typed_asked.breaks, "calls of typed_break then");
        expect_bool(true, typed_asked.broken == one,
                    "typed_break is for the thread that is cancelled");
        // In the midst of a message, which ends with that.
        one->state = THREAD_SENDING;
        typed_asked.break_readies = true;
        system_until_end();
        expect_number(3, typed_asked.breaks, "calls of typed_break in all");
        expect_number(2, asked_end.times - before,
                      "calls of ipc_end, for one that waits for nothing when "
                      "its message has been broken off");
}

RUN(exchange_of_oneself)
RUN_IN_SPACES(exchange_of_other_spaces)

TEST(exchange_of_nobody)
{
        system_begin(PROGRAM);
        line_taken(5);
        system_run("exchange_of_nobody");
}
