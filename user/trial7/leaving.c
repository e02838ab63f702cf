// SPDX-License-Identifier: MIT
// Trials: spaces that end while others have memory from them, and memory that runs out.
#include "task.h"

TRIAL(what_others_have_from_a_space_ends_with_it)
{
        for (L4_Word_t n = 1; n <= 4; n++)
                task_begin(n);
        lend_store(1);
        lend_store(4);
        hand_on_store(1, 2);
        hand_on_store(2, 3);
        *store_word(0) = 11;
        expect_word(11, peek(3, PLACE), "it is there");
        task_end(1);
        expect_word(NOTHING, peek(2, PLACE), "who has it from there");
        expect_word(NOTHING, peek(3, PLACE), "and who has it from that one");
        expect_word(11, peek(4, PLACE), "not who has it from elsewhere");
        expect_word(11, *store_word(0), "nor where it comes from");
        tasks_end();
        look(1);
}

TRIAL(a_space_in_the_middle_ends)
{
        for (L4_Word_t n = 1; n <= 3; n++)
                task_begin(n);
        lend_store(1);
        hand_on_store(1, 2);
        hand_on_store(2, 3);
        task_end(2);
        expect_word(NOTHING, peek(3, PLACE), "who has it from there");
        expect_that(peek(1, PLACE) != NOTHING, "not who it is from");
        hand_on_store(1, 3);
        expect_that(peek(3, PLACE) != NOTHING, "it comes another way");
        tasks_end();
        look(1);
}

TRIAL(a_space_ends_with_its_last_thread)
{
        for (L4_Word_t n = 1; n <= 2; n++)
                task_begin(n);
        task_beside(3, 1);
        lend_store(1);
        hand_on_store(1, 2);
        task_end(1);
        expect_that(peek(2, PLACE) != NOTHING, "there is one more");
        expect_that(peek(3, PLACE) != NOTHING, "which has all that it had");
        task_end(3);
        expect_word(NOTHING, peek(2, PLACE), "now there is none");
        tasks_end();
        look(1);
}

TRIAL(a_space_ends_when_its_thread_moves)
{
        task_begin(1);
        task_begin(2);
        task_beside(3, 1);
        lend_store(1);
        hand_on_store(1, 2);
        task_end(1);
        expect_word(0,
                    thread_control(thread_id(3), thread_id(2), L4_nilthread,
                                   L4_nilthread, SAME),
                    "it moves to the other one's space");
        expect_word(NOTHING, peek(2, PLACE), "its old space is no more");
        tasks_end();
        look(1);
}

TRIAL(spaces_begin_and_end)
{
        for (L4_Word_t i = 0; i < 3; i++) {
                for (L4_Word_t n = 1; n <= 4; n++)
                        task_begin(n);
                lend_store(1);
                hand_on_store(1, 2);
                hand_on_store(2, 3);
                grant(3, 4, pages(PLACE, STORE_LOG2, ALL), PLACE, WHOLE);
                expect_that(peek(4, PLACE + 3 * BYTES) != NOTHING, "it comes");
                task_end(1 + i % 4);
                tasks_end();
        }
        look(1);
}

TRIAL(a_space_that_has_granted_ends)
{
        task_begin(1);
        task_begin(2);
        lend_store(1);
        *store_word(1) = 6;
        expect_that(grant(1, 2, pages(PLACE, STORE_LOG2, ALL), PLACE, WHOLE),
                    "it is granted");
        task_end(1);
        expect_word(6, peek(2, PLACE + BYTES), "it stays");
        task_end(2);
        tasks_end();
        look(1);
}

// Each place needs a page-table of its own: there are not so many.
TRIAL(there_are_no_page_tables_left)
{
        L4_Word_t there = 0;
        L4_Word_t tries = 0;

        task_begin(1);
        for (L4_Word_t at = 0x10000000; at < 0xB0000000; at += 0x400000) {
                tries++;
                expect_that(
                        map(0, 1, pages(store_at(0), 12, ALL), 0, page_at(at)),
                        "that is no error");
                if (peek(1, at) == NOTHING)
                        break;
                there++;
        }
        expect_that(there > 20 && there < tries, "some, and no more");
        expect_that(peek(1, 0x10000000) != NOTHING, "the first one is there");
        unmap(0, pages(store_at(0), 12, ALL));
        expect_word(NOTHING, peek(1, 0x10000000), "all are taken away");
        lend_store(1);
        expect_that(peek(1, PLACE) != NOTHING, "and there is room again");
        tasks_end();
        look(1);
}

// Without a table for the page that it asks for, a task cannot go on; others can.
TRIAL(others_go_on_without_page_tables)
{
        L4_Word_t at = 0x10000000;

        task_begin(1);
        task_begin(2);
        lend_store(2);
        for (; at < 0xB0000000; at += 0x400000) {
                map(0, 1, pages(store_at(0), 12, ALL), 0, page_at(at));
                if (peek(1, at) == NOTHING)
                        break;
        }
        expect_that(poke(2, PLACE, 3), "another task");
        expect_word(8,
                    thread_in_new_space(3, OTHER_KIP, thread_id(1))
                            ? 0
                            : L4_ErrorCode(),
                    "a new space: no memory");
        task_end(3);
        task_end(1);
        task_begin(3);
        lend_store(3);
        expect_word(3, peek(3, PLACE), "a new task, when the first has ended");
        tasks_end();
        look(1);
}
