// SPDX-License-Identifier: MIT
// The mappings themselves, for the files of the mapping database: how one begins, is found,
// moves and ends. Nothing here looks at what is allowed.
#ifndef L4_MAPDB_NODES_H
#define L4_MAPDB_NODES_H

#include "mapdb.h"
#include "pages.h"

static inline uint32_t
mapping_bytes(const struct mapping *mapping)
{
        return 1u << mapping->log2;
}

// Where in memory its page at an address is.
static inline uint32_t
mapping_frame(const struct mapping *mapping, uint32_t address)
{
        return mapping->frame + (address - mapping->address);
}

// The size of the entries that map it.
static inline unsigned
mapping_entry_log2(const struct mapping *mapping)
{
        return mapping->broken ? H_PAGE_LOG2 : mapping->log2;
}

// --- Beginning and ending ---------------------------------------------------------------

// A new mapping, with all of its pages; the page-tables say so already. There is room for
// one.
struct mapping *mapping_begin(struct space *space, uint32_t address,
                              uint32_t frame, unsigned log2,
                              struct mapping *parent);

// A mapping of which nothing is left, and out of which nothing is made. What its parent has
// not been told about its use, it is told now.
void mapping_end(struct mapping *mapping);

// It is another space's, with what was made out of it, or lies elsewhere.
void mapping_move(struct mapping *mapping, struct space *to, uint32_t address);

// Some of its pages are gone; with the last one it is.
void mapping_lose(struct mapping *mapping, uint32_t pages);

// It has been used, or something that was made out of it.
void mapping_note_used(struct mapping *mapping, unsigned used);

// Makes a superpage to pages. False: there is no page for the table.
bool mapping_split(struct mapping *mapping);

// --- Finding ------------------------------------------------------------------------------

// The mapping of this size that begins there, whatever is left of it; or null.
struct mapping *mapping_find(const struct space *space, uint32_t address,
                             unsigned log2);

// What a space has at an address.
struct place {
        struct mapping *mapping; // null: nothing
        struct page page;        // and then this says nothing either
};

struct place place_at(const struct space *space, uint32_t address);

// Into the chains in which it is found, and out of them.
void found_put_in(struct mapping *mapping);
void found_take_out(struct mapping *mapping);
void tops_put_in(struct mapping *mapping);
void tops_take_out(struct mapping *mapping);
void chains_init(void);

// --- What a piece is made out of ------------------------------------------------------------

struct source {
        struct mapping *mapping; // null: the kernel
        uint32_t frame;
        unsigned rights; // that the receiver gets; not none
};

// MAP_OK, MAP_NO_SOURCE, or MAP_OCCUPIED for memory of the kernel's that has an owner.
enum map_result source_of(const struct map_piece *piece, struct source *source);

// Does the kernel have it still? What it has given away comes back with the last mapping.
bool gift_is_left(uint32_t frame, unsigned log2);

// --- Walks that stand at a mapping ----------------------------------------------------------

// It is about to end, or to move: walks that stand there go on behind it.
void walks_leave_ended(struct mapping *mapping);
void walks_leave_moved(struct mapping *mapping);

#endif
