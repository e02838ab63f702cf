// SPDX-License-Identifier: MIT
// What H knows, beside the page tables and <kernel/status.h>. All of it lies in
// environment memory.
#ifndef H_INTERNAL_STATE_H
#define H_INTERNAL_STATE_H

#include <h/types.h>
#include <kernel/entry.h>
#include <kernel/memory.h>

// The slot of an address space. A free slot has generation 0, which no handle
// has; `last` is the generation that it had, so that no handle is ever valid
// twice. A slot that has had the last of all generations is never used again.
struct pagemap_slot {
        uint32_t generation;
        uint32_t last;
        struct paddr directory;
        uint32_t next_free; // an index, or SLOT_NONE
};

struct kernel_mapping_slot {
        uint32_t generation;
        uint32_t last;
        struct vfpage pages;
        struct pfpage frames;
        unsigned rights; // H_R, H_W, H_X, as asked for
        uint32_t next_free;
        uint32_t unused[2];
};

#define SLOT_NONE UINT32_MAX

struct h_state {
        struct pagemap_slot *pagemaps;
        uint32_t pagemap_count;
        uint32_t free_pagemap;

        struct kernel_mapping_slot *kernel_mappings;
        uint32_t kernel_mapping_count;
        uint32_t free_kernel_mapping;

        // Where H sees each page that is a page-table or page-directory, by
        // page number (the dictionary HMap of 6.4); 0 for all other pages.
        struct vaddr *seen_at;

        // The page-tables of the client-controlled addresses, one behind the
        // other: entry (address - CLIENT_BASE) / PAGE_SIZE is that of
        // `address`. What is present there is in use, by H or by the client.
        pte_t *client_entries;
        uint32_t client_pages; // how many the client controls

        struct paddr reference; // the reference page-directory
        pde_t *reference_entries;

        // The page-table of the two windows that H copies through: see copy.c.
        pte_t *window_entries;
};

extern struct h_state h_state;

// Takes over the machine as memory_init has left it: all tables empty. Called
// once, before the client starts.
void h_init(void);

#endif
