// SPDX-License-Identifier: MIT
// What a walk does with the mapping at which it stands: it takes rights away, asks how its
// pages were used, unmaps.
//
// The contracts are in mapdb_walk.h.
#include "mapdb_walk.h"

// The page of the cursor that the walk looks at, or the first one of all.
static uint32_t
address_here(const struct map_walk *walk)
{
        return walk->cursor->address + walk_offset(walk);
}

// The first byte of the entry that maps it.
static uint32_t
entry_here(const struct map_walk *walk)
{
        uint32_t bytes = 1u << mapping_entry_log2(walk->cursor);

        return address_here(walk) & ~(bytes - 1);
}

// Only of a broken superpage pages may be gone.
static bool
is_there(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        return !mapping->broken ||
               mapping == mapping_at(mapping->space, address_here(walk));
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

// Does the walk take something from one page, but there is one entry for many?
static bool
is_to_be_split(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        return is_meant(walk) && walk->rights && !mapping->broken &&
               walk_is_about_part(walk, mapping);
}

// Something that was made out of what goes, or null. Where that is one page of a superpage it
// has been made to pages on the way down, and nothing but pages has been made out of it since.
static struct mapping *
made_out_of(const struct map_walk *walk)
{
        const struct mapping *mapping = walk->cursor;

        if (!walk_is_about_part(walk, mapping))
                return mapping->children;
        return mapping_top(mapping, walk->frame, NULL);
}

bool
visit_down(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        bool less = is_to_have_less(walk);

        if (!less && !is_to_be_split(walk))
                return false;
        struct place place = place_at(mapping->space, address_here(walk));
        unsigned left = place.page.rights & ~walk->rights;
        if (place.mapping != mapping || left == place.page.rights)
                return less;
        if (is_to_be_split(walk) && !mapping_split(mapping))
                walk->whole = mapping;
        if (less)
                page_set_rights(mapping->space, entry_here(walk),
                                mapping_entry_log2(mapping), left);
        return less;
}

struct mapping *
visit_up(struct map_walk *walk)
{
        struct mapping *mapping = walk->cursor;
        uint32_t entry = entry_here(walk);
        unsigned log2 = mapping_entry_log2(mapping);

        if (!is_there(walk))
                return NULL;
        if (is_to_go(walk) && made_out_of(walk))
                return made_out_of(walk);
        mapping_note_used(mapping, page_take_used(mapping->space, entry, log2));
        if (is_to_go(walk)) {
                page_unmap(mapping->space, entry, log2);
                mapping->left = (uint16_t)(mapping->left -
                                           (1u << (log2 - H_PAGE_LOG2)));
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
