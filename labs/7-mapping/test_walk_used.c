// SPDX-License-Identifier: MIT
// What walks tell about use.
#include "trees.h"

#define ALL (H_R | H_W | H_X)
#define RW (H_R | H_W)
#define AT(i) (0x01000000u + (i)*H_SUPERPAGE_SIZE)

static struct space *spaces[4];

static void
begin(void)
{
        trees_begin(1);
        for (unsigned i = 0; i < 4; i++)
                spaces[i] = forest_space();
}

static void
touch(unsigned node, unsigned how)
{
        forest_touch(nodes[node].space, nodes[node].at, how);
}

static void
asks(unsigned due, unsigned node, const char *when)
{
        expect_hex(due, trees_walk(trees_all(node), 0, false, when),
                   "%s: use that is told to who has node %u" USED, when, node);
}

static unsigned
page(unsigned space, unsigned parent)
{
        return trees_put(spaces[space], AT(node_count), forest_page(0),
                         H_PAGE_LOG2, RW, parent);
}

//      0
//      |- 1 - 3 - 5
//      |  `-- 4
//      `- 2
static void
family(void)
{
        static const unsigned parents[] = { NOBODY, 0, 0, 1, 1, 3 };

        for (unsigned i = 0; i < 6; i++)
                page(i % 4, parents[i]);
}

static void
tell_of_pages(void)
{
        family();
        asks(0, 0, "nobody has used anything");
        touch(5, H_W);
        asks(0, 4, "below a neighbour it is used");
        asks(RW, 3, "what was made out of it is written");
        asks(0, 3, "it has been told");
        asks(RW, 0, "what is far below is written");
        asks(0, 0, "it has been told");
        asks(RW, 1, "another one has asked before");
        asks(RW, 5, "others have asked before");
        touch(4, H_R);
        touch(2, H_W);
        asks(H_R, 1, "one of its children is read");
        asks(RW, 0, "children are read and written");
        touch(1, H_R);
        asks(H_R, 1, "it is read itself");
        asks(H_R, 0, "its child is read");
        asks(0, 0, "it has been told");

        // What goes, and what has fewer rights, tells too.
        touch(4, H_W);
        expect_hex(RW, trees_walk(trees_all(1), H_R, false, "all below goes"),
                   "use of what goes, told to who takes it");
        touch(2, H_W);
        expect_hex(RW, trees_walk(trees_all(0), H_W, true, "writing goes"),
                   "use of what may be written no more");
        touch(1, H_R);
        expect_hex(H_R, trees_walk(trees_all(0), H_R, true, "all goes"),
                   "use of what goes, told to who had it first");
        forest_check("all is gone");
}

// A superpage is one; a page of it tells for the superpage what it was.
static void
tell_of_superpages(void)
{
        uint32_t memory = forest_superpage(0);

        node_count = 0;
        trees_put(spaces[0], AT(0), memory, H_SUPERPAGE_LOG2, ALL, NOBODY);
        trees_put(spaces[1], AT(1), memory, H_SUPERPAGE_LOG2, RW, 0);
        trees_put(spaces[2], AT(2), memory + spots[2], H_PAGE_LOG2, RW, 1);

        forest_touch(spaces[1], AT(1) + spots[4], H_W);
        asks(RW, 0, "a child, a superpage, is written");
        asks(0, 0, "it has been told");
        touch(2, H_W);
        expect_hex(0, trees_walk(trees_at(0, 1), 0, false, "asked of a page"),
                   "use of one page, and another one is written");
        expect_hex(RW, trees_walk(trees_at(0, 2), 0, false, "asked of a page"),
                   "use of one page of a superpage");
        touch(2, H_R);
        asks(H_R, 0, "a page of a child is read");

        trees_walk(trees_at(1, 1), H_W, true, "a superpage is split");
        forest_touch(spaces[1], AT(1) + spots[4], H_W);
        expect_hex(RW, trees_walk(trees_at(0, 4), 0, false, "asked of a page"),
                   "use of a page of a child in pages");
        expect_hex(RW, trees_walk(trees_at(1, 4), 0, false, "asked of a page"),
                   "use of a page of a superpage in pages");
        forest_touch(spaces[1], AT(1) + spots[2], H_R);
        expect_hex(H_R,
                   trees_walk(trees_at(1, 2), H_R, true, "a page is taken"),
                   "use of a page that goes");
        expect_hex(H_R, trees_walk(trees_at(0, 0), 0, false, "asked of a page"),
                   "use of a page that is gone, told above");
        forest_check_links("use has been asked for");
}

// What lies behind a page or a superpage in the same space is not a part of it.
static void
tell_of_neighbours(void)
{
        uint32_t memory = forest_superpage(0);

        node_count = 0;
        trees_put(spaces[0], AT(0), forest_page(0), H_PAGE_LOG2, RW, NOBODY);
        trees_put(spaces[0], AT(0) + H_PAGE_SIZE, forest_page(1), H_PAGE_LOG2,
                  RW, NOBODY);
        touch(1, H_W);
        asks(0, 0, "the page behind it is written");
        asks(RW, 1, "the page before it has been asked about");
        // Asked about both, what each of them says counts.
        for (unsigned i = 0; i < 2; i++) {
                struct range both = trees_all(0);
                both.last += H_PAGE_SIZE;
                touch(i, H_W);
                touch(1 - i, H_R);
                expect_hex(RW, trees_walk(both, 0, false, "two pages"),
                           "use of two pages, number %u of which is written",
                           i);
        }
        trees_end(0);
        trees_end(1);

        node_count = 0;
        trees_put(spaces[0], AT(0), memory, H_SUPERPAGE_LOG2, RW, NOBODY);
        trees_put(spaces[0], AT(1), forest_page(0), H_PAGE_LOG2, RW, NOBODY);
        trees_walk(trees_at(0, 1), H_W, true, "a superpage is split");
        touch(1, H_W);
        asks(0, 0, "what lies behind its last page is written");
        asks(RW, 1, "the superpage before it has been asked about");
        trees_end(0);
        trees_end(1);
}

TEST(walk_tells_who_has_used_it)
{
        begin();
        tell_of_pages();
        tell_of_neighbours();
        tell_of_superpages();
}
