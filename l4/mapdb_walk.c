// SPDX-License-Identifier: MIT
// Walks: where one goes. In a tree it goes along each edge twice, down and up:
//
//          top                on the way down a mapping gets fewer rights, before
//         1| ^8               anyone can hand on more than that; on the way up, when
//          v |                all that was made out of it has been seen, it tells
//          a  --> b           its parent how it was used, and goes if it is to.
//        2| ^5  6| ^7
//         v |    v |          That needs no stack, as each mapping knows its parent.
//         c -> d
//          3,4
//
// What it does at each mapping is in mapdb_visit.c. The contracts are in mapdb.h,
// mapdb_nodes.h and mapdb_walk.h.
#include "mapdb_walk.h"

static struct map_walk *walks;

void
walks_init(void)
{
        walks = NULL;
}

static void
stand(struct mapping **where, struct mapping *mapping)
{
        if (*where)
                (*where)->watched--;
        *where = mapping;
        if (mapping)
                mapping->watched++;
}

static void
stand_in_tree(struct map_walk *walk, struct mapping *mapping, bool up)
{
        stand(&walk->cursor, mapping);
        walk->up = up;
        walk->offset = 0;
}

bool
walk_is_about_part(const struct map_walk *walk, const struct mapping *mapping)
{
        return mapping->log2 > walk->log2 && !walk->whole;
}

uint32_t
walk_offset(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        return walk_is_about_part(walk, mapping) ? walk->frame - mapping->frame
                                                 : walk->offset;
}

// Does it have another page to be looked at?
static bool
go_to_next_page(struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;
        uint32_t bytes = 1u << mapping_entry_log2(mapping);

        if (walk_is_about_part(walk, mapping) ||
            mapping_bytes(mapping) - walk->offset <= bytes)
                return false;
        walk->offset += bytes;
        return true;
}

static struct mapping *
first_child(const struct map_walk *walk, const struct mapping *parent)
{
        struct mapping *first = parent->children;

        if (!walk_is_about_part(walk, parent) ||
            (first && first->log2 == H_SUPERPAGE_LOG2))
                return first;
        return mapping_top(parent, walk->frame, NULL);
}

static struct mapping *
next_child(const struct map_walk *walk, const struct mapping *child)
{
        const struct mapping *parent = child->parent;
        struct mapping *next =
                child->next == parent->children ? NULL : child->next;

        if (!walk_is_about_part(walk, parent))
                return next;
        if (child->log2 != H_SUPERPAGE_LOG2)
                return mapping_top(parent, walk->frame, child);
        if (next && next->log2 == H_SUPERPAGE_LOG2)
                return next;
        return mapping_top(parent, walk->frame, NULL);
}

static void
go_down(struct map_walk *walk)
{
        struct mapping *child = first_child(walk, walk->cursor);

        if (child)
                stand_in_tree(walk, child, false);
        else
                stand_in_tree(walk, walk->cursor, true);
}

// The cursor has been seen, with all that was made out of it.
static void
go_past(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;

        if (walk->whole == mapping)
                walk->whole = NULL;
        if (mapping == walk->top) {
                stand(&walk->top, NULL);
                stand_in_tree(walk, NULL, false);
                return;
        }
        struct mapping *next = next_child(walk, mapping);
        if (next)
                stand_in_tree(walk, next, false);
        else
                stand_in_tree(walk, mapping->parent, true);
}

static void
step_in_tree(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;

        if (!walk->up) {
                if (!visit_down(walk) || !go_to_next_page(walk))
                        go_down(walk);
                return;
        }
        struct mapping *made = visit_up(walk);
        if (made) {
                stand_in_tree(walk, made, false);
        } else if (mapping->left == 0 || !go_to_next_page(walk)) {
                visit_end(walk);
                go_past(walk);
                if (mapping->left == 0)
                        mapping_end(mapping);
        }
}

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
                walk->frame = place.page.frame;
                stand(&walk->top, top);
                stand_in_tree(walk, top, false);
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
        stand(&walk->here, mapping->next_here);
}

bool
map_walk_step(struct map_walk *walk)
{
        if (!walk->space)
                return false;
        if (walk->cursor) {
                step_in_tree(walk);
        } else if (walk->at <= walk->end) {
                find_tree(walk);
        } else if (walk->here) {
                find_range(walk);
        } else {
                map_walk_end(walk);
                return false;
        }
        return true;
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
                .next_walk = walks,
        };
        if (walks)
                walks->last_walk = walk;
        walks = walk;

        if (walk->first >= walk->last)
                return;
        if (walk->last - walk->first >= H_SUPERPAGE_SIZE) {
                stand(&walk->here, space->mappings);
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
        stand(&walk->here, NULL);
        stand(&walk->top, NULL);
        stand(&walk->cursor, NULL);
        if (walk->last_walk)
                walk->last_walk->next_walk = walk->next_walk;
        else
                walks = walk->next_walk;
        if (walk->next_walk)
                walk->next_walk->last_walk = walk->last_walk;
        walk->space = NULL;
}

void
walks_leave_ended(struct mapping *mapping)
{
        if (mapping->watched == 0)
                return;
        for (struct map_walk *walk = walks; walk; walk = walk->next_walk) {
                if (walk->here == mapping)
                        stand(&walk->here, mapping->next_here);
                if (walk->cursor == mapping)
                        go_past(walk);
        }
}

void
walks_leave_moved(struct mapping *mapping)
{
        if (mapping->watched == 0)
                return;
        for (struct map_walk *walk = walks; walk; walk = walk->next_walk) {
                if (walk->here == mapping)
                        stand(&walk->here, mapping->next_here);
                if (walk->top == mapping) {
                        walk->whole = NULL;
                        stand(&walk->top, NULL);
                        stand_in_tree(walk, NULL, false);
                }
        }
}

bool
mapdb_leave(struct space *space)
{
        struct map_walk *leaving = &space->leaving;

        if (!leaving->space) {
                struct map_walk *next;
                for (struct map_walk *walk = walks; walk; walk = next) {
                        next = walk->next_walk;
                        if (walk->space == space)
                                map_walk_end(walk);
                }
                if (!space->mappings)
                        return false;
                map_walk_begin(leaving, space, 0, H_KERNEL_SPACE - 1,
                               H_R | H_W | H_X, true);
        }
        map_walk_step(leaving);
        return true;
}
