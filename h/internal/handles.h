// SPDX-License-Identifier: MIT
// Handles: a slot's index together with the generation of what lies in it.
//
//      handle { slot 2, generation 5 }        h_state.pagemaps
//                 |                           +---+-------------------+
//                 |                         0 | 3 | directory         |
//                 |                         1 | 0 | free              |
//                 +-----------------------> 2 | 5 | directory         |
//                                             +---+-------------------+
//
// The next user of slot 2 gets generation 6, and every copy of this handle is
// stale. Generation 0 is that of a free slot, and no handle's.
#ifndef H_INTERNAL_HANDLES_H
#define H_INTERNAL_HANDLES_H

#include <h/internal/state.h>

// Makes all slots free that have never been used, and are all zeros: once, when
// h_state says where they are and how many.
void handles_init(void);

// The slot that a handle names; null where it was made up, is stale, or was
// freed.
static inline struct pagemap_slot *
pagemap_slot(struct h_pagemap handle)
{
        if (handle.slot >= h_state.pagemap_count || handle.generation == 0)
                return NULL;

        struct pagemap_slot *slot = &h_state.pagemaps[handle.slot];
        return slot->generation == handle.generation ? slot : NULL;
}

static inline struct kernel_mapping_slot *
kernel_mapping_slot(struct h_kernel_mapping handle)
{
        if (handle.slot >= h_state.kernel_mapping_count ||
            handle.generation == 0)
                return NULL;

        struct kernel_mapping_slot *slot =
                &h_state.kernel_mappings[handle.slot];
        return slot->generation == handle.generation ? slot : NULL;
}

// Is there a free slot?
static inline bool
pagemap_slot_left(void)
{
        return h_state.free_pagemap != SLOT_NONE;
}

static inline bool
kernel_mapping_slot_left(void)
{
        return h_state.free_kernel_mapping != SLOT_NONE;
}

// Takes a free slot, of which there is one, and makes its handle. What the slot
// is to say is the caller's to write; pagemap_slot finds it by the handle.
struct h_pagemap pagemap_slot_take(void);
struct h_kernel_mapping kernel_mapping_slot_take(void);

// Gives back a slot in use. It is free afterwards, unless it has had the last of
// all generations.
void pagemap_slot_free(struct pagemap_slot *slot);
void kernel_mapping_slot_free(struct kernel_mapping_slot *slot);

#endif
