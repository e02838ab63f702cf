// SPDX-License-Identifier: MIT
// What a space has is another one's instead (dissertation 7.3, replaceMapping).
//
//     sender's ----> receiver's         of a page of a superpage:
//       |              |
//       `- child       `- child         parent ----> parent
//                                         |            |-- sender's, broken
//                                         `- sender's  `-- receiver's page
//
// The contract is in mapdb.h.
#include "mapdb_nodes.h"
#include "todo.h"

// H4-BEGIN 7.4
// Could something have been made out of this page of a superpage?
static bool
may_have_children(const struct mapping *superpage, uint32_t frame)
{
        const struct mapping *first = superpage->children;

        return (first && first->log2 == H_SUPERPAGE_LOG2) ||
               mapping_top(superpage, frame, NULL);
}

// Nothing has changed yet but that the superpage may be pages now. It has to be before
// anybody looks for what was made out of the page: out of a superpage others could still be
// made meanwhile, and all of these have the page too.
static enum map_result
prepare(const struct map_piece *piece, const struct source *source)
{
        struct mapping *mapping = source->mapping;

        if (mapping->log2 == piece->log2)
                return MAP_OK;
        if (mapdb_used() == mapdb_room())
                return MAP_NO_MEMORY;
        bool alone = piece->alone && mapping->broken;
        if (!mapping->broken && !mapping_split(mapping))
                return MAP_NO_MEMORY;
        if (mapping_top(mapping, source->frame, NULL) ||
            (!alone && may_have_children(mapping, source->frame)))
                return MAP_MADE_OUT;
        return MAP_OK;
}

// The receiver's page-table shows it already.
static void
hand_over(const struct map_piece *piece, const struct source *source)
{
        struct mapping *mapping = source->mapping;

        mapping_see_used(mapping, piece->at);
        page_unmap(piece->from, piece->at, piece->log2);
        if (mapping->log2 == piece->log2) {
                mapping_move(mapping, piece->to, piece->to_at);
        } else {
                mapping_begin(piece->to, piece->to_at, source->frame,
                              piece->log2, mapping->parent);
                mapping_lose(mapping, 1);
        }
}

// The receiver has something there.
static enum map_result
already(const struct map_piece *piece, const struct source *source,
        struct place there)
{
        bool same = there.page.frame == source->frame &&
                    there.page.log2 >= piece->log2;

        return same && there.mapping->parent != source->mapping ? MAP_OK
                                                                : MAP_OCCUPIED;
}
// H4-STUB 7.4
// H4-END 7.4

enum map_result
map_replace(const struct map_piece *piece)
{
        // H4-BEGIN 7.4
        struct source source;
        enum map_result result =
                piece->from ? source_of(piece, &source) : MAP_NO_SOURCE;
        if (result != MAP_OK)
                return result;
        struct place there = place_at(piece->to, piece->to_at);
        if (there.mapping)
                return already(piece, &source, there);
        result = prepare(piece, &source);
        if (result != MAP_OK)
                return result;

        switch (page_map(piece->to, piece->to_at, source.frame, piece->log2,
                         source.rights)) {
        case PAGE_OK:
                hand_over(piece, &source);
                return MAP_OK;
        case PAGE_OCCUPIED:
                return MAP_OCCUPIED;
        default:
                return MAP_NO_MEMORY;
        }
        // H4-STUB 7.4
        //| H4_TODO("7.4", piece);
        // H4-END 7.4
}
