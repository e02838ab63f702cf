// SPDX-License-Identifier: MIT
// Tests of exercise 3.4, adding mappings: arguments that are refused by
// themselves, and which of several reasons to refuse is named.
#include "adding.h"

#include <h/internal/handles.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

TEST(add_refuses_handles)
{
        spaces_begin();

        // Two slots that have been in use; the first is in use again.
        struct h_pagemap stale = pagemap_slot_take();
        struct h_pagemap freed = pagemap_slot_take();
        pagemap_slot_free(pagemap_slot(freed));
        pagemap_slot_free(pagemap_slot(stale));
        struct h_pagemap space = given_pagemap();
        h_state.pagemaps[freed.slot].directory = pagemap_slot(space)->directory;
        given_mapped(space, user_pages(0x00400000, 12), spaces_page(), H_R);
        struct adding call = { NULL, space, user_pages(0x00401000, 12),
                               spaces_page(), H_R };
        spaces_make();

        const struct {
                struct h_pagemap handle;
                const char *why;
        } handles[] = {
                { { 0, 0 }, "a handle of zeros" },
                { stale, "a handle of what was in this slot before" },
                { freed, "a handle that was freed" },
                { { freed.slot, 0 }, "a free slot, generation 0" },
                { { freed.slot, freed.generation + 1 },
                  "a generation that the slot has not had yet" },
                { { space.slot, 0 }, "generation 0" },
                { { space.slot, space.generation + 1 }, "one generation on" },
                { { space.slot + 1, space.generation }, "the next slot" },
                { { SPACES_PAGEMAPS, space.generation }, "no such slot" },
                { { SPACES_PAGEMAPS, 0 }, "no such slot, generation 0" },
                { { space.slot + 0x10000000, space.generation },
                  "a slot far outside of the table" },
                { { UINT32_MAX, UINT32_MAX }, "a handle of ones" },
        };
        for (size_t i = 0; i < COUNT_OF(handles); i++) {
                struct adding wrong = call;
                wrong.space = handles[i].handle;
                refuses(H_BAD_HANDLE, wrong, handles[i].why);
        }
        spaces_check("after h_add_mapping has refused handles");
        maps(call, false);
        spaces_check("after h_add_mapping with the right handle");
}

// Where and with which rights, each in place of what would be right.
static void
refuses_pages(struct adding call, enum h_error due, const uint32_t *words,
              size_t count, const char *why)
{
        for (size_t i = 0; i < count; i++) {
                call.pages.word = words[i];
                refuses(due, call, why);
        }
}

TEST(add_refuses_ranges_and_rights)
{
        static const uint32_t malformed[] = {
                0x00000000,      0x00400000,      0x00400000 | 1,
                0x00400000 | 11, 0x00000000 | 33, 0x00400000 | 63,
                0x0040004C,      0x0040080C,      0x00401000 | 13,
                0x00600000 | 22, 0x00001000 | 32, 0xFFFFFFFF,
        };
        static const uint32_t sizes[] = {
                0x00400000 | 13, 0x00400000 | 21, 0x00400000 | 22,
                0x00000000 | 30, 0x80000000 | 31, 0x00000000 | 32,
        };
        static const uint32_t kernel[] = {
                0xC0000000, 0xC0100000, 0xC0400000,
                0xD0000000, 0xE0000000, 0xFFFFF000,
        };
        static const uint32_t kernel_large[] = { 0xC0000000, 0xD0000000,
                                                 0xFF800000 };
        uint32_t words[COUNT_OF(kernel)];

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_mapped(space, user_pages(0xBFFFE000, 12), spaces_page(), H_R);
        struct h_pagemap_page lent = spaces_lent();
        struct adding call = { &lent, space, user_pages(0xBFFFF000, 12),
                               spaces_page(), H_R };
        struct adding large = { &lent, space, user_pages(0xBF000000, 23),
                                spaces_far(23), H_R };
        spaces_make();

        refuses_pages(call, H_BAD_FLEXPAGE, malformed, COUNT_OF(malformed),
                      "no flexpage, or nil");
        refuses_pages(call, H_BAD_SIZE, sizes, COUNT_OF(sizes),
                      "another size than the region's");
        large.pages = user_pages(0xBF000000, 22);
        refuses(H_BAD_SIZE, large, "half of the region's size");
        large.pages = user_pages(0xBF000000, 23);

        for (size_t i = 0; i < COUNT_OF(kernel); i++)
                words[i] = kernel[i] | 12;
        refuses_pages(call, H_BAD_ADDRESS, words, COUNT_OF(kernel),
                      "in kernel space");
        for (size_t i = 0; i < COUNT_OF(kernel_large); i++)
                words[i] = kernel_large[i] | 23;
        refuses_pages(large, H_BAD_ADDRESS, words, COUNT_OF(kernel_large),
                      "in kernel space, by superpages");

        static const unsigned no_rights[] = { 0, 8, 0x80000000, ~7u };
        for (size_t i = 0; i < COUNT_OF(no_rights); i++) {
                call.rights = large.rights = no_rights[i];
                refuses(H_NO_RIGHTS, call, "none of H_R, H_W and H_X");
                refuses(H_NO_RIGHTS, large, "none of H_R, H_W and H_X");
        }
        spaces_check("after h_add_mapping has refused ranges and rights");
        call.rights = large.rights = H_R;
        maps(call, false);
        maps(large, false);
        spaces_check("after h_add_mapping of the last page of user space, and "
                     "of two superpages");
}

