// SPDX-License-Identifier: MIT
// One map or grant item of a message under way (dissertation 7.7): what it says is done
// piece by piece.
#ifndef L4_MAP_ITEM_H
#define L4_MAP_ITEM_H

#include "fpages.h"
#include "mapdb.h"
#include "ports.h"

struct map_item {
        struct space *from, *to;
        bool grant;
        bool ports; // it is about ports, not memory
        unsigned rights;
        struct fpage_pair pair; // of memory
        struct port_row row;    // of ports
        uint32_t done; // how far it has come, in bytes; of ports: 1, begun
        bool mapped; // something is mapped now that was not, or with more rights
        bool short_of_memory; // something could not be mapped
        bool alone;    // what was made out of a piece has just been taken away
        bool in_pages; // the next superpage goes page by page
        struct map_walk walk; // what is in the way is being taken away
};

// Begins. `window` is the receiver's acceptor as it stands in BR0, or the complete space.
void map_item_begin(struct map_item *item, struct space *from, struct space *to,
                    const uint32_t words[2], uint32_t window);

// One step of an item with ports. The same for Unmap: the ports of item->row are taken away from
// those who have them from a space, and, `own`, from itself; `done` is 0 at the beginning. False:
// it is over. And what is to be done where either of them is over, or is broken off.
bool map_ports_step(struct map_item *item);
bool map_ports_take_step(struct map_item *item, struct space *space, bool own);
void map_ports_end(void);

// One step: a piece or two. False: it is over. What the sender does not have is left out;
// so is what one of the two spaces has for its own UTCBs or kernel interface page, and
// what there is no memory for.
bool map_item_step(struct map_item *item);

// Breaks it off, if it is under way. What has been mapped stays, and what is gone is gone; of
// rights that were being taken away some have them still.
void map_item_end(struct map_item *item);

#endif
