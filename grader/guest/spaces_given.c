// SPDX-License-Identifier: MIT
// What is there when a test begins: expected like everything else, and by handles
// out of H's own slots. And where the processor runs.
#include "spaces_model.h"

#include <h/internal/handles.h>

#pragma weak h_state
#pragma weak pagemap_slot_take
#pragma weak kernel_mapping_slot_take

struct h_pagemap
given_pagemap(void)
{
        struct h_pagemap_page page = spaces_lent();
        struct h_pagemap handle = pagemap_slot_take();

        pagemap_slot(handle)->directory = paddr(region_first(page.page).value);
        due_pagemap(handle, page);
        return handle;
}

struct h_pagemap_page
given_table(struct h_pagemap handle, uint32_t address)
{
        struct h_pagemap_page table = spaces_lent();

        due_table(handle, address, table);
        return table;
}

void
given_mapped(struct h_pagemap handle, struct h_vfpage pages,
             struct h_region region, unsigned rights)
{
        uint32_t first = h_vfpage_first(pages).value;
        uint32_t upper = model_directory(handle)[first / SUPERPAGE_SIZE];

        if (h_vfpage_log2(pages) < SUPERPAGE_LOG2 && !(upper & ENTRY_PRESENT))
                given_table(handle, first);
        due_mapped(handle, pages, region, rights);
}

struct h_kernel_mapping
given_kernel_mapping(struct h_region region, struct h_vfpage pages,
                     unsigned rights, bool user)
{
        struct h_kernel_mapping handle = kernel_mapping_slot_take();
        struct kernel_mapping_slot *slot = kernel_mapping_slot(handle);

        slot->pages = (struct vfpage){ { pages.word } };
        slot->frames = (struct pfpage){ { region.pages.word } };
        slot->rights = rights;
        due_kernel_mapping(handle, region, pages, rights, user);
        return handle;
}

void
spaces_enter(struct h_pagemap handle)
{
        due_current(&handle);
        live_load(spaces_due.current);
}

void
spaces_leave(void)
{
        due_current(NULL);
        live_load(spaces_due.current);
}

struct pagemap_page
spaces_directory(struct h_pagemap handle)
{
        struct paddr frame = model_space(handle)->directory;

        return (struct pagemap_page){ frame, spaces_word((struct h_paddr){
                                                     frame.value }) };
}

struct page
spaces_expected(struct h_region page)
{
        return *model_page(region_first(page).value / PAGE_SIZE);
}
