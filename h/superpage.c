// SPDX-License-Identifier: MIT
// A superpage becomes a page-table that maps the same: afterwards a part of it
// can be changed or removed. The contract is in <h/h.h>.
#include <h/h.h>
#include <h/internal/convert.h>
#include <h/internal/handles.h>
#include <h/internal/pagemap_page.h>
#include <h/internal/paranoid.h>
#include <h/internal/user_space.h>
#include <kernel/status.h>
#include <kernel/tlb.h>

// Fills a page-table with what a superpage says of its 1,024 pages: everything
// but the frame is the same in both kinds of entries, and the bit that tells
// them apart.
static void
fill_table(pte_t *table, pde_t superpage)
{
        pte_t entry = superpage & ~ENTRY_SUPERPAGE;

        for (uint32_t i = 0; i < TABLE_ENTRIES; i++)
                table[i] = entry + i * PAGE_SIZE;
}

enum h_error
h_split_superpage(struct h_pagemap pagemap, struct h_vaddr address,
                  struct h_pagemap_page table)
{
        H_OPERATION();
        const struct pagemap_slot *slot = pagemap_slot(pagemap);
        if (!slot)
                return H_BAD_HANDLE;
        if (address.value >= H_KERNEL_SPACE)
                return H_BAD_ADDRESS;
        const struct vaddr at = kernel_vaddr(address);
        pde_t *entry = &directory_of(slot)[pde_index(at)];
        if (!pde_is_superpage(*entry))
                return H_NOT_SUPERPAGE;
        struct paddr frame;
        enum h_error error = pagemap_page_check(table, &frame);
        if (error != H_OK)
                return error;

        page_make_table(frame);
        const struct pagemap_page page =
                pagemap_page_attach(frame, kernel_vaddr(table.mapped));
        fill_table(page.mapped, *entry);
        table_count_entries(frame, TABLE_ENTRIES);
        // The directory shows the table when that is complete.
        pde_make_table(frame, true, entry);
        tlb_invalidate(vfpage_make(at, SUPERPAGE_LOG2));
        return H_OK;
}
