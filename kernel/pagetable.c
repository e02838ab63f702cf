// SPDX-License-Identifier: MIT
// Page-tables as a whole: finding the one that translates an address, putting
// one into a page-directory, and taking it out.
//
//     page-directory             page-table
//     +-----------+              +-----------+
//     |           |        +---> |           |
//     |-----------|        |     |-----------|
//     |  table ---+--------+     |   page    |  find_pt answers where the arrow
//     |-----------|              |-----------|  points to; install draws it and
//     |           |              |           |  uninstall rubs it out
//     +-----------+              +-----------+
//
// The contracts are in <kernel/paging.h>.
#include <kernel/paging.h>
#include <kernel/tlb.h>
#include <kernel/todo.h>

enum paging_result
find_pt(const pde_t *directory, struct vaddr address, struct paddr *table)
{
        // H4-BEGIN 1.5
        pde_t entry = directory[pde_index(address)];
        if (!entry_is_present(entry))
                return PAGING_NOT_MAPPED;
        if (pde_is_superpage(entry))
                return PAGING_WRONG_LEVEL;

        *table = paddr(entry & ENTRY_FRAME);
        return PAGING_OK;
        // H4-STUB 1.5
        //| H4_TODO("1.5", directory, address, table);
        // H4-END 1.5
}

enum paging_result
install_pagetable(pde_t *directory, struct vaddr address,
                  struct pagemap_page table)
{
        // H4-BEGIN 1.5
        // The directory grants everything; the table's entries restrict.
        pde_t entry;
        enum paging_result result = pde_make_table(table.frame, true, &entry);
        if (result != PAGING_OK)
                return result;
        if (entry_is_present(directory[pde_index(address)]))
                return PAGING_IN_USE;

        // In this order: once the directory shows the table, the processor may
        // read translations from it.
        zero_page(table.mapped);
        directory[pde_index(address)] = entry;
        return PAGING_OK;
        // H4-STUB 1.5
        //| H4_TODO("1.5", directory, address, table);
        // H4-END 1.5
}

enum paging_result
uninstall_pagetable(pde_t *directory, struct vaddr address, struct paddr *table)
{
        // H4-BEGIN 1.5
        enum paging_result result = find_pt(directory, address, table);
        if (result != PAGING_OK)
                return result;

        // The TLB may hold any of the table's 1,024 translations.
        directory[pde_index(address)] = 0;
        tlb_flush();
        return PAGING_OK;
        // H4-STUB 1.5
        //| H4_TODO("1.5", directory, address, table);
        // H4-END 1.5
}
