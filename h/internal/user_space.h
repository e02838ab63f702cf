// SPDX-License-Identifier: MIT
// The user part of an address space: from a handle to the entries that map an
// address, through H's views of directory and page-tables.
//
//      slot.directory --seen_at--> page-directory
//                                  |  superpage |  the entry that maps 4 MB
//                                  |  table     | --seen_at--> page-table
//                                                              |  page    |
#ifndef H_INTERNAL_USER_SPACE_H
#define H_INTERNAL_USER_SPACE_H

#include <h/error.h>
#include <h/internal/convert.h>
#include <h/internal/pagemap_page.h>
#include <h/internal/state.h>
#include <kernel/entry.h>
#include <kernel/flexpage.h>
#include <kernel/layout.h>

// Entries of a page-directory that translate user space.
#define USER_ENTRIES (KERNEL_BASE / SUPERPAGE_SIZE)

// The page-directory of an address space.
static inline pde_t *
directory_of(const struct pagemap_slot *slot)
{
        return table_seen(slot->directory);
}

// The entry that maps the page of a user address: one of a page-table, or of the
// directory if that is a superpage. Null where the page is not mapped.
//
// log2_size   out: how much the entry maps, PAGE_LOG2 or SUPERPAGE_LOG2; left as
//             it was where there is none
uint32_t *user_entry(const struct pagemap_slot *slot, struct vaddr address,
                     unsigned *log2_size);

// The access of a user mapping. It is never global: another address space has
// something else there.
static inline struct access
user_access(unsigned rights)
{
        return (struct access){
                .perms = kernel_perms(rights),
                .user = true,
                .global = false,
        };
}

// A range of user addresses, and the page-directory that translates it.
struct user_range {
        pde_t *directory;
        struct vfpage pages;
};

// Looks at a range that the client names.
//
// out   left as it was on an error
// Errors, in the order in which they are looked for:
//         H_BAD_HANDLE; H_BAD_FLEXPAGE; H_BAD_ADDRESS, a part of it is in kernel
//         space.
enum h_error user_range_check(struct h_pagemap pagemap, struct h_vfpage pages,
                              struct user_range *out);

// Is the range a piece of a superpage?
bool user_range_in_superpage(struct user_range range);

// A range falls into parts that one entry of the directory translates each: one
// below 4 MB is a part itself, a larger one falls into parts of 4 MB.
//
//     for (uint32_t address = first; address <= last; address += SUPERPAGE_SIZE)
//             ... user_part(range.pages, vaddr(address)) ...
//
// never wraps, since user space ends before the address space does.
static inline struct vfpage
user_part(struct vfpage pages, struct vaddr address)
{
        if (fpage_log2(pages.range) < SUPERPAGE_LOG2)
                return pages;
        return vfpage_make(address, SUPERPAGE_LOG2);
}

// The entries of one part: a row in a page-table; or the entry of the superpage
// that it is, or is a piece of; or none.
struct user_row {
        uint32_t *first; // null where there are none
        uint32_t count;
        bool superpage;
        struct paddr table; // the page-table; 0 of a superpage
};

struct user_row user_row(pde_t *directory, struct vfpage part);

// How many entries of the row are present.
uint32_t user_row_present(struct user_row row);

// Takes back the counts of all mappings of a row, which stays as it is. A
// superpage counts to its last page. Returns how many entries are present.
uint32_t user_row_uncount(struct user_row row);

// Takes the page-table for the 4 MB around `address` out of the directory, and
// makes it a normal page of zeros that H does not see. The table counts no entry
// any more; nothing is reachable through it when this returns.
struct h_region user_table_release(pde_t *directory, struct vaddr address);

#endif
