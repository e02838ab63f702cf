// SPDX-License-Identifier: MIT
// What a space has is another one's too (dissertation 7.3, shareMapping and mapRegion).
//
// The contracts are in mapdb.h and mapdb_nodes.h.
#include "mapdb_nodes.h"
#include "todo.h"

// H4-BEGIN 7.3
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

// Does the receiver have this superpage already, but its pages have entries of their own?
static bool
has_in_pages(const struct map_piece *piece, const struct source *source)
{
        const struct mapping *superpage =
                mapping_find(piece->to, piece->to_at, H_SUPERPAGE_LOG2);

        return piece->log2 == H_SUPERPAGE_LOG2 && superpage &&
               superpage->broken && superpage->frame == source->frame;
}
// H4-STUB 7.3
// H4-END 7.3

enum map_result
map_share(const struct map_piece *piece)
{
        // H4-BEGIN 7.3
        struct source source;
        enum map_result result = source_of(piece, &source);
        if (result != MAP_OK)
                return result;
        if (has_in_pages(piece, &source))
                return MAP_IN_PAGES;

        struct place there = place_at(piece->to, piece->to_at);
        if (!there.mapping)
                return share_new(piece, &source);
        if (there.page.frame != source.frame || there.page.log2 < piece->log2)
                return MAP_OCCUPIED;
        return share_again(piece, &source, there);
        // H4-STUB 7.3
        //| H4_TODO("7.3", piece);
        // H4-END 7.3
}
