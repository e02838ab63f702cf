// SPDX-License-Identifier: MIT
// For tests of who has used a mapping: mappings with pages, which know their parents, and of
// which nothing else is there. Neither do their parents know of them, nor are they found.
#ifndef LAB7_USED_H
#define LAB7_USED_H

#include "forest.h"

static inline struct mapping *
used_put(struct space *space, uint32_t at, uint32_t frame, unsigned log2,
         struct mapping *parent)
{
        if (page_map(space, at, frame, log2, H_R | H_W) != PAGE_OK)
                fail("the test's own page_map of 0x%08x", at);

        struct mapping *mapping = mapping_take(frame, log2, parent);
        mapping->space = space;
        mapping->address = at;
        return mapping;
}

#endif
