// SPDX-License-Identifier: MIT
// Figures: mappings of user memory. How adding and removing grow with the number
// of pages is in growth.c.
#include "measure.h"

#define HERE 0x40000000u // an address of user space

// A page in a page-table that holds others too.
static void
measure_page(struct h_pagemap pagemap)
{
        const struct h_region region = supply_memory(H_PAGE_LOG2);
        const struct h_vfpage page = at(HERE + H_PAGE_SIZE, H_PAGE_LOG2);
        const struct h_vaddr address = h_vfpage_first(page);
        struct h_mapping_info info;
        uint32_t word;
        bool accessed, dirty;

        map(pagemap, page, region);
        MEASURE("modify_mapping", "common",
                h_modify_mapping(pagemap, page, H_R));
        MEASURE("read_mapping", "common",
                h_read_mapping(pagemap, address, &info));
        MEASURE("read_user_word", "common",
                h_read_user_word(pagemap, address, &word));
        MEASURE("take_reference_bits", "common",
                h_take_reference_bits(pagemap, page, &accessed, &dirty));
        MEASURE("take_reference_bits", "unused",
                h_take_reference_bits(pagemap, page, &accessed, &dirty));
        unmap(pagemap, page);
}

// The first page of a page-table, and the last one.
static void
measure_table(struct h_pagemap pagemap)
{
        const unsigned half = H_SUPERPAGE_LOG2 - 1;
        const struct h_region region = supply_memory(H_PAGE_LOG2);
        const struct h_region large = supply_memory(half);
        const struct h_vfpage page = at(HERE, H_PAGE_LOG2);
        const struct h_vfpage pages = at(HERE, half);
        struct h_pagemap_page table = supply_table();
        bool used;
        size_t count;

        MEASURE("add_mapping", "new_table",
                h_add_mapping(&table, pagemap, page, region, H_R | H_W, &used));
        MEASURE("remove_mapping", "last_page",
                h_remove_mapping(pagemap, page, freed, FREED_MOST, &count));
        MEASURE("add_mapping", "new_table_512",
                h_add_mapping(&table, pagemap, pages, large, H_R | H_W, &used));
        MEASURE("remove_mapping", "last_page_512",
                h_remove_mapping(pagemap, pages, freed, FREED_MOST, &count));
}

static void
measure_superpage(struct h_pagemap pagemap)
{
        const struct h_region region = supply_memory(H_SUPERPAGE_LOG2);
        const struct h_vfpage pages = at(HERE, H_SUPERPAGE_LOG2);
        const struct h_vaddr address = { HERE + H_PAGE_SIZE };
        const struct h_pagemap_page table = supply_table();
        struct h_mapping_info info;
        uint32_t word;
        bool used, accessed, dirty;
        size_t count;

        MEASURE("add_mapping", "superpage",
                h_add_mapping(NULL, pagemap, pages, region, H_R | H_W, &used));
        MEASURE("modify_mapping", "superpage",
                h_modify_mapping(pagemap, pages, H_R));
        MEASURE("read_mapping", "superpage",
                h_read_mapping(pagemap, address, &info));
        MEASURE("read_user_word", "superpage",
                h_read_user_word(pagemap, address, &word));
        MEASURE("take_reference_bits", "superpage",
                h_take_reference_bits(pagemap, pages, &accessed, &dirty));
        MEASURE("remove_mapping", "superpage",
                h_remove_mapping(pagemap, pages, freed, FREED_MOST, &count));

        map(pagemap, pages, region);
        MEASURE("split_superpage", "common",
                h_split_superpage(pagemap, address, table));
        MEASURE("modify_mapping", "full_table",
                h_modify_mapping(pagemap, pages, H_R));
        MEASURE("take_reference_bits", "full_table",
                h_take_reference_bits(pagemap, pages, &accessed, &dirty));
        MEASURE("remove_mapping", "full_table",
                h_remove_mapping(pagemap, pages, freed, FREED_MOST, &count));
}

// The most that one call can do: 2 GB of pages.
static void
measure_full_space(struct h_pagemap pagemap)
{
        const struct h_vfpage pages = at(0, FULL_LOG2);
        bool accessed, dirty;
        size_t count;

        fill(pagemap);
        MEASURE("modify_mapping", "worst",
                h_modify_mapping(pagemap, pages, H_R));
        MEASURE("take_reference_bits", "worst",
                h_take_reference_bits(pagemap, pages, &accessed, &dirty));
        MEASURE("remove_mapping", "worst",
                h_remove_mapping(pagemap, pages, freed, FREED_MOST, &count));
}

void
measure_mappings(void)
{
        struct h_pagemap pagemap = new_space();

        map(pagemap, at(HERE, H_PAGE_LOG2), supply_memory(H_PAGE_LOG2));
        measure_page(pagemap);
        unmap(pagemap, at(HERE, H_PAGE_LOG2));
        measure_table(pagemap);
        measure_superpage(pagemap);
        measure_full_space(pagemap);
        end_space(pagemap);
        supply_again();
}
