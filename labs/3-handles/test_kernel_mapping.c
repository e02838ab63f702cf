// SPDX-License-Identifier: MIT
// Tests of exercise 3.6, adding and removing kernel mappings.
#include "kernel_mappings.h"

#include <h/internal/state.h>

// The processor goes back to the reference directory.
static void
leave(void)
{
        due_current(NULL);
        live_load(h_state.reference);
}

TEST(kernel_mappings_of_all_sizes)
{
        const struct h_vfpage first = user_pages(SPACES_CLIENT_BASE, 12);
        const struct h_vfpage last =
                user_pages(SPACES_CLIENT_LIMIT - H_PAGE_SIZE, 12);

        // A page at either end, 32 KB, 1 MB, half of a page-table; one page
        // twice.
        spaces_begin();
        struct h_region page = spaces_page();
        struct h_region row = spaces_far(15);
        struct h_region far = spaces_far(21), quarter = spaces_far(20);
        spaces_make();
        has_parts(goes(page, first, H_W, false), page, first, H_W);
        has_parts(goes(page, last, H_R | 0x80, true), page, last, H_R);
        goes(row, user_pages(0xD0018000, 15), H_R | H_X, false);
        goes(quarter, user_pages(0xD0100000, 20), H_R | H_W, false);
        goes(far, user_pages(0xD0200000, 21), H_R | H_W, true);
        spaces_check("after h_add_kernel_mapping of a page, at the first and "
                     "at the last address, of 32 KB, 1 MB and 2 MB");

        // A complete page-table, and more than one.
        spaces_begin();
        far = spaces_far(23);
        struct h_region half = region_of(region_first(far).value, 22);
        struct h_vfpage all = user_pages(SPACES_CLIENT_BASE, 23);
        spaces_make();
        struct h_kernel_mapping mapping =
                adds(half, user_pages(0xD0400000, 22), H_R, true);
        removes(mapping);
        mapping = adds(far, all, H_R | H_W | H_X, false);
        has_parts(mapping, far, all, H_R | H_W | H_X);
        removes(mapping);
}

// Each page of a mapping shows its page of the region.
static void
shows(struct h_vfpage pages, struct h_region region, const char *when)
{
        uint32_t count = 1u << (region_log2(region) - H_PAGE_LOG2);

        for (uint32_t i = 0; i < count; i++) {
                uint32_t word = i * H_PAGE_WORDS + random_below(H_PAGE_WORDS);
                expect_reads(vaddr(h_vfpage_first(pages).value + 4 * word),
                             *spaces_word(region_word(region, word)), when);
        }
}

TEST(kernel_mappings_are_in_all_spaces)
{
        spaces_begin();
        struct h_pagemap one = given_pagemap(), two = given_pagemap();
        struct h_region region = spaces_region(14);
        struct h_vfpage pages = spaces_addresses(14);
        struct h_vfpage others = spaces_addresses(14);
        struct h_vfpage execute = spaces_addresses(14);
        spaces_make();
        spaces_enter(one);

        // What is mapped in one is there in all.
        adds(region, pages, H_R | H_W, false);
        shows(pages, region, "in the space that it was mapped in");
        spaces_enter(two);
        shows(pages, region, "in another space");
        leave();
        shows(pages, region, "in the reference directory");

        // Written in one space, read in another one.
        struct vaddr at = page_address(pages, 2);
        uint32_t word = random_word();
        if (touch_write(at, word).faulted)
                fail("writing to address 0x%08x, mapped for reading and "
                     "writing: a fault",
                     at.value);
        due_word(region_first(region_page(region, 2)), word);
        spaces_check("after writing to address 0x%08x", at.value);
        spaces_enter(one);
        expect_reads(at, word, "after writing to it in another space");

        // The kernel cannot write either where nobody may.
        adds(region, others, H_R, true);
        expect_read_only(page_address(others, 0), "mapped for reading");
        expect_read_only(page_address(others, 3), "mapped for reading");
        adds(region, execute, H_X, false);
        expect_read_only(page_address(execute, 1), "mapped for executing");

        // And in a space that comes later.
        struct h_pagemap three = given_pagemap();
        spaces_make();
        spaces_enter(three);
        shows(pages, region, "in a space that was made afterwards");
        spaces_check("after reading in four spaces");
}

// Whether the translations of a row of pages are still known.
static void
all_gone(struct h_vfpage pages, uint32_t count, const char *when)
{
        for (uint32_t i = 0; i < count; i++)
                expect_no_access(page_address(pages, i), when);
}

TEST(removed_kernel_mappings_are_gone)
{
        spaces_begin();
        struct h_pagemap one = given_pagemap(), two = given_pagemap();
        struct h_region region = spaces_region(14), next = spaces_region(14);
        struct h_vfpage in_front = spaces_addresses(14);
        struct h_vfpage pages = spaces_addresses(14);
        struct h_vfpage behind = spaces_addresses(14);
        given_kernel_mapping(region, in_front, H_R, false);
        struct h_kernel_mapping mapping =
                given_kernel_mapping(region, pages, H_R | H_W, true);
        given_kernel_mapping(next, behind, H_R | H_W, false);
        spaces_make();

        // The processor knows it in both spaces.
        spaces_enter(one);
        shows(pages, region, "before it is removed");
        spaces_enter(two);
        shows(in_front, region, "before the mapping behind it is removed");
        shows(pages, region, "before it is removed");
        removes(mapping);
        all_gone(pages, 4, "after h_remove_kernel_mapping");
        spaces_enter(one);
        all_gone(pages, 4, "in another space, after h_remove_kernel_mapping");
        leave();
        all_gone(pages, 4, "in the reference directory, after it was removed");
        shows(in_front, region, "after the mapping behind it was removed");
        shows(behind, next, "after the mapping in front of it was removed");
        is_stale(mapping);
        spaces_check("after calls with the handle of a removed mapping");

        // Its addresses are free again, and its slot too; its handle is not.
        struct h_kernel_mapping again = adds(next, pages, H_R | H_W, false);
        shows(pages, next, "where another mapping was removed");
        if (same_handle(mapping, again))
                fail("the handle of a removed mapping, slot %u, generation "
                     "%u, was given out again",
                     again.slot, again.generation);
        is_stale(mapping);
        removes(again);
        is_stale(again);
}
