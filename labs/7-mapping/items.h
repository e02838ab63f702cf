// SPDX-License-Identifier: MIT
// For tests of map and grant items: one item between two spaces, step by step.
#ifndef LAB7_ITEMS_H
#define LAB7_ITEMS_H

#include <l4/map_item.h>

#include "forest.h"

#define RW (H_R | H_W)
#define RWX (H_R | H_W | H_X)
#define WHOLE_SPACE (FPAGE_ALL_LOG2 << 4)

// Pages in a step: as many as are looked at between two looks for interrupts.
#define ITEM_STEP_BYTES (64 * H_PAGE_SIZE)

static struct map_item item;
static struct space *from, *to, *other;

static inline void
items_begin(uint32_t superpages)
{
        forest_begin(superpages);
        from = forest_space();
        to = forest_space();
        other = forest_space();
}

// A page of the sender's, the kernel's gift.
static inline struct mapping *
items_page(uint32_t at, uint32_t number, unsigned rights)
{
        return forest_put(from, at, forest_page(number), H_PAGE_LOG2, rights,
                          NULL);
}

static inline void
item_begin(uint32_t type, uint32_t sent, uint32_t base, uint32_t window)
{
        const uint32_t words[2] = { base | type, sent };

        map_item_begin(&item, from, to, words, window);
}

// One step, which goes over so many bytes at most. False: it is over.
static inline bool
item_step(const char *what)
{
        uint32_t done = item.done;
        bool goes_on = map_item_step(&item);
        uint32_t bytes = item.done - done;

        if (bytes > ITEM_STEP_BYTES && bytes != H_SUPERPAGE_SIZE)
                fail("%s: one step goes over 0x%08x bytes", what, bytes);
        return goes_on;
}

// To its end.
static inline void
item_run(uint32_t most, const char *what)
{
        uint32_t steps = 1;

        while (item_step(what))
                if (++steps > most)
                        fail("%s: it is not over after %u steps", what, most);
        if (item.walk.space)
                fail("%s: it is over, and its walk is not", what);
}

static inline void
item_over(uint32_t type, uint32_t sent, uint32_t base, uint32_t window,
          uint32_t most, const char *what)
{
        trying("an item of type 0x%x, fpage 0x%08x, base 0x%08x, into window "
               "0x%08x: %s",
               type, sent, base, window, what);
        item_begin(type, sent, base, window);
        item_run(most, what);
        trying_over();
}

// The same, and then the whole database is looked at.
static inline void
item_whole(uint32_t type, uint32_t sent, uint32_t base, uint32_t window,
           uint32_t most, const char *what)
{
        item_over(type, sent, base, window, most, what);
        forest_check(what);
}

// The space has page `number` of the forest there.
static inline void
items_expect(const struct space *space, uint32_t at, uint32_t number,
             unsigned rights, const char *what)
{
        forest_expect_page(space, at, forest_page(number), rights, what);
}

static inline void
items_expect_none(const struct space *space, uint32_t at, const char *what)
{
        forest_expect_page(space, at, 0, 0, what);
}

#endif
