// SPDX-License-Identifier: MIT
// Memory and addresses to measure with. The contracts are in measure.h.
//
//     largest region    | mapped, by users and by the kernel   |
//     next region       | tables |
//     kernel addresses  | tables |       | window              |
#include "measure.h"

#include <kernel/memory.h>
#include <kernel/panic.h>

#define REGIONS_MOST 64
#define WINDOW_AT                                                              \
        (1u << 28) // behind the first address that the client controls

static struct {
        struct h_region mapped;
        struct h_region tables;
        uint32_t addresses; // the first one
        uint32_t taken;     // pages of `tables`
} supply;

struct h_region freed[FREED_MOST];

void
supply_init(void)
{
        static struct h_region regions[REGIONS_MOST];
        struct h_vfpage addresses[8];
        size_t count;

        done(h_initial_regions(regions, REGIONS_MOST, &count));
        for (size_t i = 0; i < count; i++) {
                unsigned log2_size = h_pfpage_log2(regions[i].pages);
                if (log2_size > h_pfpage_log2(supply.mapped.pages)) {
                        supply.tables = supply.mapped;
                        supply.mapped = regions[i];
                } else if (log2_size > h_pfpage_log2(supply.tables.pages)) {
                        supply.tables = regions[i];
                }
        }
        if (h_pfpage_log2(supply.mapped.pages) < MOST_LOG2)
                panic("measuring needs a region of %u MB",
                      1u << (MOST_LOG2 - 20));
        done(h_kernel_mappable_virtual_addresses(addresses, 8, &count));
        supply.addresses = h_vfpage_first(addresses[0]).value;
}

void
supply_again(void)
{
        supply.taken = 0;
}

struct h_region
supply_page(void)
{
        struct h_paddr first = h_pfpage_first(supply.tables.pages);

        first.value += supply.taken++ * H_PAGE_SIZE;
        return (struct h_region){ h_pfpage(first, H_PAGE_LOG2) };
}

struct h_pagemap_page
supply_table(void)
{
        struct h_vaddr seen = { supply.addresses + supply.taken * H_PAGE_SIZE };

        return (struct h_pagemap_page){ supply_page(), seen };
}

struct h_region
supply_memory(unsigned log2_size)
{
        return (struct h_region){
                h_pfpage(h_pfpage_first(supply.mapped.pages), log2_size),
        };
}

struct h_vfpage
supply_window(unsigned log2_size)
{
        return at(supply.addresses + WINDOW_AT, log2_size);
}

struct h_vfpage
at(uint32_t address, unsigned log2_size)
{
        return h_vfpage((struct h_vaddr){ address }, log2_size);
}

struct h_pagemap
new_space(void)
{
        struct h_pagemap pagemap;

        done(h_alloc_pagemap(supply_table(), &pagemap));
        return pagemap;
}

void
end_space(struct h_pagemap pagemap)
{
        size_t count;

        done(h_free_pagemap(pagemap, freed, FREED_MOST, &count));
}

void
map(struct h_pagemap pagemap, struct h_vfpage pages, struct h_region region)
{
        bool used;
        struct h_pagemap_page table = supply_table();

        done(h_add_mapping(&table, pagemap, pages, region, H_R | H_W, &used));
}

void
unmap(struct h_pagemap pagemap, struct h_vfpage pages)
{
        size_t count;

        done(h_remove_mapping(pagemap, pages, freed, FREED_MOST, &count));
}

void
fill(struct h_pagemap pagemap)
{
        const unsigned half = H_SUPERPAGE_LOG2 - 1;
        const struct h_region region = supply_memory(half);

        for (uint32_t first = 0; first < 1u << FULL_LOG2; first += 1u << half)
                map(pagemap, at(first, half), region);
}

static struct region_table kept;

void
regions_replace(size_t count)
{
        kept = region_table;
        // In front are pages of which nothing is asked but their addresses.
        for (size_t i = 0; i < count - 1; i++)
                region_table.regions[i] =
                        pfpage_make(paddr(i * PAGE_SIZE), PAGE_LOG2);
        region_table.regions[count - 1] =
                (struct pfpage){ { supply.mapped.pages.word } };
        region_table.count = count;
}

void
regions_restore(void)
{
        region_table = kept;
}
