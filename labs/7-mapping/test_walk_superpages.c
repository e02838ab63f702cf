// SPDX-License-Identifier: MIT
// Walks over superpages: as one, and one page of them.
#include "trees.h"

#define ALL (H_R | H_W | H_X)
#define AT(i) (0x01000000u + (i)*H_SUPERPAGE_SIZE)

static struct space *spaces[4];
static uint32_t memory;

static void
begin(void)
{
        trees_begin(1);
        for (unsigned i = 0; i < 4; i++)
                spaces[i] = forest_space();
        memory = forest_superpage(0);
}

static unsigned
superpage(unsigned space, unsigned rights, unsigned parent)
{
        return trees_put(spaces[space], AT(node_count), memory,
                         H_SUPERPAGE_LOG2, rights, parent);
}

static unsigned
page(unsigned space, unsigned spot, unsigned rights, unsigned parent)
{
        return trees_put(spaces[space], AT(20) + node_count * 0x5000u,
                         memory + spots[spot], H_PAGE_LOG2, rights, parent);
}

//      0 #                                  # a superpage
//      |- 2 # - 3 # - 8 (spot 1)
//      |- 1 #
//      |  |- 4 (spot 1)
//      |  `- 5 (spot 2)
//      |- 6 (spot 1) - 9
//      `- 7 (spot 0)
static void
family(void)
{
        begin();
        superpage(0, ALL, NOBODY);
        superpage(1, H_R | H_W, 0);
        superpage(2, H_R | H_X, 0);
        superpage(3, H_R | H_X, 2);
        page(2, 1, H_R | H_W, 1);
        page(2, 2, H_R | H_W, 1);
        page(1, 1, ALL, 0);
        page(3, 0, H_R | H_W, 0);
        page(0, 1, H_R, 3);
        page(3, 1, H_R | H_W, 6);
}

TEST(superpages_go_as_one)
{
        static const unsigned rights[] = { 0, H_X, H_W, H_R };

        family();
        uint32_t pool = pool_left();
        for (unsigned top = 0; top < 3; top += 2)
                for (unsigned i = 0; i < 8; i++) {
                        trees_walk(trees_all(top), rights[i % 4], i >= 4,
                                   "a walk over all of a superpage");
                        trees_restore();
                }
        trees_check("all of a superpage has been taken");
        expect_number(pool, pool_left(),
                      "pages that the pool has left: no table was needed");
}

TEST(walk_over_a_page_of_a_superpage)
{
        family();
        trees_walk(trees_at(0, 1), H_W, false,
                   "writing is taken below one page of a superpage");
        trees_walk(trees_at(0, 1), H_X, false,
                   "executing is taken below the same page");
        trees_walk(trees_at(0, 2), H_W, true,
                   "writing is taken from another page, and below");
        trees_walk(trees_at(2, 0), H_X, true,
                   "executing is taken from the first page of a child");
        trees_walk(trees_at(0, 1), H_R, false,
                   "all that was made out of one page is taken");
        struct range two = trees_at(1, 4);
        two.last = trees_at(1, 5).last;
        trees_walk(two, H_R, true, "the last two pages of a child are taken");
        trees_walk(trees_at(0, 0), H_R, true, "a page is taken, and below");
        trees_check("pages of superpages have been taken");
}

TEST(nothing_is_split_without_need)
{
        family();
        for (unsigned spot = 0; spot < SPOTS; spot++)
                trees_walk(trees_at(0, spot), 0, spot % 2 == 0,
                           "nothing is taken from a page of a superpage");
        trees_walk(trees_at(2, 1), H_W, true,
                   "superpages have not got the right that is taken");
        trees_walk(trees_at(3, 2), H_R, false,
                   "nothing was made out of this page of the superpage");
        trees_walk(trees_at(3, 1), H_R, false,
                   "only a page was made out of this page of the superpage");
        trees_walk(trees_at(1, 2), H_W, false,
                   "only a page has rights to this page of the superpage");
        trees_check("nothing was to be split");
}

// Tables that are no longer needed come back to the pool.
static void
walk_without_tables(struct range range, unsigned rights, bool own,
                    const char *when)
{
        struct h_pagemap_page table;

        while (pool_take(&table))
                ;
        trees_walk(range, rights, own, when);
}

// A superpage in pages, and two pages that were made out of it.
static void
broken(unsigned space, unsigned rights)
{
        unsigned node = superpage(space, rights, 0);

        trees_walk(trees_at(node, 0), H_W, true, "a superpage is split");
        page(1, 1, rights, node);
        page(2, 2, rights, node);
}

TEST(walk_without_tables)
{
        family();
        // One behind those that cannot be split, one in front of them.
        broken(3, ALL);
        superpage(2, H_R | H_W, 0);
        page(1, 1, H_R | H_W, 13);
        page(1, 2, H_R | H_W, 13);
        broken(3, ALL);
        page(3, 2, H_R | H_W, 0);

        trees_no_tables = true;
        walk_without_tables(
                trees_at(0, 1), H_W, false,
                "writing is taken below a page, and there is no table");
        walk_without_tables(
                trees_at(2, 4), H_X, true,
                "executing is taken from a page, and there is no table");
        walk_without_tables(
                trees_at(2, 1), H_R, false,
                "reading is taken below a page, and there is no table");
        walk_without_tables(trees_at(1, 2), H_R, true,
                            "a page is taken, and there is no table");
        trees_check("superpages could not be split");
}
