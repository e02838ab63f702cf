// SPDX-License-Identifier: MIT
// An array for more pages than 16 bits count, which are only counted, and never used.
#ifndef LARGE_MEMORY_H
#define LARGE_MEMORY_H

#include <kernel/status.h>

#define LARGE_PAGES 0x10800u

extern struct page large_pages[LARGE_PAGES];

// Pages of one kind, for the tests' own expectations: page_array stands on the first
// `count` of them from now on. Returns what it stood on.
static inline struct page_array
large_begin(uint32_t count, struct page page)
{
        struct page_array before = page_array;

        for (uint32_t i = 0; i < LARGE_PAGES; i++)
                large_pages[i] = page;
        page_array = (struct page_array){ large_pages, count };
        return before;
}

#endif
