// SPDX-License-Identifier: MIT
// Trials: pages that go where something is already, and where nothing may be.
#include "task.h"

TRIAL(another_page_takes_the_place)
{
        fill_store();
        task_begin(1);
        task_begin(2);
        lend_page(1, 1);
        expect_that(map(1, 2, pages(PLACE, 12, ALL), 0, page_at(PLACE)),
                    "the page goes on");
        expect_word(101, peek(2, PLACE), "the second task has it");
        lend_page(2, 1);
        expect_word(102, peek(1, PLACE), "another one in its place");
        expect_word(NOTHING, peek(2, PLACE),
                    "what was made out of it is taken away");
        lend_page(1, 1);
        expect_word(101, peek(1, PLACE), "and once more");
}

TRIAL(the_same_page_at_two_places)
{
        fill_store();
        task_begin(1);
        lend_page(1, 1);
        expect_that(map(0, 1, pages(store_at(1), 12, ALL), 0,
                        page_at(PLACE + 4 * BYTES)),
                    "it is sent");
        expect_that(poke(1, PLACE, 55), "written at one place");
        expect_word(55, peek(1, PLACE + 4 * BYTES), "read at the other one");
}

TRIAL(a_page_within_one_space)
{
        fill_store();
        task_begin(1);
        task_beside(2, 1);
        lend_page(1, 1);
        expect_that(map(1, 2, pages(PLACE, 12, READING), 0,
                        page_at(PLACE + 4 * BYTES)),
                    "it is sent");
        expect_word(101, peek(2, PLACE + 4 * BYTES), "it is there too");
        expect_that(!poke(2, PLACE + 4 * BYTES, 1), "for reading");
        expect_that(poke(2, PLACE, 77), "the first place is as it was");
        expect_word(77, peek(1, PLACE + 4 * BYTES), "the same page");
        unmap(1, pages(PLACE, 12, ALL));
        expect_word(NOTHING, peek(1, PLACE + 4 * BYTES), "it is taken away");
        expect_word(77, peek(1, PLACE), "and is where it was");
}

TRIAL(the_same_memory_out_of_another_mapping)
{
        fill_store();
        task_begin(1);
        task_begin(2);
        lend_page(1, 1);
        lend_page(1, 2);
        expect_that(map(2, 1, pages(PLACE, 12, ALL), 0, page_at(PLACE)),
                    "it is sent");
        flush(2, pages(PLACE, 12, ALL));
        expect_word(NOTHING, peek(2, PLACE), "the second one has it no more");
        expect_word(101, peek(1, PLACE), "the first one has it from the trial");
}

TRIAL(areas_of_the_kernel_are_no_window)
{
        fill_store();
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(0), STORE_LOG2, ALL), 0,
                        fpage(OTHER_UTCBS, 15)),
                    "no error");
        expect_word(*store_word(2), peek(1, OTHER_UTCBS + 0x2000),
                    "behind the area of 8 KB it is mapped");
        expect_that(peek(1, OTHER_UTCBS) != 100, "not over the UTCBs");
        expect_word(NOTHING, peek(1, OTHER_UTCBS + BYTES),
                    "nor where there are none yet");
        expect_that(
                map(0, 1, pages(store_at(0), 12, ALL), 0, page_at(OTHER_KIP)),
                "no error");
        expect_word(0x4BE6344C, peek(1, OTHER_KIP), "nor over the page");
}

TRIAL(areas_of_the_kernel_are_not_sent)
{
        task_begin(1);
        expect_that(map(0, 1, pages(ROOT_UTCBS, 12, ALL), 0, page_at(PLACE)),
                    "no error");
        expect_word(NOTHING, peek(1, PLACE), "UTCBs");
        expect_that(map(0, 1, pages(ROOT_KIP, 12, ALL), 0, page_at(PLACE)),
                    "no error");
        expect_word(NOTHING, peek(1, PLACE), "the kernel interface page");
        expect_that(map(0, 1, pages(0xC0000000, 22, ALL), 0, fpage(PLACE, 22)),
                    "no error");
        expect_word(NOTHING, peek(1, PLACE), "kernel space");
}

TRIAL(kernel_space_is_no_window)
{
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(0), STORE_LOG2, ALL), 0,
                        fpage(0xC0400000, 15)),
                    "no error");
        fill_store();
        expect_that(map(0, 1, pages(store_at(0), STORE_LOG2, ALL), 0xBFFF8000,
                        WHOLE),
                    "no error");
        expect_word(107, peek(1, 0xBFFFF000), "the last page of user space");
}
