// SPDX-License-Identifier: MIT
// Tests of exercise 3.1: which words are regions, and what is derived from them.
#include "deriving.h"
#include "modules.h"

// Parts of each size: the first one, the last one, and one in between.
static void
derives_parts(struct h_region whole)
{
        uint32_t first = region_first(whole).value;

        for (unsigned log2 = H_PAGE_LOG2; log2 <= region_log2(whole); log2++) {
                uint32_t count = 1u << (region_log2(whole) - log2);
                derives(whole, first, log2);
                derives(whole, first + ((count - 1) << log2), log2);
                derives(whole, first + (random_below(count) << log2), log2);
        }
}

// Of a machine whose memory is in that many pieces: two pages each, two in none.
#define PIECES 300u

static void
derives_from_pieces(void)
{
        static struct region_table before;

        before = region_table;
        region_table.count = PIECES;
        for (uint32_t i = 0; i < PIECES; i++)
                region_table.regions[i].range.word =
                        (0x00800000 + i * 0x4000) | 13;
        for (uint32_t i = 0; i < PIECES; i++) {
                struct h_region whole = initial_region(i);
                uint32_t first = region_first(whole).value;
                derives(whole, first, 13);
                derives(whole, first + H_PAGE_SIZE, H_PAGE_LOG2);
                is_no_region((first + 0x2000) | 13,
                             "which lies between two initial regions");
        }
        region_table = before;
}

TEST(derive_each_part_of_a_region)
{
        spaces_begin();
        spaces_make();
        for (size_t i = 0; i < region_table.count; i++)
                derives_parts(initial_region(i));

        // Each page of the first 8 MB that is the client's.
        for (size_t i = 0; i < region_table.count; i++) {
                struct h_region whole = initial_region(i);
                for (uint32_t page = 0; page < page_count(whole) % 0x800;
                     page++)
                        is_region(region_page(whole, page).pages.word);
        }

        // A part of a part, and the first page of memory.
        derives_parts(region_of(0x00C40000, 18));
        derives_parts(region_of(0x0065A000, 13));
        derives_parts(region_of(0x00000000, 12));
        derives_from_pieces();
        spaces_check("after h_derive_region");
}

// The initial region that holds a page.
static struct h_region
initial_region_of(struct h_region page)
{
        for (size_t i = 0; i < region_table.count; i++) {
                struct h_region whole = initial_region(i);
                uint32_t offset =
                        region_first(page).value - region_first(whole).value;
                if (offset / H_PAGE_SIZE < page_count(whole))
                        return whole;
        }
        fail("page 0x%08x is in no initial region", region_first(page).value);
}

TEST(pages_in_use_are_regions_still)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct paddr directory = spaces_directory(space).frame;
        struct h_pagemap_page table = given_table(space, 0x00400000);
        struct h_region mapped = spaces_page(), full = spaces_page();
        struct h_region row = spaces_region(14), far = spaces_far(22);
        given_mapped(space, user_pages(0x00400000, 12), mapped, H_R);
        given_mapped(space, user_pages(0x40000000, 22), far, H_R | H_W);
        given_kernel_mapping(row, spaces_addresses(14), H_R, false);
        due_page(full, NORMAL(PAGE_COUNT_MAX));
        spaces_make();

        const struct h_region used[] = {
                region_of(directory.value, H_PAGE_LOG2),
                table.page,
                mapped,
                full,
                region_page(row, 3),
                region_page(far, 1023),
        };
        for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
                struct h_region whole = initial_region_of(used[i]);
                uint32_t page = region_first(used[i]).value;
                derives(whole, page, H_PAGE_LOG2);
                derives(used[i], page, H_PAGE_LOG2);
                derives(whole, region_first(whole).value, region_log2(whole));
                derives(whole, page & -0x2000u, 13);
        }
        derives(far, region_first(far).value, 22);
        spaces_check("after h_derive_region");
}

TEST(regions_of_modules)
{
        modules_begin();
        for (size_t i = 0; i < MODULE_REGIONS; i++)
                derives_parts((struct h_region){ { module_regions[i] } });
        for (size_t i = 0; i < region_table.count; i++)
                derives_parts(initial_region(i));

        // A module's page that has become a table is in the same region.
        due_page(region_of(0x00781000, 12),
                 (struct page){ .status = STATUS_PAGE_TABLE, .module = 1 });
        due_page(region_of(0x00782000, 12), MODULE(PAGE_COUNT_MAX));
        spaces_make();
        derives(region_of(0x00780000, 17), 0x00780000, 14);
        derives(region_of(0x00781000, 12), 0x00781000, 12);
        derives(region_of(0x00782000, 12), 0x00782000, 12);
        spaces_check("after h_derive_region");
        modules_end();
}
