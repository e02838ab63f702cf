// SPDX-License-Identifier: MIT
// Tests of ThreadControl by user code.
#include <l4/pool.h>
#include <l4/schedule.h>
#include <l4/space.h>
#include <l4/stand_in/no_messages.h>

#include "trials.h"

static void
expect_counts(uint32_t n, uint32_t threads, uint32_t active, const char *when)
{
        const struct space *space = numbered(n)->space;

        expect_number(threads, space->threads,
                      "threads that the space counts, %s", when);
        expect_number(active, space->active,
                      "active threads that the space counts, %s", when);
}

TEST(a_new_thread)
{
        system_begin(PROGRAM);
        system_start("a_new_thread");
        system_until_look(1);
        const struct thread *one = numbered(1);
        expect_number(THREAD_RECEIVING, one->state, "state of a new thread");
        expect_number(PRIORITY_DEFAULT, one->priority,
                      "priority of a new thread");
        expect_number(SLICE_DEFAULT, one->slice, "its time slice");
        expect_number(SLICE_DEFAULT, one->slice_left, "slice_left");
        expect_bool(true, one->quantum_left == QUANTUM_NEVER,
                    "it has no limit of time");
        expect_number(0, one->delay, "its delay of preemption");
        expect_hex(ID_ROOT, one->scheduler, "its scheduler");
        expect_hex(one->id, utcb_read(one, UTCB_MY_GLOBAL_ID),
                   "its UTCB: my global ID");
        expect_hex(one->local, utcb_read(one, UTCB_LOCAL_ID),
                   "its UTCB: the local ID");
        expect_hex(ID_ROOT, utcb_read(one, UTCB_PAGER), "its UTCB: the pager");
        expect_counts(0, 2, 2, "with an active thread more");
        system_until_look(2);
        const struct thread *two = numbered(2);
        expect_number(THREAD_INACTIVE, two->state, "state without a pager");
        expect_hex(one->id, two->scheduler, "the scheduler of that one");
        expect_counts(0, 3, 2, "with an inactive thread more");
        system_until_look(3);
        expect_number(THREAD_RECEIVING, two->state,
                      "its state when it is active");
        expect_number(PRIORITY_DEFAULT, two->priority, "its priority then");
        expect_counts(0, 3, 3, "when that is active");
        expect_hex(numbered(0)->local + 5 * UTCB_SIZE, two->local,
                   "where its UTCB is, as was said last while it was inactive");
        system_until_look(4);
        for (uint32_t n = 3; n < 5; n++) {
                expect_number(THREAD_RECEIVING, numbered(n)->state,
                              "state of one that is its own pager");
                expect_hex(numbered(n)->id, utcb_read(numbered(n), UTCB_PAGER),
                           "its UTCB: the pager");
        }
        system_until_end();
}

TEST(thread_control_changes)
{
        system_begin(PROGRAM);
        system_start("thread_control_changes");
        system_until_look(1);
        const struct thread *one = numbered(1);
        uint32_t id = one->id, other = id_make(id_number(id), 9);
        expect_hex(id, one->scheduler, "its scheduler, which it is itself");
        expect_hex(ID_ROOT, utcb_read(one, UTCB_PAGER), "its pager stays");
        system_until_look(2);
        expect_hex(id_make(999, 1), utcb_read(one, UTCB_PAGER), "its pager");
        expect_hex(id, one->scheduler, "its scheduler stays");
        system_until_look(3);
        expect_hex(id, utcb_read(one, UTCB_PAGER),
                   "its pager, which it is itself");
        system_until_look(4);
        expect_bool(false, thread_find(id) != NULL,
                    "thread_find(0x%08x), its "
                    "old ID",
                    id);
        expect_bool(true, thread_find(other) == one,
                    "thread_find(0x%08x), its "
                    "new ID",
                    other);
        expect_hex(other, utcb_read(one, UTCB_MY_GLOBAL_ID),
                   "its UTCB: my global ID");
        system_until_look(5);
        expect_hex(ID_ROOT, one->scheduler,
                   "its scheduler, said by a local ID");
        expect_hex(ID_ROOT, utcb_read(one, UTCB_PAGER),
                   "its pager, said by a local ID");
        expect_counts(0, 2, 2, "after changes");
        system_until_end();
}

