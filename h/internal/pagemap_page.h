// SPDX-License-Identifier: MIT
// Pages that the client lends H for page-directories and page-tables, and H's
// view of them: one kernel mapping each, at the address that the client chose
// (dissertation 6.4).
//
//       normal(0), zeros                        page-table or page-directory
//   +----------------------+   make, attach   +---------------------------+
//   | address free         | ---------------> | address maps the page     |
//   | seen_at[page] 0      | <--------------- | seen_at[page] the address |
//   +----------------------+   detach, free   +---------------------------+
#ifndef H_INTERNAL_PAGEMAP_PAGE_H
#define H_INTERNAL_PAGEMAP_PAGE_H

#include <h/error.h>
#include <h/internal/machine.h>
#include <h/internal/paranoid.h>
#include <h/internal/state.h>
#include <kernel/layout.h>
#include <kernel/paging.h>

// A page that comes back to the client.
static inline struct h_region
client_page(struct paddr frame)
{
        return (struct h_region){ { frame.value | PAGE_LOG2 } };
}

// Looks at a page-map page whose use is due: its parts, and whether both are
// free.
//
// frame   out: the page; left as it was on an error
// Errors, in the order in which they are looked for:
//         H_BAD_REGION; H_BAD_SIZE, not one page; H_BAD_ADDRESS;
//         H_NOT_FREE, the page is mapped or in use as a table;
//         H_ADDRESS_USED.
enum h_error pagemap_page_check(struct h_pagemap_page page,
                                struct paddr *frame);

// Maps the page `frame` at `address` for H alone, to read and write it, in every
// address space: by a global entry. The two have passed pagemap_page_check.
// Neither the content of the page nor its status changes: the latter is the
// caller's.
//
// Returns the page as the kernel's paging wants it named.
struct pagemap_page pagemap_page_attach(struct paddr frame,
                                        struct vaddr address);

// Where H sees the page-directory or page-table in `frame`.
static inline uint32_t *
table_seen(struct paddr frame)
{
        paranoid_touch(frame);
        return machine_at(h_state.seen_at[frame.value >> PAGE_LOG2]);
}

// The reverse of attaching: fills the page with zeros and takes H's view of it
// away; the address is free again. The status of the page is the caller's.
void pagemap_page_detach(struct paddr frame);

#endif
