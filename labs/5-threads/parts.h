// SPDX-License-Identifier: MIT
// For tests of one part of L4 without a program: what they need below it, and a space.
#ifndef LAB5_PARTS_H
#define LAB5_PARTS_H

#include <h4/call_errors.h>
#include <h4/system.h>
#include <h4/test.h>
#include <l4/pool.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <l4/units.h>

// The pool, and no space yet.
static inline void
parts_begin(void)
{
        system_begin_h();
        units_init();
        pool_init();
        spaces_init();
}

static inline struct space *
parts_space(void)
{
        struct space *space = space_take();

        if (!space)
                fail("there is no room for an address space");
        space->threads = 1;
        return space;
}

// The same with a UTCB area, as if SpaceControl had said so.
static inline struct space *
parts_space_with(uint32_t utcb_first, uint32_t utcb_bytes)
{
        struct space *space = parts_space();

        space->utcb_first = utcb_first;
        space->utcb_bytes = utcb_bytes;
        return space;
}

// What is mapped at an address of a space, for programs. False: nothing is.
static inline bool
parts_mapping(const struct space *space, uint32_t address,
              struct h_mapping_info *info)
{
        struct h_vaddr at = { address };

        return h_read_mapping(space->pagemap, at, info) == H_OK;
}

#endif
