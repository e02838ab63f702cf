// SPDX-License-Identifier: MIT
// What a piece of memory is made out of: what the sender has there, or what the kernel has
// not given away yet.
//
// The contracts are in mapdb.h and mapdb_nodes.h.
#include "mapdb_nodes.h"

unsigned
map_log2(const struct space *from, uint32_t at)
{
        struct place place = place_at(from, at);

        return place.mapping ? place.page.log2 : 0;
}

static const struct mapping *
gift(uint32_t frame, unsigned log2)
{
        const struct mapping *mapping = mapping_top(NULL, frame, NULL);

        while (mapping && mapping->log2 != log2)
                mapping = mapping_top(NULL, frame, mapping);
        return mapping;
}

// Does the kernel have it still? What it has given away comes back with the last mapping.
static bool
gift_is_left(uint32_t frame, unsigned log2)
{
        uint32_t inside = frame & (H_SUPERPAGE_SIZE - 1);
        const struct mapping *large = gift(frame - inside, H_SUPERPAGE_LOG2);

        if (log2 == H_SUPERPAGE_LOG2)
                return !large && gifts_within(frame) == 0;
        if (gift(frame, H_PAGE_LOG2))
                return false;
        return !large ||
               large != mapping_at(large->space, large->address + inside);
}

// What is given of some rights: whoever may write may read, and the processor does not tell
// executing from reading. So all that is mapped may be read.
static unsigned
given(unsigned rights)
{
        return rights & (H_W | H_X) ? rights | H_R : rights;
}

// The kernel itself has all rights, but gives nothing twice.
static enum map_result
source_of_gift(const struct map_piece *piece, struct source *source)
{
        *source = (struct source){
                .frame = piece->at,
                .rights = given(piece->rights & (H_R | H_W | H_X)),
        };
        if (source->rights == 0)
                return MAP_NO_SOURCE;
        return gift_is_left(piece->at, piece->log2) ? MAP_OK : MAP_OCCUPIED;
}

enum map_result
source_of(const struct map_piece *piece, struct source *source)
{
        if (!piece->from)
                return source_of_gift(piece, source);

        struct place place = place_at(piece->from, piece->at);
        if (!place.mapping || place.page.log2 < piece->log2)
                return MAP_NO_SOURCE;
        *source = (struct source){
                .mapping = place.mapping,
                .frame = place.page.frame,
                .rights = given(piece->rights & place.page.rights),
        };
        return source->rights == 0 ? MAP_NO_SOURCE : MAP_OK;
}
