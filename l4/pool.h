// SPDX-License-Identifier: MIT
// Pages for what H needs, tables and directories, and for what the kernel shares with
// programs (dissertation 7.4.1). They are set aside when the kernel starts, a 16th
// of all memory or 512 KB, and programs never get them otherwise.
#ifndef L4_POOL_H
#define L4_POOL_H

#include <h/h.h>

// A piece of memory that is the pool's.
struct pool_range {
        uint32_t first; // physical address
        uint32_t pages;
};

void pool_init(void);

// Its pieces, and how many there are.
size_t pool_ranges(const struct pool_range **out);

// How many pages it has, and how many of them can be had.
uint32_t pool_pages(void);
uint32_t pool_left(void);

// Does the pool have this page of memory?
bool pool_has(uint32_t address);

// A page with an address in kernel space for it. False: there is none left.
bool pool_take(struct h_pagemap_page *page);

// It comes back, and its address.
void pool_give(struct h_region page);

// A page full of zeros that the kernel reads and writes itself. False: there is none
// left, or H has no room for a mapping more.
bool pool_take_mapped(struct h_region *page, struct h_kernel_mapping *mapping);
void pool_give_mapped(struct h_region page, struct h_kernel_mapping mapping);

// Maps one page of memory for programs, or one superpage, and takes a page away again.
// Page-tables come from the pool and go back.
//
// Errors: H_TABLE_NEEDED, the pool has no page for it; others as of h_add_mapping.
enum h_error pool_map(struct h_pagemap pagemap, uint32_t address,
                      struct h_region page, unsigned rights);
void pool_unmap(struct h_pagemap pagemap, uint32_t address);

#endif
