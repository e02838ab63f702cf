// SPDX-License-Identifier: MIT
// Tests of exercise 3.4, adding mappings: the page that is to become a
// page-table, and counts that are full.
#include "adding.h"

#include <h/internal/handles.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// Refuses because of the page that is to become the page-table.
static void
refuses_table(enum h_error due, struct adding call, struct h_region page,
              uint32_t mapped, const char *why)
{
        struct h_pagemap_page table = { page, { mapped } };

        call.table = &table;
        refuses(due, call, why);
}

TEST(add_refuses_bad_tables)
{
        static const struct {
                enum h_error due;
                uint32_t word;
                const char *why;
        } pages[] = {
                { H_BAD_REGION, 0, "the table is nil" },
                { H_BAD_REGION, 0x0060080C, "the table is no flexpage" },
                { H_BAD_REGION, 0x00101000 | 12, "a table in the image" },
                { H_BAD_REGION, 0x0009F000 | 12, "the table is not installed" },
                { H_BAD_REGION, 0x01800000 | 12, "a table behind memory" },
                { H_BAD_SIZE, 0x00600000 | 13, "a table of two pages" },
                { H_BAD_SIZE, 0x00800000 | 22, "a table of 4 MB" },
        };
        static const uint32_t addresses[] = {
                0x00000000,
                0x00400000,
                0xBFFFF000,
                0xC0000000,
                0xC0400000,
                SPACES_CLIENT_BASE - H_PAGE_SIZE,
                SPACES_CLIENT_BASE + 1,
                SPACES_CLIENT_BASE + 0x804,
                SPACES_CLIENT_LIMIT - 4,
                SPACES_CLIENT_LIMIT,
                0xFFFFF000,
                0xFFFFFFFF,
        };

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_pagemap_page lent = spaces_lent();
        lent.mapped.value = SPACES_CLIENT_LIMIT - H_PAGE_SIZE;
        struct adding call = { NULL, space, user_pages(0x0C000000, 12),
                               spaces_page(), H_R };
        spaces_make();

        refuses(H_TABLE_NEEDED, call, "there is no page-table");
        for (size_t i = 0; i < COUNT_OF(pages); i++)
                refuses_table(pages[i].due, call,
                              (struct h_region){ { pages[i].word } },
                              lent.mapped.value, pages[i].why);
        for (size_t i = 0; i < COUNT_OF(addresses); i++)
                refuses_table(H_BAD_ADDRESS, call, lent.page, addresses[i],
                              "no page of the client's addresses");
        spaces_check("after h_add_mapping has refused what can be no table");
        call.table = &lent;
        maps(call, true);
        spaces_check("after h_add_mapping with a page-table");
}

TEST(add_refuses_tables_in_use)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_pagemap_page table = given_table(other, 0x00400000);
        struct h_region region = spaces_region(13), large = spaces_far(22);
        struct h_vfpage kernel = spaces_addresses(13);
        uint32_t last_address = h_vfpage_first(kernel).value + H_PAGE_SIZE;
        struct h_region directory =
                region_of(pagemap_slot(space)->directory.value, 12);
        given_mapped(other, user_pages(0x00400000, 12), spaces_page(), H_R);
        struct h_region mapped = spaces_page();
        given_mapped(other, user_pages(0x00401000, 12), mapped, H_R);
        given_kernel_mapping(region, kernel, H_R, false);
        struct h_pagemap_page lent = spaces_lent();
        struct adding call = { &lent, space, user_pages(0x20000000, 12),
                               spaces_page(), H_R };
        spaces_make();

        // A superpage is a mapping of each of its pages.
        maps((struct adding){ NULL, other, user_pages(0x10000000, 22), large,
                              H_R | H_W },
             false);
        const struct {
                struct h_region page;
                const char *why;
        } pages[] = {
                { mapped, "the table is mapped for users" },
                { region_page(region, 1),
                  "the table is mapped for the client" },
                { region_page(large, 0), "the first page of a superpage" },
                { region_page(large, 1023), "the last page of a superpage" },
                { directory, "the table is the page-directory" },
                { table.page, "the table is another one's" },
        };
        for (size_t i = 0; i < COUNT_OF(pages); i++)
                refuses_table(H_NOT_FREE, call, pages[i].page,
                              lent.mapped.value, pages[i].why);
        refuses_table(H_ADDRESS_USED, call, lent.page, table.mapped.value,
                      "H sees another table there");
        refuses_table(H_ADDRESS_USED, call, lent.page, last_address,
                      "the client has a page mapped there");
        spaces_check("after h_add_mapping has refused tables in use");

        maps(call, true);
        struct adding next = call;
        next.pages.word += 0x00400000;
        refuses(H_NOT_FREE, next, "the same table a second time");
        refuses_table(H_ADDRESS_USED, next, spaces_page(), lent.mapped.value,
                      "H sees the new table there");
        spaces_check("after h_add_mapping has taken a page once");
}

