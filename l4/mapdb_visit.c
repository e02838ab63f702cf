// SPDX-License-Identifier: MIT
// What a walk does with the mapping at which it stands: it takes rights away, asks how its
// pages were used, unmaps.
//
// The contracts are in mapdb_walk.h.
#include "mapdb_walk.h"

// The entry that the walk looks at.
struct entry {
        uint32_t at;
        unsigned log2;
        uint32_t frame;
        unsigned rights; // 0: this page is not there, or not the mapping's
};

static struct entry
entry_here(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;
        uint32_t at = mapping->address + walk_offset(walk);
        struct place place = place_at(mapping->space, at);

        return (struct entry){
                .at = at & ~((1u << mapping_entry_log2(mapping)) - 1),
                .log2 = mapping_entry_log2(mapping),
                .frame = mapping_frame(mapping, at),
                .rights = mapping == place.mapping ? place.page.rights : 0,
        };
}

// Is the cursor among what rights are taken away from?
static bool
is_meant(const struct map_walk *walk)
{
        return walk->own || walk->cursor != walk->top;
}

// What is left of some rights. Nothing can be done with memory that cannot be read.
static unsigned
left_of(const struct map_walk *walk, unsigned rights)
{
        return walk->rights & H_R ? 0 : rights & ~walk->rights;
}

// Is it a superpage of which the walk is about one page only?
static bool
is_part(const struct map_walk *walk, struct entry entry)
{
        return entry.log2 > walk->log2 && !walk->whole;
}

// Something that was made out of an entry, or null. Out of a page of a superpage only
// pages can be made.
static struct mapping *
made_out_of(const struct mapping *mapping, struct entry entry)
{
        return entry.log2 == mapping->log2
                       ? mapping->children
                       : mapping_top(mapping, entry.frame, NULL);
}

bool
visit_down(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        struct entry entry = entry_here(walk);
        unsigned left = left_of(walk, entry.rights);

        bool fewer = is_meant(walk) && walk->rights && !(walk->rights & H_R);
        if (!is_meant(walk) || left == entry.rights)
                return fewer;
        if (is_part(walk, entry)) {
                if (!mapping_split(mapping))
                        walk->whole = mapping;
                entry = entry_here(walk);
        }
        if (left != 0)
                page_set_rights(mapping->space, entry.at, entry.log2, left);
        return fewer;
}

struct mapping *
visit_up(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        struct entry entry = entry_here(walk);

        if (entry.rights == 0)
                return NULL;
        bool goes = is_meant(walk) && left_of(walk, entry.rights) == 0;
        if (goes && made_out_of(mapping, entry))
                return made_out_of(mapping, entry);
        mapping_note_used(mapping,
                          page_take_used(mapping->space, entry.at, entry.log2));
        if (goes) {
                page_unmap(mapping->space, entry.at, entry.log2);
                mapping->left = (uint16_t)(mapping->left -
                                           (1u << (entry.log2 - H_PAGE_LOG2)));
        }
        return NULL;
}

void
visit_end(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;

        if (mapping == walk->top) {
                walk->used |= mapping->used;
                mapping->used = 0;
        } else {
                mapping_note_used(mapping->parent, mapping->news);
                mapping->news = 0;
        }
}
