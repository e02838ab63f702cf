// SPDX-License-Identifier: MIT
// Tests of exercise 2.4, counting the mappings of a region.
#include <h4/entries.h>
#include <h4/pages.h>
#include <h4/test.h>

// From here on the test machine has free pages, normal(0), up to page 0x7DF.
#define FREE 0x400u

// What *refused holds until somebody writes there.
#define UNTOUCHED 0xEEEEEEEEu

#define COUNT region_count_mapping
#define UNCOUNT region_uncount_mapping

typedef enum page_result operation(struct pfpage region, struct paddr *refused);

static const char *
name_of(operation *function)
{
        return function == COUNT ? "region_count_mapping"
                                 : "region_uncount_mapping";
}

// 2^log2_pages pages from page `first` on.
static struct pfpage
region_of(uint32_t first, unsigned log2_pages)
{
        return (struct pfpage){ raw_range(first << PAGE_LOG2,
                                          PAGE_LOG2 + log2_pages) };
}

// Calls, and looks at the answer, at *refused and at all pages. `page` is the
// number of the page that refuses. What is to have changed has been said with
// pages_due().
static void
answers(enum page_result due, uint32_t refused, operation *function,
        struct pfpage region)
{
        uint32_t first = fpage_first(region.range);
        unsigned log2_size = fpage_log2(region.range);
        struct paddr named = paddr(UNTOUCHED);
        const struct page *page = due == PAGE_OK || due == PAGE_NIL
                                          ? NULL
                                          : page_at(paddr(refused));
        struct page before = page ? *page : NOT_INSTALLED;
        enum page_result found = function(region, &named);

        if (found != due && page)
                expect_page_result(due, found,
                                   "%s, 2^%u bytes at 0x%08x, page 0x%08x "
                                   "being %s",
                                   name_of(function), log2_size, first, refused,
                                   page_words(before).text);
        expect_page_result(due, found, "%s, 2^%u bytes at 0x%08x",
                           name_of(function), log2_size, first);
        expect_hex(refused, named.value,
                   "%s, 2^%u bytes at 0x%08x: the page in *refused, which "
                   "holds 0x%08x before",
                   name_of(function), log2_size, first, UNTOUCHED);
        pages_check("after %s, 2^%u bytes at 0x%08x%s", name_of(function),
                    log2_size, first, due == PAGE_OK ? "" : ", has refused");
}

// All counts of the region change by one.
static void
goes(operation *function, uint32_t first, unsigned log2_pages)
{
        pages_watch();
        for (uint32_t i = first; i < first + (1u << log2_pages); i++) {
                struct page page = pages_expected(i);
                page.status += function == COUNT ? 1 : -1;
                pages_due(i, page);
        }
        answers(PAGE_OK, UNTOUCHED, function, region_of(first, log2_pages));
}

// Page `number` has the entry `page`, and because of it 2^log2_pages pages from
// `first` on refuse, all of which are normal(3) otherwise: with that entry they
// do not.
static void
refuses(enum page_result due, operation *function, uint32_t first,
        unsigned log2_pages, uint32_t number, struct page page)
{
        pages_fill(first, first + (1u << log2_pages), NORMAL(3));
        goes(function, first, log2_pages);
        pages_set(number, page);
        pages_watch();
        answers(due, page_frame(number).value, function,
                region_of(first, log2_pages));
}

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
