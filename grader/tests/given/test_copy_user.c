// SPDX-License-Identifier: MIT
// h_copy_user, on the machine: rows of bytes of every kind arrive, and nothing
// else changes.
#include "copying.h"

TEST(copy_bytes_within_pages)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R, 0);
        given_row(there, H_R | H_W, 0);
        spaces_make();

        for (uint32_t to = 0; to < 4; to++) {
                uint32_t out = ROW_AT + to * H_PAGE_SIZE + to;
                for (uint32_t in = 0; in < 4; in++)
                        for (uint32_t bytes = 0; bytes < 10; bytes++)
                                copy(in_space(there,
                                              out + 0x20 * bytes + 0x200 * in),
                                     in_space(here, ROW_AT + 0x105 * bytes +
                                                            0x1000 * in + in),
                                     bytes);
                spaces_check("after h_copy_user of up to 9 bytes, aligned in "
                             "every way");
        }
}

struct across {
        uint32_t to;
        uint32_t from;
        uint32_t bytes;
};

// ROW_AT + 0x6000 is where the next page-table begins.
static const struct across across[] = {
        { 0x0FFC, 0x0000, 8 },      // the one ends within, the other not
        { 0x0000, 0x0FFD, 6 },      //
        { 0x0FFF, 0x0FFF, 2 },      // both at once
        { 0x1FFF, 0x3FFE, 0x2003 }, // three and four pages
        { 0x1000, 0x2000, 0x1000 }, // just a page
        { 0x1000, 0x2000, 0x0FFF }, //
        { 0x1000, 0x2000, 0x1001 }, //
        { 0x5FFE, 0x5FFD, 5 },      // from one page-table to the next
        { 0x4ABC, 0x2123, 0x3000 }, //
        { 0x0000, 0x0000, 0x8000 }, // all there is
        { 0x0001, 0x0000, 0x7FFF }, //
};

TEST(copy_bytes_across_borders)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R, 0);
        given_row(there, H_R | H_W, 0);
        spaces_make();

        for (size_t i = 0; i < sizeof(across) / sizeof(across[0]); i++)
                copies(in_space(there, ROW_AT + across[i].to),
                       in_space(here, ROW_AT + across[i].from),
                       across[i].bytes);
}

TEST(copy_bytes_that_overlap)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region row = given_row(space, H_R | H_W, 0);
        // The same memory at other addresses: what lies above there lies below
        // in memory, and the reverse.
        given_mapped(other, user_pages(ROW_AT, 12), region_page(row, 0),
                     H_R | H_W);
        given_mapped(other, user_pages(ROW_AT + H_PAGE_SIZE, 12),
                     region_page(row, 3), H_R | H_W);
        given_mapped(space, user_pages(0, 12), region_page(row, 3), H_R | H_W);
        spaces_make();

        const struct place at = in_space(space, ROW_AT);
        copies(at, at, 0x8000);
        copies(plus(at, 0x123), plus(at, 0x123), 0x2000);
        copies(plus(at, 1), at, 0x900);
        copies(plus(at, 0x3004), plus(at, 0x3001), 0x17);
        copies(plus(at, 0x2002), plus(at, 0x2000), 0xFFE);
        copies(at, plus(at, 1), 0x900);
        copies(plus(at, 0x3001), plus(at, 0x3004), 0x17);
        copies(plus(at, 0x1801), plus(at, 0x1800), 0x1900);
        copies(plus(at, 0x1800), plus(at, 0x1803), 0x1900);
        copies(plus(at, 0x2004), plus(at, 0x1000), 0x3000);

        copies(in_space(space, 0x204), plus(at, 0x200), 0x400);
        copies(in_space(space, 0x200), plus(at, 0x207), 0x400);
        copies(in_space(other, ROW_AT), at, 0x2000);
        copies(plus(at, 3), in_space(other, ROW_AT + 0x100), 0x1800);
        copies(in_space(other, ROW_AT + 0x801), plus(at, 0x800), 0x1300);
}

TEST(copy_bytes_at_the_ends_of_user_space)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), empty = given_pagemap();
        given_row(space, H_R | H_W, 0);
        given_mapped(space, user_pages(LAST_PAGE, 12), spaces_region(12),
                     H_R | H_W);
        given_mapped(space, user_pages(0, 12), spaces_region(12), H_R | H_W);
        spaces_make();

        const struct place first = in_space(space, 0);
        const struct place last = in_space(space, LAST_PAGE);
        const struct place row = in_space(space, ROW_AT);
        copies(plus(row, 0x800), plus(last, 0xFFF), 1);
        copies(plus(last, 0xFFF), plus(row, 0x123), 1);
        copies(plus(last, 0x345), plus(row, 0xA00), 0xCBB);
        copies(first, plus(last, 0x801), 0x7FF);
        copies(plus(row, 0xFFF), first, 0x1000);
        copies(last, row, 0x1000);

        // No bytes: nothing is asked of what is mapped.
        const struct place end = in_space(empty, H_KERNEL_SPACE);
        copies(end, end, 0);
        copies(in_space(empty, 0), end, 0);
        copies(end, in_space(empty, ROW_AT), 0);
        copies(last, in_space(empty, LAST_PAGE), 0);
}

// Reading is what user code could do on this machine, where executing means
// reading; what was asked for does not count.
TEST(copy_bytes_as_far_as_rights_go)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        struct h_region row = spaces_region(15), sink = spaces_region(15);
        for (uint32_t i = 1; i < 8; i++) {
                struct h_vfpage at = user_pages(ROW_AT + i * H_PAGE_SIZE, 12);
                given_mapped(here, at, region_page(row, i), i);
                given_mapped(there, at, region_page(sink, i), i);
        }
        spaces_make();

        for (uint32_t from = 1; from < 8; from++)
                for (uint32_t to = 1; to < 8; to++) {
                        bool may = to & H_W;
                        copy_ends(may ? H_OK : H_READ_ONLY,
                                  in_space(there, ROW_AT + 0x1001 * to),
                                  in_space(here, ROW_AT + 0x1003 * from), 0x123,
                                  may ? 0x123 : 0);
                }
        spaces_check("after h_copy_user between pages of all rights");
}

TEST(copy_bytes_at_random)
{
        spaces_begin();
        struct h_pagemap spaces[2] = { given_pagemap(), given_pagemap() };
        given_row(spaces[0], H_R | H_W, 0);
        given_row(spaces[1], H_R | H_W, 0);
        spaces_make();

        for (unsigned i = 0; i < 12; i++) {
                uint32_t bytes = random_below(random_below(2) ? 32 : 0x2200);
                uint32_t room = 0x8000 - bytes + 1;
                copies(in_space(spaces[random_below(2)],
                                ROW_AT + random_below(room)),
                       in_space(spaces[random_below(2)],
                                ROW_AT + random_below(room)),
                       bytes);
        }
}
