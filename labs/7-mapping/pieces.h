// SPDX-License-Identifier: MIT
// For tests of what is done with one piece of memory: asking for it, what has come of it,
// that nothing else has; and kernels that have run out of mappings, or of pages.
#ifndef LAB7_PIECES_H
#define LAB7_PIECES_H

#include "forest.h"

#define ALL_RIGHTS (H_R | H_W | H_X)

// Whoever gets H_W or H_X gets H_R too (mapdb.h).
static inline unsigned
with_reading(unsigned rights)
{
        return rights & (H_W | H_X) ? rights | H_R : rights;
}

static inline const char *
map_result_name(enum map_result result)
{
        static const char *const names[] = {
                "MAP_OK",       "MAP_NO_SOURCE", "MAP_OCCUPIED",
                "MAP_MADE_OUT", "MAP_IN_PAGES",  "MAP_NO_MEMORY",
        };
        return (unsigned)result < 6 ? names[result] : "no result";
}

static inline void
expect_map(enum map_result due, enum map_result found, const char *function,
           const char *when)
{
        if (due != found)
                fail_values(map_result_name(due), map_result_name(found),
                            "%s: %s", function, when);
}

static inline void
expect_shared(enum map_result due, enum map_result found, const char *when)
{
        expect_map(due, found, "map_share", when);
}

static inline void
expect_granted(enum map_result due, enum map_result found, const char *when)
{
        expect_map(due, found, "map_replace", when);
}

// A page or superpage of a space, for a place: with these rights.
static inline struct map_piece
piece_of(struct space *from, uint32_t at, struct space *to, uint32_t to_at,
         unsigned log2, unsigned rights)
{
        return (struct map_piece){
                .from = from,
                .at = at,
                .to = to,
                .to_at = to_at,
                .log2 = log2,
                .rights = rights,
        };
}

// The kernel has a page of its own there, in a space: no mapping tells of it.
static inline void
kernels_own(struct space *space, uint32_t at, uint32_t frame)
{
        if (page_map(space, at, frame, H_PAGE_LOG2, H_R) != PAGE_OK)
                fail("the test's own page_map of 0x%08x", at);
}

// What is at an address was made out of this one; null: out of nothing.
static inline void
expect_parent(const struct mapping *due, const struct space *space, uint32_t at,
              const char *when)
{
        const struct mapping *mapping = mapping_at(space, at);

        if (!mapping)
                fail("%s: the database has no mapping of space %u at 0x%08x",
                     when, space->number, at);
        if (mapping->parent != due)
                fail("%s: the parent of the mapping at 0x%08x in space %u is "
                     "%s, and is to be %s",
                     when, at, space->number,
                     mapping->parent ? "another one" : "none",
                     due ? "what it was made out of" : "none");
}

// --- Nothing has changed ----------------------------------------------------------------

#define KEPT_MOST 64u

static struct {
        uint32_t count, used, left;
        const struct mapping *which[KEPT_MOST];
        struct mapping was[KEPT_MOST];
        unsigned rights[KEPT_MOST]; // of its first page
} kept;

// From now on all is to stay as it is: mappings, the rights of each first page, the pool.
static inline void
keep(void)
{
        kept.count = 0;
        kept.used = mapdb_used();
        kept.left = pool_left();
        for (uint32_t i = 0; kept.count < kept.used && i < FOREST_MAPPINGS;
             i++) {
                const struct mapping *at =
                        &units[i / UNIT_MAPPINGS].mappings[i % UNIT_MAPPINGS];
                if (!at->space || kept.count == KEPT_MOST)
                        continue;
                kept.which[kept.count] = at;
                kept.was[kept.count] = *at;
                kept.rights[kept.count++] =
                        page_at(at->space, at->address).rights;
        }
}

static inline void
expect_kept(const char *when)
{
        expect_number(kept.used, mapdb_used(),
                      "%s, and nothing is to change: mappings", when);
        expect_number(kept.left, pool_left(),
                      "%s, and nothing is to change: pages in the pool", when);
        for (uint32_t i = 0; i < kept.count; i++) {
                const struct mapping *is = kept.which[i], *was = &kept.was[i];
                if (is->space != was->space || is->address != was->address ||
                    is->frame != was->frame || is->parent != was->parent ||
                    is->log2 != was->log2 || is->broken != was->broken ||
                    is->left != was->left || is->used != was->used ||
                    is->news != was->news ||
                    page_at(was->space, was->address).rights != kept.rights[i])
                        fail("%s, and nothing is to change; but the mapping of "
                             "0x%08x in space %u has",
                             when, was->address, was->space->number);
        }
}

// --- Kernels that have run out ------------------------------------------------------------

static struct {
        struct mapping *mappings[FOREST_MAPPINGS];
        uint32_t mapping_count;
        struct h_region pages[FOREST_UNITS * UNIT_PAGES];
        uint32_t page_count;
} drained;

// No mapping is left, from here to mappings_come_back.
static inline void
mappings_run_out(void)
{
        static struct mapping nobody;

        drained.mapping_count = 0;
        while (mapdb_used() < mapdb_room())
                drained.mappings[drained.mapping_count++] =
                        mapping_take(0, H_PAGE_LOG2, &nobody);
}

// One is.
static inline void
mapping_comes_back(void)
{
        mapping_give_back(drained.mappings[--drained.mapping_count]);
}

static inline void
mappings_come_back(void)
{
        while (drained.mapping_count > 0)
                mapping_give_back(drained.mappings[--drained.mapping_count]);
}

// No page is left in the pool, from here to pages_come_back.
static inline void
pages_run_out(void)
{
        struct h_pagemap_page page;

        drained.page_count = 0;
        while (pool_take(&page))
                drained.pages[drained.page_count++] = page.page;
}

static inline void
pages_come_back(void)
{
        while (drained.page_count > 0)
                pool_give(drained.pages[--drained.page_count]);
}

#endif
