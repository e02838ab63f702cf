// SPDX-License-Identifier: MIT
// What others do between two steps of a walk: each of these things, at each moment.
#include "trees.h"

#define RW (H_R | H_W)
#define AT(i) (0x00100000u + (i)*0x2000u)
#define STEPS_MOST 200u
#define FAMILY 6u

static struct space *spaces[4];
static uint32_t frame;

static unsigned
page(unsigned space, unsigned rights, unsigned parent)
{
        return trees_put(spaces[space], AT(node_count), frame, H_PAGE_LOG2,
                         rights, parent);
}

//      0
//      |- 1 - 3 - 5
//      |  `-- 4
//      `- 2
static void
family(void)
{
        static const unsigned parents[FAMILY] = { NOBODY, 0, 0, 1, 1, 3 };

        node_count = 0;
        for (unsigned i = 0; i < FAMILY; i++)
                page(i % 3, RW, parents[i]);
}

static void
begin(void)
{
        trees_begin(0);
        for (unsigned i = 0; i < 4; i++)
                spaces[i] = forest_space();
        frame = forest_page(0);
}

// A walk over a whole family goes so many steps. Returns whether it is under way still.
static bool
walk_so_far(struct map_walk *walk, uint32_t steps, unsigned rights, bool own)
{
        family();
        trees_walk_begin(walk, trees_all(0), rights, own);
        while (steps > 0 && map_walk_step(walk))
                steps--;
        trees_learn();
        return steps == 0;
}

static void
walk_to_the_end(struct map_walk *walk, const char *when)
{
        trees_walk_on(walk, STEPS_MOST, when);
        trees_learn();
        trees_expect_taken(0, frame, walk->rights, walk->own, when);
}

static void
end_all(void)
{
        trees_learn();
        if (nodes[0].mapping)
                trees_end(0);
        expect_number(0, mapdb_used(), "mappings when all have ended");
}

// --- One thing at a time ----------------------------------------------------------------

// How many rights there are, and whether they are taken from parents first, and given up by
// children first.
static uint32_t
count_rights(unsigned rights, const char *when)
{
        uint32_t count = 0;

        trees_learn();
        for (unsigned i = 0; i < node_count; i++) {
                const unsigned *have = trees_rights(i, frame);
                if (have)
                        count += (*have & H_R ? 1 : 0) + (*have & H_W ? 1 : 0);
                if (i < 3)
                        continue;
                const unsigned *above = trees_rights(nodes[i].parent, frame);
                if (have && (!above || (rights == H_W && *above & ~*have)))
                        fail("%s: node %u has lost its rights %s node %u, "
                             "which was made out of it",
                             when, rights & H_R ? nodes[i].parent : i,
                             rights & H_R ? "before" : "after", i);
        }
        return count;
}

TEST(walk_does_one_thing_at_a_time)
{
        static const char *const when[] = { "reading is taken, step by step",
                                            "writing is taken, step by step" };
        struct map_walk walk;

        begin();
        for (unsigned i = 0; i < 4; i++) {
                unsigned rights = i % 2 ? H_W : H_R, each = i % 2 ? 1 : 2;
                walk_so_far(&walk, 0, rights, i < 2);
                uint32_t last = count_rights(rights, when[i % 2]);
                for (uint32_t steps = 0; map_walk_step(&walk); steps++) {
                        uint32_t now = count_rights(rights, when[i % 2]);
                        if (now + each < last || steps > STEPS_MOST)
                                fail("%s: %u mappings have lost rights in one "
                                     "step",
                                     when[i % 2], (last - now) / each);
                        last = now;
                }
                end_all();
        }
}

// --- Others ---------------------------------------------------------------------------------

static unsigned
node_at(const struct mapping *mapping)
{
        for (unsigned i = 0; i < node_count; i++)
                if (mapping && nodes[i].mapping == mapping)
                        return i;
        return NOBODY;
}

// Where the walk stands after so many steps ends; or the one above it, with all below.
static void
end_meanwhile(void)
{
        static const char when[] = "others have ended a mapping meanwhile";
        struct map_walk walk;
        bool under_way = true;

        for (uint32_t steps = 1; under_way; steps++)
                for (unsigned above = 0; above < 2; above++) {
                        under_way = walk_so_far(&walk, steps, H_W,
                                                steps / 2 % 2 == above);
                        unsigned node = node_at(walk.cursor);
                        if (above && node != NOBODY)
                                node = nodes[node].parent;
                        if (node != NOBODY)
                                trees_end(node);
                        walk_to_the_end(&walk, when);
                        end_all();
                }
        forest_check(when);
}

