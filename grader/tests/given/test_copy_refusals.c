// SPDX-License-Identifier: MIT
// h_copy_user refuses: for each of its reasons, after just the bytes that it
// could copy.
#include "copying.h"

static struct h_pagemap here, there;

static void
begin(uint32_t holes_here, uint32_t holes_there)
{
        spaces_begin();
        here = given_pagemap();
        there = given_pagemap();
        given_row(here, H_R | H_W, holes_here);
        given_row(there, H_R | H_W, holes_there);
}

static void
refuses(enum h_error due, struct place to, struct place from, uint32_t bytes)
{
        copy_ends(due, to, from, bytes, 0);
        spaces_check("after h_copy_user, 0x%x bytes from 0x%08x to 0x%08x, has "
                     "refused",
                     bytes, from.address, to.address);
}

TEST(copy_refuses_bad_handles)
{
        begin(0, 0);
        spaces_make();

        const struct h_pagemap bad[] = {
                { 0, 0 },
                { here.slot, 0 },
                { here.slot, here.generation + 1 },
                { here.slot, here.generation - 1 },
                { SPACES_PAGEMAPS, here.generation },
                { UINT32_MAX, here.generation },
                { there.slot + 1, there.generation },
        };
        copies(in_space(there, ROW_AT), in_space(here, ROW_AT), 16);
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                refuses(H_BAD_HANDLE, in_space(bad[i], ROW_AT),
                        in_space(here, ROW_AT), 16);
                refuses(H_BAD_HANDLE, in_space(there, ROW_AT),
                        in_space(bad[i], ROW_AT), 16);
                refuses(H_BAD_HANDLE, in_space(there, ROW_AT),
                        in_space(bad[i], ROW_AT), 0);
        }

        struct h_region freed[8];
        size_t count;
        expect_h(H_OK, h_free_pagemap(here, freed, 8, &count),
                 "h_free_pagemap of the space that was copied from");
        due_pagemap_gone(here);
        refuses(H_BAD_HANDLE, in_space(there, ROW_AT), in_space(here, ROW_AT),
                16);
        refuses(H_BAD_HANDLE, in_space(here, ROW_AT), in_space(there, ROW_AT),
                16);
}

// Both ways.
static void
not_in_user_space(struct place place, uint32_t bytes)
{
        refuses(H_BAD_ADDRESS, place, in_space(there, ROW_AT), bytes);
        refuses(H_BAD_ADDRESS, in_space(there, ROW_AT), place, bytes);
}

TEST(copy_refuses_kernel_space)
{
        begin(0, 0);
        given_mapped(here, user_pages(LAST_PAGE, 12), spaces_region(12),
                     H_R | H_W);
        struct h_vfpage client = spaces_addresses(12);
        given_kernel_mapping(spaces_page(), client, H_R | H_W, true);
        spaces_make();

        const struct place end = in_space(here, H_KERNEL_SPACE);
        copies(in_space(there, ROW_AT), plus(end, -16u), 16);
        not_in_user_space(plus(end, -16u), 17);
        not_in_user_space(plus(end, -1u), 2);
        not_in_user_space(end, 1);
        not_in_user_space(plus(end, 1), 0);
        not_in_user_space(plus(end, H_PAGE_SIZE), 16);
        not_in_user_space(in_space(here, h_vfpage_first(client).value), 16);
        not_in_user_space(in_space(here, COPY_FROM_WINDOW), 16);
        not_in_user_space(in_space(here, UINT32_MAX), 0);
        not_in_user_space(in_space(here, UINT32_MAX), 1);
        // Sums that wrap to user space again.
        not_in_user_space(in_space(here, UINT32_MAX), ROW_AT);
        not_in_user_space(in_space(here, ROW_AT), UINT32_MAX);
        not_in_user_space(in_space(here, ROW_AT), 0u - ROW_AT);
        not_in_user_space(in_space(here, ROW_AT), 0u - ROW_AT + 16);
        not_in_user_space(in_space(here, 0), H_KERNEL_SPACE + 1);
}

