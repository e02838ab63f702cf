// SPDX-License-Identifier: MIT
// Figures: configuration, and address spaces as a whole.
#include "measure.h"

#include <kernel/memory.h>

static struct h_region regions[REGIONS_MAX];

static void
measure_regions(const char *title)
{
        const struct h_region memory = supply_memory(MOST_LOG2);
        const struct h_pfpage page = supply_memory(H_PAGE_LOG2).pages;
        struct h_region region;
        size_t count;

        MEASURE("initial_regions", title,
                h_initial_regions(regions, REGIONS_MAX, &count));
        MEASURE("derive_region", title, h_derive_region(memory, page, &region));
}

// The boot loader has been given one module.
static void
measure_modules(void)
{
        struct h_module module;
        size_t count;

        MEASURE_VOID("module_count", "common", h_module_count());
        MEASURE("module", "common", h_module(0, &module));
        MEASURE("module_regions", "common",
                h_module_regions(0, regions, REGIONS_MAX, &count));
        // It lies in no initial region: those are asked first.
        const struct h_region whole = regions[0];
        struct h_region region;
        MEASURE("derive_region", "of_module",
                h_derive_region(whole, whole.pages, &region));
}

void
measure_configuration(void)
{
        struct h_vfpage addresses[8];
        size_t count;
        size_t bytes;
        struct h_region region;
        const struct h_region page = supply_memory(H_PAGE_LOG2);

        measure_regions("common");
        regions_replace(REGIONS_MAX);
        measure_regions("worst");
        regions_restore();
        MEASURE("derive_region", "1",
                h_derive_region(page, page.pages, &region));
        measure_modules();
        MEASURE("kernel_mappable_virtual_addresses", "common",
                h_kernel_mappable_virtual_addresses(addresses, 8, &count));
        MEASURE_VOID("client_heap", "common", h_client_heap(&bytes));
}

void
measure_spaces(void)
{
        struct h_pagemap_page page = supply_table();
        const struct h_region region = page.page;
        const struct h_vaddr seen = page.mapped;
        struct h_pagemap pagemap;
        size_t count;

        MEASURE("create_pagemap_page", "common",
                h_create_pagemap_page(region, seen, &page));
        MEASURE("alloc_pagemap", "common", h_alloc_pagemap(page, &pagemap));
        MEASURE("free_pagemap", "empty",
                h_free_pagemap(pagemap, freed, FREED_MOST, &count));

        pagemap = new_space();
        map(pagemap, at(0, H_PAGE_LOG2), supply_memory(H_PAGE_LOG2));
        MEASURE("free_pagemap", "common",
                h_free_pagemap(pagemap, freed, FREED_MOST, &count));

        pagemap = new_space();
        fill(pagemap);
        MEASURE("free_pagemap", "worst",
                h_free_pagemap(pagemap, freed, FREED_MOST, &count));
        supply_again();
}
