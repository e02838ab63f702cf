// SPDX-License-Identifier: MIT
// A walk through the mapping database: how far it has come. What it does is said in
// mapdb.h.
#ifndef L4_MAP_WALK_H
#define L4_MAP_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct mapping;
struct space;

// All zeros: there is none.
struct map_walk {
        struct space *space;  // null: it is not under way
        uint32_t first, last; // bytes, the range
        unsigned rights; // to be taken away: H_R, H_W, H_X. With H_R all goes
        bool own;        // in the space itself too

        // Of all mappings that were walked over: H_R accessed, H_W written, since the
        // last walk that began at the same mapping. They are told once.
        unsigned used;

        // A small range is looked at page by page. A large one mapping by mapping: `here`
        // is the next one of the space, and its part of the range is looked at then.
        struct mapping *here;
        uint32_t at, end; // what is still to be looked at: bytes

        // What has been found: the tree of all that was made out of one page or superpage
        // of memory, from `top`, a mapping of the space, on.
        struct mapping *top;    // null: nothing yet
        struct mapping *cursor; // where it stands in the tree
        bool up;         // it has seen all that was made out of the cursor
        uint32_t offset; // how far it has come in the cursor's pages
        uint32_t frame;  // the piece of memory
        uint8_t log2;    // its size

        // Superpages may have been made behind its back out of what it walked over: a top has
        // ended or moved meanwhile, or the walk was about a part of it, and did not break it.
        bool lost;
        struct mapping *
                whole; // could not be split: of all that was made out of it all counts

        struct map_walk *next_walk, *last_walk; // those under way
};

#endif
