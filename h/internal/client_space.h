// SPDX-License-Identifier: MIT
// The kernel addresses that the client controls. Page-map pages and the client's
// own mappings stand side by side in the same page-tables, and these say which
// addresses are in use: nobody keeps a second list.
#ifndef H_INTERNAL_CLIENT_SPACE_H
#define H_INTERNAL_CLIENT_SPACE_H

#include <h/internal/state.h>
#include <kernel/flexpage.h>
#include <kernel/layout.h>

// Is `address` one that the client controls? What lies below CLIENT_BASE wraps
// to more pages than there are.
static inline bool
client_controls(struct vaddr address)
{
        return (address.value - CLIENT_BASE) / PAGE_SIZE < h_state.client_pages;
}

// The page-table entry of such an address. Those of the pages behind it follow,
// up to the last one that the client controls.
static inline pte_t *
client_entry(struct vaddr address)
{
        return &h_state.client_entries[(address.value - CLIENT_BASE) /
                                       PAGE_SIZE];
}

// Is anything mapped there, by H or by the client?
static inline bool
client_address_used(struct vaddr address)
{
        return entry_is_present(*client_entry(address));
}

#endif
