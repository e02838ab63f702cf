// SPDX-License-Identifier: MIT
// The page-tables of a space, as the mapping database sees them: through H, with
// tables out of the pool.
#ifndef L4_PAGES_H
#define L4_PAGES_H

#include "space.h"

// Maps one page or superpage of memory. Nothing is mapped there.
// False: there is no page for a page-table, or H refuses.
bool page_map(const struct space *space, uint32_t at, uint32_t frame,
              unsigned log2, unsigned rights);

// The rights with which something is mapped at an address, and the size of the entry that
// maps it; 0: nothing is.
unsigned page_rights(const struct space *space, uint32_t at, unsigned *log2);

// The superpage at an address becomes 1,024 pages with the same rights. False: there is no
// page for the table.
bool page_split(const struct space *space, uint32_t at);

// Of one page, or one superpage: other rights; unmapping it, which gives an empty page-table
// back to the pool; and whether it has been accessed (H_R) and written (H_W) since this was
// last asked.
void page_restrict(const struct space *space, uint32_t at, unsigned log2,
                   unsigned rights);
void page_unmap(const struct space *space, uint32_t at, unsigned log2);
unsigned page_take_used(const struct space *space, uint32_t at, unsigned log2);

#endif
