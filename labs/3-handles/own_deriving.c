// SPDX-License-Identifier: MIT
// A test of region_check and h_derive_region.
//
// The contract is in own_deriving.h.
#include "own_deriving.h"

#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/todo.h>

// H4-BEGIN 3.8
#define FAR 0x00800000u
#define FAR_LOG2 23u
#define NEAR 0x00600000u
#define NEAR_LOG2 18u
#define NOTHING 0x0000000Fu

// What is said of a word, and that *pages is written exactly then.
static void
checked(enum h_error due, uint32_t word)
{
        struct pfpage pages = { { NOTHING } };
        struct h_region region = { { word } };

        expect_h(due, tested_check(region, &pages), "is 0x%08x a region", word);
        expect_hex(due == H_OK ? word : NOTHING, pages.range.word,
                   "the region that 0x%08x is", word);
}

static void
derived(enum h_error due, uint32_t whole, uint32_t part)
{
        struct h_region out = { { NOTHING } };
        struct h_region region = { { whole } };
        struct h_pfpage pages = { part };

        expect_h(due, tested_derive(region, pages, &out), "0x%08x of 0x%08x",
                 part, whole);
        expect_hex(due == H_OK ? part : NOTHING, out.pages.word,
                   "what comes out as 0x%08x of 0x%08x", part, whole);
}
// H4-STUB 3.8
// H4-END 3.8

void
own_test_of_deriving(void)
{
        // H4-BEGIN 3.8
        const uint32_t far = FAR | FAR_LOG2, near = NEAR | NEAR_LOG2;

        spaces_begin();
        due_page((struct h_region){ { (FAR + 0x2000) | 12 } }, NORMAL(2));
        due_page((struct h_region){ { (FAR + 0x3000) | 12 } }, TABLE(0));
        spaces_make();

        // All of a region, and its last two pages.
        derived(H_OK, far, far);
        derived(H_OK, near, near);
        derived(H_OK, near, (NEAR + 0x3E000) | 13);

        // What the pages are used for does not matter.
        checked(H_OK, (FAR + 0x2000) | 12);
        checked(H_OK, (FAR + 0x3000) | 12);

        // Words that are no flexpages: bits in the middle, a size too small.
        checked(H_BAD_REGION, FAR | 0x400 | 12);
        derived(H_BAD_FLEXPAGE, far, FAR | 5);

        // Too large, or somewhere else.
        checked(H_BAD_REGION, NEAR | 19);
        derived(H_BAD_SIZE, near, FAR | 12);
        // H4-STUB 3.8
        //| H4_TODO("3.8");
        // H4-END 3.8
}
