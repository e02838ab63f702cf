// SPDX-License-Identifier: MIT
// h_split_superpage, on the machine: user code notices nothing of it.
#include "copying.h"

#define LARGE 0x80400000u

// A page-table stands where the superpage was, and maps the same.
static void
due_split(struct h_pagemap space, struct h_region frames, unsigned rights,
          struct h_pagemap_page table)
{
        const uint32_t half = 1u << 21;
        uint32_t first = region_first(frames).value;

        due_unmapped(space, user_pages(LARGE, 22));
        due_table(space, LARGE, table);
        due_mapped(space, user_pages(LARGE, 21), region_of(first, 21), rights);
        due_mapped(space, user_pages(LARGE + half, 21),
                   region_of(first + half, 21), rights);
}

static void
split(struct h_pagemap space, uint32_t address, struct h_pagemap_page table)
{
        expect_h(H_OK,
                 h_split_superpage(space, (struct h_vaddr){ address }, table),
                 "h_split_superpage, address 0x%08x, page 0x%08x, seen at "
                 "0x%08x",
                 address, table.page.pages.word, table.mapped.value);
}

// Any address within the superpage will do, and each right, each mark stays.
TEST(split_maps_the_same)
{
        static const uint32_t within[] = { 0,        0x123456, 0x3FFFFF, 0x1000,
                                           0x200000, 0x3FF000, 7 };
        static const uint32_t marks[] = { 0, ENTRY_ACCESSED, USED };

        for (unsigned rights = 1; rights < 8; rights++) {
                uint32_t used = marks[rights % 3];
                spaces_begin();
                struct h_pagemap space = given_pagemap();
                struct h_region far = spaces_far(22);
                struct h_region beside = spaces_far(22);
                struct h_pagemap_page table = spaces_lent();
                given_mapped(space, user_pages(LARGE, 22), far, rights);
                given_mapped(space, user_pages(LARGE + H_SUPERPAGE_SIZE, 22),
                             beside, H_R);
                given_mapped(given_pagemap(), user_pages(LARGE, 22), far, H_R);
                spaces_make();
                *entry_at(space, LARGE) |= used;

                split(space, LARGE + within[rights - 1], table);
                due_split(space, far, rights, table);
                spaces_check("after h_split_superpage, address 0x%08x",
                             LARGE + within[rights - 1]);
                for (uint32_t i = 0; i < H_PAGE_WORDS; i++)
                        if (marks_at(space, LARGE + i * H_PAGE_SIZE) != used)
                                expect_marks(used, space,
                                             LARGE + i * H_PAGE_SIZE,
                                             "after h_split_superpage");
        }
}

static const uint32_t touched[] = { 0, 0x1A3040, 0x1A4000, 0x3FFFFC };

#define TOUCHED (sizeof(touched) / sizeof(touched[0]))

// What the TLB knows of the superpage may not outlive it.
TEST(split_pages_change_one_by_one)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(22);
        struct h_pagemap_page table = spaces_lent();
        given_mapped(space, user_pages(LARGE, 22), far, H_R | H_W);
        spaces_make();

        spaces_enter(space);
        for (uint32_t i = 0; i < TOUCHED; i++)
                touch_write(vaddr(LARGE + touched[i]), 0xFACE0000 + i);
        split(space, LARGE + 0x1A3FFF, table);
        due_split(space, far, H_R | H_W, table);
        for (uint32_t i = 0; i < TOUCHED; i++)
                expect_reads(vaddr(LARGE + touched[i]), 0xFACE0000 + i,
                             "after h_split_superpage");

        modify(space, LARGE + 0x1A3000, 12, H_R);
        expect_read_only(vaddr(LARGE + 0x1A3040),
                         "after a page of a superpage became read-only");
        if (touch_write(vaddr(LARGE + 0x1A4000), 1).faulted)
                fail("the page beside it cannot be written any more");
        remove(space, LARGE, 12, NULL, 0);
        expect_no_access(vaddr(LARGE), "after a page of it was removed");
        expect_reads(vaddr(LARGE + 0x3FFFFC), 0xFACE0003,
                     "after another page was removed");
        spaces_check("after pages of what was a superpage have changed");

        // And the whole of it, with the table.
        struct table_at gone = { LARGE, table };
        for (uint32_t i = 0; i < TOUCHED; i++)
                touch_read(vaddr(LARGE + touched[i]));
        removes(space, LARGE, 22, &gone, 1);
        for (uint32_t i = 0; i < TOUCHED; i++)
                expect_no_access(vaddr(LARGE + touched[i]),
                                 "after all of it was removed");
}

