// SPDX-License-Identifier: MIT
// Trials: map items, windows and send bases.
#include "task.h"

static void
fill_store(void)
{
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                *store_word(i) = 100 + i;
}

// Page `page` of the store for a task, at PLACE, with all rights.
static void
lend(L4_Word_t page, L4_Word_t n)
{
        expect_that(
                map(0, n, pages(store_at(page), 12, ALL), 0, page_at(PLACE)),
                "a page is sent");
}

TRIAL(a_page_is_mapped)
{
        fill_store();
        task_begin(1);
        expect_word(NOTHING, peek(1, PLACE), "nothing is there before");
        lend(3, 1);
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
        lend(5, 2);
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

TRIAL(another_page_takes_the_place)
{
        fill_store();
        task_begin(1);
        task_begin(2);
        lend(1, 1);
        expect_that(map(1, 2, pages(PLACE, 12, ALL), 0, page_at(PLACE)),
                    "the page goes on");
        expect_word(101, peek(2, PLACE), "the second task has it");
        lend(2, 1);
        expect_word(102, peek(1, PLACE), "another one in its place");
        expect_word(NOTHING, peek(2, PLACE),
                    "what was made out of it is taken away");
        lend(1, 1);
        expect_word(101, peek(1, PLACE), "and once more");
}

TRIAL(the_same_page_at_two_places)
{
        fill_store();
        task_begin(1);
        lend(1, 1);
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
        lend(1, 1);
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
        lend(1, 1);
        lend(1, 2);
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

TRIAL(a_page_goes_a_long_way)
{
        fill_store();
        for (L4_Word_t n = 1; n <= 7; n++)
                task_begin(n);
        lend(1, 1);
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

TRIAL(a_page_fault_is_answered_by_a_page)
{
        fill_store();
        task_begin(1);
        answers_left = 1;
        fault_answer[0] = PLACE | 8;
        fault_answer[1] = pages(store_at(2), 12, READING);
        expect_word(102, peek(1, PLACE), "it goes on");
        expect_word(0xFFE40002, last_fault.tag, "the tag");
        expect_word(PLACE, last_fault.first, "the address");
        expect_that(!poke(1, PLACE, 1), "for reading only");
        expect_word(0xFFE20002, last_fault.tag, "by writing");
}

TRIAL(a_page_fault_is_answered_by_many_pages)
{
        fill_store();
        task_begin(1);
        answers_left = 1;
        fault_answer[0] = PLACE | 8;
        fault_answer[1] = pages(store_at(0), STORE_LOG2, ALL);
        expect_word(102, peek(1, PLACE + 0x2000), "it goes on");
        expect_word(107, peek(1, PLACE + 0x7000), "all are there");
        expect_word(1, fault_count, "by one fault");
}

TRIAL(a_page_fault_is_answered_by_nothing)
{
        task_begin(1);
        answers_left = 3;
        expect_word(NOTHING, peek(1, PLACE), "it does not go on");
        expect_word(4, fault_count, "it is tried again each time");
}

TRIAL(a_page_fault_is_answered_by_a_grant)
{
        fill_store();
        task_begin(1);
        answers_left = 1;
        fault_answer[0] = PLACE | 10;
        fault_answer[1] = pages(store_at(6), 12, ALL);
        expect_word(106, peek(1, PLACE), "it goes on");
}
