// SPDX-License-Identifier: MIT
// The page-tables of a space, as the mapping database sees them: through H, with
// tables out of the pool.
#ifndef L4_PAGES_H
#define L4_PAGES_H

#include "space.h"

enum page_result {
        PAGE_OK,
        PAGE_OCCUPIED, // something is mapped there, if only a part
        PAGE_REFUSED,  // no page for a page-table, or H has no room
};

// What an entry says of one page.
struct page {
        uint32_t frame;  // the page of memory
        unsigned log2;   // the size of the entry that maps it
        unsigned rights; // 0: nothing is mapped there
};

// Maps one page or superpage of memory.
enum page_result page_map(const struct space *space, uint32_t at,
                          uint32_t frame, unsigned log2, unsigned rights);

// What is mapped at an address of user space.
struct page page_at(const struct space *space, uint32_t at);

// The superpage at an address becomes 1,024 pages with the same rights, and each has been
// used as it was. False: there is no page for the table.
bool page_split(const struct space *space, uint32_t at);

// Of one page, or one superpage: other rights, not none; unmapping it, which gives an empty
// page-table back to the pool; and whether it has been accessed (H_R) and written (H_W) since
// this was last asked.
void page_set_rights(const struct space *space, uint32_t at, unsigned log2,
                     unsigned rights);
void page_unmap(const struct space *space, uint32_t at, unsigned log2);
unsigned page_take_used(const struct space *space, uint32_t at, unsigned log2);

#endif
