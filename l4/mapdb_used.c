// SPDX-License-Identifier: MIT
// Who has used it: what the processor notes in the page-tables is told to each of those
// from whom a mapping comes, once.
//
//             used: not told yet to its owner       the processor
//            /                                     /
//     mapping                              <------'   mapping_see_used
//            \  .
//             news: not told yet to its parent ---->  its used, its news
//
// The contracts are in mapdb_nodes.h.
#include "mapdb_nodes.h"
#include "todo.h"

void
mapping_note_used(struct mapping *mapping, unsigned used)
{
        // H4-BEGIN 7.6
        mapping->used |= (uint8_t)used;
        mapping->news |= (uint8_t)used;
        // H4-STUB 7.6
        //| H4_TODO("7.6", mapping, used);
        // H4-END 7.6
}

void
mapping_see_used(struct mapping *mapping, uint32_t address)
{
        // H4-BEGIN 7.6
        mapping_note_used(mapping, page_take_used(mapping->space, address,
                                                  mapping_entry_log2(mapping)));
        // H4-STUB 7.6
        //| H4_TODO("7.6", mapping, address);
        // H4-END 7.6
}

void
mapping_tell_parent(struct mapping *mapping)
{
        // H4-BEGIN 7.6
        if (mapping->parent)
                mapping_note_used(mapping->parent, mapping->news);
        mapping->news = 0;
        // H4-STUB 7.6
        //| H4_TODO("7.6", mapping);
        // H4-END 7.6
}

unsigned
mapping_tell_owner(struct mapping *mapping)
{
        // H4-BEGIN 7.6
        unsigned used = mapping->used;

        mapping->used = 0;
        return used;
        // H4-STUB 7.6
        //| H4_TODO("7.6", mapping);
        // H4-END 7.6
}
