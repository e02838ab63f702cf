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
#include "mapdb_walk.h"
#include "panic.h"
#include "units.h"

static struct mapping *free_mappings;
static uint32_t used_count;

// Of each 4 MB of memory: how many of its pages the kernel has given away singly.
#define FRAMES_LOG2 (32 - H_SUPERPAGE_LOG2)
static uint16_t gifts[1u << FRAMES_LOG2];

void
mapdb_init(void)
{
        free_mappings = NULL;
        used_count = 0;
        for (uint32_t i = 0; i < 1u << FRAMES_LOG2; i++)
                gifts[i] = 0;
        for (uint32_t i = unit_count; i-- > 0;)
                for (unsigned j = UNIT_MAPPINGS; j-- > 0;) {
                        struct mapping *mapping = &units[i].mappings[j];
                        mapping->space = NULL;
                        mapping->next_found = free_mappings;
                        free_mappings = mapping;
                }
        chains_init();
        walks_init();
}

uint32_t
mapdb_used(void)
{
        return used_count;
}

uint32_t
mapdb_room(void)
{
        return unit_count * UNIT_MAPPINGS;
}

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

static bool
is_top(const struct mapping *mapping)
{
        return !mapping->parent || mapping->parent->log2 != mapping->log2;
}

// A page of the kernel's is given away, or comes back.
static void
count_gift(const struct mapping *mapping, int change)
{
        uint16_t *count = &gifts[mapping->frame >> H_SUPERPAGE_LOG2];

        if (!mapping->parent && mapping->log2 == H_PAGE_LOG2)
                *count = (uint16_t)(*count + change);
}

struct mapping *
mapping_begin(struct space *space, uint32_t address, uint32_t frame,
              unsigned log2, struct mapping *parent)
{
        struct mapping *mapping = free_mappings;

        free_mappings = mapping->next_found;
        used_count++;
        *mapping = (struct mapping){
                .frame = frame,
                .log2 = (uint8_t)log2,
                .left = (uint16_t)(1u << (log2 - H_PAGE_LOG2)),
                .parent = parent,
        };
        if (parent)
                ring_put_in(mapping, parent);
        if (is_top(mapping))
                tops_put_in(mapping);
        count_gift(mapping, 1);
        space_put_in(mapping, space, address);
        return mapping;
}

void
mapping_end(struct mapping *mapping)
{
        struct mapping *parent = mapping->parent;

        if (mapping->children)
                l4_panic("a mapping ends before what was made out of it");
        walks_leave_ended(mapping);
        space_take_out(mapping);
        count_gift(mapping, -1);
        if (is_top(mapping))
                tops_take_out(mapping);
        if (parent) {
                ring_take_out(mapping, parent);
                mapping_note_used(parent, mapping->news);
        }
        mapping->next_found = free_mappings;
        free_mappings = mapping;
        used_count--;
}

void
mapping_move(struct mapping *mapping, struct space *to, uint32_t address)
{
        walks_leave_moved(mapping);
        space_take_out(mapping);
        space_put_in(mapping, to, address);
}

void
mapping_lose(struct mapping *mapping, uint32_t pages)
{
        mapping->left = (uint16_t)(mapping->left - pages);
        if (mapping->left == 0)
                mapping_end(mapping);
}

void
mapping_note_used(struct mapping *mapping, unsigned used)
{
        mapping->used |= (uint8_t)used;
        mapping->news |= (uint8_t)used;
}

bool
mapping_split(struct mapping *mapping)
{
        mapping->broken = page_split(mapping->space, mapping->address);
        return mapping->broken;
}

static const struct mapping *
gift(uint32_t frame, unsigned log2)
{
        const struct mapping *mapping = mapping_top(NULL, frame, NULL);

        while (mapping && mapping->log2 != log2)
                mapping = mapping_top(NULL, frame, mapping);
        return mapping;
}

bool
gift_is_left(uint32_t frame, unsigned log2)
{
        uint32_t inside = frame & (H_SUPERPAGE_SIZE - 1);
        const struct mapping *large = gift(frame - inside, H_SUPERPAGE_LOG2);

        if (log2 == H_SUPERPAGE_LOG2)
                return !large && gifts[frame >> H_SUPERPAGE_LOG2] == 0;
        if (gift(frame, H_PAGE_LOG2))
                return false;
        return !large ||
               large != mapping_at(large->space, large->address + inside);
}
