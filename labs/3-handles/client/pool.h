// SPDX-License-Identifier: MIT
// Pages of memory and addresses of kernel space, one after the other. A client
// that means to stay keeps books; the demonstration takes each of them once.
#ifndef CLIENT_POOL_H
#define CLIENT_POOL_H

#include <h/h.h>

// Asks H for what there is, and prints it. False: H did not answer as it must,
// or there is too little for the demonstration.
bool pool_init(void);

// The next `count` pages as a region; count is a power of two.
struct h_region pool_region(uint32_t count);

// The last 4 MB of the largest region, of which the pages above are the first
// ones. False: it does not have 8 MB.
bool pool_superpage(struct h_region *out);

// The next `count` pages of kernel space; count is a power of two.
struct h_vfpage pool_addresses(uint32_t count);

// The next page of it.
struct h_vaddr pool_address(void);

// A page of memory at an address of kernel space, for H to make a table of.
struct h_pagemap_page pool_table(void);

#endif
