// SPDX-License-Identifier: MIT
// Trials: map items, windows and send bases.
#include "task.h"

TRIAL(a_page_is_mapped)
{
        fill_store();
        task_begin(1);
        expect_word(NOTHING, peek(1, PLACE), "nothing is there before");
        lend_page(3, 1);
        expect_word(103, peek(1, PLACE), "what the task reads");
        expect_that(poke(1, PLACE + 4, 7), "it may write");
        expect_word(7, store_word(3)[1], "it is the same page");
        expect_word(NOTHING, peek(1, PLACE + BYTES), "and no more");
        expect_word(NOTHING, peek(1, PLACE - BYTES), "nor before it");
}

TRIAL(the_words_of_an_item_arrive)
{
        task_begin(1);
        L4_Word_t sent = pages(store_at(1), 12, READING);
        expect_that(map(0, 1, sent, 0x3C00, page_at(PLACE)), "it is sent");
        expect_word(2 << 6, orders[1].mr[0], "the tag");
        expect_word(0x3C08, orders[1].mr[1], "the send base");
        expect_word(sent, orders[1].mr[2], "the flexpage");
}

TRIAL(the_send_base_selects_a_part_of_the_window)
{
        fill_store();
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(2), 12, ALL), 0x5000,
                        fpage(PLACE, 16)),
                    "it is sent");
        expect_word(102, peek(1, PLACE + 0x5000), "at the send base");
        expect_word(NOTHING, peek(1, PLACE), "not at the beginning");
        expect_that(map(0, 1, pages(store_at(4), 12, ALL), 0xFFFFFC00,
                        fpage(PLACE, 16)),
                    "it is sent");
        expect_word(104, peek(1, PLACE + 0xF000),
                    "modulo the size, and no page begins there");
}

TRIAL(the_send_base_selects_a_part_of_what_is_sent)
{
        fill_store();
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(0), STORE_LOG2, ALL), 0x13400,
                        page_at(PLACE)),
                    "it is sent");
        expect_word(103, peek(1, PLACE), "modulo the size");
        expect_that(map(0, 1, pages(store_at(0), STORE_LOG2, ALL), 0x5000,
                        fpage(PLACE, 13)),
                    "it is sent");
        expect_word(104, peek(1, PLACE), "rounded down to the window's size");
        expect_word(105, peek(1, PLACE + BYTES), "two pages");
}

TRIAL(no_send_base_for_equal_sizes)
{
        fill_store();
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(2), 13, ALL), 0x3000,
                        fpage(PLACE, 13)),
                    "it is sent");
        expect_word(102, peek(1, PLACE), "the first page");
        expect_word(103, peek(1, PLACE + BYTES), "the second one");
}

TRIAL(flexpages_are_rounded_down_to_their_size)
{
        fill_store();
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(3), 13, ALL), 0,
                        fpage(PLACE + BYTES, 13)),
                    "it is sent");
        expect_word(102, peek(1, PLACE), "the first page of both");
}

TRIAL(the_whole_space_as_a_window)
{
        fill_store();
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(2), 12, ALL), 0x31234567, WHOLE),
                    "it is sent");
        expect_word(102, peek(1, 0x31234000), "at the send base");
}

TRIAL(the_whole_space_is_sent)
{
        fill_store();
        task_begin(1);
        expect_that(map(0, 1, WHOLE | ALL, store_at(2), fpage(PLACE, 14)),
                    "it is sent");
        expect_word(*(L4_Word_t *)(uintptr_t)(store_at(2) & ~0x3FFFu),
                    peek(1, PLACE), "what is there in the sender's space");
}

TRIAL(many_pages_at_once)
{
        fill_store();
        task_begin(1);
        expect_that(
                map(0, 1, pages(store_at(0), STORE_LOG2, ALL), PLACE, WHOLE),
                "they are sent");
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                expect_word(100 + i, peek(1, PLACE + i * BYTES), "each page");
        expect_word(NOTHING, peek(1, PLACE + STORE_PAGES * BYTES), "no more");
}

