// SPDX-License-Identifier: MIT
// Tests of exercise 2.4, counting the mappings of a region: one page refuses, and
// so all do.
#include "region_counting.h"

// The refusals that there are, by page `number` of a region.
static void
refuses_all(uint32_t first, unsigned log2_pages, uint32_t number)
{
        refuses(PAGE_COUNT_FULL, COUNT, first, log2_pages, number,
                NORMAL(PAGE_COUNT_MAX));
        refuses(PAGE_COUNT_ZERO, UNCOUNT, first, log2_pages, number, NORMAL(0));
        refuses(PAGE_WRONG_STATUS, COUNT, first, log2_pages, number, TABLE(1));
        refuses(PAGE_WRONG_STATUS, UNCOUNT, first, log2_pages, number,
                DIRECTORY);
        refuses(PAGE_NOT_INSTALLED, COUNT, first, log2_pages, number,
                NOT_INSTALLED);
        refuses(PAGE_NOT_INSTALLED, UNCOUNT, first, log2_pages, number,
                NOT_INSTALLED);
}

TEST(the_first_page_refuses)
{
        pages_begin();
        refuses_all(FREE, 0, FREE);
        refuses_all(FREE, 4, FREE);
}

TEST(a_page_in_the_middle_refuses)
{
        pages_begin();
        refuses_all(FREE, 4, FREE + 1);
        refuses_all(FREE, 4, FREE + 9);
}

TEST(the_last_page_refuses)
{
        pages_begin();
        refuses_all(FREE, 1, FREE + 1);
        refuses_all(FREE, 4, FREE + 15);

        // The last one of 4 MB.
        pages_begin_with(MACHINE_PAGES, NORMAL(3));
        refuses(PAGE_COUNT_FULL, COUNT, 0x400, 10, 0x7FF,
                NORMAL(PAGE_COUNT_MAX));
        refuses(PAGE_COUNT_ZERO, UNCOUNT, 0x400, 10, 0x7FF, NORMAL(0));
}

TEST(the_lowest_page_is_named)
{
        pages_begin();
        pages_fill(FREE, FREE + 16, NORMAL(2));
        goes(COUNT, FREE, 4);

        // Each for another reason, so that the answer tells which one it was.
        pages_set(FREE + 5, NOT_INSTALLED);
        pages_set(FREE + 9, NORMAL(PAGE_COUNT_MAX));
        pages_set(FREE + 11, NORMAL(0));
        pages_set(FREE + 15, TABLE(0));
        pages_watch();
        answers(PAGE_NOT_INSTALLED, page_frame(FREE + 5).value, COUNT,
                region_of(FREE, 4));
        answers(PAGE_NOT_INSTALLED, page_frame(FREE + 5).value, UNCOUNT,
                region_of(FREE, 4));
        answers(PAGE_COUNT_FULL, page_frame(FREE + 9).value, COUNT,
                region_of(FREE + 8, 3));
        answers(PAGE_COUNT_ZERO, page_frame(FREE + 11).value, UNCOUNT,
                region_of(FREE + 8, 3));
        answers(PAGE_WRONG_STATUS, page_frame(FREE + 15).value, COUNT,
                region_of(FREE + 12, 2));
        answers(PAGE_WRONG_STATUS, page_frame(FREE + 15).value, UNCOUNT,
                region_of(FREE + 12, 2));
}

TEST(region_refuses_other_statuses)
{
        static const struct page others[] = {
                ENVIRONMENT,     DIRECTORY,       PINNED_DIRECTORY,
                TABLE(0),        TABLE(7),        TABLE(TABLE_ENTRIES),
                PINNED_TABLE(0), PINNED_TABLE(5),
        };

        pages_begin();
        for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
                refuses(PAGE_WRONG_STATUS, COUNT, FREE, 2, FREE + 2, others[i]);
                refuses(PAGE_WRONG_STATUS, UNCOUNT, FREE, 2, FREE + 2,
                        others[i]);
        }
}

TEST(region_refuses_nil)
{
        pages_begin_with(64, NORMAL(3));
        goes(COUNT, 0, 0);
        goes(UNCOUNT, 0, 1);
        answers(PAGE_NIL, UNTOUCHED, COUNT, (struct pfpage){ { 0 } });
        answers(PAGE_NIL, UNTOUCHED, UNCOUNT, (struct pfpage){ { 0 } });
}

TEST(region_refuses_no_memory)
{
        // An array that ends within a flexpage.
        const uint32_t end = 0x2C3, end_address = page_frame(end).value;
        operation *const functions[] = { COUNT, UNCOUNT };

        pages_begin_with(end, NORMAL(3));
        for (unsigned i = 0; i < 2; i++) {
                goes(functions[i], 0x2C2, 0);
                goes(functions[i], 0x2C0, 1);
                answers(PAGE_NOT_INSTALLED, end_address, functions[i],
                        region_of(0x2C3, 0));
                answers(PAGE_NOT_INSTALLED, end_address, functions[i],
                        region_of(0x2C2, 1));
                answers(PAGE_NOT_INSTALLED, end_address, functions[i],
                        region_of(0x2C0, 2));
                answers(PAGE_NOT_INSTALLED, end_address, functions[i],
                        region_of(0x200, 8));
                answers(PAGE_NOT_INSTALLED, end_address, functions[i],
                        region_of(0, 10));

                // The complete address space, and parts of it far away.
                answers(PAGE_NOT_INSTALLED, end_address, functions[i],
                        region_of(0, 20));
                answers(PAGE_NOT_INSTALLED, 0x00400000, functions[i],
                        region_of(0x400, 10));
                answers(PAGE_NOT_INSTALLED, 0x80000000, functions[i],
                        region_of(0x80000, 19));
                answers(PAGE_NOT_INSTALLED, 0xFFC00000, functions[i],
                        region_of(0xFFC00, 10));
                answers(PAGE_NOT_INSTALLED, 0xFFFFF000, functions[i],
                        region_of(0xFFFFF, 0));
        }
}
