// SPDX-License-Identifier: MIT
// The client's free pages. To each of them belongs one address in kernel space, at
// which H may see it while it is a table, so that one book is enough for both.
#ifndef CLIENT_POOL_H
#define CLIENT_POOL_H

#include <h/h.h>

// Asks H for what there is, and says it. False: there is too little.
bool pool_init(void);

// A page, as a region. False: none is left.
bool pool_take(struct h_region *out);

// Takes back a page that pool_take or pool_table has given, and that nobody uses.
void pool_give(struct h_region page);

// The address in kernel space that belongs to a page.
struct h_vaddr pool_address(struct h_region page);

// A page for H to make a table of. False: none is left.
bool pool_table(struct h_pagemap_page *out);

// How many pages have not come back.
uint32_t pool_out(void);

#endif
