// SPDX-License-Identifier: MIT
// Stands in for page.c: zero_page zeroes, and notes what an entry elsewhere
// held by then, so that the order of the two can be checked.
#ifndef FAKE_PAGE_H
#define FAKE_PAGE_H

#include <kernel/paging.h>

struct fake_page {
        const uint32_t *watched;
        uint32_t held;
        unsigned calls;
};

extern struct fake_page fake_page;

#endif
