// SPDX-License-Identifier: MIT
// Tests of exercise 3.4, adding mappings: what it maps, and how.
#include "adding.h"

// What it is to look at no further where no page-table is needed: neither part
// is one that the client may name.
static const struct h_pagemap_page nonsense = {
        .page = { { 0xFFFFFFFF } },
        .mapped = { 0x00000FFF },
};

TEST(add_uses_the_table_that_is_there)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_pagemap_page in_use = given_table(space, 0x00400000);
        given_mapped(space, user_pages(0x00406000, 12), spaces_page(), H_R);
        struct h_pagemap_page lent = spaces_lent();
        spaces_make();

        maps((struct adding){ NULL, space, user_pages(0x00405000, 12),
                              spaces_page(), H_R | H_W },
             false);
        spaces_check("after h_add_mapping of one page, with no table");

        // The first and the last page of the table, and others.
        struct h_region region = spaces_region(13);
        struct h_pagemap_page inside = { region_page(region, 1),
                                         spaces_address() };
        maps((struct adding){ &lent, space, user_pages(0x00400000, 12),
                              spaces_page(), H_R },
             false);
        maps((struct adding){ &nonsense, space, user_pages(0x007FF000, 12),
                              spaces_page(), H_R },
             false);
        maps((struct adding){ &in_use, space, user_pages(0x00407000, 12),
                              spaces_page(), H_R },
             false);
        maps((struct adding){ &inside, space, user_pages(0x00600000, 13),
                              region, H_R },
             false);
        spaces_check("after h_add_mapping of pages beside others, with tables "
                     "that are not needed");
}

TEST(add_makes_a_page_table)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_pagemap other = given_pagemap();
        struct h_pagemap_page first = spaces_lent();
        struct h_pagemap_page second = spaces_lent();
        struct h_pagemap_page third = spaces_lent();
        struct h_region pages = spaces_region(14);
        spaces_make();

        // What the page holds, entries by their looks, is gone.
        maps((struct adding){ &first, space, user_pages(0x10003000, 12),
                              region_page(pages, 0), H_R },
             true);
        spaces_check("after h_add_mapping of the first page of 4 MB");
        maps((struct adding){ &second, space, user_pages(0x103FF000, 12),
                              region_page(pages, 1), H_R | H_W },
             false);
        maps((struct adding){ &second, other, user_pages(0x10003000, 12),
                              region_page(pages, 2), H_R },
             true);
        maps((struct adding){ &third, space, user_pages(0x10400000, 12),
                              region_page(pages, 3), H_X },
             true);
        spaces_check("after h_add_mapping with one page-table more for each "
                     "4 MB");
}

TEST(add_maps_ranges_of_pages)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_pagemap_page lent = spaces_lent();
        spaces_make();

        // Each aligned to its size: all but two pages of 4 MB.
        for (unsigned log2_size = 13; log2_size < H_SUPERPAGE_LOG2;
             log2_size++) {
                bool needed = log2_size == 13;
                maps((struct adding){ needed ? &lent : NULL, space,
                                      user_pages(0x08000000 | 1u << log2_size,
                                                 log2_size),
                                      spaces_far(log2_size), H_R | H_W },
                     needed);
        }
        spaces_check("after h_add_mapping of 8 KB to 2 MB");
}

TEST(add_maps_superpages)
{
        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap space = given_pagemap();
        given_mapped(space, user_pages(0x3FFFF000, 12), spaces_page(), H_R);
        given_mapped(space, user_pages(0x40400000, 12), spaces_page(), H_R);
        struct h_pagemap_page lent = spaces_lent();
        spaces_make();

        maps((struct adding){ NULL, space, user_pages(0x40000000, 22),
                              spaces_far(22), H_R },
             false);
        spaces_check("after h_add_mapping of 4 MB");

        // A page-table is never needed, and so never looked at.
        struct h_region region = spaces_far(23);
        struct h_pagemap_page inside = { region_page(region, 5),
                                         spaces_address() };
        maps((struct adding){ &lent, space, user_pages(0x20000000, 23), region,
                              H_R | H_W },
             false);
        maps((struct adding){ &nonsense, space, user_pages(0x30800000, 23),
                              region, H_R },
             false);
        maps((struct adding){ &inside, space, user_pages(0x50000000, 23),
                              region, H_R },
             false);
        spaces_check("after h_add_mapping of 8 MB by two superpages, with "
                     "tables that are not needed");
}

