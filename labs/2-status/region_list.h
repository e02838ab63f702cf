// SPDX-License-Identifier: MIT
// What the tests of initial_regions share: a machine, and the regions that are
// due of it.
//
//   machine(0x100);                           all of it is environment
//   pages_fill(0x10, 0x18, NORMAL(0));        but 8 pages
//   region(0x10, 3);                          2^3 pages from there on are due
//   gives(ROOM);
#ifndef REGION_LIST_H
#define REGION_LIST_H

#include <h4/entries.h>
#include <h4/pages.h>
#include <h4/test.h>
#include <kernel/regions.h>

// More than any test's machine needs, and a word that no flexpage is.
#define ROOM (MACHINE_PAGES / 2 + 8)
#define UNTOUCHED 0xEEEEEEEEu

static struct pfpage found[ROOM];
static struct pfpage due[ROOM];
static size_t due_count;
static size_t count;

static inline void
clear(void)
{
        for (size_t i = 0; i < due_count + 8 && i < ROOM; i++)
                found[i].range.word = UNTOUCHED;
        count = UNTOUCHED;
}

// One more region is due: 2^log2_pages pages from page `first` on.
static inline void
region(uint32_t first, unsigned log2_pages)
{
        due[due_count++].range =
                raw_range(first << PAGE_LOG2, PAGE_LOG2 + log2_pages);
}

static inline void
expect_written(void)
{
        if (count == UNTOUCHED)
                fail("initial_regions: *count has not been written to");
}

static inline void
expect_region(size_t i)
{
        struct fpage expected = due[i].range, came = found[i].range;

        if (came.word == UNTOUCHED)
                fail("initial_regions: region %zu of %zu has not been written",
                     i, count);
        if (came.word != expected.word)
                fail("initial_regions: region %zu is to be 2^%u bytes at "
                     "0x%08x; it is 2^%u bytes at 0x%08x",
                     i, fpage_log2(expected), fpage_first(expected),
                     fpage_log2(came), fpage_first(came));
}

// Looks whether exactly those that are due come out, with room for `room`, and
// no page has changed.
static inline void
gives(size_t room)
{
        pages_watch();
        clear();
        expect_page_result(PAGE_OK, initial_regions(found, room, &count),
                           "initial_regions, with room for %zu", room);
        expect_written();
        for (size_t i = 0; i < due_count && i < count; i++)
                expect_region(i);
        expect_number(due_count, count, "initial_regions: the number of them");
        expect_hex(UNTOUCHED, found[due_count].range.word,
                   "initial_regions: the place behind the last region");
        pages_check("after initial_regions");
}

// A machine whose pages are all environment.
static inline void
machine(uint32_t pages)
{
        pages_begin_with(pages, ENVIRONMENT);
        due_count = 0;
}

#endif
