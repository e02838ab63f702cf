// SPDX-License-Identifier: MIT
// Walks at random, of both sizes, among others who do what they like.
#include "trees.h"

#define RW (H_R | H_W)
#define ALL (H_R | H_W | H_X)
#define STEPS_MOST 400u
#define ROUNDS 13u
#define NODES 8u

static struct space *spaces[4];
static uint32_t memory;

// A new node below another one, with its rights or some of them.
static void
hand_on(unsigned parent)
{
        const struct node *from = &nodes[parent];
        struct space *space = spaces[random_below(4)];
        uint32_t at = 0x01000000u + node_count * H_SUPERPAGE_SIZE;
        bool large = from->log2 == H_SUPERPAGE_LOG2;
        unsigned spot = large ? random_below(3) : 0;
        unsigned rights = from->rights[spot];

        if (!from->mapping || node_count == NODES_MOST || rights == 0)
                return;
        if (random_below(2))
                rights &= H_R | random_word();
        bool whole = large && !from->broken && random_below(3) > 0;
        unsigned node = trees_put(
                space, at, from->frame + (whole ? 0 : spots[spot]),
                whole ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2, rights, parent);
        nodes[node].late = true;
}

// It gets what its parent has.
static void
give_rights(unsigned node)
{
        struct node *to = &nodes[node];

        if (!to->mapping || to->parent == NOBODY || to->broken)
                return;
        const unsigned *have = trees_rights(to->parent, to->frame);
        if (!have || to->rights[0] == 0 || nodes[to->parent].broken)
                return;
        page_set_rights(to->space, to->at, to->log2, to->rights[0] | *have);
        to->late = true;
}

static void
others_do_something(unsigned top)
{
        unsigned node = random_below(node_count), what = random_below(8);

        if (what > 2)
                return;
        trees_learn();
        switch (what) {
        case 0:
                if (node != top && nodes[node].mapping &&
                    nodes[node].log2 == H_PAGE_LOG2)
                        trees_end(node);
                break;
        case 1:
                give_rights(node);
                break;
        default:
                hand_on(node);
        }
}

// One walk; where it begins is of the size of the root, or a page.
static void
round(const char *when)
{
        struct map_walk walk;
        unsigned top = random_below(3);
        bool own = random_below(3) == 0, alone = random_below(3) == 0;
        unsigned rights = random_below(8), spot = random_below(3);
        struct node *node = &nodes[top];
        bool large = node->log2 == H_SUPERPAGE_LOG2;
        struct range range = large ? trees_at(top, spot) : trees_all(top);

        if (!node->mapping || node->rights[large ? spot : 0] == 0)
                return;
        for (unsigned i = 0; i < node_count; i++)
                nodes[i].late = false;
        trees_walk_begin(&walk, range, rights, own);
        for (uint32_t steps = 0; map_walk_step(&walk); steps++) {
                if (!alone)
                        others_do_something(top);
                if (steps > STEPS_MOST)
                        fail("%s: the walk does not come to its end", when);
        }
        if (alone) {
                trees_take(range, rights, own);
                trees_compare(when);
                return;
        }
        trees_learn();
        trees_expect_taken(top, node->frame + (large ? spots[spot] : 0), rights,
                           own, when);
}

TEST(walks_at_random)
{
        trees_begin(1);
        for (unsigned i = 0; i < 4; i++)
                spaces[i] = forest_space();
        memory = forest_superpage(0);
        trees_put(spaces[0], 0x01000000u, memory, H_SUPERPAGE_LOG2, ALL,
                  NOBODY);
        trees_put(spaces[1], 0x01400000u, memory, H_SUPERPAGE_LOG2, ALL, 0);
        trees_put(spaces[2], 0x01800000u, memory + spots[1], H_PAGE_LOG2, ALL,
                  0);
        for (unsigned i = 0; i < ROUNDS; i++) {
                for (unsigned j = 0; j < NODES; j++)
                        hand_on(random_below(node_count));
                round("walks at random");
        }
        forest_check_links("walks at random");
}
