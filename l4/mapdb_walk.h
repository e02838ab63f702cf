// SPDX-License-Identifier: MIT
// Walks under way, for the files of the mapping database. How one goes over a range is in
// mapdb_range.c, over a tree in mapdb_walk.c, and what it does when others change the tree in
// mapdb_watch.c.
#ifndef L4_MAPDB_WALK_H
#define L4_MAPDB_WALK_H

#include "mapdb_nodes.h"

// There are no walks.
void walks_init(void);

// A walk is under way from now on; it is no more; none in this space is any more.
void walks_put_in(struct map_walk *walk);
void walks_take_out(struct map_walk *walk);
void walks_end_in(struct space *space);

// One of the walk's places (here, top, cursor) is at another mapping, or, null, at none. A
// mapping knows how often a walk stands there.
void walk_stand(struct mapping **where, struct mapping *mapping);

// The cursor is at another mapping, and has come from above or, `up`, from below: from the
// last of what was made out of it. It begins with the mapping's first page.
void walk_stand_in_tree(struct map_walk *walk, struct mapping *mapping,
                        bool up);

// One step in the tree below walk->top, which is there, as is the cursor: one thing at one
// entry of the cursor's, or to the next mapping. What is due at each mapping is in mapdb.h
// (map_walk_step) and map_walk.h. When the tree has been walked over the walk stands nowhere:
// neither top nor cursor.
void walk_step_in_tree(struct map_walk *walk);

// The cursor, and all that was made out of it, have been seen, or are no more: the walk goes on
// behind it. (Somebody else may be about to end it: it is still in its ring.)
void walk_go_past(struct map_walk *walk);

#endif
