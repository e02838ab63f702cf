// SPDX-License-Identifier: MIT
// Tests of exercise 3.7 on machines that are as they are to be, with a violation
// at the end each; and on machines at random.
#include "wellformed_machine.h"

TEST(wellformed_machine_in_use)
{
        struct used_machine all = used_machine(SMALL);
        spaces_make();

        expect_wellformed("a machine with two address spaces");
        spaces_check("after wellformed_memory");

        // On one of them, with entries that the processor has marked.
        spaces_enter(all.space);
        expect_reads(vaddr(PAGE_PLACE), *spaces_word(region_first(all.row)),
                     "in its space");
        expect_writes(
                vaddr(PAGE_PLACE + 0x1000),
                (struct pagemap_page){
                        paddr(frame_of(region_page(all.row, 1))),
                        spaces_word(region_first(region_page(all.row, 1))) },
                "in its space");
        uint32_t marked = *lower_entry(all.table, PAGE_PLACE + 0x1000);
        expect_wellformed("the same, when an address space is in use");
        expect_hex(marked, *lower_entry(all.table, PAGE_PLACE + 0x1000),
                   "the entry of a page that has been written to, after "
                   "wellformed_memory");

        recount(frame_of(all.page), 1);
        expect_violation(COUNTS_ARE_EXACT, frame_of(all.page),
                         "a page is said to have a mapping more");
        live_load(spaces_reference_frame());
}

TEST(wellformed_machine_without_spaces)
{
        spaces_begin_with(SMALL);
        spaces_make();
        expect_wellformed("a machine on which nobody has done anything");
        spaces_check("after wellformed_memory");

        // No memory for the client at all.
        size_t regions = region_table.count;
        region_table.count = 0;
        expect_wellformed("a machine without initial regions");
        region_table.count = regions;

        recount(0x00600000, 1);
        expect_violation(COUNTS_ARE_EXACT, 0x00600000,
                         "a page is said to have a mapping");
}

TEST(wellformed_superpages)
{
        spaces_begin_with(LARGER);
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(23);
        struct h_region part = region_of(frame_of(far) + 0x00400000, 22);
        struct h_vfpage kernel = spaces_addresses(H_PAGE_LOG2);
        given_mapped(space, user_pages(0, 23), far, H_R | H_W);
        given_mapped(space, user_pages(0xBFC00000, 22), part, H_R);
        given_kernel_mapping(region_page(part, 77), kernel, H_R, true);
        spaces_make();

        expect_wellformed("a machine with three superpages");
        spaces_check("after wellformed_memory");
        recount(frame_of(part) + 77 * PAGE_SIZE, -1);
        expect_violation(COUNTS_ARE_EXACT, frame_of(part) + 77 * PAGE_SIZE,
                         "a page in two superpages and a kernel mapping is "
                         "said to have a mapping fewer");
}

// As many mappings as chance has it, of few pages.
static void
random_machine(struct h_region *page, struct h_pagemap *space)
{
        uint32_t count = 3 + random_below(4);
        struct h_region pages[6];

        spaces_begin_with(SMALL);
        for (uint32_t i = 0; i < count; i++)
                pages[i] = spaces_page();
        for (uint32_t i = 0; i < 3; i++) {
                struct h_pagemap one = given_pagemap();
                uint32_t place = random_below(768) * SUPERPAGE_SIZE;
                for (uint32_t n = random_below(6) + 1; n > 0; n--)
                        given_mapped(
                                one,
                                user_pages(place + 0x11000 * n, H_PAGE_LOG2),
                                pages[random_below(count)],
                                1 + random_below(7));
                *space = one;
        }
        for (uint32_t n = random_below(8); n > 0; n--)
                given_kernel_mapping(pages[random_below(count)],
                                     spaces_addresses(H_PAGE_LOG2),
                                     1 + random_below(7), random_below(2));
        *page = pages[random_below(count)];
        spaces_make();
}

TEST(wellformed_random_machine)
{
        struct h_region page;
        struct h_pagemap space;

        random_machine(&page, &space);
        expect_wellformed("a machine at random");
        spaces_check("after wellformed_memory");
        recount(frame_of(page), random_below(2) ? 1 : 2);
        expect_violation(COUNTS_ARE_EXACT, frame_of(page),
                         "a page is said to have too many mappings");
}

TEST(wellformed_leaves_no_trace)
{
        struct used_machine all = used_machine(SMALL);
        spaces_make();

        // What is spoiled here is met late, after much has been counted.
        due_page(all.hidden, NORMAL(3));
        recount(frame_of(all.hidden), 2);
        expect_violation(COUNTS_ARE_EXACT, frame_of(all.hidden),
                         "a page is said to have two mappings more");
        spaces_check("after wellformed_memory has found a wrong count");

        due_page(all.hidden, NORMAL(0));
        recount(frame_of(all.hidden), -3);
        expect_violation(COUNTS_ARE_EXACT, frame_of(all.hidden),
                         "a page is said to have no mapping, and has one");
        spaces_check("after wellformed_memory has found a count of 0");
        due_page(all.hidden, NORMAL(1));
        recount(frame_of(all.hidden), 1);

        *upper_entry(all.other, FREE_PLACE) =
                pointer_to(frame_of(all.table.page));
        expect_violation(TABLES_ARE_NOT_SHARED, frame_of(all.table.page),
                         "two address spaces have one page-table");
        *upper_entry(all.other, FREE_PLACE) = 0;
        spaces_check("after wellformed_memory has found a page-table twice");
        expect_wellformed("the machine as it was before");
}
