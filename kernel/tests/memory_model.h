// SPDX-License-Identifier: MIT
// Memory maps at random, in every shape, and for each page what is to be known
// of it, found out the slow way: piece by piece. Borders lie at multiples of
// a quarter of a page.
#ifndef TESTS_MEMORY_MODEL_H
#define TESTS_MEMORY_MODEL_H

#include <kernel/layout.h>

#include "memory_list.h"

#define PIECE (PAGE_SIZE / 4u)
#define PIECES (4u * MEMORY_PAGES)

static struct {
        bool usable[PIECES];
        bool other[PIECES];
} model;

static inline void
model_clear(void)
{
        memset(&model, 0, sizeof(model));
}

static inline bool
model_usable(uint32_t page)
{
        for (uint32_t i = 4 * page; i < 4 * page + 4; i++)
                if (!model.usable[i] || model.other[i])
                        return false;
        return true;
}

// Adds an entry to the list, and to the model what lies below 4 GB of it.
static inline void
model_add(struct list *list, uint64_t base, uint64_t length, uint32_t kind)
{
        add(list, base, length, kind);
        bool *pieces = kind == USABLE ? model.usable : model.other;
        uint64_t left = length / PIECE;
        for (uint64_t i = base / PIECE; i < PIECES && left > 0; i++, left--)
                pieces[i] = true;
}

// A number of pieces below `limit`: few of them as often as many, and half of
// the time whole pages.
static inline uint32_t
random_pieces(struct random *random, uint32_t limit)
{
        uint32_t pieces =
                random_below(random, limit) >> random_below(random, 16);

        return random_once_in(random, 2) ? pieces & ~3u : pieces;
}

static inline uint64_t
random_base(struct random *random, uint32_t limit)
{
        uint64_t base = (uint64_t)random_below(random, limit) * PIECE;

        if (random_once_in(random, 10)) // beyond 4 GB, or near the end of it
                base = UINT64_C(0xFFFF8000) + random_below(random, 64) * PIECE;
        if (random_once_in(random, 20))
                base += UINT64_C(0x7000000000);
        return base;
}

// A machine with memory below page `limit` mostly: overlaps, holes, entries that
// touch, that are empty, or go to the end of 64 bits, in any order.
static inline struct list
random_list(struct random *random, uint32_t limit)
{
        static const uint32_t kinds_of_memory[] = { 1, 1, 1, 1, 1, 1,
                                                    2, 3, 4, 5, 0, 77 };
        struct list list = { .length = 0 };
        uint64_t base = 0;

        model_clear();
        for (uint32_t i = random_below(random, 24); i > 0; i--) {
                uint64_t length =
                        (uint64_t)random_pieces(random, 4 * limit) * PIECE;
                if (random_once_in(random, 40))
                        length = UINT64_MAX - (UINT64_MAX % PIECE);
                if (!random_once_in(random, 3)) // else it touches the last one
                        base = random_base(random, 4 * limit);
                model_add(&list, base, length,
                          kinds_of_memory[random_below(
                                  random, COUNT_OF(kinds_of_memory))]);
                base += length;
        }
        return list;
}

// The list as the kernel reads it.
static inline void
model_map(const struct list *list, struct memory_map *map)
{
        enum memory_map_result result = parse(list, map);
        assert_true(result == MEMORY_MAP_OK ||
                    (result == MEMORY_MAP_EMPTY && list->length == 0));
}

// Pages below `limit`, perhaps none.
static inline struct page_range
random_pages(struct random *random, uint32_t limit)
{
        uint32_t first = random_below(random, limit);
        uint32_t count =
                random_below(random, limit) >> random_below(random, 12);

        return (struct page_range){
                first,
                count > limit - first ? limit : first + count,
        };
}

static inline bool
pages_hold(struct page_range range, uint32_t page)
{
        return range.first <= page && page < range.end;
}

#endif