TEST(add_refuses_a_table_inside_the_region)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region before = spaces_region(15), region = spaces_region(15),
                        behind = spaces_region(15);
        uint32_t address[2] = { spaces_address().value,
                                spaces_address().value };
        struct adding call = { NULL, space, user_pages(0x50000000, 15), region,
                               H_R | H_W };
        spaces_make();

        refuses_table(H_TABLE_INSIDE, call, region_page(region, 0), address[0],
                      "the table is the region's first page");
        refuses_table(H_TABLE_INSIDE, call, region_page(region, 5), address[0],
                      "the table is the region's sixth page");
        refuses_table(H_TABLE_INSIDE, call, region_page(region, 7), address[0],
                      "the table is the region's last page");
        struct adding one = call;
        one.region = region_page(region, 3);
        one.pages.word -= 3;
        refuses_table(H_TABLE_INSIDE, one, one.region, address[0],
                      "the table is the region itself");
        spaces_check("after h_add_mapping has refused tables inside");

        struct h_pagemap_page table[2] = {
                { region_page(before, 7), { address[0] } },
                { region_page(behind, 0), { address[1] } },
        };
        call.table = &table[0];
        maps(call, true);
        call.table = &table[1];
        call.pages.word += 0x00400000;
        maps(call, true);
        spaces_check("after h_add_mapping with the pages on both sides of the "
                     "region for tables");
}

// The counts of all pages but one would have room.
TEST(add_refuses_full_counts)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_mapped(space, user_pages(0x00400000, 12), spaces_page(), H_R);
        struct h_region region = spaces_region(15), large = spaces_far(23);
        struct h_pagemap_page lent = spaces_lent();
        due_page(region_page(region, 4), NORMAL(PAGE_COUNT_MAX));
        due_page(region_page(large, 1023), NORMAL(PAGE_COUNT_MAX));
        spaces_make();

        struct adding call = { NULL, space, user_pages(0x00410000, 15), region,
                               H_R };
        refuses(H_COUNT_FULL, call, "the fifth page has the highest count");
        spaces_check("after h_add_mapping has refused pages");
        call.table = &lent;
        call.pages.word = 0x00810000 | 14;
        call.region = region_of(region_first(region).value + 0x4000, 14);
        refuses(H_COUNT_FULL, call, "the first page has the highest count");
        call.pages.word = 0x00810000 | 12;
        call.region = region_page(region, 4);
        refuses(H_COUNT_FULL, call, "the page has the highest count");
        spaces_check("after h_add_mapping has refused pages, with a page-table "
                     "that would have been needed");
        call.pages.word = 0x10000000 | 23;
        call.region = large;
        refuses(H_COUNT_FULL, call, "the 1024th page has the highest count");
        spaces_check("after h_add_mapping has refused superpages");

        call.pages.word = 0x00810000 | 14;
        call.region = region_of(region_first(region).value, 14);
        maps(call, true);
        call.pages.word = 0x10400000 | 22;
        call.region = region_of(region_first(large).value + 0x400000, 22);
        maps(call, false);
        spaces_check("after h_add_mapping of the pages in front and behind");
}
