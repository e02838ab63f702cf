// SPDX-License-Identifier: MIT
// For tests of the mapping database without a program: spaces, memory for them, mappings
// that are there without anybody having mapped them, and the whole database looked at.
//
//     forest_begin(2);                          two superpages of memory, and some pages
//     struct space *a = forest_space();
//     struct mapping *m = forest_put(a, 0x00800000, forest_page(0), H_PAGE_LOG2,
//                                    H_R | H_W, NULL);       the kernel's gift
//     forest_check("something is done");
//
// What leads from one mapping to the others is read here link by link: of the exercises
// nothing is called but, by forest_put, mapping_begin (7.2).
#ifndef LAB7_FOREST_H
#define LAB7_FOREST_H

#include <h4/crowd.h>
#include <l4/mapdb_nodes.h>
#include <l4/mapdb_walk.h>

// As <h4/crowd.h> does: H, and all of L4 but for a first program. There is room for
// FOREST_MAPPINGS mappings, and as many pages in the pool as FOREST_UNITS units have.
#define FOREST_UNITS 96u
#define FOREST_MAPPINGS (FOREST_UNITS * UNIT_MAPPINGS)

// What the numbers in `used` and `news` are, behind the text of a message.
#define USED " (4: accessed, 2: written)"

static inline void
forest_begin(uint32_t superpages)
{
        crowd_begin_with(superpages, FOREST_UNITS);
}

// The same with as many as the machine's memory allows: some thousands.
static inline void
forest_begin_wide(uint32_t superpages)
{
        crowd_begin_with(superpages, UINT32_MAX);
}

// A space. Nothing is mapped in it.
static inline struct space *
forest_space(void)
{
        struct space *space = space_take();

        if (!space)
                fail("there is no room for an address space");
        space->threads = 1; // or nobody has it
        return space;
}

static inline uint32_t
forest_superpage(uint32_t number)
{
        return SYSTEM_SUPERPAGES + number * H_SUPERPAGE_SIZE;
}

// A page of memory that programs may have, and that is in none of the superpages: the
// first one, the second one and so on. There are some hundreds.
static inline uint32_t
forest_page(uint32_t number)
{
        static struct h_region regions[64];
        size_t count;

        must(h_initial_regions(regions, 64, &count), "h_initial_regions");
        for (size_t i = 0; i < count; i++) {
                uint32_t first = h_pfpage_first(regions[i].pages).value;
                uint32_t bytes = 1u << h_pfpage_log2(regions[i].pages);
                for (uint32_t at = first;
                     first < SYSTEM_SUPERPAGES && at < first + bytes;
                     at += H_PAGE_SIZE)
                        if (!pool_has(at) && number-- == 0)
                                return at;
        }
        fail("the test needs more pages than there are");
}

// A mapping that has not been made by mapping: its page or superpage is entered into the
// page-table, and it begins.
static inline struct mapping *
forest_put(struct space *space, uint32_t at, uint32_t frame, unsigned log2,
           unsigned rights, struct mapping *parent)
{
        enum page_result result = page_map(space, at, frame, log2, rights);

        if (result != PAGE_OK)
                fail("the test's own page_map of 0x%08x: %s", at,
                     result == PAGE_OCCUPIED ? "something is there"
                                             : "refused");
        return mapping_begin(space, at, frame, log2, parent);
}

// A program reads there (H_R), or writes (H_R | H_W).
static inline void
forest_touch(const struct space *space, uint32_t at, unsigned how)
{
        system_touch(space->pagemap, at, (how & H_W) != 0);
}

// The whole database, mappings and links: whatever is not as it should be fails the test
// with `when`, and with the mapping concerned. forest_check looks into the page-tables as
// well: that each mapping's pages are there, `left` of a broken one; that they are the
// parent's memory; and, where no walk is under way, that they have no more rights than the
// parent's. forest_check_links leaves the page-tables out, for mappings that have begun
// without a page; forest_check_memory leaves out the rights alone, where some have been
// taken away only in part.
void forest_check(const char *when);
void forest_check_memory(const char *when);
void forest_check_links(const char *when);

// The processor's view of one page of a space: its memory and its rights. Rights 0: that
// nothing is there.
void forest_expect_page(const struct space *space, uint32_t at, uint32_t frame,
                        unsigned rights, const char *when);

#endif
