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

// Nothing can be done with memory that may not be read.
static bool
is_to_go(const struct map_walk *walk)
{
        return is_meant(walk) && walk->rights & H_R;
}

static bool
is_to_have_less(const struct map_walk *walk)
{
        return is_meant(walk) && walk->rights && !(walk->rights & H_R);
}

// Something that was made out of what goes, or null. Where that is one page of a superpage it
// has been made to pages on the way down, and nothing but pages has been made out of it since.
static struct mapping *
made_out_of(const struct map_walk *walk, struct entry entry)
{
        const struct mapping *mapping = walk->cursor;

        return walk_is_about_part(walk, mapping)
                       ? mapping_top(mapping, entry.frame, NULL)
                       : mapping->children;
}

bool
visit_down(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        struct entry entry = entry_here(walk);

        if (!is_meant(walk) || !(entry.rights & walk->rights))
                return is_to_have_less(walk);
        if (entry.log2 > H_PAGE_LOG2 && walk_is_about_part(walk, mapping)) {
                if (!mapping_split(mapping))
                        walk->whole = mapping;
                entry = entry_here(walk);
        }
        if (!is_to_have_less(walk))
                return false;
        page_set_rights(mapping->space, entry.at, entry.log2,
                        entry.rights & ~walk->rights);
        return true;
}

struct mapping *
visit_up(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        struct entry entry = entry_here(walk);

        if (entry.rights == 0)
                return NULL;
        if (is_to_go(walk) && made_out_of(walk, entry))
                return made_out_of(walk, entry);
        mapping_note_used(mapping,
                          page_take_used(mapping->space, entry.at, entry.log2));
        if (is_to_go(walk)) {
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
