// SPDX-License-Identifier: MIT
// Trials: Unmap, from others and from oneself; and what it tells of the use.
#include "task.h"

TRIAL(unmap_takes_from_all_below)
{
        for (L4_Word_t n = 1; n <= 4; n++)
                task_begin(n);
        lend_store(1);
        hand_on_store(1, 2);
        hand_on_store(2, 3);
        hand_on_store(1, 4);
        *store_word(0) = 3;
        unmap(1, pages(PLACE, 12, ALL));
        for (L4_Word_t n = 2; n <= 4; n++)
                expect_word(NOTHING, peek(n, PLACE), "those below");
        expect_word(3, peek(1, PLACE), "oneself not");
        expect_that(peek(4, PLACE + BYTES) != NOTHING, "nor another page");
}

TRIAL(a_flush_takes_from_oneself_too)
{
        task_begin(1);
        task_begin(2);
        lend_store(1);
        hand_on_store(1, 2);
        flush(1, pages(PLACE, 12, ALL));
        expect_word(NOTHING, peek(1, PLACE), "oneself");
        expect_word(NOTHING, peek(2, PLACE), "and those below");
        expect_that(peek(1, PLACE + BYTES) != NOTHING, "of this page only");
}

TRIAL(unmap_leaves_those_beside)
{
        for (L4_Word_t n = 1; n <= 3; n++)
                task_begin(n);
        lend_store(1);
        lend_store(2);
        hand_on_store(1, 3);
        *store_word(0) = 3;
        flush(1, pages(PLACE, STORE_LOG2, ALL));
        expect_word(3, peek(2, PLACE), "who has it from the trial");
        expect_word(NOTHING, peek(3, PLACE), "who has it from the first one");
        expect_word(3, *store_word(0), "the trial itself");
}

TRIAL(a_part_is_taken_away)
{
        task_begin(1);
        lend_store(1);
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                *store_word(i) = i + 1;
        unmap(0, pages(store_at(2), 13, ALL));
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                expect_word(i == 2 || i == 3 ? NOTHING : i + 1,
                            peek(1, PLACE + i * BYTES), "page by page");
}

TRIAL(all_is_taken_away)
{
        task_begin(1);
        task_begin(2);
        lend_store(1);
        hand_on_store(1, 2);
        unmap(1, WHOLE | ALL);
        for (L4_Word_t i = 0; i < STORE_PAGES; i++) {
                expect_word(NOTHING, peek(2, PLACE + i * BYTES), "those below");
                expect_that(peek(1, PLACE + i * BYTES) != NOTHING, "not here");
        }
        lend_store(2);
        expect_that(peek(2, PLACE) != NOTHING, "the second one goes on");
}

TRIAL(many_flexpages_at_once)
{
        task_begin(1);
        task_begin(2);
        lend_store(1);
        hand_on_store(1, 2);
        poke(2, PLACE + 3 * BYTES, 1);
        peek(2, PLACE + 5 * BYTES);
        orders[1] = (struct order){ .what = TASK_UNMAPS, .a = 3 };
        orders[1].mr[0] = pages(PLACE + 3 * BYTES, 12, WRITING);
        orders[1].mr[1] = pages(PLACE + 5 * BYTES, 12, ALL);
        orders[1].mr[2] = 0;
        orders[1].mr[3] = pages(PLACE + 7 * BYTES, 12, ALL);
        task_does(1);
        expect_word(pages(PLACE + 3 * BYTES, 12, READING | WRITING),
                    orders[1].mr[0], "written");
        expect_word(pages(PLACE + 5 * BYTES, 12, READING), orders[1].mr[1],
                    "read");
        expect_word(0, orders[1].mr[2], "nil");
        expect_word(pages(PLACE + 7 * BYTES, 12, 0), orders[1].mr[3],
                    "not used");
        expect_that(!poke(2, PLACE + 3 * BYTES, 2), "for reading now");
        expect_word(NOTHING, peek(2, PLACE + 5 * BYTES), "taken away");
        expect_word(NOTHING, peek(2, PLACE + 7 * BYTES), "taken away");
        expect_that(peek(2, PLACE + 6 * BYTES) != NOTHING, "and no more");
}

TRIAL(the_use_is_told_once)
{
        task_begin(1);
        lend_store(1);
        unmap(0, pages(store_at(0), STORE_LOG2, 0));
        expect_word(pages(store_at(0), 12, 0),
                    unmap(0, pages(store_at(0), 12, 0)), "nobody has used it");
        peek(1, PLACE);
        expect_word(pages(store_at(0), 12, READING),
                    unmap(0, pages(store_at(0), 12, 0)), "it was read");
        expect_word(pages(store_at(0), 12, 0),
                    unmap(0, pages(store_at(0), 12, 0)), "this is told once");
        poke(1, PLACE, 1);
        expect_word(pages(store_at(0), 12, READING | WRITING),
                    unmap(0, pages(store_at(0), 12, 0)), "it was written");
        expect_word(pages(store_at(0), 12, 0),
                    unmap(0, pages(store_at(0), 12, 0)), "this is told once");
        expect_that(poke(1, PLACE, 2), "nothing has been taken away");
}

