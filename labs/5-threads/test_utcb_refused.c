// SPDX-License-Identifier: MIT
// Tests of UTCBs that there cannot be: places that are none, and pages that run out.
#include "utcbs.h"

static void
expect_same(const struct thread *before, const struct thread *now)
{
        const uint32_t *due = (const uint32_t *)before;
        const uint32_t *found = (const uint32_t *)now;

        for (uint32_t word = 0; word < sizeof(*now) / 4; word++)
                if (due[word] != found[word])
                        expect_hex(
                                due[word], found[word],
                                "word %u of struct thread (4 bytes each) of one that "
                                "was refused a UTCB",
                                word);
}

static void
refused(enum call_error error, uint32_t address, const char *why)
{
        struct thread *thread = &threads[PLACES];
        struct thread before = *thread;
        uint32_t left = pool_left();

        expect_call(error, utcb_take(thread, address),
                    "utcb_take at 0x%08x: %s", address, why);
        expect_number(left, pool_left(), "pages left after that");
        expect_same(&before, thread);
}

TEST(utcbs_are_refused_elsewhere)
{
        struct space *space = utcbs_begin(2 * H_PAGE_SIZE);

        threads[PLACES].space = space;
        take_utcb(space, 2);
        for (uint32_t low = 1; low < UTCB_SIZE; low <<= 1)
                refused(CALL_BAD_UTCB_AREA, AREA + low, "it is not aligned");
        refused(CALL_BAD_UTCB_AREA, AREA - UTCB_SIZE, "before the area");
        refused(CALL_BAD_UTCB_AREA, AREA + 2 * H_PAGE_SIZE, "behind the area");
        refused(CALL_BAD_UTCB_AREA, 0, "far before the area");
        refused(CALL_BAD_UTCB_AREA, 0xFFFFFE00, "far behind the area");
        refused(CALL_BAD_UTCB_AREA, utcb_place(2), "another thread's");

        struct space *none = parts_space();
        threads[PLACES].space = none;
        refused(CALL_BAD_UTCB_AREA, 0, "the space has no area yet");
        refused(CALL_BAD_UTCB_AREA, AREA, "the space has no area yet");
}

TEST(utcb_pages_may_run_out)
{
        struct space *space = utcbs_begin(H_PAGE_SIZE);
        struct space *other = parts_space_with(0x10000000, H_PAGE_SIZE);
        static struct h_region taken[0x400];
        struct h_pagemap_page page;
        uint32_t count = 0;
        struct h_mapping_info info;

        // Where something is mapped no other page can be.
        struct h_region region;
        struct h_kernel_mapping mapping;
        threads[PLACES].space = space;
        expect_bool(true,
                    pool_take_mapped(&region, &mapping) &&
                            pool_map(space->pagemap, AREA, region, H_R) == H_OK,
                    "a page is mapped, as if a program had one there");
        refused(CALL_NO_MEMORY, AREA, "a program has a page there");
        expect_bool(true, parts_mapping(space, AREA, &info),
                    "that page is mapped as before");
        pool_unmap(space->pagemap, AREA);
        pool_give_mapped(region, mapping);

        utcbs_begin_small(2);
        while (pool_left() > 1 && pool_take(&page))
                taken[count++] = page.page;
        for (uint32_t i = 0; i < 3; i++)
                refused(CALL_NO_MEMORY, AREA,
                        "there is one page left, which is not enough for page "
                        "and page-table");
        expect_bool(false, utcb_find(space, AREA + UTCB_MR0) != NULL,
                    "utcb_find of what was refused");
        expect_bool(false, parts_mapping(space, AREA, &info),
                    "something is mapped where there is no UTCB");
        pool_give(taken[--count]);
        take_utcb(space, 0);
        expect_number(0, pool_left(), "pages left: a page, and its page-table");
        take_utcb(space, 1);
        threads[PLACES].space = other;
        refused(CALL_NO_MEMORY, 0x10000000, "there is no page left");
        utcb_give(&threads[0]);
        utcb_give(&threads[1]);
        expect_number(2, pool_left(), "pages left when all are given back");
        while (count > 0)
                pool_give(taken[--count]);
}
