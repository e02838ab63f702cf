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
// The contracts are in mapdb.h, mapdb_nodes.h and mapdb_walk.h.
#include "mapdb_walk.h"
#include "todo.h"

// H4-BEGIN 7.5
// Is the mapping a superpage, but the walk is about one page of it, and of all that was made
// out of it?
static bool
is_about_part(const struct map_walk *walk, const struct mapping *mapping)
{
        return mapping->log2 > walk->log2 && !walk->whole;
}

// Which of the cursor's pages is to be looked at, from its first byte on.
static uint32_t
offset_here(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        return is_about_part(walk, mapping) ? walk->frame - mapping->frame
                                            : walk->offset;
}

// --- Where it goes ----------------------------------------------------------------------

// Does it have another page to be looked at?
static bool
go_to_next_page(struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;
        uint32_t bytes = 1u << mapping_entry_log2(mapping);

        if (is_about_part(walk, mapping) ||
            mapping_bytes(mapping) - walk->offset <= bytes)
                return false;
        walk->offset += bytes;
        return true;
}

static struct mapping *
first_child(const struct map_walk *walk, const struct mapping *parent)
{
        struct mapping *first = parent->children;

        if (!is_about_part(walk, parent) ||
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

        if (!is_about_part(walk, parent))
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
                walk_stand_in_tree(walk, child, false);
        else
                walk_stand_in_tree(walk, walk->cursor, true);
}

// --- What it does there -------------------------------------------------------------------

// The page of the cursor that the walk looks at, or the first one of all.
static uint32_t
address_here(const struct map_walk *walk)
{
        return walk->cursor->address + offset_here(walk);
}

// The first byte of the entry that maps it.
static uint32_t
entry_here(const struct map_walk *walk)
{
        uint32_t bytes = 1u << mapping_entry_log2(walk->cursor);

        return address_here(walk) & ~(bytes - 1);
}

// Only of a broken superpage pages may be gone.
static bool
is_there(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        return !mapping->broken ||
               mapping == mapping_at(mapping->space, address_here(walk));
}

// Is the cursor among what rights are taken away from?
static bool
is_meant(const struct map_walk *walk)
{
        return walk->own || walk->cursor != walk->top;
}

// Nothing can be done with memory that may not be read.
static bool
is_to_go(const struct map_walk *walk)
{
        return is_meant(walk) && walk->rights & H_R;
}

static bool
is_to_have_less(const struct map_walk *walk)
{
        return is_meant(walk) && walk->rights && !(walk->rights & H_R);
}

// Does the walk take something from one page, but there is one entry for many?
static bool
is_to_be_split(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        return is_meant(walk) && walk->rights && !mapping->broken &&
               is_about_part(walk, mapping);
}

// Something that was made out of what goes, or null. Where that is one page of a superpage it
// has been made to pages on the way down, and nothing but pages has been made out of it since.
static struct mapping *
made_out_of(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        if (!is_about_part(walk, mapping))
                return mapping->children;
        return mapping_top(mapping, walk->frame, NULL);
}

// On the way down. Returns whether the other pages of the cursor are to be visited on the way
// down too.
static bool
visit_down(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        bool less = is_to_have_less(walk);

        if (!less && !is_to_be_split(walk))
                return false;
        struct place place = place_at(mapping->space, address_here(walk));
        unsigned left = place.page.rights & ~walk->rights;
        if (place.mapping != mapping || left == place.page.rights)
                return less;
        if (is_to_be_split(walk) && !mapping_split(mapping))
                walk->whole = mapping;
        if (less)
                page_set_rights(mapping->space, entry_here(walk),
                                mapping_entry_log2(mapping), left);
        return less;
}

// On the way up. What has been made out of a page that is to go, meanwhile: that is to be
// walked over first.
static struct mapping *
visit_up(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        uint32_t entry = entry_here(walk);
        unsigned log2 = mapping_entry_log2(mapping);

        if (!is_there(walk))
                return NULL;
        if (is_to_go(walk) && made_out_of(walk))
                return made_out_of(walk);
        mapping_see_used(mapping, entry);
        if (is_to_go(walk)) {
                page_unmap(mapping->space, entry, log2);
                mapping->left = (uint16_t)(mapping->left -
                                           (1u << (log2 - H_PAGE_LOG2)));
        }
        return NULL;
}

// All pages of the cursor have been looked at, and all that was made out of them.
static void
visit_end(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;

        if (mapping == walk->top)
                walk->used |= mapping_tell_owner(mapping);
        else
                mapping_tell_parent(mapping);
}
// H4-STUB 7.5
// H4-END 7.5

void
walk_go_past(struct map_walk *walk)
{
        // H4-BEGIN 7.5
        struct mapping *mapping = walk->cursor;

        if (walk->whole == mapping)
                walk->whole = NULL;
        if (mapping == walk->top) {
                walk_stand(&walk->top, NULL);
                walk_stand_in_tree(walk, NULL, false);
                return;
        }
        struct mapping *next = next_child(walk, mapping);
        if (next)
                walk_stand_in_tree(walk, next, false);
        else
                walk_stand_in_tree(walk, mapping->parent, true);
        // H4-STUB 7.5
        //| H4_TODO("7.5", walk);
        // H4-END 7.5
}

void
walk_step_in_tree(struct map_walk *walk)
{
        // H4-BEGIN 7.5
        struct mapping *mapping = walk->cursor;

        if (!walk->up) {
                if (!visit_down(walk) || !go_to_next_page(walk))
                        go_down(walk);
                return;
        }
        struct mapping *made = visit_up(walk);
        if (made) {
                walk_stand_in_tree(walk, made, false);
        } else if (mapping->left == 0 || !go_to_next_page(walk)) {
                visit_end(walk);
                walk_go_past(walk);
                if (mapping->left == 0)
                        mapping_end(mapping);
        }
        // H4-STUB 7.5
        //| H4_TODO("7.5", walk);
        // H4-END 7.5
}