TRIAL(the_use_of_a_flexpage_is_that_of_its_pages)
{
        task_begin(1);
        lend_store(1);
        unmap(0, pages(store_at(0), STORE_LOG2, 0));
        poke(1, PLACE + 6 * BYTES, 1);
        expect_word(pages(store_at(0), STORE_LOG2, READING | WRITING),
                    unmap(0, pages(store_at(0), STORE_LOG2, 0)), "one of them");
}

TRIAL(each_hears_of_the_use_below)
{
        for (L4_Word_t n = 1; n <= 3; n++)
                task_begin(n);
        lend_store(1);
        hand_on_store(1, 2);
        hand_on_store(2, 3);
        unmap(0, pages(store_at(0), 12, 0));
        unmap(1, pages(PLACE, 12, 0));
        unmap(2, pages(PLACE, 12, 0));
        poke(3, PLACE, 1);
        expect_word(pages(PLACE, 12, READING | WRITING),
                    unmap(2, pages(PLACE, 12, 0)), "who has mapped it to it");
        expect_word(pages(store_at(0), 12, READING | WRITING),
                    unmap(0, pages(store_at(0), 12, 0)), "the first one");
        expect_word(pages(PLACE, 12, READING | WRITING),
                    unmap(1, pages(PLACE, 12, 0)), "and the one between");
        expect_word(pages(PLACE, 12, 0), unmap(1, pages(PLACE, 12, 0)),
                    "each once");
}

TRIAL(the_use_is_told_when_it_is_taken_away)
{
        task_begin(1);
        lend_store(1);
        unmap(0, pages(store_at(0), 12, 0));
        poke(1, PLACE, 1);
        expect_word(pages(store_at(0), 12, READING | WRITING),
                    unmap(0, pages(store_at(0), 12, ALL)), "it was written");
        expect_word(NOTHING, peek(1, PLACE), "and is taken away");
}

TRIAL(the_use_is_kept_when_somebody_ends)
{
        task_begin(1);
        task_begin(2);
        lend_store(1);
        hand_on_store(1, 2);
        unmap(0, pages(store_at(0), 12, 0));
        poke(2, PLACE, 1);
        task_end(2);
        expect_word(pages(PLACE, 12, READING | WRITING),
                    unmap(1, pages(PLACE, 12, 0)), "the one above it");
        task_end(1);
        expect_word(pages(store_at(0), 12, READING | WRITING),
                    unmap(0, pages(store_at(0), 12, 0)), "and the next one");
}

TRIAL(unmap_of_what_is_nowhere)
{
        task_begin(1);
        expect_word(pages(PLACE, 20, 0), unmap(1, pages(PLACE, 20, ALL)),
                    "its rights are gone");
        expect_word(pages(0xC0400000, 22, 0),
                    flush(1, pages(0xC0400000, 22, ALL)), "kernel space");
        expect_word(WHOLE, unmap(1, WHOLE) & ~ALL, "the whole space");
        expect_word(fpage(PLACE, 5), unmap(1, pages(PLACE, 5, ALL)),
                    "what is no flexpage");
}

TRIAL(areas_of_the_kernel_are_not_taken_away)
{
        task_begin(1);
        flush(1, pages(OTHER_UTCBS, 13, ALL));
        flush(1, pages(OTHER_KIP, 12, ALL));
        expect_word(0x4BE6344C, peek(1, OTHER_KIP), "the page");
        expect_that(peek(1, OTHER_UTCBS) != NOTHING, "UTCBs");
}

TRIAL(what_is_flushed_comes_back_by_a_page_fault)
{
        *store_word(2) = 17;
        flush(0, pages(store_at(2), 12, ALL));
        expect_word(17, *store_word(2), "sigma0 has it still");
}

TRIAL(memory_is_lent_and_taken_back)
{
        task_begin(1);
        for (L4_Word_t i = 0; i < 8; i++) {
                lend_store(1);
                expect_that(poke(1, PLACE + i % STORE_PAGES * BYTES, i), "use");
                expect_word(i, *store_word(i % STORE_PAGES), "the same page");
                unmap(0, pages(store_at(0), STORE_LOG2, ALL));
                expect_word(NOTHING, peek(1, PLACE), "taken back");
        }
        tasks_end();
        look(1);
}
