// SPDX-License-Identifier: MIT
// Trials: what takes long, looked at in the middle. The trial's thread wakes up while a task
// unmaps, maps or grants many pages, or a space ends: each page is with whom it was before, or
// with whom it will be, and shows what it is to show.
//
//     the trial's 8 pages --> task 1: 8 pages, out of them 8 more, 16, 32 ... 256 in all
//                                       --> task 3: all of them
//
// Task 2 is in the space of the first one, task 4 in that of the third one.
#include "task.h"

#include <l4/exchange.h>
#include <l4/schedule.h>

#define MANY_LOG2 20u
#define MANY 256u
#define FIRST_WORD 100u

// Pages that are looked at: so far apart that all of the trial's are among them.
#define STEP 19u
#define SAMPLES ((MANY + STEP - 1) / STEP)

#define ENDER 11u // a thread of the trial's space
#define ABORTED (7u << 1 | 1)
#define MOST_NAPS 200u

static void
nap(void)
{
        L4_Sleep(L4_TimePeriod(1000));
}

// Before those that are looked at go on: nothing changes between two of its looks.
static void
make_urgent(L4_Word_t n)
{
        L4_Set_Priority(thread_id(n), 200);
}

static void
prepare(void)
{
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                *store_word(i) = FIRST_WORD + i;
        task_begin(1);
        task_beside(2, 1);
        task_begin(3);
        task_beside(4, 3);
        make_urgent(TASK_PAGER);
        make_urgent(2);
        make_urgent(4);
        lend_store(1);
        for (L4_Word_t log2 = STORE_LOG2; log2 < MANY_LOG2; log2++)
                expect_that(map(1, 2, pages(PLACE, log2, ALL), 0,
                                fpage(PLACE + (1u << log2), log2)),
                            "as many again");
}

static void
hand_on_many(void)
{
        expect_that(map(1, 3, pages(PLACE, MANY_LOG2, ALL), 0,
                        fpage(PLACE, MANY_LOG2)),
                    "they are handed on");
}

// How many of the pages a task has.
static L4_Word_t
there(L4_Word_t n)
{
        L4_Word_t count = 0;

        for (L4_Word_t i = 0; i < MANY; i += STEP) {
                L4_Word_t word = peek(n, PLACE + i * BYTES);
                if (word == NOTHING)
                        continue;
                expect_word(FIRST_WORD + i % STORE_PAGES, word, "which it is");
                count++;
        }
        return count;
}

// Until some of the pages have gone, or have come.
static L4_Word_t
half_way(L4_Word_t n)
{
        L4_Word_t before = there(n);
        L4_Word_t now = before;

        for (L4_Word_t i = 0; i < MOST_NAPS && now == before; i++) {
                nap();
                now = there(n);
        }
        expect_that(now > 0 && now < SAMPLES, "it takes longer");
        return now;
}

static void
begin_unmap(void)
{
        expect_word(SAMPLES, there(4), "all are there");
        orders[1] = (struct order){ .what = TASK_UNMAPS };
        orders[1].mr[0] = pages(PLACE, STORE_LOG2, ALL);
        task_starts(1);
}

// A message of the first one to the third one.
static void
begin_to_send(L4_Word_t kind)
{
        orders[1] = (struct order){ .what = TASK_SENDS, .to = thread_id(3) };
        orders[1].mr[0] = 2 << 6;
        orders[1].mr[1] = kind;
        orders[1].mr[2] = pages(PLACE, MANY_LOG2, ALL);
        orders[3] = (struct order){ .what = TASK_SENDS,
                                    .from = thread_id(1),
                                    .window = fpage(PLACE, MANY_LOG2) };
        task_starts(3);
        task_starts(1);
}

static void
expect_only_the_first_ones(void)
{
        expect_word(0, there(4), "who has them from there has none");
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                expect_word(FIRST_WORD + i, peek(2, PLACE + i * BYTES),
                            "it has what the trial has given");
        expect_word(NOTHING, peek(2, PLACE + STORE_PAGES * BYTES),
                    "and nothing that was made out of that");
}

static void
end(void)
{
        tasks_end();
        thread_end(ENDER);
        look(1);
}

// --- Looked on --------------------------------------------------------------------------

TRIAL(others_look_on_at_an_unmap)
{
        prepare();
        hand_on_many();
        begin_unmap();
        L4_Word_t before = half_way(4);
        nap();
        expect_that(there(4) <= before, "nothing comes back");
        task_is_over(1);
        expect_word(pages(PLACE, STORE_LOG2, READING),
                    orders[1].mr[0] & ~WRITING, "they have been used");
        expect_only_the_first_ones();
        end();
}

TRIAL(others_look_on_at_many_pages_that_come)
{
        prepare();
        begin_to_send(0x8);
        L4_Word_t before = half_way(4);
        nap();
        expect_that(there(4) >= before, "nothing goes");
        task_is_over(3);
        task_is_over(1);
        expect_word(SAMPLES, there(4), "all are there");
        expect_word(SAMPLES, there(2), "and where they come from");
        end();
}