TRIAL(what_the_sender_has_not_is_left_out)
{
        fill_store();
        task_begin(1);
        task_begin(2);
        map(0, 1, pages(store_at(0), 12, ALL), 0, page_at(PLACE));
        map(0, 1, pages(store_at(2), 12, ALL), 0, page_at(PLACE + 2 * BYTES));
        expect_that(map(1, 2, pages(PLACE, 14, ALL), 0, fpage(PLACE, 14)),
                    "no error");
        expect_word(100, peek(2, PLACE), "the first page");
        expect_word(NOTHING, peek(2, PLACE + BYTES), "there is none");
        expect_word(102, peek(2, PLACE + 2 * BYTES), "the third page");
        expect_word(NOTHING, peek(2, PLACE + 3 * BYTES), "there is none");
}

TRIAL(what_is_there_stays_where_the_sender_has_nothing)
{
        fill_store();
        task_begin(1);
        task_begin(2);
        lend_page(5, 2);
        expect_that(map(1, 2, pages(PLACE, 14, ALL), 0, fpage(PLACE, 14)),
                    "the first task has nothing to send");
        expect_word(105, peek(2, PLACE), "what was there");
}

TRIAL(a_nil_page_maps_nothing)
{
        task_begin(1);
        expect_that(map(0, 1, 0, 0, page_at(PLACE)), "no error");
        expect_that(map(0, 1, 0, 0, 0), "without a window neither");
        expect_word(NOTHING, peek(1, PLACE), "nothing is there");
}

TRIAL(a_window_is_wanted_for_an_item)
{
        task_begin(1);
        expect_that(!map(0, 1, pages(store_at(0), 12, ALL), 0, 0),
                    "it does not arrive");
        expect_word(4 << 1, orders[0].error, "overflow, sending");
        expect_word(4 << 1 | 1, orders[1].error, "overflow, receiving");
}

TRIAL(windows_too_small_for_a_page)
{
        task_begin(1);
        expect_that(map(0, 1, pages(store_at(0), 12, ALL), 0, fpage(PLACE, 11)),
                    "no error");
        expect_word(NOTHING, peek(1, PLACE), "and no page");
        expect_that(map(0, 1, pages(store_at(0), 11, ALL), 0, page_at(PLACE)),
                    "no error");
        expect_word(NOTHING, peek(1, PLACE), "nor of less than a page");
}

TRIAL(an_item_that_is_cut_off)
{
        const L4_Word_t words[3] = { 8, pages(store_at(0), 12, ALL), 8 };

        task_begin(1);
        expect_that(!send_words(0, 1, words, 3, page_at(PLACE)),
                    "it does not arrive");
        expect_word(4 << 1, orders[0].error, "overflow, sending");
        expect_word(4 << 1 | 1, orders[1].error, "overflow, receiving");
}

TRIAL(several_items_in_a_message)
{
        const L4_Word_t words[6] = {
                0x0000 | 9, pages(store_at(1), 12, ALL), // more follow
                0x2000 | 9, pages(store_at(4), 12, READING),
                0x6000 | 8, pages(store_at(6), 12, ALL),
        };

        fill_store();
        task_begin(1);
        expect_that(send_words(0, 1, words, 6, fpage(PLACE, 15)),
                    "they are sent");
        expect_word(6 << 6, orders[1].mr[0], "six words");
        expect_word(101, peek(1, PLACE), "the first one");
        expect_word(104, peek(1, PLACE + 0x2000), "the second one");
        expect_that(!poke(1, PLACE + 0x2000, 1), "which is for reading");
        expect_word(106, peek(1, PLACE + 0x6000), "the third one");
}

TRIAL(a_page_goes_a_long_way)
{
        fill_store();
        for (L4_Word_t n = 1; n <= 7; n++)
                task_begin(n);
        lend_page(1, 1);
        for (L4_Word_t n = 1; n < 7; n++)
                expect_that(
                        map(n, n + 1, pages(PLACE, 12, ALL), 0, page_at(PLACE)),
                        "on to the next one");
        expect_that(poke(7, PLACE, 4711), "the last one writes");
        expect_word(4711, *store_word(1), "the same page");
        unmap(3, pages(PLACE, 12, ALL));
        expect_word(4711, peek(3, PLACE), "who takes it away has it");
        for (L4_Word_t n = 4; n <= 7; n++)
                expect_word(NOTHING, peek(n, PLACE), "those behind have not");
}
