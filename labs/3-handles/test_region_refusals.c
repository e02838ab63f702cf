// SPDX-License-Identifier: MIT
// Tests of exercise 3.1: what is no region, and no part of one.
#include "deriving.h"
#include "modules.h"

// All pages from page number `first` to the one before `end`.
static void
give_nothing(uint32_t first, uint32_t end)
{
        for (uint32_t page = first; page < end; page++)
                is_no_region(page * H_PAGE_SIZE | H_PAGE_LOG2);
        gives_nothing(first * H_PAGE_SIZE, H_PAGE_LOG2);
        gives_nothing((end - 1) * H_PAGE_SIZE, H_PAGE_LOG2);
}

// The first initial region begins somewhere in memory, where twenty pages are
// one each: what lies in front of it is in none.
static void
give_nothing_in_front(void)
{
        static struct region_table before;

        before = region_table;
        region_table.count = 20;
        for (uint32_t i = 0; i < 20; i++)
                region_table.regions[i].range.word =
                        (0x658 + i) * H_PAGE_SIZE | H_PAGE_LOG2;
        gives_nothing(0x00080000, 16);
        gives_nothing(0x00000000, 13);
        gives_nothing(0x00600000, 18);
        region_table = before;
        derives(region_of(0x00600000, 18), 0x00600000, 18);
}

TEST(regions_refuse_what_is_not_the_clients)
{
        spaces_begin_with(SPACES_PAGES);
        spaces_make();
        derives(region_of(0x00600000, 18), 0x0063F000, 12);
        derives(region_of(0x01000000, 23), 0x017FF000, 12);

        // A hole; the image, with its tables; the environment, with its own.
        give_nothing(0x09F, 0x100);
        give_nothing(0x100, 0x400);
        give_nothing(0x400, 0x600);
        give_nothing(0x640, 0x658);

        // Larger ones of which all or a part is.
        gives_nothing(0x00100000, 20);
        gives_nothing(0x00400000, 13);
        gives_nothing(0x00400000, 21);
        gives_nothing(0x00400000, 22);
        gives_nothing(0x0009E000, 13);
        gives_nothing(0x00080000, 19);
        gives_nothing(0x00640000, 18);
        gives_nothing(0x00650000, 16);

        // What there is not.
        gives_nothing(0x01800000, 12);
        gives_nothing(0x01800000, 22);
        gives_nothing(0x01800000, 23);
        gives_nothing(0x01000000, 24);
        gives_nothing(0x40000000, 12);
        gives_nothing(0x80000000, 12);

        // First and last page of memory, 2^32 bytes further, would be there.
        gives_nothing(0xFFFFF000, 12);
        gives_nothing(0xFFFFE000, 13);
        gives_nothing(0xFFC00000, 22);
        gives_nothing(0xC0000000, 30);
        gives_nothing(0x80000000, 31);
        gives_nothing(0x00000000, 31);
        gives_nothing(0x00000000, 32);
        give_nothing_in_front();
        spaces_check("after h_derive_region");
}

TEST(regions_refuse_more_than_one)
{
        spaces_begin();
        spaces_make();
        derives(region_of(0x00600000, 18), 0x00600000, 18);

        // Each begins in one region and ends in another one.
        gives_nothing(0x00600000, 19);
        gives_nothing(0x00600000, 21);
        gives_nothing(0x00000000, 23);
        gives_nothing(0x00000000, 24);
        spaces_check("after h_derive_region");

        // All of their pages are the client's: two modules that touch; a module
        // and what lies beside it; all together.
        modules_begin();
        derives(region_of(0x007A0000, 14), 0x007A0000, 14);
        derives(region_of(0x007A8000, 15), 0x007A8000, 15);
        gives_nothing(0x007A4000, 13);
        gives_nothing(0x007A4000, 14);
        gives_nothing(0x007A0000, 15);
        gives_nothing(0x007A0000, 16);
        gives_nothing(0x00780000, 18);
        gives_nothing(0x00780000, 19);
        gives_nothing(0x00700000, 20);
        spaces_check("after h_derive_region");
        modules_end();
}
