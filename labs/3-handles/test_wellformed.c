// SPDX-License-Identifier: MIT
// Tests of exercise 3.7 on machines that are as they are to be, with a violation
// at the end each; and on machines at random.
#include "wellformed_machine.h"

// A violation that is found early: an empty page-table in the reference.
static void
expect_user_space_empty(struct h_region page)
{
        uint32_t table = frame_of(page);

        memset(spaces_word(region_first(page)), 0, PAGE_SIZE);
        page_at(paddr(table))->status = STATUS_PAGE_TABLE;
        spoiled_word(&h_state.reference_entries[FREE_PLACE / SUPERPAGE_SIZE],
                     pointer_to(table), REFERENCE_MAPS_KERNEL_SPACE, table,
                     FREE_PLACE, "the reference has a page-table");
}

TEST(wellformed_machine_in_use)
{
        struct used_machine all = used_machine();
        struct h_region written = region_page(all.row, 1);
        struct h_region table = spaces_page();
        spaces_make();

        // The processor marks entries where it happens to run: of one page, and
        // of kernel space in one directory and not in the others.
        spaces_enter(all.space);
        expect_reads(vaddr(PAGE_PLACE), *spaces_word(region_first(all.row)),
                     "in its space");
        expect_writes(
                vaddr(PAGE_PLACE + 0x1000),
                (struct pagemap_page){ paddr(frame_of(written)),
                                       spaces_word(region_first(written)) },
                "in its space");
        due_word(region_first(written), *spaces_word(region_first(written)));
        *upper_entry(all.other, SPACES_CLIENT_BASE) ^= ENTRY_ACCESSED;

        uint32_t marked = *lower_entry(all.table, PAGE_PLACE + 0x1000);
        expect_wellformed("a machine with two address spaces, one of them in "
                          "use");
        expect_hex(marked, *lower_entry(all.table, PAGE_PLACE + 0x1000),
                   "the entry of a page that has been written to, after "
                   "wellformed_memory");
        spaces_check("after wellformed_memory");
        expect_user_space_empty(table);
        spaces_leave();
}

TEST(wellformed_machine_without_spaces)
{
        spaces_begin_with(SMALL);
        struct h_region table = spaces_page();
        spaces_make();

        // Nor any memory for the client. Behind the array stands what is none.
        struct page *behind = &page_array.pages[page_array.count];
        region_table.count = 0;
        *behind = DIRECTORY;
        expect_wellformed("a machine on which nobody has done anything");
        *behind = NOT_INSTALLED;
        spaces_check("after wellformed_memory");
        expect_user_space_empty(table);

        // One mapping, and not one more.
        spaces_begin_with(SMALL);
        given_kernel_mapping(spaces_page(), spaces_addresses(H_PAGE_LOG2), H_R,
                             false);
        spaces_make();
        expect_wellformed("a machine on which one page is mapped");
        spaces_check("after wellformed_memory");
}

// More mappings than 16 bits count, all of the same memory.
static void
mapped_again_and_again(void)
{
        struct h_region far = large_machine();
        struct h_pagemap space = given_pagemap();

        for (uint32_t i = 0; i < 65; i++)
                given_mapped(space, user_pages(i * SUPERPAGE_SIZE, 22), far,
                             H_R);
        spaces_make();
        expect_wellformed(
                "a machine with one superpage mapped at 65 addresses");
        spaces_check("after wellformed_memory");
}

TEST(wellformed_superpages)
{
        struct h_region far = large_machine();
        struct h_pagemap space = given_pagemap();
        struct h_vfpage kernel = spaces_addresses(H_PAGE_LOG2);
        uint32_t frame = frame_of(far) + 77 * PAGE_SIZE;
        given_mapped(space, user_pages(LAST_PLACE, 22), far, H_R | H_W);
        given_kernel_mapping(region_page(far, 77), kernel, H_R, true);
        spaces_make();

        expect_wellformed("a machine with a superpage");
        spaces_check("after wellformed_memory");

        // Whoever takes one away for each mapping finds it within the superpage.
        spoiled_count(frame, -2,
                      "a page in a superpage and a kernel mapping is said to "
                      "be free");
        mapped_again_and_again();
}

// As many mappings as chance has it, of few pages.
static void
random_machine(struct h_region *page)
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

        random_machine(&page);
        expect_wellformed("a machine at random");
        spaces_check("after wellformed_memory");
        spoiled_count(frame_of(page), 1 + (int)random_below(2),
                      "a page is said to have too many mappings");
}

TEST(wellformed_leaves_no_trace)
{
        struct used_machine all = used_machine();
        uint32_t table = frame_of(all.table.page);
        spaces_make();

        // What is wrong is met in the middle, and late, when much has been
        // counted.
        spoiled_count(frame_of(all.page), -1,
                      "a page in two spaces is said to be mapped once");
        spoiled_count(frame_of(all.hidden), -1,
                      "a page of the client's is said to be free");

        uint32_t *entry = upper_entry(all.other, FREE_PLACE);
        *entry = pointer_to(table);
        violation_of(TABLES_ARE_NOT_SHARED, table,
                     "two address spaces have one page-table");
        *entry = 0;
        spaces_check("after wellformed_memory, which has found violations");
}
