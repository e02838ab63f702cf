// SPDX-License-Identifier: MIT
#include "pool.h"

#include "print.h"

#define MOST 64          // regions, and flexpages of kernel space
#define SMALLEST_LOG2 19 // of the largest region: 512 KB

static struct h_region largest;
static uint32_t pages_taken;
static struct h_vaddr kernel_space;
static uint32_t addresses_taken;

static bool
find_memory(void)
{
        static struct h_region regions[MOST];
        size_t count;
        uint32_t pages = 0;

        if (h_initial_regions(regions, MOST, &count) != H_OK)
                return false;
        for (size_t i = 0; i < count; i++) {
                unsigned log2 = h_pfpage_log2(regions[i].pages);
                pages += 1u << (log2 - H_PAGE_LOG2);
                if (log2 > h_pfpage_log2(largest.pages))
                        largest = regions[i];
        }
        print_text("memory: ");
        print_number(pages);
        print_text(" pages in ");
        print_number((uint32_t)count);
        print_line(" regions");
        return h_pfpage_log2(largest.pages) >= SMALLEST_LOG2;
}

static bool
find_addresses(void)
{
        static struct h_vfpage addresses[MOST];
        size_t count;

        if (h_kernel_mappable_virtual_addresses(addresses, MOST, &count) !=
                    H_OK ||
            count == 0)
                return false;
        kernel_space = h_vfpage_first(addresses[0]);
        print_text("kernel space: ");
        print_number((uint32_t)count);
        print_text(" flexpages from ");
        print_hex(kernel_space.value);
        print_line("");
        return h_vfpage_log2(addresses[0]) >= SMALLEST_LOG2;
}

bool
pool_init(void)
{
        return find_memory() && find_addresses();
}

// Of a flexpage of `count` pages.
static unsigned
log2_of(uint32_t count)
{
        unsigned log2 = H_PAGE_LOG2;

        while (1u << (log2 - H_PAGE_LOG2) < count)
                log2++;
        return log2;
}

// The next `count` of things that are aligned to their number.
static uint32_t
take(uint32_t *taken, uint32_t count)
{
        uint32_t first = (*taken + count - 1) / count * count;

        *taken = first + count;
        return first;
}

static struct h_region
part_of_largest(uint32_t offset, unsigned log2)
{
        struct h_paddr first = h_pfpage_first(largest.pages);
        struct h_region region = { .pages = { 0 } };

        first.value += offset;
        enum h_error error =
                h_derive_region(largest, h_pfpage(first, log2), &region);
        if (error != H_OK)
                print_result("h_derive_region", error, H_OK);
        return region;
}

struct h_region
pool_region(uint32_t count)
{
        uint32_t first = take(&pages_taken, count);

        return part_of_largest(first * H_PAGE_SIZE, log2_of(count));
}

bool
pool_superpage(struct h_region *out)
{
        unsigned log2 = h_pfpage_log2(largest.pages);

        if (log2 <= H_SUPERPAGE_LOG2)
                return false;
        *out = part_of_largest((1u << log2) - H_SUPERPAGE_SIZE,
                               H_SUPERPAGE_LOG2);
        return true;
}

struct h_vfpage
pool_addresses(uint32_t count)
{
        struct h_vaddr address = kernel_space;

        address.value += take(&addresses_taken, count) * H_PAGE_SIZE;
        return h_vfpage(address, log2_of(count));
}

struct h_vaddr
pool_address(void)
{
        return h_vfpage_first(pool_addresses(1));
}

struct h_pagemap_page
pool_table(void)
{
        struct h_pagemap_page page = { 0 };
        enum h_error error =
                h_create_pagemap_page(pool_region(1), pool_address(), &page);

        if (error != H_OK)
                print_result("h_create_pagemap_page", error, H_OK);
        return page;
}
