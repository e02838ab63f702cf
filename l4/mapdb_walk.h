// SPDX-License-Identifier: MIT
// What a walk does where it comes to: mapdb_walk.c says where it goes, mapdb_visit.c what
// happens there.
#ifndef L4_MAPDB_WALK_H
#define L4_MAPDB_WALK_H

#include "mapdb_nodes.h"

// There are no walks.
void walks_init(void);

// Is the mapping a superpage, but the walk is about one page of it, and of all that was made
// out of it?
bool walk_is_about_part(const struct map_walk *walk,
                        const struct mapping *mapping);

// Which of the cursor's pages is to be looked at, from its first byte on.
uint32_t walk_offset(const struct map_walk *walk);

// On the way down, at the cursor's entry for this page, or for all of them. Returns whether
// its other pages are to be visited on the way down too.
bool visit_down(struct map_walk *walk);

// On the way up. If the page is to go, but something has been made out of it meanwhile, that
// is returned, and is to be walked over first; otherwise null.
struct mapping *visit_up(struct map_walk *walk);

// All pages of the cursor have been looked at, and all that was made out of them.
void visit_end(struct map_walk *walk);

#endif
