// SPDX-License-Identifier: MIT
// Tests of exercise 3.6, kernel mappings that are refused.
#include "kernel_mappings.h"

#include <h/internal/state.h>
#include <kernel/memory.h>

// A call is refused for the reason given, when that is all that is wrong, and
// when what is asked last is wrong as well.
static void
refuses_first(enum h_error due, struct h_region region, struct h_vfpage pages)
{
        refuses(due, region, pages, H_R);
        refuses(due, region, pages, 0);
}

static void
refuses_flexpages(struct h_region good, struct h_vfpage pages)
{
        const uint32_t bad[] = {
                0,                    // nil
                pages.word - 13 + 11, // too small
                pages.word - 13 + 33, // too large
                pages.word | 0x1000,  // not aligned
                pages.word | 0x40,    // of no form
                0x1000 | 32,
        };

        for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                struct h_vfpage flexpage = { bad[i] };
                refuses_first(H_BAD_FLEXPAGE, good, flexpage);
                refuses_first(H_BAD_FLEXPAGE, region_of(0x00100000, 13),
                              flexpage);
        }
        spaces_check("after h_add_kernel_mapping has refused flexpages");
}

static void
refuses_regions(struct h_region good, struct h_vfpage pages)
{
        const uint32_t bad[] = {
                0, // nil
                good.pages.word - 13 + 11,
                good.pages.word | 0x1000,
                good.pages.word | 0x40,
                0x00100000 | 13, // the kernel's image
                0x00400000 | 13, // environment
                0x0009E000 | 13, // its second page is not installed
                0x00080000 | 17, // some regions, and what is no memory
                0x01800000 | 13, // beyond memory
                0xFFFFE000 | 13,
                32,
        };

        for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                struct h_region region = { { bad[i] } };
                refuses_first(H_BAD_REGION, region, pages);
                refuses_first(H_BAD_REGION, region, user_pages(0x00400000, 12));
        }
        spaces_check("after h_add_kernel_mapping has refused regions");
}

static void
refuses_addresses(struct h_region good)
{
        const uint32_t bad[] = {
                SPACES_CLIENT_BASE - 0x2000, // in front of the client's
                SPACES_CLIENT_LIMIT,         // behind them
                0x00000000,                  // user space
                0x00400000,
                KERNEL_BASE - 0x2000,
                KERNEL_BASE, // the kernel's image
                ENVIRONMENT_BASE,
                CLIENT_LIMIT,
                COPY_TO_WINDOW, // H's windows
                0xFFFFE000,     // the last ones of all
        };

        for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                refuses_first(H_BAD_ADDRESS, good, user_pages(bad[i], 13));
        spaces_check("after h_add_kernel_mapping has refused addresses");
}

// 512 MB that end within the client's addresses, and begin in front of them: a
// machine with so much memory is made up for as long as it is refused.
static void
refuses_from_in_front(void)
{
        struct fpage *last =
                &region_table.regions[region_table.count - 1].range;
        uint32_t word = last->word, pages = h_state.client_pages;

        last->word = 0x20000000 | 29;
        h_state.client_pages = 0x10000000 / H_PAGE_SIZE;
        refuses_first(H_BAD_ADDRESS, region_of(0x20000000, 29),
                      user_pages(0xC0000000, 29));
        last->word = word;
        h_state.client_pages = pages;
}

static void
refuses_addresses_outside(void)
{
        // Of 8 MB, the second half is not the client's.
        spaces_begin_with(SPACES_PAGES);
        struct h_region far = spaces_far(23), half = spaces_far(22);
        h_state.client_pages = 1024;
        spaces_make();
        refuses(H_BAD_ADDRESS, far, user_pages(SPACES_CLIENT_BASE, 23), H_R);
        refuses(H_BAD_ADDRESS, half,
                user_pages(SPACES_CLIENT_BASE + 0x400000, 22), H_R);
        spaces_check("after h_add_kernel_mapping has refused addresses that "
                     "end outside of the client's");

        // Where first and size together are 0, or more than 2^32.
        spaces_begin();
        far = spaces_far(23);
        spaces_make();
        refuses(H_BAD_ADDRESS, far, user_pages(0xFF800000, 23), H_R);
        refuses(H_BAD_ADDRESS, far,
                user_pages(SPACES_CLIENT_BASE - 0x800000, 23), H_R);
        refuses(H_BAD_ADDRESS, far, user_pages(SPACES_CLIENT_LIMIT, 23), H_R);
        refuses_from_in_front();
        spaces_check("after h_add_kernel_mapping has refused 8 MB");
}

