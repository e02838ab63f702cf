// SPDX-License-Identifier: MIT
// Address spaces whose tables come from the pool, and go back there.
#ifndef CLIENT_SPACES_H
#define CLIENT_SPACES_H

#include <h/h.h>

// False: there are no more pages, or H has no more handles.
bool space_begin(struct h_pagemap *out);

// Maps a region at an address that is aligned as the region is. False: there is
// something already, or no page for a table is left.
bool space_map(struct h_pagemap space, struct h_vaddr address,
               struct h_region region, unsigned rights);

// A page of the pool's, to be read and written, with nothing but zeros in it.
bool space_add_page(struct h_pagemap space, struct h_vaddr address);

// Gives such a page other rights. False: there is none.
bool space_protect(struct h_pagemap space, struct h_vaddr address,
                   unsigned rights);

// Unmaps such a page, and gives it back. False: there is none.
bool space_take_page(struct h_pagemap space, struct h_vaddr address);

// Ends an address space. What is mapped in it then is nobody's any more.
bool space_end(struct h_pagemap space);

#endif
