// SPDX-License-Identifier: MIT
// For tests of where all memory comes from (7.10): a sigma0 without a program, and what is
// there for it.
#ifndef LAB7_ORIGIN_H
#define LAB7_ORIGIN_H

#include "pieces.h"

#include <l4/own_fault.h>

// sigma0's space, and another one. Nothing is mapped in them.
static struct space *sigma0_is, *other_is;

static inline void
origin_begin(uint32_t superpages)
{
        forest_begin(superpages);
        sigma0_is = forest_space();
        other_is = forest_space();
        typed_give(ID_SIGMA0, sigma0_is, 0, 0);
}

// The space has asked for what is at an address: a piece of this size has come, 0: none.
static inline void
expect_got(unsigned log2, struct space *space, uint32_t address,
           const char *when)
{
        expect_number(
                log2, own_memory(space, address),
                "%s: own_memory of space %u at 0x%08x: the size (log2) of what it has got, 0: nothing",
                when, space->number, address);
}

// It is sigma0's, all of it, at its own address, and out of nothing.
static inline void
expect_given(uint32_t address, unsigned log2, const char *when)
{
        uint32_t first = address >> log2 << log2;
        uint32_t last = first + ((1u << log2) - H_PAGE_SIZE);

        forest_expect_page(sigma0_is, first, first, ALL_RIGHTS, when);
        forest_expect_page(sigma0_is, last, last, ALL_RIGHTS, when);
        expect_parent(NULL, sigma0_is, first, when);
        expect_number(log2, mapping_at(sigma0_is, first)->log2,
                      "%s: the size (log2) of the mapping at 0x%08x", when,
                      first);
}

static inline void
expect_nothing(struct space *space, uint32_t address, const char *when)
{
        struct page was = page_at(space, address);

        keep();
        expect_got(0, space, address, when);
        expect_kept(when);
        forest_expect_page(space, address & ~(H_PAGE_SIZE - 1), was.frame,
                           was.rights, when);
}

#endif
