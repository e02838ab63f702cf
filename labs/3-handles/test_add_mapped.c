// SPDX-License-Identifier: MIT
// Tests of exercise 3.4, adding mappings: what is mapped there already, by pages
// or by superpages.
#include "adding.h"
#include "far_memory.h"

#include <kernel/memory.h>
#include <kernel/string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

TEST(add_refuses_mapped_pages)
{
        static const struct {
                uint32_t word;
                const char *why;
        } ranges[] = {
                { 0x00410000 | 12, "the page is mapped" },
                { 0x00410000 | 15, "the first page is mapped" },
                { 0x00420000 | 15, "the fourth page is mapped" },
                { 0x00430000 | 15, "the last page is mapped" },
                { 0x00600000 | 21, "the last of 512 pages is mapped" },
        };

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region page = spaces_page(), region = spaces_region(15);
        struct h_region far = spaces_far(21);
        given_mapped(space, user_pages(0x00410000, 12), page, H_R);
        given_mapped(space, user_pages(0x00423000, 12), page, H_R);
        given_mapped(space, user_pages(0x00437000, 12), page, H_R);
        given_mapped(space, user_pages(0x007FF000, 12), page, H_R);
        struct h_pagemap_page lent = spaces_lent();
        spaces_make();

        for (size_t i = 0; i < COUNT_OF(ranges); i++) {
                struct adding call = {
                        NULL, space, { ranges[i].word }, region, H_R | H_W
                };
                call.region.pages.word += h_vfpage_log2(call.pages) - 15;
                if (h_vfpage_log2(call.pages) == 21)
                        call.region = far;
                refuses(H_MAPPED, call, ranges[i].why);
                call.table = &lent;
                refuses(H_MAPPED, call, ranges[i].why);
        }
        refuses(H_MAPPED,
                (struct adding){ NULL, space, user_pages(0x00410000, 12), page,
                                 H_R },
                "the same mapping is there");
        spaces_check("after h_add_mapping has refused what is mapped");

        // As close as can be.
        region.pages.word -= 2;
        maps((struct adding){ NULL, space, user_pages(0x00424000, 13), region,
                              H_R },
             false);
        maps((struct adding){ NULL, space, user_pages(0x00420000, 13), region,
                              H_R },
             false);
        region.pages.word -= 1;
        maps((struct adding){ NULL, space, user_pages(0x00422000, 12), region,
                              H_R },
             false);
        spaces_check("after h_add_mapping of all that is free beside it");
}

// An array for a machine of 1 GB, of which the second half is free, lies far away.
#define GIGABYTE_PAGES 0x40000u
#define HALF_PAGES (GIGABYTE_PAGES / 2)
#define HALF (HALF_PAGES * H_PAGE_SIZE)

// 512 MB are to be where only the last page of as much is mapped.
static void
refuses_512_mb(struct h_pagemap space)
{
        struct page *pages = (struct page *)FAR_ADDRESS;
        const struct page_array before = page_array;

        if (!far_is_there())
                return;
        far_show();
        memcpy(pages, before.pages, before.count * sizeof(*pages));
        memset(pages + HALF_PAGES, 0, HALF_PAGES * sizeof(*pages));
        page_array = (struct page_array){ pages, GIGABYTE_PAGES };
        region_table.regions[region_table.count++].range.word = HALF | 29;

        refuses_once(H_MAPPED,
                     (struct adding){ NULL, space, user_pages(0x40000000, 29),
                                      region_of(HALF, 29), H_R },
                     true, "the last of 128 times 4 MB has a page-table");
        for (uint32_t i = HALF_PAGES; i < GIGABYTE_PAGES; i++)
                if (pages[i].status != 0)
                        fail("h_add_mapping of 512 MB, which refused: page "
                             "0x%08x is %s now",
                             i * H_PAGE_SIZE, page_words(pages[i]).text);
        region_table.count--;
        page_array = before;
        far_hide();
}

TEST(add_refuses_superpages_over_tables)
{
        static const struct {
                uint32_t word;
                const char *why;
        } ranges[] = {
                { 0x01000000 | 22, "its first page is mapped" },
                { 0x01C00000 | 22, "its last page is mapped" },
                { 0x01000000 | 23, "its first page is mapped" },
                { 0x01800000 | 23, "its last page is mapped" },
                { 0x03000000 | 22, "a superpage is there" },
                { 0x03000000 | 23, "the first half is a superpage" },
                { 0x03800000 | 23, "the second half is a superpage" },
        };

        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap space = given_pagemap();
        struct h_region page = spaces_page();
        struct h_region superpage = spaces_far(22), far = spaces_far(23);
        given_mapped(space, user_pages(0x01000000, 12), page, H_R);
        given_mapped(space, user_pages(0x01FFF000, 12), page, H_R);
        given_mapped(space, user_pages(0x5FFFF000, 12), page, H_R);
        given_mapped(space, user_pages(0x03000000, 22), superpage, H_R);
        given_mapped(space, user_pages(0x03C00000, 22), superpage, H_R);
        spaces_make();

        for (size_t i = 0; i < COUNT_OF(ranges); i++) {
                struct adding call = {
                        NULL, space, { ranges[i].word }, far, H_R
                };
                call.region.pages.word += h_vfpage_log2(call.pages) - 23;
                refuses_once(H_MAPPED, call, i % 2, ranges[i].why);
        }
        refuses_512_mb(space);
        spaces_check("after h_add_mapping has refused superpages over pages "
                     "and superpages");
        maps((struct adding){ NULL, space, user_pages(0x03400000, 22),
                              superpage, H_R },
             false);
        spaces_check("after h_add_mapping of a superpage beside others");
}

TEST(add_refuses_parts_of_superpages)
{
        static const uint32_t ranges[] = { 0x03000000 | 12, 0x033FF000 | 12,
                                           0x03008000 | 14, 0x03C00000 | 21 };

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region superpage = spaces_far(22), far = spaces_far(21);
        given_mapped(space, user_pages(0x03000000, 22), superpage, H_R);
        given_mapped(space, user_pages(0x03C00000, 22), superpage, H_W);
        struct h_pagemap_page lent = spaces_lent();
        spaces_make();

        struct adding call = { NULL, space, { 0 }, far, H_R };
        for (size_t i = 0; i < COUNT_OF(ranges); i++) {
                call.pages.word = ranges[i];
                call.region.pages.word =
                        far.pages.word + h_vfpage_log2(call.pages) - 21;
                call.table = NULL;
                refuses(H_SUPERPAGE, call, "a superpage maps it, no table");
                call.table = &lent;
                refuses(H_SUPERPAGE, call, "a superpage maps it, a table");
        }
        spaces_check("after h_add_mapping has refused parts of superpages");
        call.pages.word = 0x03A00000 | 21;
        maps(call, true);
        spaces_check("after h_add_mapping of the 2 MB in front of a superpage");
}
