// SPDX-License-Identifier: MIT
// Whose each page of memory is. Pages side by side that belong to the same one are one
// entry of a table.
#ifndef USER_SIGMA0_OWNERS_H
#define USER_SIGMA0_OWNERS_H

#include <l4/types.h>

#include <stdbool.h>

// Owners: an ID of a thread, or one of these, none of which is an ID.
#define FREE 0u     // nobody's yet
#define DEVICE 1u   // the same, but only for those who ask for these pages
#define SHARED 2u   // everybody's
#define RESERVED 3u // never anybody's

#define PAGE_LOG2 12u
#define PAGES 0x100000u // numbers of pages: 4 GB

// All memory is reserved.
void owners_init(void);

// Whose a page is, and the first page behind it that may be somebody else's.
L4_Word_t owners_of(L4_Word_t page);
L4_Word_t owners_next(L4_Word_t page);

// The pages from `first` up to `last`, both included, are somebody's. False: the table is
// full, and nothing has changed.
bool owners_set(L4_Word_t first, L4_Word_t last, L4_Word_t owner);

// They become the thread's: all of them are free, with `devices` devices' too, or its
// own already, or shared, which they stay. False: they are not.
bool owners_take(L4_Word_t first, L4_Word_t last, L4_Word_t thread,
                 bool devices);

// 2^log2 free pages in a row, aligned to that: the first one. False: there are none.
bool owners_find(L4_Word_t log2, L4_Word_t *first);

#endif
