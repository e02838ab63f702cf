// SPDX-License-Identifier: MIT
// The supply of mappings: as many as there will ever be, in the units. Those that nobody
// has are a list.
//
// The contracts are in mapdb.h and mapdb_nodes.h.
#include "mapdb_walk.h"
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

uint32_t
gifts_within(uint32_t frame)
{
        return gifts[frame >> H_SUPERPAGE_LOG2];
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
mapping_take(uint32_t frame, unsigned log2, struct mapping *parent)
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
        count_gift(mapping, 1);
        return mapping;
}

void
mapping_give_back(struct mapping *mapping)
{
        count_gift(mapping, -1);
        mapping->space = NULL;
        mapping->next_found = free_mappings;
        free_mappings = mapping;
        used_count--;
}