static void
refuses(enum h_error due, struct h_pagemap space, uint32_t address,
        struct h_pagemap_page table)
{
        expect_h(due,
                 h_split_superpage(space, (struct h_vaddr){ address }, table),
                 "h_split_superpage, address space %u.%u, address 0x%08x, "
                 "page 0x%08x, seen at 0x%08x",
                 space.slot, space.generation, address, table.page.pages.word,
                 table.mapped.value);
        spaces_check("after h_split_superpage has refused");
}

TEST(split_refuses_what_is_no_superpage)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        given_mapped(space, user_pages(LARGE, 22), spaces_far(22), H_R);
        given_mapped(space, user_pages(ROW_AT, 12), spaces_page(), H_R);
        struct h_pagemap_page table = spaces_lent();
        struct h_pagemap_page bad = { { { 0 } }, { 0 } };
        spaces_make();

        struct h_pagemap stale = { space.slot, space.generation + 1 };
        refuses(H_BAD_HANDLE, stale, LARGE, table);
        refuses(H_BAD_HANDLE, (struct h_pagemap){ 0 }, LARGE, table);
        refuses(H_BAD_ADDRESS, space, H_KERNEL_SPACE, table);
        refuses(H_BAD_ADDRESS, space, SPACES_CLIENT_BASE, table);
        refuses(H_BAD_ADDRESS, space, UINT32_MAX, table);
        refuses(H_NOT_SUPERPAGE, space, ROW_AT, table);
        refuses(H_NOT_SUPERPAGE, space, ROW_AT + 0x3000, table);
        refuses(H_NOT_SUPERPAGE, space, LARGE - 1, table);
        refuses(H_NOT_SUPERPAGE, space, LARGE + H_SUPERPAGE_SIZE, table);
        refuses(H_NOT_SUPERPAGE, space, H_KERNEL_SPACE - 1, table);
        refuses(H_NOT_SUPERPAGE, other, LARGE, table);
        // The page is looked at where there is a superpage.
        refuses(H_NOT_SUPERPAGE, other, LARGE, bad);
        refuses(H_BAD_REGION, space, LARGE, bad);
        split(space, LARGE, table);
        expect_h(H_NOT_SUPERPAGE,
                 h_split_superpage(space, (struct h_vaddr){ LARGE },
                                   spaces_lent()),
                 "h_split_superpage of what has been split");
}

TEST(split_refuses_pages)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(22), mapped = spaces_page();
        given_mapped(space, user_pages(LARGE, 22), far, H_R);
        struct h_pagemap_page in_use = given_table(space, ROW_AT);
        given_mapped(space, user_pages(ROW_AT, 12), mapped, H_R);
        struct h_vfpage used = spaces_addresses(12);
        struct h_region two = spaces_region(13);
        given_kernel_mapping(spaces_page(), used, H_R, false);
        const struct h_pagemap_page good = spaces_lent();
        spaces_make();

        const struct h_region regions[] = {
                region_of(0x00400000, 12), // environment
                region_of(0x000A0000, 12), // no memory
                region_of(0x7FFFF000, 12), //
                { { good.page.pages.word + 1 } }, { { 0 } },
        };
        for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
                refuses(H_BAD_REGION, space, LARGE,
                        (struct h_pagemap_page){ regions[i], good.mapped });
        refuses(H_BAD_SIZE, space, LARGE,
                (struct h_pagemap_page){ two, good.mapped });

        const uint32_t addresses[] = {
                good.mapped.value + 4,
                SPACES_CLIENT_LIMIT,
                SPACES_CLIENT_BASE - H_PAGE_SIZE,
                ROW_AT,
                0,
                0xFFFFF000,
        };
        for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
                refuses(H_BAD_ADDRESS, space, LARGE,
                        (struct h_pagemap_page){ good.page, { addresses[i] } });

        const struct h_region busy[] = { mapped, in_use.page, far };
        for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++)
                refuses(H_NOT_FREE, space, LARGE,
                        (struct h_pagemap_page){
                                region_of(region_first(busy[i]).value, 12),
                                good.mapped });
        // One of its own pages.
        refuses(H_NOT_FREE, space, LARGE,
                (struct h_pagemap_page){
                        region_of(region_first(far).value + 0x1A3000, 12),
                        good.mapped });
        refuses(H_ADDRESS_USED, space, LARGE,
                (struct h_pagemap_page){ good.page, in_use.mapped });
        refuses(H_ADDRESS_USED, space, LARGE,
                (struct h_pagemap_page){ good.page, h_vfpage_first(used) });
        split(space, LARGE, good);
        due_split(space, far, H_R, good);
        spaces_check("after h_split_superpage has refused, and then gone");
}
