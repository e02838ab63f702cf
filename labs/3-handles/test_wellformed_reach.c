// SPDX-License-Identifier: MIT
// Tests of exercise 3.7: mappings that reach what they may not, regions that are
// not the client's, counts that are not exact.
#include "wellformed_machine.h"

TEST(violation_by_mapped_frames)
{
        struct used_machine all = used_machine();
        uint32_t hidden = h_vfpage_first(all.hidden_at).value;
        spaces_make();

        spoiled_entry(lower_entry(all.table, PAGE_PLACE), ENVIRONMENT_PAGE,
                      ENVIRONMENT_ONLY_IN_REFERENCE, PAGE_PLACE,
                      "a user page shows the environment");
        spoiled_entry(lower_entry(all.other_table, OTHER_PLACE),
                      h_state.reference.value, ENVIRONMENT_ONLY_IN_REFERENCE,
                      OTHER_PLACE, "a user page shows the reference directory");
        spoiled_entry(shared_entry(hidden), ENVIRONMENT_PAGE,
                      ENVIRONMENT_ONLY_IN_REFERENCE, hidden,
                      "a mapping of the client's own shows the environment");

        spoiled_entry(lower_entry(all.table, PAGE_PLACE + 0x2000), BEYOND,
                      MAPPED_PAGES_ARE_INSTALLED, PAGE_PLACE + 0x2000,
                      "a user page shows a frame behind the end of memory");
        spoiled_entry(shared_entry(hidden), HOLE, MAPPED_PAGES_ARE_INSTALLED,
                      hidden,
                      "a mapping of the client's own shows what is no memory");
}

// Of the 4 MB nothing is wrong but one page.
static void
spoiled_superpage(struct h_region far, uint32_t number, struct page entry,
                  enum invariant invariant, const char *what)
{
        uint32_t frame = frame_of(far) + number * PAGE_SIZE;
        struct page *page = page_at(paddr(frame));
        struct page before = *page;

        *page = entry;
        expect_violation(invariant, frame, OTHER_PLACE + number * PAGE_SIZE,
                         what);
        *page = before;
}

TEST(violation_by_a_superpage)
{
        struct h_region far = large_machine();
        struct h_pagemap space = given_pagemap();
        uint32_t *seen = kernel_entries(ENVIRONMENT_BASE) + TABLE_ENTRIES - 1;
        given_mapped(space, user_pages(OTHER_PLACE, 22), far, H_R);
        spaces_make();

        // None of the client's, so that it may become something else.
        region_table.count--;
        spoiled_superpage(far, 1023, NOT_INSTALLED, MAPPED_PAGES_ARE_INSTALLED,
                          "the last page of a superpage is not installed");
        spoiled_superpage(far, 1 + random_below(1022), TABLE(0),
                          USER_REACHES_NORMAL_PAGES,
                          "a page in the middle of a superpage is in use as a "
                          "page-table");

        // The kernel has mapped it, as all of its environment.
        *seen = (frame_of(far) + 1023 * PAGE_SIZE) | ENTRY_PRESENT |
                ENTRY_WRITE;
        spoiled_superpage(far, 1023, ENVIRONMENT, ENVIRONMENT_ONLY_IN_REFERENCE,
                          "the last page of a superpage is environment");
        *seen = 0;

        uint32_t *entry = upper_entry(space, OTHER_PLACE), superpage = *entry;
        spoiled_word(entry, 0x7FC00000 | (superpage & ~ENTRY_FRAME),
                     MAPPED_PAGES_ARE_INSTALLED, 0x7FC00000, OTHER_PLACE,
                     "a superpage shows what lies behind all memory");

        // The mapping is in the reference, and no longer in the space.
        *entry = 0;
        spoiled_word(&h_state.reference_entries[OTHER_PLACE / SUPERPAGE_SIZE],
                     superpage, REFERENCE_MAPS_KERNEL_SPACE, frame_of(far),
                     OTHER_PLACE, "the reference has a superpage for users");
}

TEST(violation_by_what_users_reach)
{
        struct used_machine all = used_machine();
        uint32_t directory = spaces_directory(all.other).frame.value;
        uint32_t table = frame_of(all.table.page);
        uint32_t shown = h_vfpage_first(all.shown_at).value;
        spaces_make();

        spoiled_entry(lower_entry(all.table, PAGE_PLACE + 0x2000), table,
                      USER_REACHES_NORMAL_PAGES, PAGE_PLACE + 0x2000,
                      "a user page shows a page-table");
        // In user space that holds of what only the kernel may use, too.
        uint32_t *entry = lower_entry(all.table, PAGE_PLACE + 0x2000);
        *entry &= ~ENTRY_USER;
        spoiled_entry(entry, table, USER_REACHES_NORMAL_PAGES,
                      PAGE_PLACE + 0x2000,
                      "a page in user space that is the kernel's alone shows a "
                      "page-table");
        *entry |= ENTRY_USER;

        // H's own view of a page-table, and the same for users.
        uint32_t *view = shared_entry(all.table.mapped.value);
        spoiled_word(view, *view | ENTRY_USER, USER_REACHES_NORMAL_PAGES, table,
                     all.table.mapped.value,
                     "users may access what H sees a page-table by");
        spoiled_entry(shared_entry(shown), directory, USER_REACHES_NORMAL_PAGES,
                      shown,
                      "a mapping of the client's own that is for users shows a "
                      "page-directory");
}

// An initial region holds something else.
static void
spoiled_region(size_t index, uint32_t word, uint32_t page, const char *what)
{
        spoiled_word(&region_table.regions[index].range.word, word,
                     REGIONS_HOLD_NO_ENVIRONMENT, page, NOWHERE, what);
}

TEST(violation_by_regions)
{
        spaces_begin_with(SMALL);
        uint32_t reference = h_state.reference.value;
        size_t last = region_table.count - 1;
        spaces_make();

        spoiled_region(last, 0x00600000 | 19, 0x00640000,
                       "an initial region has environment in it");
        spoiled_region(last, 0x00800000 | 12, 0x00800000,
                       "an initial region lies behind the end of memory");
        spoiled_region(5, 0x0009E000 | 13, 0x0009F000,
                       "the last page of an initial region is not installed");
        spoiled_region(0, reference | 12, reference,
                       "the reference directory is an initial region");
}

TEST(violation_of_counts)
{
        spaces_begin_with(SMALL);
        spaces_make();

        spoiled_count(0x00000000, 1, "the first page is said to be mapped");
        spoiled_count(0x007FF000, 1, "the last page is said to be mapped");
}
