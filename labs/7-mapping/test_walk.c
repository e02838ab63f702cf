// SPDX-License-Identifier: MIT
// Walks over trees of pages: rights are taken, and mappings go.
#include "trees.h"

#define AT(i) (0x00100000u + (i)*0x3000u)

static struct space *spaces[4];

static void
begin(void)
{
        trees_begin(0);
        for (unsigned i = 0; i < 4; i++)
                spaces[i] = forest_space();
}

static unsigned
page(unsigned space, unsigned rights, unsigned parent)
{
        uint32_t frame =
                parent == NOBODY ? forest_page(0) : nodes[parent].frame;

        return trees_put(spaces[space], AT(node_count), frame, H_PAGE_LOG2,
                         rights, parent);
}

//      0
//      |- 1 - 3 - 5
//      |  `-- 4
//      |- 2 - 6           and 8, of other memory
//      `- 7
static void
family(void)
{
        begin();
        page(0, H_R | H_W | H_X, NOBODY);
        page(1, H_R | H_W | H_X, 0);
        page(2, H_R | H_X, 0);
        page(2, H_R | H_W, 1);
        page(0, H_R | H_X, 1);
        page(1, H_R | H_W, 3);
        page(1, H_R, 2);
        page(3, H_R | H_W, 0);
        trees_put(spaces[1], AT(1) + H_PAGE_SIZE, forest_page(1), H_PAGE_LOG2,
                  H_R | H_W | H_X, NOBODY);
}

TEST(walk_takes_rights)
{
        static const unsigned tops[] = { 0, 1, 3, 5 };
        static const unsigned rights[] = { 0, H_X, H_W, H_W | H_X };

        family();
        for (unsigned i = 0; i < 4; i++)
                for (unsigned j = 0; j < 8; j++) {
                        trees_walk(trees_all(tops[i]), rights[j % 4], j >= 4,
                                   j >= 4 ? "rights are taken from a tree"
                                          : "rights are taken below its top");
                        trees_restore();
                }
        forest_check("rights have been taken");
}

TEST(walk_takes_all)
{
        family();
        for (unsigned top = 0; top < 8; top++) {
                trees_walk(trees_all(top), H_R, false,
                           "all that was made out of a page is taken");
                trees_restore();
                trees_walk(trees_all(top), H_R | H_W | H_X, true,
                           "a page is taken, with all that was made out of it");
                trees_restore();
        }
        forest_check("mappings have been taken");
}
