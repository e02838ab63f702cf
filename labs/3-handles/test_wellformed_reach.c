// SPDX-License-Identifier: MIT
// Tests of exercise 3.7: mappings that reach what they may not, regions that are
// not the client's, counts that are not exact.
#include "wellformed_machine.h"

TEST(violation_by_mapped_frames)
{
        struct used_machine all = used_machine(SMALL);
        spaces_make();

        spoiled_entry(lower_entry(all.table, PAGE_PLACE), ENVIRONMENT_PAGE,
                      ENVIRONMENT_ONLY_IN_REFERENCE,
                      "a user page shows the environment");
        spoiled_entry(lower_entry(all.other_table, OTHER_PLACE),
                      h_state.reference.value, ENVIRONMENT_ONLY_IN_REFERENCE,
                      "a user page shows the reference directory");
        spoiled_entry(shared_entry(h_vfpage_first(all.hidden_at).value),
                      ENVIRONMENT_PAGE, ENVIRONMENT_ONLY_IN_REFERENCE,
                      "a mapping of the client's own shows the environment");

        spoiled_entry(lower_entry(all.table, PAGE_PLACE), HOLE,
                      MAPPED_PAGES_ARE_INSTALLED,
                      "a user page shows what is no memory");
        spoiled_entry(lower_entry(all.table, PAGE_PLACE + 0x2000), BEYOND,
                      MAPPED_PAGES_ARE_INSTALLED,
                      "a user page shows a frame behind the end of memory");
        spoiled_entry(shared_entry(h_vfpage_first(all.hidden_at).value), HOLE,
                      MAPPED_PAGES_ARE_INSTALLED,
                      "a mapping of the client's own shows what is no memory");
}

TEST(violation_by_a_superpage)
{
        spaces_begin_with(LARGER);
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(22);
        given_mapped(space, user_pages(0x08000000, 22), far, H_R);
        spaces_make();

        // Of the 4 MB nothing but the last page is wrong.
        uint32_t frame = frame_of(far) + 1023 * PAGE_SIZE;
        struct page *last = page_at(paddr(frame));
        region_table.regions[region_table.count - 1].range.word =
                (frame_of(far) + 0x00400000) | 22;
        *last = NOT_INSTALLED;
        expect_violation(MAPPED_PAGES_ARE_INSTALLED, frame,
                         "the last page of a superpage is not installed");
        *last = TABLE(0);
        expect_violation(USER_REACHES_NORMAL_PAGES, frame,
                         "the last page of a superpage is in use as a "
                         "page-table");
}

TEST(violation_by_what_users_reach)
{
        struct used_machine all = used_machine(SMALL);
        uint32_t directory = spaces_directory(all.other).frame.value;
        uint32_t table = frame_of(all.table.page);
        spaces_make();

        spoiled_entry(lower_entry(all.table, PAGE_PLACE + 0x2000), table,
                      USER_REACHES_NORMAL_PAGES,
                      "a user page shows a page-table");
        spoiled_entry(lower_entry(all.other_table, OTHER_PLACE), directory,
                      USER_REACHES_NORMAL_PAGES,
                      "a user page shows a page-directory");

        // H's own view of a page-table, and the same for users.
        uint32_t *view = shared_entry(all.table.mapped.value);
        spoiled_word(view, *view | ENTRY_USER, USER_REACHES_NORMAL_PAGES, table,
                     "users may access what H sees a page-table by");
        spoiled_entry(shared_entry(h_vfpage_first(all.shown_at).value),
                      directory, USER_REACHES_NORMAL_PAGES,
                      "a mapping of the client's own that is for users shows a "
                      "page-directory");
}

TEST(violation_by_regions)
{
        used_machine(SMALL);
        spaces_make();

        uint32_t *last =
                &region_table.regions[region_table.count - 1].range.word;
        spoiled_word(last, ENVIRONMENT_PAGE | 12, REGIONS_HOLD_NO_ENVIRONMENT,
                     ENVIRONMENT_PAGE, "an initial region is environment");
        spoiled_word(last, 0x00600000 | 19, REGIONS_HOLD_NO_ENVIRONMENT,
                     0x00640000, "an initial region ends in environment");
        spoiled_word(&region_table.regions[5].range.word, 0x0009E000 | 13,
                     REGIONS_HOLD_NO_ENVIRONMENT, 0x0009F000,
                     "the last page of an initial region is not installed");
        spoiled_word(&region_table.regions[0].range.word,
                     h_state.reference.value | 12, REGIONS_HOLD_NO_ENVIRONMENT,
                     h_state.reference.value,
                     "the reference directory is an initial region");
}

TEST(violation_of_counts)
{
        struct used_machine all = used_machine(SMALL);
        spaces_make();

        const struct {
                uint32_t frame;
                int change;
                const char *what;
        } wrong[] = {
                { 0x00000000, 1, "the first page is said to be mapped" },
                { 0x007FF000, 1, "the last page is said to be mapped" },
                { frame_of(all.page), -1,
                  "a page in two spaces is said to be mapped once" },
                { frame_of(all.hidden), -1,
                  "a page of the client's is said to be free" },
        };
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
                recount(wrong[i].frame, wrong[i].change);
                expect_violation(COUNTS_ARE_EXACT, wrong[i].frame,
                                 wrong[i].what);
                recount(wrong[i].frame, -wrong[i].change);
        }
        spaces_check("after wellformed_memory");
}
