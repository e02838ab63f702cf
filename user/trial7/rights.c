// SPDX-License-Identifier: MIT
// Trials: rights, which become fewer from one task to the next.
#include "task.h"

static void
hand_on(L4_Word_t from, L4_Word_t to, L4_Word_t rights)
{
        L4_Word_t first = from == 0 ? store_at(0) : PLACE;

        expect_that(map(from, to, pages(first, 12, rights), 0, page_at(PLACE)),
                    "a page is sent");
}

TRIAL(a_page_for_reading)
{
        *store_word(0) = 5;
        task_begin(1);
        hand_on(0, 1, READING);
        expect_word(5, peek(1, PLACE), "it is read");
        expect_that(!poke(1, PLACE, 6), "and not written");
        expect_word(0xFFE20002, last_fault.tag, "the page fault says so");
        expect_word(PLACE, last_fault.first, "and where");
        expect_word(5, *store_word(0), "it is as it was");
}

TRIAL(a_page_for_writing_can_be_read)
{
        task_begin(1);
        hand_on(0, 1, WRITING);
        expect_that(poke(1, PLACE, 6), "it is written");
        expect_word(6, peek(1, PLACE), "and read");
}

TRIAL(a_page_without_rights_is_none)
{
        task_begin(1);
        hand_on(0, 1, 0);
        expect_word(NOTHING, peek(1, PLACE), "nothing is mapped");
}

TRIAL(nobody_gives_rights_that_he_has_not)
{
        *store_word(0) = 5;
        task_begin(1);
        task_begin(2);
        hand_on(0, 1, READING | EXECUTING);
        hand_on(1, 2, ALL);
        expect_word(5, peek(2, PLACE), "it is read");
        expect_that(!poke(2, PLACE, 6), "and not written");
}

TRIAL(rights_are_added)
{
        task_begin(1);
        hand_on(0, 1, READING);
        expect_that(!poke(1, PLACE, 6), "for reading");
        hand_on(0, 1, ALL);
        expect_that(poke(1, PLACE, 6), "and then for writing");
        expect_word(6, *store_word(0), "the same page");
}

TRIAL(rights_are_not_taken_by_mapping)
{
        task_begin(1);
        hand_on(0, 1, ALL);
        hand_on(0, 1, READING);
        expect_that(poke(1, PLACE, 6), "it may still be written");
}

TRIAL(what_comes_back_is_not_more)
{
        task_begin(1);
        task_begin(2);
        hand_on(0, 1, ALL);
        hand_on(1, 2, READING);
        expect_that(
                map(2, 1, pages(PLACE, 12, ALL), 0, page_at(PLACE + 2 * BYTES)),
                "back to where it came from");
        expect_that(poke(1, PLACE, 6), "one place is as it was");
        expect_that(!poke(1, PLACE + 2 * BYTES, 7), "the other for reading");
        expect_word(6, peek(1, PLACE + 2 * BYTES), "the same page");
}

TRIAL(the_right_to_write_is_taken_away)
{
        task_begin(1);
        hand_on(0, 1, ALL);
        expect_that(poke(1, PLACE, 6), "for writing");
        unmap(0, pages(store_at(0), 12, WRITING));
        expect_that(!poke(1, PLACE, 7), "no more");
        expect_word(6, peek(1, PLACE), "but for reading");
        *store_word(0) = 8;
        expect_word(8, peek(1, PLACE), "who has taken it may write");
}

TRIAL(rights_are_taken_from_all_below)
{
        task_begin(1);
        task_begin(2);
        task_begin(3);
        hand_on(0, 1, ALL);
        hand_on(1, 2, ALL);
        hand_on(2, 3, ALL);
        unmap(1, pages(PLACE, 12, WRITING));
        expect_that(poke(1, PLACE, 6), "not from oneself");
        expect_that(!poke(2, PLACE, 7), "from the next one");
        expect_that(!poke(3, PLACE, 7), "and the one behind it");
        expect_word(6, peek(3, PLACE), "which has it still");
        flush(1, pages(PLACE, 12, WRITING));
        expect_that(!poke(1, PLACE, 8), "now from oneself too");
        *store_word(0) = 9;
        expect_word(9, peek(1, PLACE), "which may read");
}

TRIAL(rights_that_were_taken_are_not_handed_on)
{
        task_begin(1);
        task_begin(2);
        hand_on(0, 1, ALL);
        flush(1, pages(PLACE, 12, WRITING));
        hand_on(1, 2, ALL);
        expect_that(!poke(2, PLACE, 7), "for reading");
        hand_on(0, 1, ALL);
        hand_on(1, 2, ALL);
        expect_that(poke(2, PLACE, 7), "with the right it comes back");
}

TRIAL(the_right_to_read_takes_all)
{
        task_begin(1);
        hand_on(0, 1, ALL);
        unmap(0, pages(store_at(0), 12, READING));
        expect_word(NOTHING, peek(1, PLACE), "nothing is left");
}

TRIAL(the_right_to_execute_is_only_told)
{
        task_begin(1);
        hand_on(0, 1, ALL);
        unmap(0, pages(store_at(0), 12, EXECUTING));
        expect_that(poke(1, PLACE, 7), "reading and writing stay");
}