TEST(threads_move)
{
        system_begin(PROGRAM);
        system_start("threads_move");
        system_until_look(1);
        expect_bool(true, numbered(2)->space == numbered(1)->space,
                    "an inactive thread is in another space");
        expect_counts(0, 1, 1, "after one has left");
        expect_counts(1, 2, 1, "after one has come");
        system_until_look(2);
        expect_bool(true, numbered(2)->space == numbered(3)->space,
                    "an active thread is in another space");
        expect_counts(1, 1, 1, "after one has left");
        expect_counts(3, 2, 2, "after one has come");
        expect_hex(numbered(2)->local, utcb_read(numbered(2), UTCB_LOCAL_ID),
                   "the local ID in the UTCB that has moved");
        expect_hex(numbered(3)->local + 5 * UTCB_SIZE, numbered(2)->local,
                   "where its UTCB is, as was said when it was made");
        expect_hex(numbered(3)->id, utcb_read(numbered(2), UTCB_PAGER),
                   "the pager that it got when it moved");
        system_until_look(3);
        expect_counts(1, 1, 1, "after a move that was refused");
        expect_counts(3, 2, 2, "after a move that was refused");
        system_until_look(4);
        expect_bool(true, numbered(1)->space == numbered(2)->space,
                    "the last thread of a space is in another one");
        expect_counts(2, 2, 2, "after one has come");
        system_until_look(5);
        expect_bool(true, numbered(4)->space == numbered(2)->space,
                    "one that was inactive has moved and is active");
        expect_counts(0, 1, 1, "after that one has left");
        expect_counts(2, 3, 3, "after that one has come");
        system_until_look(6);
        system_expect_all_back("all threads have been ended");
        system_until_end();
}

static void
expect_handled(uint32_t times, const struct thread *handler, const char *what)
{
        expect_number(times, asked_handle.times,
                      "calls of interrupt_handle, after %s", what);
        if (times == 0)
                return;
        expect_hex(id_interrupt(5),
                   asked_handle.line ? asked_handle.line->id : 0,
                   "the line of interrupt_handle, after %s", what);
        expect_hex(handler ? handler->id : 0,
                   asked_handle.handler ? asked_handle.handler->id : 0,
                   "the handler of interrupt_handle, after %s", what);
}

TEST(lines_get_handlers)
{
        system_begin(PROGRAM);
        line_taken(5);
        line_taken(6);
        asked_handle.answer = CALL_OK;
        system_start("lines_get_handlers");
        system_until_look(1);
        expect_handled(0, NULL, "a handler that is nil");
        const struct thread *root = thread_find(ID_ROOT);
        system_until_look(2);
        expect_handled(1, root, "a handler");
        system_until_look(3);
        expect_handled(2, root, "a handler by its local ID");
        system_until_look(4);
        expect_handled(3, NULL, "the line itself as the handler");
        system_until_look(5);
        expect_handled(3, NULL, "nothing but errors");
        asked_handle.answer = CALL_BAD_PARAMETER;
        system_until_end();
        expect_handled(5, NULL, "two answers of interrupt_handle's");
}

RUN_IN_SPACES(thread_control_needs_privilege)

TEST(thread_control_looks_in_order)
{
        system_begin(PROGRAM);
        line_taken(5);
        system_run("thread_control_looks_in_order");
}

TEST(refused_changes_change_nothing)
{
        system_begin(PROGRAM);
        system_start("refused_changes_change_nothing");
        system_until_look(1);
        struct thread one = *numbered(1), two = *numbered(2);
        uint32_t left = pool_left();
        system_until_look(2);
        expect_same(&one, numbered(1), "an active thread");
        expect_same(&two, numbered(2), "an inactive thread");
        expect_hex(ID_ROOT, utcb_read(numbered(1), UTCB_PAGER), "its pager");
        expect_hex(one.id, utcb_read(numbered(1), UTCB_MY_GLOBAL_ID),
                   "its UTCB: my global ID");
        expect_counts(0, 3, 2, "after nothing but errors");
        expect_counts(3, 1, 1, "after nothing but errors");
        expect_number(left, pool_left(), "pages left");
        expect_bool(false, thread_numbered(NUMBER_USER + 2 + 4) != NULL,
                    "a thread that was not made is in the table");
        system_until_end();
}

TEST(threads_run_out)
{
        system_begin(PROGRAM);
        // A kernel that is right may be several times slower than the reference.
        system_limit(5 * SYSTEM_TICKS, SYSTEM_EVENTS);
        system_start("threads_run_out");
        system_until_look(1);
        system_expect_all_back("as many threads as there may be");
        // A few spaces are enough, if there are few pages.
        static struct h_region taken[256];
        struct h_pagemap_page page;
        uint32_t count = 0;
        while (pool_left() > 10 && count < 256 && pool_take(&page))
                taken[count++] = page.page;
        system_until_look(2);
        while (count > 0)
                pool_give(taken[--count]);
        expect_bool(false, thread_find(system_note(0, 0)) != NULL,
                    "thread_find(0x%08x), for which there was no space",
                    system_note(0, 0));
        uint32_t refused = id_number(system_note(0, 0));
        for (uint32_t number = NUMBER_USER + 3; number < refused; number++)
                expect_bool(true, thread_numbered(number) != NULL,
                            "thread_numbered(%u), which was made with a space "
                            "of its own",
                            number);
        system_until_look(3);
        system_expect_all_back("as many spaces as there may be");
        system_until_end();
}
