// SPDX-License-Identifier: MIT
// Walks over a range of a space: one tree of mappings after the other. What happens in each is
// in mapdb_walk.c.
//
// The contracts are in mapdb.h.
#include "mapdb_walk.h"

static void
find_tree(struct map_walk *walk)
{
        struct place place = place_at(walk->space, walk->at);
        struct mapping *top = place.mapping;
        bool large = top && place.page.log2 == H_SUPERPAGE_LOG2 &&
                     walk->at == top->address &&
                     walk->end - walk->at >= H_SUPERPAGE_SIZE - 1;

        walk->log2 = large ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2;
        walk->at += 1u << walk->log2;
        if (top) {
                if (top->log2 > walk->log2 && !top->broken && !walk->own)
                        walk->lost = true;
                walk->frame = place.page.frame;
                walk_stand(&walk->top, top);
                walk_stand_in_tree(walk, top, false);
        }
}

// The part of the next mapping that is in the range.
static void
find_range(struct map_walk *walk)
{
        struct mapping *mapping = walk->here;
        uint32_t last = mapping->address + mapping_bytes(mapping) - 1;

        walk->at =
                mapping->address > walk->first ? mapping->address : walk->first;
        walk->end = last < walk->last ? last : walk->last;
        walk_stand(&walk->here, mapping->next_here);
}

bool
map_walk_step(struct map_walk *walk)
{
        if (!walk->space)
                return false;
        if (walk->cursor) {
                walk_step_in_tree(walk);
        } else if (walk->at <= walk->end) {
                find_tree(walk);
        } else if (walk->here) {
                find_range(walk);
        }
        if (walk->cursor || walk->at <= walk->end || walk->here)
                return true;
        map_walk_end(walk);
        return false;
}

void
map_walk_begin(struct map_walk *walk, struct space *space, uint32_t first,
               uint32_t last, unsigned rights, bool own)
{
        if (last >= H_KERNEL_SPACE)
                last = H_KERNEL_SPACE - 1;
        *walk = (struct map_walk){
                .space = space,
                .first = first & ~(H_PAGE_SIZE - 1),
                .last = last | (H_PAGE_SIZE - 1),
                .rights = rights,
                .own = own,
                .at = 1, // up to 0: nothing
        };
        walks_put_in(walk);

        if (walk->first >= walk->last)
                return;
        if (walk->last - walk->first >= H_SUPERPAGE_SIZE) {
                walk_stand(&walk->here, space->mappings);
        } else {
                walk->at = walk->first;
                walk->end = walk->last;
        }
}

void
map_walk_end(struct map_walk *walk)
{
        if (!walk->space)
                return;
        walk_stand(&walk->here, NULL);
        walk_stand(&walk->top, NULL);
        walk_stand(&walk->cursor, NULL);
        walks_take_out(walk);
        walk->space = NULL;
}

bool
mapdb_leave(struct space *space)
{
        struct map_walk *leaving = &space->leaving;

        if (!leaving->space) {
                walks_end_in(space);
                if (!space->mappings)
                        return false;
                map_walk_begin(leaving, space, 0, H_KERNEL_SPACE - 1,
                               H_R | H_W | H_X, true);
        }
        map_walk_step(leaving);
        return true;
}
