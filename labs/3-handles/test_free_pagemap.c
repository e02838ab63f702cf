// SPDX-License-Identifier: MIT
// Tests of exercise 3.3: address spaces end, and everything comes back.
#include "ending.h"
#include "many_tables.h"

TEST(free_gives_the_directory_back)
{
        spaces_begin();
        struct h_pagemap first = given_pagemap(), second = given_pagemap();
        struct h_pagemap third = given_pagemap();
        spaces_make();

        ends(second);
        spaces_check("after h_free_pagemap of an empty space");
        ends_with(first, 3);
        spaces_check("after h_free_pagemap with more room than is needed");
        is_refused(second);
        is_refused(first);
        ends(third);
        spaces_check("after h_free_pagemap of all spaces");
}

// As many as a byte does not count, and the directory.
static void
with_many_tables(void)
{
        static struct h_region pages[MANY_TABLES + 1];
        const size_t count = MANY_TABLES + 1;
        size_t told = UNTOUCHED;

        struct many_tables tables;
        if (!begin_many_tables(&tables))
                return;
        struct h_pagemap space = tables.space;

        expect_h(H_CAPACITY, h_free_pagemap(space, pages, MANY_TABLES, &told),
                 "h_free_pagemap of a space with %u page-tables, with room for "
                 "as many regions",
                 MANY_TABLES);
        expect_number(count, told,
                      "h_free_pagemap, which refused: *count, of a space with "
                      "%u page-tables",
                      MANY_TABLES);
        expect_many_tables_stay(tables,
                                "after h_free_pagemap of many page-tables "
                                "without room for the directory");
        told = UNTOUCHED;
        expect_h(H_OK, h_free_pagemap(space, pages, count, &told),
                 "h_free_pagemap of a space with %u page-tables, with room for "
                 "one region more",
                 MANY_TABLES);
        expect_number(count, told,
                      "h_free_pagemap: *count, of a space with %u page-tables",
                      MANY_TABLES);
        expect_many_tables(pages + 1, tables, "h_free_pagemap");
        due_pagemap_gone(space);
        spaces_check("after h_free_pagemap of a space with %u page-tables",
                     MANY_TABLES);
}

TEST(free_gives_all_tables_back)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region page = spaces_page(), row = spaces_region(15);

        // The first and the last address of user space, a table that is full,
        // pages mapped several times, and here and there.
        given_mapped(space, user_pages(0x00000000, 12), page, H_R);
        given_mapped(space, user_pages(0xBFFFF000, 12), page, H_R | H_W);
        for (uint32_t i = 0; i < 128; i++)
                given_mapped(space, user_pages(0x10000000 + (i << 15), 15), row,
                             H_R);
        given_mapped(space, user_pages(0x7FFF8000, 15), row, H_R | H_W);
        given_mapped(other, user_pages(0x10000000, 15), row, H_R);
        given_mapped(other, user_pages(0x00000000, 12), page, H_R);
        given_kernel_mapping(row, spaces_addresses(15), H_R, false);
        spaces_make();

        ends(space);
        spaces_check("after h_free_pagemap of a space with 4 page-tables");
        is_refused(space);
        ends_with(other, 1);
        spaces_check("after h_free_pagemap of a space with 2 page-tables");
        with_many_tables();
}

TEST(free_uncounts_superpages)
{
        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region two = spaces_far(23), one = spaces_far(22);
        given_mapped(space, user_pages(0x40000000, 23), two, H_R);
        given_mapped(space, user_pages(0x00000000, 22), one, H_R | H_W);
        given_mapped(space, user_pages(0xBFC00000, 22), one, H_R);
        given_mapped(space, user_pages(0x50000000, 12), region_page(two, 2047),
                     H_R);
        given_mapped(other, user_pages(0x40000000, 23), two, H_R | H_W);
        spaces_make();

        ends(space);
        spaces_check("after h_free_pagemap of a space with 4 superpages and a "
                     "page-table");
        ends(other);
        spaces_check("after h_free_pagemap of a space with 2 superpages");
}

// Two current spaces that have no page-table to give back.
static void
without_tables(struct h_pagemap large, struct h_pagemap empty)
{
        spaces_enter(large);
        ends(large);
        expect_no_access(vaddr(0x40000000),
                         "after h_free_pagemap of a current space with a "
                         "superpage");
        spaces_check("after h_free_pagemap of a current space with a "
                     "superpage");

        // Who is still on a directory when it has been wiped goes on only as far
        // as the TLB remembers the kernel: here it has forgotten everything.
        spaces_enter(empty);
        live_flush();
        ends(empty);
        spaces_check("after h_free_pagemap of an empty current space");
}

TEST(free_of_the_current_space)
{
        const char *when = "after h_free_pagemap of the current space";

        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region row = spaces_region(13), page = spaces_page();
        struct h_region others = spaces_page();
        struct h_pagemap large = given_pagemap(), empty = given_pagemap();
        given_mapped(space, user_pages(0x00400000, 13), row, H_R | H_W);
        given_mapped(space, user_pages(0x80000000, 12), page, H_R);
        given_mapped(other, user_pages(0x00400000, 12), others, H_R);
        given_mapped(large, user_pages(0x40000000, 22), spaces_far(22), H_R);
        spaces_make();
        spaces_enter(space);
        reads_page(0x00400000, row, "before h_free_pagemap");
        reads_page(0x00401000, region_page(row, 1), "before h_free_pagemap");
        reads_page(0x80000000, page, "before h_free_pagemap");

        // What the TLB has of it is gone when the operation returns.
        ends(space);
        expect_no_access(vaddr(0x00400000), when);
        expect_no_access(vaddr(0x00401000), when);
        expect_no_access(vaddr(0x80000000), when);
        spaces_check(when);

        spaces_enter(other);
        reads_page(0x00400000, others, "in another space");
        expect_no_access(vaddr(0x80000000), "in another space");
        ends(other);
        expect_no_access(vaddr(0x00400000), when);
        spaces_check("after h_free_pagemap of the other space too");
        without_tables(large, empty);
}

TEST(free_of_another_space)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        struct h_region page = spaces_page(), row = spaces_region(13);
        given_mapped(here, user_pages(0x00400000, 12), page, H_R);
        given_mapped(there, user_pages(0x00400000, 13), row, H_R | H_W);
        spaces_make();
        spaces_enter(here);
        reads_page(0x00400000, page, "before h_free_pagemap of another space");

        // The processor stays where it is, and H sees the pages no longer.
        made_of(there, due);
        struct vaddr seen[2];
        for (unsigned i = 0; i < 2; i++) {
                seen[i] = h_state.seen_at[region_first(due[i]).value /
                                          H_PAGE_SIZE];
                reads_page(seen[i].value, due[i], "before h_free_pagemap");
        }
        ends(there);
        for (unsigned i = 0; i < 2; i++)
                expect_no_access(seen[i], "after h_free_pagemap");
        spaces_check("after h_free_pagemap of another space");
        reads_page(0x00400000, page, "after h_free_pagemap of another space");
}