TEST(adding_refuses_in_order)
{
        spaces_begin();
        struct h_region region = spaces_region(13);
        struct h_vfpage pages = spaces_addresses(13);
        struct h_vfpage used = spaces_addresses(13);
        spaces_make();
        adds(region, used, H_R, false);

        refuses_flexpages(region, pages);
        refuses_regions(region, pages);
        refuses_first(H_BAD_SIZE, region_page(region, 0), pages);
        refuses_first(H_BAD_SIZE, region,
                      user_pages(h_vfpage_first(pages).value, 12));
        refuses_first(H_BAD_SIZE, region, user_pages(0x00400000, 12));
        refuses_first(H_BAD_SIZE, region, user_pages(0, 32));
        refuses_addresses(region);
        refuses(H_NO_RIGHTS, region, pages, 0);
        refuses(H_NO_RIGHTS, region, pages, 0xFFFFFFF8);
        refuses(H_NO_RIGHTS, region, used, 0);
        spaces_check("after h_add_kernel_mapping has refused");
        adds(region, pages, H_W, true);
        refuses_addresses_outside();
}

// The pages of a row of 4 that decide.
static const uint32_t places[] = { 0, 2, 3 };

#define PLACES 3

// Rows of pages with one page-table each, at one of the places; behind them the
// page of a page-directory alone, and that of a page-table.
static void
given_tables(struct h_region *out)
{
        struct h_pagemap space = given_pagemap();

        for (unsigned i = 0; i < PLACES; i++) {
                out[i] = spaces_region(14);
                due_table(
                        space, 0x10000000 + i * H_SUPERPAGE_SIZE,
                        (struct h_pagemap_page){ region_page(out[i], places[i]),
                                                 spaces_address() });
        }
        out[PLACES] = region_of(spaces_directory(space).frame.value, 12);
        out[PLACES + 1] = given_table(space, 0x00400000).page;
}

// Rows of addresses, of which one is used: by another mapping, and by H's view
// of a page-table.
static void
given_used_addresses(struct h_vfpage *out)
{
        struct h_pagemap space = given_pagemap();

        for (unsigned i = 0; i < 2 * PLACES; i++) {
                out[i] = spaces_addresses(14);
                uint32_t at = page_address(out[i], places[i % PLACES]).value;
                if (i < PLACES)
                        given_kernel_mapping(spaces_page(), user_pages(at, 12),
                                             H_R, false);
                else
                        due_table(space, i * H_SUPERPAGE_SIZE,
                                  (struct h_pagemap_page){ spaces_page(),
                                                           { at } });
        }
}

// All addresses that there are, of which the last one is used.
static void
refuses_behind_a_table(void)
{
        const uint32_t last = SPACES_CLIENT_LIMIT - H_PAGE_SIZE;

        spaces_begin();
        struct h_region far = spaces_far(23);
        given_kernel_mapping(spaces_page(), user_pages(last, 12), H_R, false);
        spaces_make();
        refuses(H_ADDRESS_USED, far, user_pages(SPACES_CLIENT_BASE, 23), H_R);
        spaces_check("after h_add_kernel_mapping of 8 MB has been refused");
}