TEST(add_refuses_regions)
{
        spaces_begin();
        const struct {
                uint32_t word;
                const char *why;
        } regions[] = {
                { 0, "nil" },
                { 0x00600000 | 11, "less than a page" },
                { 0x0060004C, "no flexpage" },
                { 0x00601000 | 13, "not aligned to its size" },
                { 0xFFFFFFFF, "no flexpage" },
                { 0x00100000 | 12, "a page of the kernel's image" },
                { 0x00640000 | 12, "a page of the environment" },
                { h_state.reference.value | 12, "the reference directory" },
                { 0x0009F000 | 12, "a page that is not installed" },
                { 0x01800000 | 12, "a page behind the end of memory" },
                { 0xFFFFF000 | 12, "the last page that there could be" },
                { 0x00080000 | 17, "two regions and a hole" },
                { 0x00600000 | 20, "two regions and environment between" },
                { 0x00000000 | 32, "everything" },
        };
        struct h_pagemap space = given_pagemap();
        given_mapped(space, user_pages(0x00400000, 12), spaces_page(), H_R);
        struct adding call = { NULL, space, user_pages(0x00401000, 12),
                               spaces_page(), H_R };
        spaces_make();

        for (size_t i = 0; i < COUNT_OF(regions); i++) {
                struct adding wrong = call;
                wrong.region.pages.word = regions[i].word;
                refuses(H_BAD_REGION, wrong, regions[i].why);
        }
        spaces_check("after h_add_mapping has refused what is no region");
        maps(call, false);
        spaces_check("after h_add_mapping of a page that is one");
}

TEST(add_refuses_pages_in_use_as_tables)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region table = given_table(space, 0x00400000).page;
        given_mapped(space, user_pages(0x00400000, 12), spaces_page(), H_R);
        struct h_region directory =
                region_of(pagemap_slot(space)->directory.value, 12);
        struct h_region first = spaces_region(14), middle = spaces_region(14),
                        last = spaces_region(14), good = spaces_region(14);
        struct h_region large = spaces_far(23);
        due_page(region_page(first, 0), DIRECTORY);
        due_page(region_page(middle, 2), TABLE(1));
        due_page(region_page(last, 3), TABLE(1024));
        due_page(region_page(large, 1024), TABLE(7));
        struct h_pagemap_page lent = spaces_lent();
        spaces_make();

        const struct {
                struct h_region region;
                const char *why;
        } regions[] = {
                { directory, "the page-directory itself" },
                { table, "the page-table itself" },
                { first, "the first page is a page-directory" },
                { middle, "the third page is a page-table" },
                { last, "the last page is a page-table" },
        };
        for (size_t i = 0; i < COUNT_OF(regions); i++) {
                struct adding call = {
                        &lent, space,
                        user_pages(0x00404000, region_log2(regions[i].region)),
                        regions[i].region, H_R
                };
                refuses(H_NOT_NORMAL, call, regions[i].why);
                // And where a page-table would have to be made first.
                call.pages.word += 0x00400000;
                refuses(H_NOT_NORMAL, call, regions[i].why);
        }
        refuses(H_NOT_NORMAL,
                (struct adding){ NULL, space, user_pages(0x10000000, 23), large,
                                 H_R },
                "the first page of the second superpage is a page-table");
        spaces_check("after h_add_mapping has refused page-tables and "
                     "page-directories");

        maps((struct adding){ NULL, space, user_pages(0x00404000, 14), good,
                              H_R },
             false);
        maps((struct adding){ NULL, space, user_pages(0x10000000, 22),
                              region_of(region_first(large).value, 22), H_R },
             false);
        spaces_check("after h_add_mapping of normal pages");
}