// Each page is in one of the two spaces.
static L4_Word_t
count_granted(void)
{
        L4_Word_t granted = 0;

        for (L4_Word_t i = 0; i < MANY; i += STEP) {
                L4_Word_t from = peek(2, PLACE + i * BYTES);
                L4_Word_t to = peek(4, PLACE + i * BYTES);
                expect_word(FIRST_WORD + i % STORE_PAGES,
                            from == NOTHING ? to : from, "which it is");
                expect_that(from == NOTHING || to == NOTHING, "one has it");
                granted += to != NOTHING;
        }
        return granted;
}

TRIAL(others_look_on_at_a_grant)
{
        prepare();
        begin_to_send(0xA);
        half_way(4);
        for (L4_Word_t before = 0; before < SAMPLES;) {
                L4_Word_t now = count_granted();
                expect_that(now >= before, "nothing comes back");
                before = now;
                L4_Sleep(L4_TimePeriod(8000));
        }
        task_is_over(3);
        task_is_over(1);
        expect_word(0, there(2), "the one has nothing any more");
        end();
}

static struct stack stack;

static void
end_the_space(void)
{
        L4_Receive(thread_id(0));
        thread_end(2);
        thread_end(1);
        L4_LoadMR(0, 0);
        L4_Send(thread_id(0));
        L4_Sleep(L4_Never);
}

TRIAL(others_look_on_at_a_space_s_end)
{
        prepare();
        hand_on_many();
        expect_that(thread_here(ENDER), "one who ends it");
        L4_Set_Priority(thread_id(ENDER), 100);
        thread_start(thread_id(ENDER), end_the_space, &stack);
        L4_LoadMR(0, 0);
        L4_Send(thread_id(ENDER));
        L4_Word_t before = half_way(4);
        nap();
        expect_that(there(4) <= before, "nothing comes back");
        expect_that(L4_IpcSucceeded(L4_Receive(thread_id(ENDER))),
                    "the call is over");
        expect_word(0, there(4), "nothing is left then");
        expect_word(FIRST_WORD, *store_word(0), "but where it comes from");
        end();
}

// --- Stopped ------------------------------------------------------------------------------

TRIAL(who_unmaps_is_halted)
{
        prepare();
        hand_on_many();
        begin_unmap();
        L4_Word_t before = half_way(4);
        exchange_control(thread_id(1), 0x101);
        nap();
        expect_that(there(4) <= before, "nothing comes back");
        exchange_control(thread_id(1), 0x100);
        task_is_over(1);
        expect_only_the_first_ones();
        end();
}

// What is gone is gone, and what is there can be taken away by another thread.
TRIAL(who_unmaps_ends)
{
        prepare();
        hand_on_many();
        begin_unmap();
        half_way(4);
        task_end(1);
        L4_Word_t left = there(4);
        nap();
        expect_word(left, there(4), "nobody goes on");
        unmap(2, pages(PLACE, STORE_LOG2, ALL));
        expect_only_the_first_ones();
        end();
}

TRIAL(who_maps_is_cancelled)
{
        prepare();
        begin_to_send(0x8);
        half_way(4);
        exchange_control(thread_id(1), 6);
        L4_Word_t came = there(4);
        task_is_over(3);
        task_is_over(1);
        expect_word(ABORTED, orders[3].error, "the receiver is told");
        expect_word(ABORTED & ~1u, orders[1].error, "and so is the sender");
        expect_word(came, there(4), "what has come is there, and no more");
        expect_word(SAMPLES, there(2), "where it comes from it is all");
        unmap(2, pages(PLACE, STORE_LOG2, ALL));
        expect_only_the_first_ones();
        end();
}

TRIAL(who_maps_ends)
{
        prepare();
        begin_to_send(0x8);
        half_way(4);
        task_end(1);
        L4_Word_t came = there(4);
        task_is_over(3);
        expect_word(ABORTED, orders[3].error, "the receiver is told");
        expect_word(came, there(4), "what has come is there, and no more");
        unmap(2, pages(PLACE, STORE_LOG2, ALL));
        expect_only_the_first_ones();
        end();
}

TRIAL(who_grants_ends)
{
        prepare();
        begin_to_send(0xA);
        half_way(4);
        task_end(1);
        L4_Word_t came = count_granted();
        task_is_over(3);
        expect_word(ABORTED, orders[3].error, "the receiver is told");
        nap();
        expect_word(came, count_granted(), "nobody goes on");
        flush(2, WHOLE | ALL);
        flush(4, WHOLE | ALL);
        unmap(0, pages(store_at(0), STORE_LOG2, ALL));
        expect_word(0, there(4), "nobody has anything");
        end();
}
