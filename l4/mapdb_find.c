// SPDX-License-Identifier: MIT
// Finding mappings: by space and address, and from a piece of memory on. Both are hash
// tables with as many chains as there may be mappings, or half as many, so that chains are
// short.
//
//     found   (space, address)   all mappings
//     tops    (parent, frame)    those without a parent, or with a larger one
//
// From a superpage to what was made out of one of its pages there is no other way: 1,024
// pages have one ring of children together. Where parent and child are of the same size the
// ring is all that there is to find.
//
// The contracts are in mapdb.h and mapdb_nodes.h.
#include "mapdb_nodes.h"
#include "units.h"

static unsigned chains_log2;

// The top bits of a product are those in which all bits of a number have a part
// (Knuth, The Art of Computer Programming 3, 6.4: 2^32 divided by the golden ratio).
static uint32_t
chain(uint32_t number)
{
        return number * 0x9E3779B1u >> (32 - chains_log2);
}

struct mapping **
found_chain(const struct space *space, uint32_t address)
{
        uint32_t i = chain(address / H_PAGE_SIZE + (space->number << 20) +
                           (space->number >> 12));

        return &units[i / UNIT_MAPPINGS].found[i % UNIT_MAPPINGS];
}

struct mapping **
tops_chain(const struct mapping *parent, uint32_t frame)
{
        uint32_t i = chain(frame / H_PAGE_SIZE ^ (uint32_t)(uintptr_t)parent);

        return &units[i / UNIT_MAPPINGS].tops[i % UNIT_MAPPINGS];
}

void
chains_init(void)
{
        chains_log2 = 1;
        while (2u << chains_log2 <= mapdb_room())
                chains_log2++;
        for (uint32_t i = 0; i < unit_count; i++)
                for (unsigned j = 0; j < UNIT_MAPPINGS; j++) {
                        units[i].found[j] = NULL;
                        units[i].tops[j] = NULL;
                }
}

// Something may be mapped where a superpage has lost a page: what is not the same memory is
// the kernel's own.
struct place
place_at(const struct space *space, uint32_t address)
{
        uint32_t at = address & ~(H_PAGE_SIZE - 1);
        struct mapping *mapping = mapping_find(space, at, H_PAGE_LOG2);

        if (!mapping)
                mapping = mapping_find(space, at & ~(H_SUPERPAGE_SIZE - 1),
                                       H_SUPERPAGE_LOG2);
        if (!mapping)
                return (struct place){ 0 };

        struct page page = page_at(space, at);
        if (page.rights == 0 || page.frame != mapping_frame(mapping, at))
                return (struct place){ 0 };
        return (struct place){ mapping, page };
}

struct mapping *
mapping_at(const struct space *space, uint32_t address)
{
        return place_at(space, address).mapping;
}
