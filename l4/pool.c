// SPDX-License-Identifier: MIT
// Pages out of the client's regions, from the highest address down, as programs
// like to be loaded low. Each has an address in kernel space that is its own for
// ever, whoever it is lent to.
//
// The contracts are in pool.h.
#include "pool.h"

#include "panic.h"
#include "units.h"

// A 16th of all memory, at least 512 KB.
#define POOL_SHARE 16
#define POOL_LEAST (512u * 1024 / H_PAGE_SIZE)

#define MOST_REGIONS 64

static struct pool_range ranges[MOST_REGIONS];
static uint32_t
        index_of[MOST_REGIONS]; // of a range's first page, among all pages
static size_t range_count;

// Of the free ones the indexes are in the units, one behind the other; the last one
// goes next.
static uint32_t free_count;
static uint32_t page_count;
static uint32_t mapped_at; // the address of the page with index 0

static struct h_region regions[MOST_REGIONS];
static size_t region_count;

static uint32_t
region_first(size_t number)
{
        return h_pfpage_first(regions[number].pages).value;
}

static uint32_t
region_pages(size_t number)
{
        return 1u << (h_pfpage_log2(regions[number].pages) - H_PAGE_LOG2);
}

// The region with the highest address below `end`, or region_count.
static size_t
highest_below(uint32_t end)
{
        size_t best = region_count;

        for (size_t i = 0; i < region_count; i++)
                if (region_first(i) < end &&
                    (best == region_count ||
                     region_first(i) > region_first(best)))
                        best = i;
        return best;
}

static void
take_ranges(uint32_t wanted)
{
        uint32_t end = UINT32_MAX;

        while (page_count < wanted) {
                size_t region = highest_below(end);
                if (region == region_count)
                        return;
                end = region_first(region);

                uint32_t pages = region_pages(region);
                uint32_t taken = wanted - page_count;
                if (taken > pages)
                        taken = pages;
                index_of[range_count] = page_count;
                ranges[range_count++] = (struct pool_range){
                        end + (pages - taken) * H_PAGE_SIZE,
                        taken,
                };
                page_count += taken;
        }
}

static uint32_t
pages_wanted(void)
{
        uint32_t all = 0;

        for (size_t i = 0; i < region_count; i++)
                all += region_pages(i);
        uint32_t wanted =
                all / POOL_SHARE > POOL_LEAST ? all / POOL_SHARE : POOL_LEAST;
        uint32_t most = unit_count * UNIT_PAGES;
        return wanted < most ? wanted : most;
}

// The kernel addresses of the pages: the first flexpage that has room for all.
static void
find_addresses(void)
{
        static struct h_vfpage mappable[MOST_REGIONS];
        size_t count;

        must(h_kernel_mappable_virtual_addresses(mappable, MOST_REGIONS,
                                                 &count),
             "h_kernel_mappable_virtual_addresses");
        for (size_t i = 0; i < count; i++)
                if (1u << (h_vfpage_log2(mappable[i]) - H_PAGE_LOG2) >=
                    page_count) {
                        mapped_at = h_vfpage_first(mappable[i]).value;
                        return;
                }
        l4_panic("no kernel addresses for the kernel's pages");
}

static uint32_t *
free_page(uint32_t number)
{
        return &units[number / UNIT_PAGES].free_pages[number % UNIT_PAGES];
}

void
pool_init(void)
{
        range_count = 0;
        page_count = 0;
        must(h_initial_regions(regions, MOST_REGIONS, &region_count),
             "h_initial_regions");
        take_ranges(pages_wanted());
        find_addresses();

        for (free_count = 0; free_count < page_count; free_count++)
                *free_page(free_count) = page_count - 1 - free_count;
}

static uint32_t
page_address(uint32_t index)
{
        size_t range = 0;

        while (range + 1 < range_count && index_of[range + 1] <= index)
                range++;
        return ranges[range].first + (index - index_of[range]) * H_PAGE_SIZE;
}

static uint32_t
page_index(uint32_t address)
{
        for (size_t i = 0; i < range_count; i++)
                if (address - ranges[i].first < ranges[i].pages * H_PAGE_SIZE)
                        return index_of[i] +
                               (address - ranges[i].first) / H_PAGE_SIZE;
        l4_panic("a page came back that is none of the kernel's");
}

static struct h_vaddr
mapped(uint32_t index)
{
        return (struct h_vaddr){ mapped_at + index * H_PAGE_SIZE };
}

bool
pool_take(struct h_pagemap_page *page)
{
        if (free_count == 0)
                return false;

        uint32_t index = *free_page(--free_count);
        struct h_paddr first = { page_address(index) };
        page->page.pages = h_pfpage(first, H_PAGE_LOG2);
        page->mapped = mapped(index);
        return true;
}

void
pool_give(struct h_region page)
{
        uint32_t index = page_index(h_pfpage_first(page.pages).value);

        *free_page(free_count++) = index;
}

bool
pool_has(uint32_t address)
{
        for (size_t i = 0; i < range_count; i++)
                if (address - ranges[i].first < ranges[i].pages * H_PAGE_SIZE)
                        return true;
        return false;
}

uint32_t
pool_pages(void)
{
        return page_count;
}

uint32_t
pool_left(void)
{
        return free_count;
}

size_t
pool_ranges(const struct pool_range **out)
{
        *out = ranges;
        return range_count;
}

bool
pool_take_mapped(struct h_region *page, struct h_kernel_mapping *mapping)
{
        struct h_pagemap_page taken;

        if (!pool_take(&taken))
                return false;
        if (h_add_kernel_mapping(taken.page,
                                 h_vfpage(taken.mapped, H_PAGE_LOG2), H_R | H_W,
                                 false, mapping) != H_OK) {
                pool_give(taken.page);
                return false;
        }
        *page = taken.page;
        must(h_write_kernel_mapping(*mapping, 0, 0), "h_write_kernel_mapping");
        for (uint32_t words = 1; words < H_PAGE_WORDS; words *= 2)
                must(h_copy_words(*mapping, words, *mapping, 0, words),
                     "h_copy_words");
        return true;
}

void
pool_give_mapped(struct h_region page, struct h_kernel_mapping mapping)
{
        must(h_remove_kernel_mapping(mapping), "h_remove_kernel_mapping");
        pool_give(page);
}

enum h_error
pool_map(struct h_pagemap pagemap, uint32_t address, struct h_region page,
         unsigned rights)
{
        struct h_vfpage to = h_vfpage((struct h_vaddr){ address },
                                      h_pfpage_log2(page.pages));
        struct h_pagemap_page table;
        bool used;

        enum h_error error =
                h_add_mapping(NULL, pagemap, to, page, rights, &used);
        if (error != H_TABLE_NEEDED || !pool_take(&table))
                return error;
        error = h_add_mapping(&table, pagemap, to, page, rights, &used);
        if (error != H_OK)
                pool_give(table.page);
        return error;
}

void
pool_unmap(struct h_pagemap pagemap, uint32_t address)
{
        struct h_vfpage at = h_vfpage((struct h_vaddr){ address }, H_PAGE_LOG2);
        struct h_region freed;
        size_t count;

        must(h_remove_mapping(pagemap, at, &freed, 1, &count),
             "h_remove_mapping");
        if (count > 0)
                pool_give(freed);
}
