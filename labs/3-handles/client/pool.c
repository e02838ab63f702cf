// SPDX-License-Identifier: MIT
#include "pool.h"

#include "print.h"

#define MOST 64          // regions, and flexpages of kernel space
#define SMALLEST_LOG2 18 // of the largest region: 256 KB

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

struct h_region
pool_region(uint32_t count)
{
        uint32_t begin = h_pfpage_first(largest.pages).value;
        struct h_paddr first;
        struct h_region region = { .pages = { 0 } };

        pages_taken = (pages_taken + count - 1) / count * count;
        first.value = begin + pages_taken * H_PAGE_SIZE;
        pages_taken += count;

        unsigned log2 = H_PAGE_LOG2;
        while (1u << (log2 - H_PAGE_LOG2) < count)
                log2++;
        enum h_error error =
                h_derive_region(largest, h_pfpage(first, log2), &region);
        if (error != H_OK)
                print_result("h_derive_region", error, H_OK);
        return region;
}

struct h_vaddr
pool_address(void)
{
        struct h_vaddr address = kernel_space;

        address.value += addresses_taken++ * H_PAGE_SIZE;
        return address;
}

struct h_pagemap_page
pool_table(void)
{
        struct h_pagemap_page page = { 0 };
        enum h_error error = h_create_pagemap_page(
                pool_region(1), pool_address(), &page);

        if (error != H_OK)
                print_result("h_create_pagemap_page", error, H_OK);
        return page;
}
