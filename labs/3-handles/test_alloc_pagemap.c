// SPDX-License-Identifier: MIT
// Tests of exercise 3.3: address spaces begin.
#include "ending.h"

TEST(alloc_gives_an_empty_space)
{
        spaces_begin();
        struct h_pagemap_page page = spaces_lent();
        struct h_region known = spaces_page();
        struct h_vfpage at = spaces_addresses(12);
        given_kernel_mapping(known, at, H_R, false);
        spaces_make();

        struct h_pagemap space = allocates(page);
        spaces_check("after h_alloc_pagemap of a page full of entries");

        // The processor can run there, and sees what it sees everywhere.
        spaces_enter(space);
        reads_page(h_vfpage_first(at).value, known, "in the new space");
        reads_page(page.mapped.value, page.page, "in the new space");
        expect_no_access(vaddr(0x00000000), "in the new space");
        expect_no_access(vaddr(0x00400000), "in the new space");
        expect_no_access(vaddr(0x80000000), "in the new space");
        expect_no_access(vaddr(0xBFFFF000), "in the new space");
        spaces_check("after the processor was in the new space");
}

TEST(alloc_gives_several_spaces)
{
        struct h_pagemap spaces[6];

        spaces_begin();
        struct h_pagemap first = given_pagemap();
        struct h_region mapped = spaces_page();
        given_mapped(first, user_pages(0x00400000, 12), mapped, H_R);
        spaces_make();
        spaces_enter(first);
        for (unsigned i = 0; i < 6; i++) {
                spaces[i] = allocates(spaces_lent());
                for (unsigned j = 0; j < i; j++)
                        if (same_handle(spaces[i], spaces[j]))
                                fail("h_alloc_pagemap has given the handle of "
                                     "slot %u, generation %u, twice",
                                     spaces[i].slot, spaces[i].generation);
        }
        spaces_check("after h_alloc_pagemap of 6 spaces");

        // In one, a mapping of the other's is not there.
        reads_page(0x00400000, mapped, "in the space that was there before");
        spaces_enter(spaces[3]);
        expect_no_access(vaddr(0x00400000), "in one of the new spaces");
        spaces_check("after the processor was in one of them");
}

// Page and address of a space that has ended serve at once for other things.
TEST(alloc_takes_what_was_freed)
{
        spaces_begin();
        struct h_pagemap_page page = spaces_lent(), other = spaces_lent();
        spaces_make();

        struct h_pagemap first = allocates(page);
        ends(first);
        struct h_pagemap second = allocates(page);
        spaces_check("after h_alloc_pagemap of a page that was freed");
        if (same_handle(first, second))
                fail("h_alloc_pagemap has given the handle of a space that "
                     "has ended to the next one: slot %u, generation %u",
                     first.slot, first.generation);
        is_refused(first);
        ends(second);

        // The page at another address, its address for another page.
        struct h_pagemap third =
                allocates((struct h_pagemap_page){ page.page, other.mapped });
        struct h_pagemap fourth =
                allocates((struct h_pagemap_page){ other.page, page.mapped });
        spaces_check("after h_alloc_pagemap of pages that were freed");
        is_refused(first);
        is_refused(second);
        ends(third);
        ends(fourth);
        spaces_check("after h_free_pagemap of all spaces");
}

TEST(alloc_refuses_what_cannot_be_lent)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_pagemap_page table = given_table(space, 0x00400000);
        struct h_pagemap_page free = spaces_lent();
        struct h_region mapped = spaces_page(), row = spaces_region(13);
        struct h_region far = spaces_far(22);
        struct h_vfpage row_at = spaces_addresses(13);
        given_mapped(space, user_pages(0x00400000, 12), mapped, H_R | H_W);
        given_mapped(space, user_pages(0x40000000, 22), far, H_R);
        given_kernel_mapping(row, row_at, H_R | H_W, false);
        spaces_make();

        const struct {
                enum h_error error;
                struct h_region page;
                struct h_vaddr at;
        } refused[] = {
                { H_BAD_REGION, region_of(0x00100000, 12), free.mapped },
                { H_BAD_REGION, region_of(0x01800000, 12), free.mapped },
                { H_BAD_SIZE, region_of(0x00680000, 13), free.mapped },
                { H_BAD_ADDRESS, free.page, { SPACES_CLIENT_LIMIT } },
                { H_BAD_ADDRESS, free.page, { 0x00800000 } },
                { H_BAD_ADDRESS, free.page, { free.mapped.value + 4 } },
                // The pages are mapped for programs, by the client, and by H.
                { H_NOT_FREE, mapped, free.mapped },
                { H_NOT_FREE, region_page(far, 5), free.mapped },
                { H_NOT_FREE, region_page(row, 1), free.mapped },
                { H_NOT_FREE, table.page, free.mapped },
                { H_NOT_FREE,
                  region_of(spaces_directory(space).frame.value, 12),
                  free.mapped },
                // The addresses are in use, by H and by the client.
                { H_ADDRESS_USED, free.page, table.mapped },
                { H_ADDRESS_USED, free.page, h_vfpage_first(row_at) },
        };
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
                alloc_refuses(refused[i].error,
                              (struct h_pagemap_page){ refused[i].page,
                                                       refused[i].at });
        spaces_check("after refusals of h_alloc_pagemap");
        allocates(free);
        spaces_check("after h_alloc_pagemap");
}

TEST(alloc_refuses_without_a_slot)
{
        struct h_pagemap last;

        spaces_begin();
        for (unsigned i = 1; i < SPACES_PAGEMAPS; i++)
                given_pagemap();
        struct h_pagemap_page first = spaces_lent(), second = spaces_lent();
        spaces_make();

        last = allocates(first);
        alloc_refuses(H_HANDLES_USED, second);
        spaces_check("after h_alloc_pagemap with all slots in use");
        ends(last);
        allocates(second);
        spaces_check("after h_alloc_pagemap with one slot");
}
