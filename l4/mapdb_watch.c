// SPDX-License-Identifier: MIT
// Walks under way: where each of them stands, and what becomes of it when the mapping on
// which it stands ends or moves.
//
// The contracts are in mapdb_nodes.h and mapdb_walk.h.
#include "mapdb_walk.h"

static struct map_walk *walks;

void
walks_init(void)
{
        walks = NULL;
}

void
walks_put_in(struct map_walk *walk)
{
        walk->last_walk = NULL;
        walk->next_walk = walks;
        if (walks)
                walks->last_walk = walk;
        walks = walk;
}

void
walks_take_out(struct map_walk *walk)
{
        if (walk->last_walk)
                walk->last_walk->next_walk = walk->next_walk;
        else
                walks = walk->next_walk;
        if (walk->next_walk)
                walk->next_walk->last_walk = walk->last_walk;
}

void
walks_end_in(struct space *space)
{
        struct map_walk *next;

        for (struct map_walk *walk = walks; walk; walk = next) {
                next = walk->next_walk;
                if (walk->space == space)
                        map_walk_end(walk);
        }
}

void
walk_stand(struct mapping **where, struct mapping *mapping)
{
        if (*where)
                (*where)->watched--;
        *where = mapping;
        if (mapping)
                mapping->watched++;
}

void
walk_stand_in_tree(struct map_walk *walk, struct mapping *mapping, bool up)
{
        walk_stand(&walk->cursor, mapping);
        walk->up = up;
        walk->offset = 0;
}

void
walks_leave_ended(struct mapping *mapping)
{
        if (mapping->watched == 0)
                return;
        for (struct map_walk *walk = walks; walk; walk = walk->next_walk) {
                if (walk->here == mapping)
                        walk_stand(&walk->here, mapping->next_here);
                if (walk->top == mapping)
                        walk->lost = true;
                if (walk->cursor == mapping)
                        walk_go_past(walk);
        }
}

void
walks_leave_moved(struct mapping *mapping)
{
        if (mapping->watched == 0)
                return;
        for (struct map_walk *walk = walks; walk; walk = walk->next_walk) {
                if (walk->here == mapping)
                        walk_stand(&walk->here, mapping->next_here);
                if (walk->top == mapping) {
                        walk->lost = true;
                        walk->whole = NULL;
                        walk_stand(&walk->top, NULL);
                        walk_stand_in_tree(walk, NULL, false);
                }
        }
}
