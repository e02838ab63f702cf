// SPDX-License-Identifier: MIT
// Mappings: how one begins, where it stands while it is there, how it ends.
//
//     parent ------.              the ring of children:
//       | children                superpages first, so that
//       v                         they are found without the
//     superpage <-> superpage     pages behind them
//       ^                |
//       |                v
//     page <-> page <-> page      next, last
//
// The contracts are in mapdb.h and mapdb_nodes.h.
#include "mapdb_nodes.h"
#include "panic.h"
#include "todo.h"

// H4-BEGIN 7.2
static void
ring_put_in(struct mapping *mapping, struct mapping *parent)
{
        struct mapping *first = parent->children;

        if (first) {
                struct mapping *last = first->last;
                mapping->next = first;
                mapping->last = last;
                first->last = mapping;
                last->next = mapping;
        } else {
                mapping->next = mapping;
                mapping->last = mapping;
        }
        if (!first || mapping->log2 == H_SUPERPAGE_LOG2)
                parent->children = mapping;
}

static void
ring_take_out(struct mapping *mapping, struct mapping *parent)
{
        struct mapping *next = mapping->next;

        if (next == mapping) {
                parent->children = NULL;
        } else {
                next->last = mapping->last;
                mapping->last->next = next;
                if (parent->children == mapping)
                        parent->children = next;
        }
}

// Into the chain of its space and address, and out of it.
static void
found_put_in(struct mapping *mapping)
{
        struct mapping **first = found_chain(mapping->space, mapping->address);

        mapping->next_found = *first;
        *first = mapping;
}

static void
found_take_out(struct mapping *mapping)
{
        struct mapping **link = found_chain(mapping->space, mapping->address);

        while (*link != mapping)
                link = &(*link)->next_found;
        *link = mapping->next_found;
}

static void
space_put_in(struct mapping *mapping, struct space *space, uint32_t address)
{
        struct mapping *next = space->mappings;

        mapping->space = space;
        mapping->address = address;
        mapping->last_here = NULL;
        mapping->next_here = next;
        if (next)
                next->last_here = mapping;
        space->mappings = mapping;
        found_put_in(mapping);
}

static void
space_take_out(struct mapping *mapping)
{
        struct mapping *next = mapping->next_here;
        struct mapping *last = mapping->last_here;

        found_take_out(mapping);
        if (last)
                last->next_here = next;
        else
                mapping->space->mappings = next;
        if (next)
                next->last_here = last;
        mapping->space = NULL;
}

// In a larger one's ring are children of 1,024 pages: they have chains of their own.
static bool
is_top(const struct mapping *mapping)
{
        return !mapping->parent || mapping->parent->log2 != mapping->log2;
}

static void
tops_put_in(struct mapping *mapping)
{
        struct mapping **first = tops_chain(mapping->parent, mapping->frame);

        mapping->last_top = NULL;
        mapping->next_top = *first;
        if (*first)
                (*first)->last_top = mapping;
        *first = mapping;
}

static void
tops_take_out(struct mapping *mapping)
{
        struct mapping *next = mapping->next_top;
        struct mapping *last = mapping->last_top;

        if (last)
                last->next_top = next;
        else
                *tops_chain(mapping->parent, mapping->frame) = next;
        if (next)
                next->last_top = last;
}
// H4-STUB 7.2
// H4-END 7.2

struct mapping *
mapping_begin(struct space *space, uint32_t address, uint32_t frame,
              unsigned log2, struct mapping *parent)
{
        // H4-BEGIN 7.2
        struct mapping *mapping = mapping_take(frame, log2, parent);

        if (parent)
                ring_put_in(mapping, parent);
        if (is_top(mapping))
                tops_put_in(mapping);
        space_put_in(mapping, space, address);
        return mapping;
        // H4-STUB 7.2
        //| H4_TODO("7.2", space, address, frame, log2, parent);
        // H4-END 7.2
}

void
mapping_end(struct mapping *mapping)
{
        if (mapping->children)
                l4_panic("a mapping ends before what was made out of it");
        // H4-BEGIN 7.2
        walks_leave_ended(mapping);
        mapping_tell_parent(mapping);
        space_take_out(mapping);
        if (is_top(mapping))
                tops_take_out(mapping);
        if (mapping->parent)
                ring_take_out(mapping, mapping->parent);
        mapping_give_back(mapping);
        // H4-STUB 7.2
        //| H4_TODO("7.2", mapping);
        // H4-END 7.2
}

void
mapping_move(struct mapping *mapping, struct space *to, uint32_t address)
{
        // H4-BEGIN 7.2
        walks_leave_moved(mapping);
        space_take_out(mapping);
        space_put_in(mapping, to, address);
        // H4-STUB 7.2
        //| H4_TODO("7.2", mapping, to, address);
        // H4-END 7.2
}

struct mapping *
mapping_find(const struct space *space, uint32_t address, unsigned log2)
{
        // H4-BEGIN 7.2
        struct mapping *mapping = *found_chain(space, address);

        while (mapping &&
               (space != mapping->space || mapping->address != address ||
                mapping->log2 != log2))
                mapping = mapping->next_found;
        return mapping;
        // H4-STUB 7.2
        //| H4_TODO("7.2", space, address, log2);
        // H4-END 7.2
}

struct mapping *
mapping_top(const struct mapping *parent, uint32_t frame,
            const struct mapping *after)
{
        // H4-BEGIN 7.2
        struct mapping *mapping =
                after ? after->next_top : *tops_chain(parent, frame);

        while (mapping &&
               (parent != mapping->parent || mapping->frame != frame))
                mapping = mapping->next_top;
        return mapping;
        // H4-STUB 7.2
        //| H4_TODO("7.2", parent, frame, after);
        // H4-END 7.2
}
