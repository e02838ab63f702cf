// SPDX-License-Identifier: MIT
// Walks over small trees of every shape, and over large ones.
#include "trees.h"

static struct space *spaces[3];

static void
begin(uint32_t superpages)
{
        trees_begin(superpages);
        for (unsigned i = 0; i < 3; i++)
                spaces[i] = forest_space();
}

// --- Every shape ------------------------------------------------------------------------

#define SHAPE_NODES 5u
#define SHAPES 24u // 1 * 2 * 3 * 4

// Whose child each node is, out of the number of the shape.
static unsigned
parent_in(unsigned shape, unsigned node)
{
        for (unsigned i = 1; i < node; i++)
                shape /= i;
        return shape % node;
}

static void
grow(unsigned shape)
{
        for (unsigned i = 0; i < SHAPE_NODES; i++)
                trees_put(spaces[(i + shape) % 3], 0x00100000u + i * 0x2000u,
                          forest_page(0), H_PAGE_LOG2, H_R | H_W,
                          i == 0 ? NOBODY : parent_in(shape, i));
}

// All that a space has is taken: there are several tops, and some are below others.
TEST(walk_over_every_shape)
{
        begin(0);
        for (unsigned shape = 0; shape < SHAPES; shape++) {
                struct range all = { spaces[0], 0, H_KERNEL_SPACE - 1 };
                node_count = 0;
                grow(shape);
                trees_walk(trees_all(0), H_W, false,
                           "writing is taken below the root of a small tree");
                all.space = spaces[shape / 3 % 3];
                trees_walk(all, H_R, shape % 2 == 0,
                           "all that a space has is walked over");
                trees_end(0);
        }
        forest_check("trees of every shape have been walked over");
}

// --- Large ones ---------------------------------------------------------------------------

#define WIDE 140u
#define DEEP 140u
#define STEPS_EACH 8u // at most, for each mapping

// Goes on to the end, and no step does more than a little.
static uint32_t
walk_on(struct map_walk *walk, uint32_t most, const char *when)
{
        for (uint32_t steps = 0;; steps++) {
                uint32_t there = mapdb_used();
                if (!map_walk_step(walk))
                        return steps;
                if (mapdb_used() + 1 < there)
                        fail("%s: %u mappings have ended in one step", when,
                             there - mapdb_used());
                if (steps == most)
                        fail("%s: the walk takes more than %u steps", when,
                             most);
        }
}

// A ring of many, and of one of them a row of many.
TEST(walk_far_and_deep)
{
        struct mapping *first, *last;
        struct map_walk walk;
        uint32_t frame, most = (WIDE + DEEP + 2) * STEPS_EACH;

        begin(0);
        frame = forest_page(0);
        first = forest_put(spaces[0], 0x1000, frame, H_PAGE_LOG2, H_R | H_W,
                           NULL);
        for (unsigned i = 0; i < WIDE; i++)
                last = forest_put(spaces[1], 0x1000 * (i + 1), frame,
                                  H_PAGE_LOG2, H_R | H_W, first);
        for (unsigned i = 0; i < DEEP; i++)
                last = forest_put(spaces[2], 0x1000 * (i + 1), frame,
                                  H_PAGE_LOG2, H_R | H_W, last);
        forest_touch(spaces[2], 0x1000 * DEEP, H_W);

        map_walk_begin(&walk, spaces[0], 0x1000, 0x1FFF, H_W, false);
        walk_on(&walk, most, "writing is taken from a wide and deep tree");
        expect_hex(H_R | H_W, walk.used, "what the last one has used");
        forest_expect_page(spaces[0], 0x1000, frame, H_R | H_W, "the first");
        forest_expect_page(spaces[1], 0x1000, frame, H_R, "the first child");
        forest_expect_page(spaces[1], 0x1000 * WIDE, frame, H_R,
                           "the last child");
        forest_expect_page(spaces[2], 0x1000 * DEEP, frame, H_R,
                           "the last one of a long row");
        map_walk_begin(&walk, spaces[0], 0x1000, 0x1FFF, H_R, false);
        walk_on(&walk, most, "a wide and deep tree is taken");
        expect_number(1, mapdb_used(), "mappings that are left");
        forest_check("a wide and deep tree has been taken");
}

// --- What belongs to a page -------------------------------------------------------------

#define PAGES 40u

// Many pages and some superpages out of one superpage. About page 7 are the superpages, and
// two pages, and two that were made out of another superpage.
TEST(walk_visits_what_belongs_to_the_page)
{
        struct map_walk walk;
        struct mapping *large, *child;
        uint32_t memory, at = 0x02000000u, frame;

        begin(1);
        memory = forest_superpage(0);
        frame = memory + 7 * H_PAGE_SIZE;
        large = forest_put(spaces[0], 0x01000000u, memory, H_SUPERPAGE_LOG2,
                           H_R | H_W, NULL);
        for (unsigned i = 0; i < PAGES; i++, at += H_PAGE_SIZE)
                forest_put(spaces[1], at, memory + (i + 7) * H_PAGE_SIZE,
                           H_PAGE_LOG2, H_R | H_W, large);
        forest_put(spaces[1], at, frame, H_PAGE_LOG2, H_R | H_W, large);
        child = forest_put(spaces[2], 0x01000000u, memory, H_SUPERPAGE_LOG2,
                           H_R | H_W, large);
        for (unsigned i = 0; i < PAGES; i++, at += H_PAGE_SIZE)
                forest_put(spaces[2], at, memory + (i + 6) * H_PAGE_SIZE,
                           H_PAGE_LOG2, H_R | H_W, child);
        forest_put(spaces[2], at, frame, H_PAGE_LOG2, H_R | H_W, child);

        map_walk_begin(&walk, spaces[0], 0x01007000u, 0x01007FFFu, 0, false);
        walk_on(&walk, 8 * STEPS_EACH, "use of one page is asked for");
        uint32_t there = mapdb_used();
        map_walk_begin(&walk, spaces[0], 0x01007000u, 0x01007FFFu, H_R, false);
        walk_on(&walk, 8 * STEPS_EACH, "one page is taken");
        expect_number(there - 4, mapdb_used(),
                      "mappings after four of this page have ended");
        map_walk_begin(&walk, spaces[0], 0x01008000u,
                       0x01007FFFu + PAGES * H_PAGE_SIZE, H_R, false);
        walk_on(&walk, 8 * PAGES * STEPS_EACH, "page after page is taken");
        expect_number(3, mapdb_used(),
                      "two superpages, and a page of none of those taken");
        forest_check_links("page after page has been taken");
}
