// SPDX-License-Identifier: MIT
// Trials: grant items. Whoever grants a page has it no more.
#include "task.h"

// A page for the first task, at PLACE.
static void
begin(L4_Word_t tasks)
{
        *store_word(0) = 42;
        for (L4_Word_t n = 1; n <= tasks; n++)
                task_begin(n);
        expect_that(map(0, 1, pages(store_at(0), 12, ALL), 0, page_at(PLACE)),
                    "a page is mapped");
}

static void
give(L4_Word_t from, L4_Word_t to, L4_Word_t rights)
{
        expect_that(
                grant(from, to, pages(PLACE, 12, rights), 0, page_at(PLACE)),
                "it is granted");
}

TRIAL(a_page_is_granted)
{
        begin(2);
        give(1, 2, ALL);
        expect_word(NOTHING, peek(1, PLACE), "the one has it no more");
        expect_word(42, peek(2, PLACE), "the other has it");
        expect_that(poke(2, PLACE, 43), "with all rights");
}

// To the processor that is the right to read.
TRIAL(a_page_is_granted_for_executing)
{
        begin(2);
        give(1, 2, 1);
        expect_word(42, peek(2, PLACE), "the other has it");
        expect_word(NOTHING, peek(1, PLACE), "the one has it no more");
}

TRIAL(a_granted_page_is_from_where_it_was)
{
        begin(2);
        give(1, 2, ALL);
        task_end(1);
        expect_word(42, peek(2, PLACE), "who has granted it does not matter");
        unmap(0, pages(store_at(0), 12, ALL));
        expect_word(NOTHING, peek(2, PLACE), "who has mapped it takes it away");
}

TRIAL(what_was_made_out_of_it_goes_along)
{
        begin(3);
        expect_that(map(1, 2, pages(PLACE, 12, ALL), 0, page_at(PLACE)),
                    "the second one has it from the first one");
        give(1, 3, ALL);
        expect_word(42, peek(2, PLACE), "it keeps it");
        expect_that(poke(2, PLACE, 43), "with all rights");
        unmap(3, pages(PLACE, 12, ALL));
        expect_word(NOTHING, peek(2, PLACE), "and has it from the third one");
        expect_word(43, peek(3, PLACE), "which keeps it");
}

TRIAL(a_grant_of_fewer_rights)
{
        begin(3);
        expect_that(map(1, 2, pages(PLACE, 12, ALL), 0, page_at(PLACE)),
                    "the second one has it from the first one");
        give(1, 3, READING);
        expect_word(42, peek(3, PLACE), "the third one reads");
        expect_that(!poke(3, PLACE, 1), "and does not write");
        expect_word(42, peek(2, PLACE), "nor has the second one");
        expect_that(!poke(2, PLACE, 1), "more rights than that");
        expect_word(NOTHING, peek(1, PLACE), "the first one has nothing");
}

TRIAL(a_grant_of_more_rights)
{
        *store_word(0) = 42;
        task_begin(1);
        task_begin(2);
        expect_that(
                map(0, 1, pages(store_at(0), 12, READING), 0, page_at(PLACE)),
                "for reading");
        give(1, 2, ALL);
        expect_word(42, peek(2, PLACE), "it is read");
        expect_that(!poke(2, PLACE, 1), "and not written");
        expect_word(NOTHING, peek(1, PLACE), "the first one has nothing");
}

TRIAL(a_grant_takes_the_place)
{
        begin(3);
        *store_word(1) = 51;
        expect_that(map(0, 2, pages(store_at(1), 12, ALL), 0, page_at(PLACE)),
                    "another page");
        expect_that(map(2, 3, pages(PLACE, 12, ALL), 0, page_at(PLACE)),
                    "and what is made out of it");
        give(1, 2, ALL);
        expect_word(42, peek(2, PLACE), "in its place");
        expect_word(NOTHING, peek(3, PLACE), "that is taken away");
        expect_word(NOTHING, peek(1, PLACE), "the first one has nothing");
}

TRIAL(several_pages_are_granted)
{
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                *store_word(i) = 60 + i;
        task_begin(1);
        task_begin(2);
        expect_that(
                map(0, 1, pages(store_at(0), STORE_LOG2, ALL), PLACE, WHOLE),
                "they are mapped");
        expect_that(grant(1, 2, pages(PLACE, STORE_LOG2, ALL), 0x2000,
                          fpage(PLACE, 13)),
                    "a part of them is granted");
        expect_word(62, peek(2, PLACE), "of two pages the first one");
        expect_word(63, peek(2, PLACE + BYTES), "and the second one");
        expect_word(61, peek(1, PLACE + 1 * BYTES), "what is not in the part");
        expect_word(NOTHING, peek(1, PLACE + 2 * BYTES), "what is");
        expect_word(NOTHING, peek(1, PLACE + 3 * BYTES), "what is");
        expect_word(64, peek(1, PLACE + 4 * BYTES), "what is not");
}

TRIAL(a_grant_of_nothing)
{
        task_begin(1);
        task_begin(2);
        give(1, 2, ALL);
        expect_word(NOTHING, peek(2, PLACE), "there is nothing");
}

TRIAL(a_page_moves_within_a_space)
{
        begin(1);
        task_beside(2, 1);
        expect_that(grant(1, 2, pages(PLACE, 12, ALL), 0,
                          page_at(PLACE + 2 * BYTES)),
                    "it is granted");
        expect_word(42, peek(1, PLACE + 2 * BYTES), "it is there");
        expect_word(NOTHING, peek(1, PLACE), "and not here");
}

TRIAL(a_granted_page_is_handed_on)
{
        begin(3);
        give(1, 2, ALL);
        give(2, 3, ALL);
        expect_word(42, peek(3, PLACE), "the last one has it");
        expect_word(NOTHING, peek(2, PLACE), "and nobody else");
        unmap(0, pages(store_at(0), 12, ALL));
        expect_word(NOTHING, peek(3, PLACE), "it is taken away");
}
