// SPDX-License-Identifier: MIT
// What a space has is another one's too (dissertation 7.3, shareMapping and mapRegion).
//
// The contracts are in mapdb.h and mapdb_nodes.h.
#include "mapdb_nodes.h"

unsigned
map_log2(const struct space *from, uint32_t at)
{
        struct place place = place_at(from, at);

        return place.mapping ? place.page.log2 : 0;
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

// The receiver has this very memory already. What it has out of the same mapping it may
// have with more rights.
static enum map_result
share_again(const struct map_piece *piece, const struct source *source,
            struct place there)
{
        unsigned rights = there.page.rights | source->rights;

        if (there.mapping->parent != source->mapping ||
            rights == there.page.rights)
                return MAP_OK;
        if (there.page.log2 > piece->log2 && !mapping_split(there.mapping))
                return MAP_NO_MEMORY;
        page_set_rights(piece->to, piece->to_at, piece->log2, rights);
        return MAP_OK;
}

static enum map_result
share_new(const struct map_piece *piece, const struct source *source)
{
        if (mapdb_used() == mapdb_room())
                return MAP_NO_MEMORY;
        switch (page_map(piece->to, piece->to_at, source->frame, piece->log2,
                         source->rights)) {
        case PAGE_OK:
                mapping_begin(piece->to, piece->to_at, source->frame,
                              piece->log2, source->mapping);
                return MAP_OK;
        case PAGE_OCCUPIED:
                return MAP_OCCUPIED;
        default:
                return MAP_NO_MEMORY;
        }
}

enum map_result
map_share(const struct map_piece *piece)
{
        struct source source;
        enum map_result result = source_of(piece, &source);
        if (result != MAP_OK)
                return result;

        struct place there = place_at(piece->to, piece->to_at);
        if (!there.mapping)
                return share_new(piece, &source);
        if (there.page.frame != source.frame || there.page.log2 < piece->log2)
                return MAP_OCCUPIED;
        return share_again(piece, &source, there);
}
