// SPDX-License-Identifier: MIT
#include "pool.h"

#include "say.h"

#define POOL_PAGES 128
#define MOST 64 // regions, and flexpages of kernel space

static struct h_region memory; // a part of it are the pages
static struct h_vaddr addresses;

static uint32_t free_pages[POOL_PAGES]; // by number, the next one at the end
static uint32_t free_count;
static uint32_t all_count;

// How many pages a flexpage of this size has, as far as the pool wants them.
static uint32_t
usable(unsigned log2)
{
        uint32_t pages = 1u << (log2 - H_PAGE_LOG2);

        return pages < POOL_PAGES ? pages : POOL_PAGES;
}

static bool
find_memory(void)
{
        static struct h_region regions[MOST];
        size_t count = 0;

        if (!worked("h_initial_regions",
                    h_initial_regions(regions, MOST, &count)) ||
            count == 0)
                return false;
        memory = regions[0];
        for (size_t i = 1; i < count; i++)
                if (h_pfpage_log2(regions[i].pages) >
                    h_pfpage_log2(memory.pages))
                        memory = regions[i];
        return true;
}

bool
pool_init(void)
{
        static struct h_vfpage mappable[MOST];
        size_t count = 0;

        if (!find_memory() ||
            !worked("h_kernel_mappable_virtual_addresses",
                    h_kernel_mappable_virtual_addresses(mappable, MOST,
                                                        &count)) ||
            count == 0)
                return false;
        addresses = h_vfpage_first(mappable[0]);

        uint32_t pages = usable(h_pfpage_log2(memory.pages));
        uint32_t windows = usable(h_vfpage_log2(mappable[0]));
        all_count = pages < windows ? pages : windows;
        for (free_count = 0; free_count < all_count; free_count++)
                free_pages[free_count] = all_count - 1 - free_count;
        say_number(all_count);
        say_line(" pages of memory to work with");
        return true;
}

bool
pool_take(struct h_region *out)
{
        if (free_count == 0)
                return false;

        struct h_paddr first = h_pfpage_first(memory.pages);
        first.value += free_pages[free_count - 1] * H_PAGE_SIZE;
        if (!worked("h_derive_region",
                    h_derive_region(memory, h_pfpage(first, H_PAGE_LOG2), out)))
                return false;
        free_count--;
        return true;
}

static uint32_t
number_of(struct h_region page)
{
        return (h_pfpage_first(page.pages).value -
                h_pfpage_first(memory.pages).value) /
               H_PAGE_SIZE;
}

void
pool_give(struct h_region page)
{
        uint32_t number = number_of(page);

        if (number >= all_count || free_count == all_count)
                say_line("a page came back that was never given");
        else
                free_pages[free_count++] = number;
}

struct h_vaddr
pool_address(struct h_region page)
{
        return (struct h_vaddr){ addresses.value +
                                 number_of(page) * H_PAGE_SIZE };
}

bool
pool_table(struct h_pagemap_page *out)
{
        struct h_region page;

        if (!pool_take(&page))
                return false;
        if (worked("h_create_pagemap_page",
                   h_create_pagemap_page(page, pool_address(page), out)))
                return true;
        pool_give(page);
        return false;
}

uint32_t
pool_out(void)
{
        return all_count - free_count;
}
