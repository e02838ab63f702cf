// SPDX-License-Identifier: MIT
// The mapping database: whose memory it is, and who has it from whom (dissertation
// 7.3). A mapping is one page or superpage of a space. Of each that was made out of
// another one that one is the parent; those without a parent the kernel has given
// itself.
//
//     frame 0x00400000     sigma0 0x00400000 (4 MB)
//                            |-- root 0x00400000 (4 MB)
//                            |     |-- task 0x10000000 (4 KB)
//                            |     |     `-- client 0x20003000 (4 KB)
//                            |     `-- task 0x10001000 (4 KB)
//                            `-- driver 0x00400000 (4 KB)
//
// The database says where memory is, the page-tables (pages.h) say whether it is
// still there and with which rights. Of a superpage single pages may have been taken
// away again: it is broken then, and what is left of it is still one mapping.
//
// No function here fails halfway: one that refuses has changed nothing. None does more
// than a little: what may take long is a walk, which is done step by step.
#ifndef L4_MAPDB_H
#define L4_MAPDB_H

#include "map_walk.h"
#include "space.h"

struct mapping {
        struct space *space; // null: the mapping is free
        uint32_t address;    // of its first byte, in the space
        uint32_t frame;      // of its first byte, in memory
        uint8_t log2;        // its size: H_PAGE_LOG2 or H_SUPERPAGE_LOG2
        bool broken;         // a superpage that is mapped by pages by now
        uint16_t left;       // how many of its pages are still there

        // H_R accessed, H_W written: what has been seen so far, of it and of all that was
        // made out of it, and has not been told yet, who has it and its parent.
        uint8_t used, news;
        uint16_t watched; // how often a walk stands here

        // A ring has no end. In a list and in a chain the last one has no next, and the first
        // one no last.
        struct mapping *parent;
        struct mapping *children;    // a ring, superpages first; or null
        struct mapping *next, *last; // in the parent's ring

        // Those without a parent, or with a larger one, by parent and frame.
        struct mapping *next_top, *last_top; // in its chain of units[..].tops

        struct mapping *next_here, *last_here; // in its space
        struct mapping
                *next_found; // in its chain of units[..].found, or a free one
};

// There are no mappings. They lie in the units (units.h), and so do the heads of the
// chains in which they are found, as many as there are mappings.
void mapdb_init(void);

// How many mappings there are, and how many there may be.
uint32_t mapdb_used(void);
uint32_t mapdb_room(void);

// --- Finding --------------------------------------------------------------------------

// The mapping by which a space has what is at an address, or null: a page comes
// before the superpage around it. O(1).
struct mapping *mapping_at(const struct space *space, uint32_t address);

// The mappings of this page of memory that were made out of a superpage, or, parent null,
// are the kernel's gift: the first, for null, and the one behind another one; null. A
// superpage's frame is its first. O(1). (exercise 7.2)
struct mapping *mapping_top(const struct mapping *parent, uint32_t frame,
                            const struct mapping *after);

// --- Making -----------------------------------------------------------------------------

// All memory that a space has may be read: rights of which H_R has been taken away are
// none, and whoever gets H_W or H_X gets H_R too.
enum map_result {
        MAP_OK,
        MAP_NO_SOURCE, // the sender does not have it, or none of these rights
        MAP_OCCUPIED, // the receiver has something else there: to be taken away first
        MAP_MADE_OUT,  // map_replace: see `alone`
        MAP_IN_PAGES,  // map_share: page by page then, see there
        MAP_NO_MEMORY, // no room for a mapping more, or no page-table
};

// One piece of memory, which is a page or a superpage, for one place.
struct map_piece {
        struct space
                *from; // null: from the kernel, then `at` is where in memory
        uint32_t at;   // the first byte, aligned to the size
        struct space *to;
        uint32_t to_at; // the first byte there, aligned to the size
        unsigned log2;  // H_PAGE_LOG2 or H_SUPERPAGE_LOG2
        unsigned
                rights; // H_R, H_W, H_X; of these the receiver gets what the sender has
        bool alone; // map_replace: nothing has been made out of it, see there
};

// The largest size that what a space has at an address can be handed on with at once:
// H_SUPERPAGE_LOG2, if it is all of a superpage that is not broken; H_PAGE_LOG2; 0: there
// is nothing.
unsigned map_log2(const struct space *from, uint32_t at);

// A piece is the receiver's too (shareMapping; for `from` null, mapRegion).
//
// Where the receiver has the same memory there already, nothing is taken away: if it is
// out of the same mapping it has the rights in addition, otherwise nothing changes; both
// are MAP_OK. Of a piece from the kernel that has an owner already: MAP_OCCUPIED. Pages of
// the kernel's own (UTCBs, the kernel interface page) are MAP_OCCUPIED too, and for ever.
// (exercise 7.3)
//
// The piece is a superpage, and the receiver has this superpage there, but broken:
// MAP_IN_PAGES, whatever is left of it. What was made out of its pages is to stay. So the
// caller goes over it page by page: what is missing is mapped, the rest is there already.
enum map_result map_share(const struct map_piece *piece);

// A piece is the receiver's instead of the sender's, with all that has been made out of
// it (replaceMapping). Where the rights are fewer than the sender's, those of what was
// made out of it are another walk, before this: here the receiver's alone are looked at.
//
// Of a page of a superpage nothing can go along: what has been made out of it is taken away
// first, by a walk over it (H_R, own = false), and `alone` says that this walk has ended just
// now, and was not `lost`. MAP_MADE_OUT: this is missing, or a page has been made out of it
// behind the walk's back. The superpage is broken before that is said, so that while the walk
// goes on no other superpage can be made out of it; of one that is not, `alone` is not
// believed. Where there is no room for the page's own mapping, or
// no page for the superpage's table: MAP_NO_MEMORY, whatever was made out of it.
//
// Where the receiver has the same memory there already: MAP_OCCUPIED if it is out of this
// mapping, otherwise MAP_OK, and nothing has changed, the sender still has it too.
// (exercise 7.4)
enum map_result map_replace(const struct map_piece *piece);

// --- Taking away (restrictMapping) ----------------------------------------------------------

// Begins a walk (map_walk.h) over a range of a space, and over all that was made out of it;
// what is above user space is not walked over. It stays where it is in memory until it is
// over, or has been broken off.
//
// A part of a superpage is made to pages first, where it is to have fewer rights than the
// rest. Where there is no page for the table, the rest has as few.
void map_walk_begin(struct map_walk *walk, struct space *space, uint32_t first,
                    uint32_t last, unsigned rights, bool own);

// One step: a mapping, or one page of it. False: it is over, with this step, and `used` says
// what was found. Others may make and take away mappings between two steps; what is made
// behind the walk's back is not walked over. (exercise 7.5: in a tree)
bool map_walk_step(struct map_walk *walk);

// Breaks it off, if it is under way.
void map_walk_end(struct map_walk *walk);

// A space is to be no more: one step in taking away all that it has and all that was made
// out of that. False: it has nothing any more. Walks in it are broken off first.
bool mapdb_leave(struct space *space);

#endif
