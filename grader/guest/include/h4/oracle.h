// SPDX-License-Identifier: MIT
// What the hardware would find, found by the harness's own code, and what must
// hold of every page-directory.
#ifndef H4_ORACLE_H
#define H4_ORACLE_H

#include <h4/arena.h>
#include <kernel/walk.h>

// Translates as page_walk does, sharing nothing with it. False: not mapped.
bool oracle_walk(struct pagemap_page directory, struct vaddr address,
                 struct translation *found);

// Fails the test unless `address` is translated to `frame` + its offset, in a
// page of 2^log2_size bytes, with what both levels together allow: `access`.
void expect_mapped(struct pagemap_page directory, struct vaddr address,
                   struct paddr physical, unsigned log2_size,
                   struct access access, const char *after);
void expect_unmapped(struct pagemap_page directory, struct vaddr address,
                     const char *after);

// The invariants of a page-directory: the frame of each page-table is one that
// the test made, or the kernel had, for that use; no page-table stands twice;
// the directory is not its own page-table; reserved bits are zero; no entry
// turns caching off.
void expect_invariants(struct pagemap_page directory, const char *after);

#endif
