// SPDX-License-Identifier: MIT
// The contracts are in pages.h.
#include "pages.h"

#include "panic.h"
#include "pool.h"

static struct h_vfpage
virtual_pages(uint32_t at, unsigned log2)
{
        return h_vfpage((struct h_vaddr){ at }, log2);
}

enum page_result
page_map(const struct space *space, uint32_t at, uint32_t frame, unsigned log2,
         unsigned rights)
{
        struct h_region region = {
                h_pfpage((struct h_paddr){ frame }, log2),
        };

        switch (pool_map(space->pagemap, at, region, rights)) {
        case H_OK:
                return PAGE_OK;
        case H_MAPPED:
        case H_SUPERPAGE:
                return PAGE_OCCUPIED;
        default:
                return PAGE_REFUSED;
        }
}

struct page
page_at(const struct space *space, uint32_t at)
{
        struct h_mapping_info info;

        if (h_read_mapping(space->pagemap, (struct h_vaddr){ at }, &info) !=
            H_OK)
                return (struct page){ 0 };

        uint32_t inside = (1u << info.log2_size) - H_PAGE_SIZE;
        return (struct page){
                .frame = info.physical.value + (at & inside),
                .log2 = info.log2_size,
                .rights = info.rights,
        };
}

bool
page_split(const struct space *space, uint32_t at)
{
        struct h_pagemap_page table;

        if (!pool_take(&table))
                return false;
        must(h_split_superpage(space->pagemap, (struct h_vaddr){ at }, table),
             "h_split_superpage");
        return true;
}

void
page_set_rights(const struct space *space, uint32_t at, unsigned log2,
                unsigned rights)
{
        must(h_modify_mapping(space->pagemap, virtual_pages(at, log2), rights),
             "h_modify_mapping");
}

void
page_unmap(const struct space *space, uint32_t at, unsigned log2)
{
        size_t count;

        if (log2 == H_PAGE_LOG2)
                pool_unmap(space->pagemap, at);
        else
                must(h_remove_mapping(space->pagemap, virtual_pages(at, log2),
                                      NULL, 0, &count),
                     "h_remove_mapping of a superpage");
}

unsigned
page_take_used(const struct space *space, uint32_t at, unsigned log2)
{
        bool accessed, written;

        must(h_take_reference_bits(space->pagemap, virtual_pages(at, log2),
                                   &accessed, &written),
             "h_take_reference_bits");
        return (accessed ? H_R : 0) | (written ? H_W : 0);
}
