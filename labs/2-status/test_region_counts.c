// SPDX-License-Identifier: MIT
// Tests of exercise 2.4, counting the mappings of a region: each page counts.
#include "large_memory.h"
#include "region_counting.h"

TEST(region_of_one_page)
{
        pages_begin();
        goes(COUNT, FREE, 0);
        goes(COUNT, FREE, 0);
        goes(UNCOUNT, FREE, 0);
        goes(UNCOUNT, FREE, 0);

        // The first and the last page of memory.
        goes(COUNT, 0, 0);
        goes(UNCOUNT, 0, 0);
        pages_fill(MACHINE_PAGES - 2, MACHINE_PAGES, NORMAL(1));
        goes(COUNT, MACHINE_PAGES - 1, 0);
        goes(UNCOUNT, MACHINE_PAGES - 1, 0);
        goes(UNCOUNT, MACHINE_PAGES - 1, 0);
}

TEST(region_counts_each_page)
{
        pages_begin();
        for (unsigned log2_pages = 1; log2_pages < 6; log2_pages++) {
                uint32_t first = FREE + (1u << log2_pages);
                for (uint32_t i = 0; i < 1u << log2_pages; i++)
                        pages_set(first + i, NORMAL(i % 5));
                goes(COUNT, first, log2_pages);
                goes(COUNT, first, log2_pages);
                goes(UNCOUNT, first, log2_pages);
        }

        // Half of them with modules, whose marks stay.
        goes(COUNT, 0x150, 4);
        goes(UNCOUNT, 0x150, 4);
        goes(COUNT, 0x140, 4);
}

#define PAGES_256_MB 0x10000u

static void
expect_large(struct page due, const char *when)
{
        for (uint32_t i = 0; i < PAGES_256_MB - 1; i++)
                if (large_pages[i].status != due.status)
                        fail_values(page_words(due).text,
                                    page_words(large_pages[i]).text,
                                    "%s, 2^28 bytes: page 0x%08x", when,
                                    page_frame(i).value);
}

// As many pages as 16 bits do not count, of which the last one refuses, and none.
static void
of_256_mb(void)
{
        const struct pfpage region = region_of(0, 16);
        struct paddr refused = paddr(UNTOUCHED);
        struct page_array before = large_begin(PAGES_256_MB, NORMAL(3));

        large_pages[PAGES_256_MB - 1] = TABLE(1);
        expect_page_result(PAGE_WRONG_STATUS, COUNT(region, &refused),
                           "region_count_mapping, 2^28 bytes at 0x00000000, "
                           "the last page being a page-table");
        expect_hex(page_frame(PAGES_256_MB - 1).value, refused.value,
                   "region_count_mapping, 2^28 bytes at 0x00000000: the page "
                   "in *refused");
        expect_large(NORMAL(3), "after region_count_mapping has refused");
        large_pages[PAGES_256_MB - 1] = NORMAL(3);
        expect_page_result(PAGE_OK, UNCOUNT(region, &refused),
                           "region_uncount_mapping, 2^28 bytes at 0x00000000");
        expect_large(NORMAL(2), "after region_uncount_mapping");
        page_array = before;
}

TEST(region_of_4_mb)
{
        pages_begin_with(MACHINE_PAGES, NORMAL(1));
        for (uint32_t i = 0x400; i < MACHINE_PAGES; i += 37)
                pages_set(i, NORMAL(i));
        goes(COUNT, 0x400, 10);
        goes(UNCOUNT, 0x400, 10);
        goes(UNCOUNT, 0x000, 10);

        // And all that there is.
        pages_fill(0, MACHINE_PAGES, NORMAL(1));
        goes(UNCOUNT, 0, 11);
        of_256_mb();
}

TEST(region_at_the_limits)
{
        pages_begin();
        pages_fill(FREE, FREE + 8, NORMAL(PAGE_COUNT_MAX - 1));
        goes(COUNT, FREE, 3);
        goes(UNCOUNT, FREE, 3);
        pages_fill(FREE, FREE + 8, NORMAL(1));
        goes(UNCOUNT, FREE, 3);
        goes(COUNT, FREE, 3);
}

// The lowest page of a region that refuses, by what the contract says; PAGE_OK
// where none does.
static enum page_result
model(operation *function, uint32_t first, unsigned log2_pages,
      uint32_t *refused)
{
        for (uint32_t i = first; i < first + (1u << log2_pages); i++) {
                int status = STATUS_NOT_INSTALLED;
                if (i < page_array.count)
                        status = pages_expected(i).status;
                *refused = page_frame(i).value;
                if (status == STATUS_NOT_INSTALLED)
                        return PAGE_NOT_INSTALLED;
                if (status < 0)
                        return PAGE_WRONG_STATUS;
                if (function == COUNT && status == PAGE_COUNT_MAX)
                        return PAGE_COUNT_FULL;
                if (function == UNCOUNT && status == 0)
                        return PAGE_COUNT_ZERO;
        }
        return PAGE_OK;
}

TEST(random_region_counts)
{
        // Few pages and few that refuse, so that many regions go.
        const uint32_t end = 0x80;

        pages_begin_with(end, NORMAL(2));
        for (int round = 0; round < 120; round++) {
                if (round % 20 == 0)
                        pages_set(random_below(end), random_page());
                unsigned log2_pages = random_below(6);
                uint32_t first = random_below(end + 8) >> log2_pages
                                                                  << log2_pages;
                operation *function = random_below(2) ? COUNT : UNCOUNT;
                uint32_t refused;

                pages_watch();
                enum page_result due =
                        model(function, first, log2_pages, &refused);
                if (due == PAGE_OK)
                        goes(function, first, log2_pages);
                else
                        answers(due, refused, function,
                                region_of(first, log2_pages));
        }
}
