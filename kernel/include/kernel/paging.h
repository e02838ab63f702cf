// SPDX-License-Identifier: MIT
// Page-directories and page-tables: the primitives of the dissertation's
// table 6.2, and their inverses.
//
// A table is named twice: by the physical address of its frame, which is what
// the hardware follows, and by the virtual address at which the kernel has it
// mapped, which is what the code writes to. Wherever an operation refuses, it
// has changed nothing.
#ifndef KERNEL_PAGING_H
#define KERNEL_PAGING_H

#include <kernel/entry.h>
#include <kernel/flexpage.h>
#include <kernel/result.h>
#include <kernel/types.h>

// A page that holds, or will hold, a page-directory or page-table: its frame,
// and where the kernel has it mapped, readable and writable (dissertation 6.4).
struct pagemap_page {
        struct paddr frame;
        uint32_t *mapped;
};

// Fills one page with zeros.
//
// page   the virtual address of a mapped, writable page, page-aligned
void zero_page(void *page);

// Finds the page-table that translates `address` (table 6.2).
//
// directory   the page-directory, where the kernel has it mapped
// table       out: the physical address of the page-table; left as it was when
//             there is none
// Errors: PAGING_NOT_MAPPED, no entry is present there;
//         PAGING_WRONG_LEVEL, a superpage is.
enum paging_result find_pt(const pde_t *directory, struct vaddr address,
                           struct paddr *table);

// Makes `table` the page-table for the 4 MB around `address` (table 6.2). The
// page may hold anything: afterwards no page of those 4 MB is mapped. What user
// code may do there is decided by the page-table's entries alone.
//
// Errors: PAGING_MISALIGNED, the frame is not page-aligned;
//         PAGING_IN_USE, a page-table or superpage is there already.
// When it refuses, neither the directory nor the page has changed.
enum paging_result install_pagetable(pde_t *directory, struct vaddr address,
                                     struct pagemap_page table);

// Takes the page-table for the 4 MB around `address` out of the directory. The
// content of the table stays as it is; when the operation returns, no address
// of those 4 MB is reachable through it.
//
// table   out: the physical address of the frame; left as it was on an error
// Errors: as find_pt.
enum paging_result uninstall_pagetable(pde_t *directory, struct vaddr address,
                                       struct paddr *table);

// Maps the pages of `pages`, less than 4 MB, to the frames from `frames` on, by
// entries of one page-table (table 6.2).
//
// table    the page-table for these addresses, where the kernel has it mapped
// frames   the first physical address, aligned to the size of `pages`
// Errors, in the order in which they are looked for:
//         PAGING_NIL, `pages` is nil; PAGING_SIZE, it is 4 MB or larger;
//         PAGING_MISALIGNED; PAGING_NO_ACCESS, `access` allows nothing;
//         PAGING_IN_USE, an entry of the range is present.
enum paging_result add_table_entries(pte_t *table, struct vfpage pages,
                                     struct paddr frames, struct access access);

// Gives every page of `pages` the access `access`. Frames, accessed and dirty
// bits stay. Rights that are lost are lost when the operation returns.
//
// Errors: PAGING_NIL, PAGING_SIZE, PAGING_NO_ACCESS as above;
//         PAGING_NOT_MAPPED, an entry of the range is not present.
enum paging_result modify_table_entries(pte_t *table, struct vfpage pages,
                                        struct access access);

// Unmaps the pages of `pages`; those that are not mapped stay so. When it
// returns, no address of the range is reachable any more.
//
// Errors: PAGING_NIL, PAGING_SIZE as above.
enum paging_result remove_table_entries(pte_t *table, struct vfpage pages);

// The three operations on superpages: `pages` is 4 MB or larger, and each 4 MB
// of it is one entry of the page-directory (table 6.2).
//
// frames   the first physical address, aligned to the size of `pages`
// Errors, in the order in which they are looked for:
//         PAGING_NIL; PAGING_SIZE, `pages` is smaller than 4 MB;
//         PAGING_MISALIGNED; PAGING_NO_ACCESS;
//         PAGING_IN_USE, an entry of the range is present, as a superpage or
//         as a page-table.
enum paging_result add_dir_entries(pde_t *directory, struct vfpage pages,
                                   struct paddr frames, struct access access);

// Rights that are lost are lost when it returns, for every page of a superpage.
//
// Errors: PAGING_NIL, PAGING_SIZE, PAGING_NO_ACCESS as above;
//         PAGING_NOT_MAPPED, an entry of the range is not present;
//         PAGING_WRONG_LEVEL, one is a page-table. Where a range has both, the
//         entry at the lowest address decides.
enum paging_result modify_dir_entries(pde_t *directory, struct vfpage pages,
                                      struct access access);

// When it returns, no address of the range is reachable any more.
//
// Errors: PAGING_NIL, PAGING_SIZE as above;
//         PAGING_WRONG_LEVEL, an entry of the range is a page-table.
enum paging_result remove_dir_entries(pde_t *directory, struct vfpage pages);

#endif
