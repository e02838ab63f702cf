// SPDX-License-Identifier: MIT
// The entries that translate user space, found and counted. The contracts are in
// <h/internal/user_space.h>.
#include <h/internal/check.h>
#include <h/internal/handles.h>
#include <h/internal/pagemap_page.h>
#include <h/internal/user_space.h>
#include <kernel/paging.h>
#include <kernel/status.h>

uint32_t *
user_entry(const struct pagemap_slot *slot, struct vaddr address,
           unsigned *log2_size)
{
        pde_t *pde = &directory_of(slot)[pde_index(address)];
        if (!entry_is_present(*pde))
                return NULL;
        if (pde_is_superpage(*pde)) {
                *log2_size = SUPERPAGE_LOG2;
                return pde;
        }

        pte_t *pte = &table_seen(paddr(*pde & ENTRY_FRAME))[pte_index(address)];
        if (!entry_is_present(*pte))
                return NULL;
        *log2_size = PAGE_LOG2;
        return pte;
}

enum h_error
user_range_check(struct h_pagemap pagemap, struct h_vfpage pages,
                 struct user_range *out)
{
        const struct pagemap_slot *slot = pagemap_slot(pagemap);
        if (!slot)
                return H_BAD_HANDLE;
        if (!vfpage_valid(pages))
                return H_BAD_FLEXPAGE;
        if (!in_user_space(kernel_vfpage(pages)))
                return H_BAD_ADDRESS;

        *out = (struct user_range){ directory_of(slot), kernel_vfpage(pages) };
        return H_OK;
}

bool
user_range_in_superpage(struct user_range range)
{
        struct vaddr first = vaddr(fpage_first(range.pages.range));

        return fpage_log2(range.pages.range) < SUPERPAGE_LOG2 &&
               pde_is_superpage(range.directory[pde_index(first)]);
}

struct user_row
user_row(pde_t *directory, struct vfpage part)
{
        struct vaddr first = vaddr(fpage_first(part.range));
        pde_t *pde = &directory[pde_index(first)];
        if (!entry_is_present(*pde))
                return (struct user_row){ 0 };
        if (pde_is_superpage(*pde))
                return (struct user_row){
                        .first = pde,
                        .count = 1,
                        .superpage = true,
                };

        struct paddr table = paddr(*pde & ENTRY_FRAME);
        return (struct user_row){
                .first = &table_seen(table)[pte_index(first)],
                .count = 1u << (fpage_log2(part.range) - PAGE_LOG2),
                .table = table,
        };
}

uint32_t
user_row_present(struct user_row row)
{
        uint32_t present = 0;

        for (uint32_t i = 0; i < row.count; i++)
                present += row.first[i] & ENTRY_PRESENT;
        return present;
}

uint32_t
user_row_uncount(struct user_row row)
{
        uint32_t present = 0;

        if (row.superpage) {
                struct paddr frame = paddr(*row.first & ENTRY_SUPERPAGE_FRAME);
                struct paddr refused;
                region_uncount_mapping(pfpage_make(frame, SUPERPAGE_LOG2),
                                       &refused);
                return 1;
        }
        for (uint32_t i = 0; i < row.count; i++)
                if (entry_is_present(row.first[i])) {
                        page_uncount_mapping(paddr(row.first[i] & ENTRY_FRAME));
                        present++;
                }
        return present;
}

struct h_region
user_table_release(pde_t *directory, struct vaddr address)
{
        struct paddr table = paddr(0);

        uninstall_pagetable(directory, address, &table);
        pagemap_page_detach(table);
        page_free_table(table);
        return client_page(table);
}