// Where it stands moves. If that is where it has begun, then it leaves all as it is.
static void
move_meanwhile(void)
{
        static const char when[] = "others have moved a mapping meanwhile";
        struct map_walk walk;
        bool under_way = true;

        for (uint32_t steps = 1; under_way; steps++) {
                under_way = walk_so_far(&walk, steps, steps % 2 ? H_W : H_R,
                                        steps / 2 % 2 == 0);
                unsigned node = node_at(walk.cursor);
                if (node != NOBODY)
                        trees_move(node, spaces[3], AT(20 + node));
                if (node == 0) {
                        trees_walk_on(&walk, STEPS_MOST, when);
                        trees_compare(when);
                } else {
                        walk_to_the_end(&walk, when);
                }
                end_all();
        }
        forest_check(when);
}

TEST(others_end_and_move_what_is_walked_over)
{
        begin();
        end_meanwhile();
        move_meanwhile();
}

// Out of all that are there something is made, with all rights that they have then.
static void
hand_on(unsigned rights, bool own, const char *when)
{
        struct map_walk walk;
        bool under_way = true;

        for (uint32_t steps = 1; under_way; steps++) {
                under_way = walk_so_far(&walk, steps, rights, own);
                for (unsigned i = 0; i < FAMILY; i++)
                        if (nodes[i].mapping)
                                nodes[page(3, nodes[i].rights[0], i)].late =
                                        true;
                walk_to_the_end(&walk, when);
                end_all();
        }
        forest_check(when);
}

TEST(others_hand_on_what_is_walked_over)
{
        begin();
        hand_on(H_W, true, "others have handed on, and writing was taken");
        hand_on(H_R, false, "others have handed on, and all was taken");
}

// --- Walks that meet ------------------------------------------------------------------------

// Two walks: so many steps of the first one, then in turns, of the second one more. One of
// the two begins at the top of the family.
static void
meet(uint32_t steps, unsigned where, unsigned rights, bool first)
{
        static const char when[] = "two walks meet";
        static const unsigned tops[] = { 0, 1, 4, 3 };
        struct map_walk one, two;
        uint32_t turns = 0;

        family();
        trees_walk_begin(&one, trees_all(first ? 0 : tops[where]), rights,
                         where % 2 == 0);
        trees_walk_begin(&two, trees_all(first ? tops[where] : 0), H_R, true);
        while (steps > 0 && map_walk_step(&one))
                steps--;
        for (;; turns++) {
                bool more = map_walk_step(&two);
                if (turns % 3 == 0)
                        more |= map_walk_step(&one);
                if (!more)
                        break;
                if (turns > STEPS_MOST)
                        fail("%s: they have not come to their ends", when);
        }
        trees_walk_on(&one, STEPS_MOST, when);
        trees_learn();
        trees_expect_taken(first ? tops[where] : 0, frame, H_R, true, when);
        if (first)
                trees_expect_taken(0, frame, rights, where % 2 == 0, when);
        end_all();
}

TEST(walks_meet)
{
        begin();
        for (uint32_t steps = 1; steps < 12; steps++)
                for (unsigned i = 0; i < 2; i++)
                        meet(steps, (steps / 2 + 2 * i) % 4,
                             steps % 2 ? H_R : H_W, (steps / 2 + i) % 2 == 0);

        // All that a space has goes, in the middle of a walk.
        for (uint32_t steps = 1; steps < 12; steps++) {
                struct map_walk walk;
                struct space *space = spaces[1 + steps % 2];
                walk_so_far(&walk, steps, H_W, true);
                uint32_t most = STEPS_MOST;
                while (mapdb_leave(space))
                        if (most-- == 0)
                                fail("a space does not come to its end");
                walk_to_the_end(&walk, "a space has ended meanwhile");
                expect_bool(true, space->mappings == NULL,
                            "the space has nothing any more");
                end_all();
        }
        forest_check("walks have met");
}
