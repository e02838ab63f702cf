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

// --- The supply (mapdb_room.c) ------------------------------------------------------------

// A free mapping; there is one (mapdb_used, mapdb_room). It knows its memory, has all of its
// pages, and knows its parent, null for a gift of the kernel's. But the parent does not know of
// it, and it is in no space and in no chain.
struct mapping *mapping_take(uint32_t frame, unsigned log2,
                             struct mapping *parent);

// It is free again. Nothing leads to it any more.
void mapping_give_back(struct mapping *mapping);

// How many pages of these 4 MB of memory the kernel has given away singly.
uint32_t gifts_within(uint32_t frame);

// --- Beginning and ending (mapdb.c) -------------------------------------------------------

// A new mapping, with all of its pages; the page-tables say so already. There is room for
// one. (exercise 7.2)
struct mapping *mapping_begin(struct space *space, uint32_t address,
                              uint32_t frame, unsigned log2,
                              struct mapping *parent);

// A mapping of which nothing is left, and out of which nothing is made. Walks leave it first
// (walks_leave_ended), while it still stands where it stands; then what its parent has not
// been told about its use, it is told. (exercise 7.2)
void mapping_end(struct mapping *mapping);

// It is another space's, with what was made out of it, or lies elsewhere. Walks leave it
// first (walks_leave_moved). (exercise 7.2)
void mapping_move(struct mapping *mapping, struct space *to, uint32_t address);

// Makes a superpage to pages. False: there is no page for the table.
bool mapping_split(struct mapping *mapping);

// Some of its pages are gone; with the last one it is.
void mapping_lose(struct mapping *mapping, uint32_t pages);

// --- Who has used it (mapdb_used.c; exercise 7.6) -------------------------------------------

// Its pages have been used so (H_R accessed, H_W written), or those of something that was made
// out of it: neither who has it nor its parent has been told.
void mapping_note_used(struct mapping *mapping, unsigned used);

// Asks the page-table, which forgets it by that, and notes it. `address` is that of the entry
// to be asked: of the mapping itself, or, if it is broken, of one of its pages that is there.
void mapping_see_used(struct mapping *mapping, uint32_t address);

// What its parent has not been told is noted there. One without a parent has nobody to tell.
void mapping_tell_parent(struct mapping *mapping);

// What the space that has it has not been told yet. It is told now.
unsigned mapping_tell_owner(struct mapping *mapping);

// --- Finding ------------------------------------------------------------------------------

// The mapping of this size that begins there, whatever is left of it; or null. (exercise 7.2)
struct mapping *mapping_find(const struct space *space, uint32_t address,
                             unsigned log2);

// What a space has at an address.
struct place {
        struct mapping *mapping; // null: nothing
        struct page page;        // and then this says nothing either
};

struct place place_at(const struct space *space, uint32_t address);

// The chains (mapdb_find.c): the first mapping of each, where it is kept. In `found` are all
// mappings, by next_found; in `tops` those without a parent, or with a larger one, by next_top
// and last_top. In one chain there may be others too.
struct mapping **found_chain(const struct space *space, uint32_t address);
struct mapping **tops_chain(const struct mapping *parent, uint32_t frame);
void chains_init(void);

// --- What a piece is made out of ------------------------------------------------------------

struct source {
        struct mapping *mapping; // null: the kernel
        uint32_t frame;
        unsigned rights; // that the receiver gets; not none
};

// MAP_OK, MAP_NO_SOURCE, or MAP_OCCUPIED for memory of the kernel's that has an owner.
enum map_result source_of(const struct map_piece *piece, struct source *source);

// --- Walks that stand at a mapping ----------------------------------------------------------

// It is about to end, or to move: walks that stand there go on behind it.
void walks_leave_ended(struct mapping *mapping);
void walks_leave_moved(struct mapping *mapping);

#endif
