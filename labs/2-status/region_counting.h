// SPDX-License-Identifier: MIT
// What the tests of region_count_mapping and region_uncount_mapping share.
//
//   goes(COUNT, FREE, 3);           8 pages from FREE on are counted
//   refuses(PAGE_COUNT_FULL, COUNT, FREE, 3, FREE + 5, NORMAL(PAGE_COUNT_MAX));
//                                   none is, because of the sixth
#ifndef REGION_COUNTING_H
#define REGION_COUNTING_H

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

static inline const char *
name_of(operation *function)
{
        return function == COUNT ? "region_count_mapping"
                                 : "region_uncount_mapping";
}

// 2^log2_pages pages from page `first` on.
static inline struct pfpage
region_of(uint32_t first, unsigned log2_pages)
{
        return (struct pfpage){ raw_range(first << PAGE_LOG2,
                                          PAGE_LOG2 + log2_pages) };
}

// Calls, and looks at the answer, at *refused and at all pages. `page` is the
// number of the page that refuses. What is to have changed has been said with
// pages_due().
static inline void
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
        trying("%s, 2^%u bytes at 0x%08x", name_of(function), log2_size, first);
        enum page_result found = function(region, &named);
        trying_over();

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
static inline void
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
static inline void
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

#endif