TEST(add_reaches_both_ends_of_user_space)
{
        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap by_pages = given_pagemap();
        struct h_pagemap by_superpages = given_pagemap();
        struct h_pagemap_page low = spaces_lent(), high = spaces_lent();
        spaces_make();

        maps((struct adding){ &low, by_pages, user_pages(0x00000000, 12),
                              spaces_page(), H_R },
             true);
        maps((struct adding){ &high, by_pages, user_pages(0xBFFFF000, 12),
                              spaces_page(), H_R | H_W },
             true);
        maps((struct adding){ NULL, by_pages, user_pages(0xBFC00000, 21),
                              spaces_far(21), H_R },
             false);
        maps((struct adding){ NULL, by_superpages, user_pages(0x00000000, 22),
                              spaces_far(22), H_R },
             false);
        maps((struct adding){ NULL, by_superpages, user_pages(0xBF800000, 23),
                              spaces_far(23), H_R | H_W },
             false);
        spaces_check("after h_add_mapping at 0 and up to 0xBFFFFFFF");
}

// Rights as they may be asked for, all bits that are none included.
static const unsigned all_rights[] = {
        H_R,
        H_W,
        H_X,
        H_R | H_W,
        H_R | H_X,
        H_W | H_X,
        H_R | H_W | H_X,
        H_R | ~7u,
        0xFFFFFFFFu,
};

TEST(add_gives_each_right)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_pagemap_page lent = spaces_lent();
        struct h_region large = spaces_far(22);
        spaces_make();
        spaces_enter(space);

        for (unsigned i = 0; i < sizeof(all_rights) / sizeof(unsigned); i++) {
                unsigned rights = all_rights[i];
                struct h_vaddr at = { 0x70000000 + i * H_PAGE_SIZE };
                struct h_region page = spaces_page();
                uint32_t *word = spaces_word(region_first(page));

                expect_no_access(vaddr(at.value), "before h_add_mapping");
                maps((struct adding){ &lent, space, user_pages(at.value, 12),
                                      page, rights },
                     i == 0);
                expect_reads(vaddr(at.value), *word, "after h_add_mapping");
                if (rights & H_W)
                        expect_writes(
                                vaddr(at.value),
                                (struct pagemap_page){
                                        paddr(region_first(page).value), word },
                                "after h_add_mapping with H_W");
                else
                        expect_read_only(vaddr(at.value),
                                         "after h_add_mapping without H_W");
                maps((struct adding){ NULL, space,
                                      user_pages(0x80000000 + (i << 22), 22),
                                      large, rights },
                     false);
        }
        spaces_check("after h_add_mapping with each set of rights");

        spaces_enter(other);
        expect_no_access(vaddr(0x70000000), "in another address space");
}

TEST(add_counts_every_mapping)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_pagemap_page lent[2] = { spaces_lent(), spaces_lent() };
        struct h_region region = spaces_region(14);
        struct h_region large = spaces_far(22);
        given_kernel_mapping(region_page(region, 2), spaces_addresses(12), H_R,
                             false);
        due_page(region_page(large, 1000), NORMAL(PAGE_COUNT_MAX - 3));
        spaces_make();

        maps((struct adding){ &lent[0], space, user_pages(0x00800000, 14),
                              region, H_R },
             true);
        maps((struct adding){ NULL, space, user_pages(0x00804000, 14), region,
                              H_W },
             false);
        maps((struct adding){ NULL, space, user_pages(0x00BFF000, 12),
                              region_page(region, 3), H_R },
             false);
        maps((struct adding){ &lent[1], other, user_pages(0x00802000, 13),
                              region_of(region_first(region).value, 13), H_R },
             true);
        spaces_check("after h_add_mapping of the same pages again and again");

        // The last one brings one page to the highest count that there is.
        maps((struct adding){ NULL, space, user_pages(0x01000000, 22), large,
                              H_R },
             false);
        maps((struct adding){ NULL, other, user_pages(0x02000000, 22), large,
                              H_R },
             false);
        maps((struct adding){ NULL, space, user_pages(0x00A00000, 12),
                              region_page(large, 1000), H_R },
             false);
        spaces_check("after h_add_mapping of a superpage twice, and of one of "
                     "its pages by itself");
}
