// SPDX-License-Identifier: MIT
// A test of region_count_mapping and region_uncount_mapping.
//
// The contract is in own_regions.h.
#include "own_regions.h"

#include <h4/entries.h>
#include <h4/pages.h>
#include <h4/test.h>
#include <kernel/todo.h>

// H4-BEGIN 2.6
#define PAGES_LOG2 2u
#define PAGES (1u << PAGES_LOG2)
#define FIRST 0x400u
#define NOBODY 0x12345000u

typedef enum page_result tested(struct pfpage region, struct paddr *refused);

// One of the two, on the pages; `at` is the number of the one that is to refuse.
static void
answers(enum page_result due, uint32_t at, tested *function, const char *name)
{
        uint32_t named = due == PAGE_OK ? NOBODY : page_frame(FIRST + at).value;
        struct paddr refused = paddr(NOBODY);
        struct pfpage region = { raw_range(page_frame(FIRST).value,
                                           PAGE_LOG2 + PAGES_LOG2) };

        expect_page_result(due, function(region, &refused), "%s of four pages",
                           name);
        expect_hex(named, refused.value, "the page that %s names", name);
        pages_check("after %s of four pages", name);
}

// All of them have `count` mappings before, and as many as `after` behind.
static void
goes(int count, int after, tested *function, const char *name)
{
        pages_fill(FIRST, FIRST + PAGES, NORMAL(count));
        pages_watch();
        pages_due_fill(FIRST, FIRST + PAGES, NORMAL(after));
        answers(PAGE_OK, 0, function, name);
}

// Because of the page `at`, or a second one behind it.
static void
refuses(uint32_t at, struct page page)
{
        pages_fill(FIRST, FIRST + PAGES, NORMAL(3));
        pages_set(FIRST + at, page);
        pages_watch();
        answers(PAGE_WRONG_STATUS, at, tested_count, "counting");
        answers(PAGE_WRONG_STATUS, at, tested_uncount, "uncounting");
}

static void
refuses_full(uint32_t at)
{
        pages_fill(FIRST, FIRST + PAGES, NORMAL(3));
        pages_set(FIRST + at, NORMAL(PAGE_COUNT_MAX));
        pages_watch();
        answers(PAGE_COUNT_FULL, at, tested_count, "counting");
}
// H4-STUB 2.6
// H4-END 2.6

void
own_test_of_regions(void)
{
        // H4-BEGIN 2.6
        pages_begin();
        goes(3, 4, tested_count, "counting");
        goes(4, 3, tested_uncount, "uncounting");
        goes(PAGE_COUNT_MAX - 1, PAGE_COUNT_MAX, tested_count, "counting");
        refuses_full(1);
        refuses_full(PAGES - 1);
        refuses(0, TABLE(0));
        refuses(2, TABLE(0));
        refuses(PAGES - 1, TABLE(0));

        // Two of them: the lower one is named.
        pages_set(FIRST + 1, DIRECTORY);
        pages_watch();
        answers(PAGE_WRONG_STATUS, 1, tested_count, "counting");
        // H4-STUB 2.6
        //| H4_TODO("2.6");
        // H4-END 2.6
}