// Everything is wrong at first. One argument after the other is put right, and
// what is named is always the first of those that are left.
TEST(add_names_the_first_error)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_pagemap_page in_use = given_table(space, 0x00400000);
        given_mapped(space, user_pages(0x00403000, 12), spaces_page(), H_R);
        given_mapped(space, user_pages(0x01000000, 22), spaces_far(22), H_R);
        struct h_region page = spaces_page();
        struct h_region used = spaces_region(14), full = spaces_region(14);
        due_page(region_page(used, 0), NORMAL(PAGE_COUNT_MAX));
        due_page(region_page(used, 3), TABLE(1));
        due_page(region_page(full, 3), NORMAL(PAGE_COUNT_MAX));
        struct h_pagemap_page free = spaces_lent();
        spaces_make();

        struct h_pagemap_page table = { { { 0 } }, { 0x00000FFF } };
        struct adding call = { &table,
                               { SPACES_PAGEMAPS, 0 },
                               { 0xC0000001 },
                               { { 0x00100000 | 13 } },
                               0 };
        refuses(H_BAD_HANDLE, call, "nothing of it is right");
        call.space = space;
        refuses(H_BAD_FLEXPAGE, call, "all is wrong behind the handle");
        call.pages = user_pages(0xC0000000, 14);
        refuses(H_BAD_REGION, call, "all is wrong behind the flexpage");
        call.region = region_page(used, 3);
        refuses(H_BAD_SIZE, call, "all is wrong behind the region");
        call.region = used;
        refuses(H_BAD_ADDRESS, call, "all is wrong behind the sizes");
        call.pages = user_pages(0x00400000, 14);
        refuses(H_NO_RIGHTS, call, "all is wrong behind the address");
        call.rights = H_R;
        refuses(H_NOT_NORMAL, call, "all is wrong behind the rights");
        call.pages = user_pages(0x01100000, 14);
        refuses(H_NOT_NORMAL, call, "the range is a part of a superpage");
        call.pages = user_pages(0x02000000, 14);
        refuses(H_NOT_NORMAL, call, "a page-table is needed, no page is good");
        call.table = NULL;
        refuses(H_NOT_NORMAL, call, "a page-table is needed, there is none");

        call.region = full;
        refuses(H_TABLE_NEEDED, call, "the region's pages are normal");
        call.pages = user_pages(0x00400000, 14);
        refuses(H_MAPPED, call, "a page of the range is mapped");
        call.pages = user_pages(0x01100000, 14);
        refuses(H_SUPERPAGE, call, "the range is a part of a superpage");

        call.pages = user_pages(0x02000000, 14);
        call.table = &table;
        refuses(H_BAD_REGION, call, "there is a page for the page-table");
        table.page = region_page(used, 2);
        table.page.pages.word++;
        refuses(H_BAD_SIZE, call, "it is of the client's memory");
        table.page = in_use.page;
        refuses(H_BAD_ADDRESS, call, "it is one page");
        table.mapped = in_use.mapped;
        refuses(H_NOT_FREE, call, "its address is the client's");
        table.page = region_page(full, 1);
        refuses(H_ADDRESS_USED, call, "it is free");
        table.mapped = free.mapped;
        refuses(H_TABLE_INSIDE, call, "its address is free");
        table.page = free.page;
        refuses(H_COUNT_FULL, call, "it lies outside of the region");
        spaces_check("after h_add_mapping has refused what is wrong in several "
                     "ways");
        call.pages = user_pages(0x02000000, 12);
        call.region = page;
        maps(call, true);
        spaces_check("after h_add_mapping with nothing wrong");
}