TEST(adding_refuses_what_is_in_use)
{
        refuses_behind_a_table();

        spaces_begin();
        struct h_region tables[PLACES + 2], region = spaces_far(14);
        struct h_region full = spaces_far(14);
        struct h_vfpage used[2 * PLACES], pages = spaces_addresses(14);
        given_tables(tables);
        given_used_addresses(used);
        given_kernel_mapping(region, spaces_addresses(14), H_R, true);
        due_page(full, NORMAL(PAGE_COUNT_MAX));
        spaces_make();

        // Pages that are tables, wherever they would be mapped.
        for (unsigned i = 0; i < PLACES; i++) {
                refuses(H_NOT_NORMAL, tables[i], pages, H_R);
                refuses(H_NOT_NORMAL, tables[i], used[0], H_R | H_W);
        }
        struct h_vfpage one = user_pages(h_vfpage_first(pages).value, 12);
        refuses(H_NOT_NORMAL, tables[PLACES], one, H_R);
        refuses(H_NOT_NORMAL, tables[PLACES + 1], one, H_R);
        refuses(H_NO_RIGHTS, tables[0], pages, 0);
        spaces_check("after h_add_kernel_mapping has refused tables");

        for (unsigned i = 0; i < 2 * PLACES; i++) {
                refuses(H_ADDRESS_USED, region, used[i], H_R | H_W);
                refuses(H_ADDRESS_USED, full, used[i], H_R | H_W);
        }
        spaces_check("after h_add_kernel_mapping has refused addresses");

        // Pages that are mapped already are as good as others. Addresses are
        // not.
        adds(region, pages, H_R, false);
        refuses(H_ADDRESS_USED, region, pages, H_R);
        spaces_check("after h_add_kernel_mapping has refused the same again");
}

// In each of the rows of 8 pages one cannot be counted.
static void
refuses_full_counts(struct h_vfpage pages)
{
        struct h_region regions[PLACES], nearly = spaces_far(15);
        for (unsigned i = 0; i < PLACES; i++) {
                regions[i] = spaces_far(15);
                for (uint32_t page = 0; page < 8; page++)
                        due_page(region_page(regions[i], page),
                                 NORMAL(page % 3));
                due_page(region_page(regions[i], places[i] * 2 + i / 2),
                         NORMAL(PAGE_COUNT_MAX));
        }
        due_page(region_page(nearly, 5), NORMAL(PAGE_COUNT_MAX - 1));
        spaces_make();

        for (unsigned i = 0; i < PLACES; i++)
                refuses(H_COUNT_FULL, regions[i], pages, H_R);
        spaces_check("after h_add_kernel_mapping has refused full counts");
        struct h_kernel_mapping mapping = adds(nearly, pages, H_R, false);
        refuses(H_COUNT_FULL, nearly, spaces_addresses(15), H_R);
        removes(mapping);
}

TEST(adding_refuses_when_full)
{
        spaces_begin();
        struct h_region page = spaces_page(), full = spaces_far(15);
        struct h_vfpage pages = spaces_addresses(12);
        struct h_vfpage next = spaces_addresses(12);
        refuses_full_counts(spaces_addresses(15));

        struct h_kernel_mapping some = { 0, 0 };
        for (uint32_t i = 0; i < SPACES_KERNEL_MAPPINGS - 1; i++) {
                struct h_vaddr at = spaces_address();
                some = given_kernel_mapping(page, user_pages(at.value, 12), H_R,
                                            false);
        }
        due_page(full, NORMAL(PAGE_COUNT_MAX));
        spaces_make();
        adds(page, pages, H_R, false);
        refuses(H_HANDLES_USED, page, next, H_R);
        spaces_check("after h_add_kernel_mapping has refused, all slots "
                     "being used");
        refuses(H_COUNT_FULL, region_page(full, 0), next, H_R);
        refuses(H_ADDRESS_USED, page, pages, H_R);

        // One goes, and one can come.
        ends(some);
        struct h_kernel_mapping again = adds(page, next, H_R, false);
        if (same_handle(some, again))
                fail("the handle of a removed mapping, slot %u, generation "
                     "%u, was given out again",
                     again.slot, again.generation);
        refuses(H_HANDLES_USED, page, spaces_addresses(12), H_R);
}
