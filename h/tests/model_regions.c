// SPDX-License-Identifier: MIT
// The model: the memory that the client may name. See model.h.
#include "model.h"

// The memory that the client gets, from what machine.h says of it.
static void
add_region_pages(uint32_t first, uint32_t end)
{
        while (first < end) {
                uint32_t count = 1;
                while (first % (2 * count) == 0 && first + 2 * count <= end)
                        count *= 2;
                model.regions[model.region_count].first = first;
                model.regions[model.region_count++].count = count;
                first += count;
        }
}

void
model_find_regions(void)
{
        model.region_count = 0;
        add_region_pages(0x10, 0x14);
        add_region_pages(0x110, 0x130);
        add_region_pages(0x134, 0x138);
        add_region_pages(0x139, 0x13C);
        add_region_pages(0x800, 0x1000);
        add_region_pages(0x1000, environment.pages.first);
        add_region_pages(0x130, 0x134); // the modules, one after the other
        add_region_pages(0x138, 0x139);
}

bool
model_flexpage(uint32_t word, struct range *out)
{
        uint32_t log2_size = word % 64;

        if (log2_size < 12 || log2_size > 32 || word / 64 % 64 != 0)
                return false;
        out->first = word >> 12;
        out->count = UINT32_C(1) << (log2_size - 12);
        return out->first % out->count == 0;
}

bool
model_region(struct h_region region, struct range *out)
{
        if (!model_flexpage(region.pages.word, out))
                return false;
        for (size_t i = 0; i < model.region_count; i++)
                if (model.regions[i].first <= out->first &&
                    out->first + out->count <=
                            model.regions[i].first + model.regions[i].count)
                        return true;
        return false;
}

refusals
model_derive_region(struct h_region region, struct h_pfpage pages)
{
        struct range outer, inner;
        refusals set = 0;

        if (!model_region(region, &outer))
                set |= REFUSE(H_BAD_REGION);
        if (!model_flexpage(pages.word, &inner))
                set |= REFUSE(H_BAD_FLEXPAGE);
        if (set == 0 && (inner.first < outer.first ||
                         inner.first + inner.count > outer.first + outer.count))
                set = REFUSE(H_BAD_SIZE);
        return set;
}

refusals
model_create_pagemap_page(struct h_region region, struct h_vaddr mapped)
{
        struct range range;
        uint32_t at = mapped.value / PAGE_SIZE - MODEL_CLIENT_FIRST;
        refusals set = 0;

        if (!model_region(region, &range))
                set |= REFUSE(H_BAD_REGION);
        else if (range.count != 1)
                set |= REFUSE(H_BAD_SIZE);
        if (mapped.value % PAGE_SIZE != 0 || at >= MODEL_CLIENT_PAGES)
                set |= REFUSE(H_BAD_ADDRESS);
        return set;
}
