// SPDX-License-Identifier: MIT
// Figures: how adding and removing grow with the number of pages, of initial
// regions, and of address spaces.
#include "measure.h"

#include <kernel/memory.h>

#define HERE 0x40000000u

// Adds and removes once. Where 4 MB or more are no superpages, a page is there
// already, so that the page-table neither comes nor goes.
static void
add_and_remove(const char *name, uint32_t number, struct h_pagemap pagemap,
               struct h_vfpage pages)
{
        const struct h_region region = supply_memory(h_vfpage_log2(pages));
        bool used;
        size_t count;

        MEASURE("add_mapping", numbered(name, number),
                h_add_mapping(NULL, pagemap, pages, region, H_R | H_W, &used));
        MEASURE("remove_mapping", numbered(name, number),
                h_remove_mapping(pagemap, pages, freed, FREED_MOST, &count));
}

static void
grow_pages(struct h_pagemap pagemap)
{
        unsigned log2 = H_PAGE_LOG2;

        // In the upper half of the table whose first page is mapped.
        map(pagemap, at(HERE, H_PAGE_LOG2), supply_memory(H_PAGE_LOG2));
        for (; log2 < H_SUPERPAGE_LOG2; log2++)
                add_and_remove("", 1u << (log2 - H_PAGE_LOG2), pagemap,
                               at(HERE + H_SUPERPAGE_SIZE / 2, log2));
        unmap(pagemap, at(HERE, H_PAGE_LOG2));

        for (; log2 <= MOST_LOG2; log2++)
                add_and_remove("", 1u << (log2 - H_PAGE_LOG2), pagemap,
                               at(HERE, log2));
}

// Of a region of one page H asks its status, of a larger one which initial region
// holds it.
static void
grow_regions(struct h_pagemap pagemap)
{
        map(pagemap, at(HERE, H_PAGE_LOG2), supply_memory(H_PAGE_LOG2));
        for (uint32_t count = 1; count <= REGIONS_MAX; count *= 2) {
                regions_replace(count);
                add_and_remove("1_regions_", count, pagemap,
                               at(HERE + H_SUPERPAGE_SIZE / 2, H_PAGE_LOG2));
                add_and_remove(
                        "2_regions_", count, pagemap,
                        at(HERE + H_SUPERPAGE_SIZE / 2, H_PAGE_LOG2 + 1));
                regions_restore();
        }
        unmap(pagemap, at(HERE, H_PAGE_LOG2));
}

// All address spaces map the page that is mapped and unmapped once more in the
// newest.
#define SPACES 512u

static void
grow_spaces(void)
{
        static struct h_pagemap pagemaps[SPACES];

        for (uint32_t number = 1; number <= SPACES; number++) {
                struct h_pagemap_page page = supply_table();
                struct h_pagemap pagemap;
                const bool due = (number & (number - 1)) == 0;

                if (due)
                        MEASURE("alloc_pagemap", numbered("spaces_", number),
                                h_alloc_pagemap(page, &pagemap));
                else
                        done(h_alloc_pagemap(page, &pagemap));
                map(pagemap, at(HERE, H_PAGE_LOG2), supply_memory(H_PAGE_LOG2));
                if (due)
                        add_and_remove("spaces_", number, pagemap,
                                       at(HERE + H_PAGE_SIZE, H_PAGE_LOG2));
                pagemaps[number - 1] = pagemap;
        }
        for (uint32_t i = 0; i < SPACES; i++)
                end_space(pagemaps[i]);
        supply_again();
}

void
measure_growth(void)
{
        struct h_pagemap pagemap = new_space();

        grow_pages(pagemap);
        grow_regions(pagemap);
        end_space(pagemap);
        supply_again();
        grow_spaces();
}
