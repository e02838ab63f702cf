// SPDX-License-Identifier: MIT
// Tests of exercise 3.1: what is no region, and no part of one.
#include "deriving.h"
#include "modules.h"

// All pages from page number `first` to the one before `end`.
static void
give_nothing(uint32_t first, uint32_t end, const char *why)
{
        for (uint32_t page = first; page < end; page++)
                is_no_region(page * H_PAGE_SIZE | H_PAGE_LOG2, why);
        gives_nothing(first * H_PAGE_SIZE, H_PAGE_LOG2, why);
        gives_nothing((end - 1) * H_PAGE_SIZE, H_PAGE_LOG2, why);
}

// The first initial region begins somewhere in memory, where twenty pages are
// one each: what lies in front of it is in none.
static void
give_nothing_in_front(void)
{
        static struct region_table before;
        const char *why = "which is in front of the first initial region";

        before = region_table;
        region_table.count = 20;
        for (uint32_t i = 0; i < 20; i++)
                region_table.regions[i].range.word =
                        (0x658 + i) * H_PAGE_SIZE | H_PAGE_LOG2;
        gives_nothing(0x00080000, 16, why);
        gives_nothing(0x00000000, 13, why);
        gives_nothing(0x00600000, 18, why);
        region_table = before;
        derives(region_of(0x00600000, 18), 0x00600000, 18);
}

TEST(regions_refuse_what_is_not_the_clients)
{
        const char *environment = "which is environment memory";
        const char *some = "not all of whose pages are the client's";
        const char *beyond = "which reaches beyond the end of memory";

        spaces_begin_with(SPACES_PAGES);
        spaces_make();
        derives(region_of(0x00600000, 18), 0x0063F000, 12);
        derives(region_of(0x01000000, 23), 0x017FF000, 12);

        // A hole; the image, with its tables; the environment, with its own.
        give_nothing(0x09F, 0x100, "which is not installed");
        give_nothing(0x100, 0x400, "which is in the kernel's image");
        give_nothing(0x400, 0x600, environment);
        give_nothing(0x640, 0x658, environment);

        // Larger ones of which all or a part is.
        gives_nothing(0x00100000, 20, some);
        gives_nothing(0x00400000, 13, some);
        gives_nothing(0x00400000, 21, some);
        gives_nothing(0x00400000, 22, some);
        gives_nothing(0x0009E000, 13, some);
        gives_nothing(0x00080000, 19, some);
        gives_nothing(0x00640000, 18, some);
        gives_nothing(0x00650000, 16, some);

        // What there is not.
        gives_nothing(0x01800000, 12, beyond);
        gives_nothing(0x01800000, 22, beyond);
        gives_nothing(0x01800000, 23, beyond);
        gives_nothing(0x01000000, 24, beyond);
        gives_nothing(0x40000000, 12, beyond);
        gives_nothing(0x80000000, 12, beyond);

        // First and last page of memory, 2^32 bytes further, would be there.
        gives_nothing(0xFFFFF000, 12, beyond);
        gives_nothing(0xFFFFE000, 13, beyond);
        gives_nothing(0xFFC00000, 22, beyond);
        gives_nothing(0xC0000000, 30, beyond);
        gives_nothing(0x80000000, 31, beyond);
        gives_nothing(0x00000000, 31, beyond);
        gives_nothing(0x00000000, 32, beyond);
        give_nothing_in_front();
        spaces_check("after h_derive_region");
}

TEST(regions_refuse_more_than_one)
{
        const char *why = "which is no part of one initial region";

        spaces_begin();
        spaces_make();
        derives(region_of(0x00600000, 18), 0x00600000, 18);

        // Each begins in one region and ends in another one.
        gives_nothing(0x00600000, 19, why);
        gives_nothing(0x00600000, 21, why);
        gives_nothing(0x00000000, 23, why);
        gives_nothing(0x00000000, 24, why);
        spaces_check("after h_derive_region");

        // All of their pages are the client's: two modules that touch; a module
        // and what lies beside it; all together.
        modules_begin();
        derives(region_of(0x007A0000, 14), 0x007A0000, 14);
        derives(region_of(0x007A8000, 15), 0x007A8000, 15);
        gives_nothing(0x007A4000, 13, why);
        gives_nothing(0x007A4000, 14, why);
        gives_nothing(0x007A0000, 15, why);
        gives_nothing(0x007A0000, 16, why);
        gives_nothing(0x00780000, 18, why);
        gives_nothing(0x00780000, 19, why);
        gives_nothing(0x00700000, 20, why);
        spaces_check("after h_derive_region");
        modules_end();
}