// Page 2 of the row is missing in `here`; of the next page-table, page 7.
TEST(copy_stops_where_nothing_can_be_read)
{
        begin(0x84, 0);
        spaces_make();

        const struct place from = in_space(here, ROW_AT);
        const struct place to = in_space(there, ROW_AT);
        copy_ends(H_UNREADABLE, to, from, 0x2001, 0x2000);
        copy_ends(H_UNREADABLE, plus(to, 0x123), plus(from, 0xFFE), 0x4000,
                  0x1002);
        copy_ends(H_UNREADABLE, plus(to, 0x4FFF), plus(from, 0x1FFF), 2, 1);
        copy_ends(H_UNREADABLE, to, plus(from, 0x3001), 0x4FFF, 0x3FFF);
        spaces_check("after h_copy_user came to pages that are not mapped");

        copy(to, plus(from, 0x1FFC), 4);
        refuses(H_UNREADABLE, to, plus(from, 0x2000), 1);
        refuses(H_UNREADABLE, to, plus(from, 0x2FFF), 2);
        refuses(H_UNREADABLE, to, plus(from, 0x7004), 0x100);
        refuses(H_UNREADABLE, to, in_space(here, 0x00400000), 0x100);
        refuses(H_UNREADABLE, to, in_space(here, ROW_AT - 1), 2);
        refuses(H_UNREADABLE, to, in_space(here, 0), H_KERNEL_SPACE - ROW_AT);
}

TEST(copy_stops_where_nothing_can_be_written)
{
        begin(0, 0xA4);
        struct h_vfpage read_only = user_pages(ROW_AT + 0x2000, 12);
        struct h_vfpage execute_only = user_pages(ROW_AT + 0x5000, 12);
        given_mapped(there, read_only, spaces_page(), H_R);
        given_mapped(there, execute_only, spaces_page(), H_X);
        spaces_make();

        const struct place from = in_space(here, ROW_AT);
        const struct place to = in_space(there, ROW_AT);
        copy_ends(H_READ_ONLY, to, from, 0x2001, 0x2000);
        copy_ends(H_READ_ONLY, plus(to, 0xFFE), plus(from, 0x123), 0x4000,
                  0x1002);
        copy_ends(H_READ_ONLY, plus(to, 0x3000), from, 0x3000, 0x2000);
        copy_ends(H_READ_ONLY, plus(to, 0x6FFF), plus(from, 0x1FFF), 2, 1);
        spaces_check("after h_copy_user came to pages that may not be written");

        refuses(H_READ_ONLY, plus(to, 0x2000), from, 1);
        refuses(H_READ_ONLY, plus(to, 0x5000), from, 0x1000);
        refuses(H_READ_ONLY, plus(to, 0x7000), from, 1);
        refuses(H_READ_ONLY, in_space(there, 0), from, 1);

        // The right comes back.
        modify(there, ROW_AT + 0x2000, 12, H_R | H_W);
        copies(to, from, 0x3000);
        modify(there, ROW_AT + 0x1000, 12, H_R);
        copy_ends(H_READ_ONLY, to, from, 0x3000, 0x1000);
        spaces_check("after a page of those copied to has become read-only");
}

TEST(copy_stops_at_the_first_of_two_holes)
{
        begin(0x10, 0x04);
        spaces_make();

        const struct place from = in_space(here, ROW_AT);
        const struct place to = in_space(there, ROW_AT);
        copy_ends(H_READ_ONLY, to, from, 0x8000, 0x2000);
        copy_ends(H_UNREADABLE, plus(to, 0x3000), plus(from, 0x2000), 0x4000,
                  0x2000);
        copy_ends(H_UNREADABLE, plus(to, 0x1000), plus(from, 0x3001), 0x2000,
                  0xFFF);
        spaces_check("after h_copy_user came to one of two holes");

        uint32_t done = UNTOUCHED;
        enum h_error error =
                h_copy_user(there, (struct h_vaddr){ ROW_AT + 0x2000 }, here,
                            (struct h_vaddr){ ROW_AT + 0x4000 }, 4, &done);
        if ((error != H_UNREADABLE && error != H_READ_ONLY) || done != 0)
                fail("h_copy_user from nowhere to nowhere answers %u, and "
                     "0x%x bytes are copied",
                     error, done);
        spaces_check("after h_copy_user from nowhere to nowhere");
}

TEST(copy_that_refuses_leaves_no_mark)
{
        begin(0, 0x04);
        given_mapped(there, user_pages(ROW_AT + 0x2000, 12), spaces_page(),
                     H_R);
        spaces_make();

        copy(in_space(there, ROW_AT), in_space(here, ROW_AT), 16);
        clear_marks(here);
        clear_marks(there);
        copy_ends(H_READ_ONLY, in_space(there, ROW_AT + 0x2000),
                  in_space(here, ROW_AT), 16, 0);
        copy_ends(H_UNREADABLE, in_space(there, ROW_AT),
                  in_space(here, 0x10000000), 16, 0);
        copy_ends(H_BAD_ADDRESS, in_space(there, ROW_AT),
                  in_space(here, ROW_AT), H_KERNEL_SPACE, 0);
        for (uint32_t at = ROW_AT; at < ROW_END; at += H_PAGE_SIZE) {
                expect_marks(0, here, at, "after h_copy_user has refused");
                expect_marks(0, there, at, "after h_copy_user has refused");
        }
}
