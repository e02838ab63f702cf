// SPDX-License-Identifier: MIT
// Walks over superpages of which pages are gone, and where something else is there now.
#include "trees.h"

#define AT 0x01000000u
#define RW (H_R | H_W)
#define RX (H_R | H_X)

static struct space *a, *b, *c;
static struct mapping *large;
static uint32_t memory, other, kernels;

static uint32_t
page_in(unsigned number)
{
        return AT + number * H_PAGE_SIZE;
}

static void
walk(struct space *space, uint32_t first, uint32_t last, unsigned rights,
     bool own, const char *when)
{
        struct map_walk walk;

        trying("a walk over 0x%08x to 0x%08x, rights %u: %s", first, last,
               rights, when);
        map_walk_begin(&walk, space, first, last, rights, own);
        trees_walk_on(&walk, 8 * 1024 + 100, when);
        trying_over();
}

static void
take_page(struct space *space, unsigned number, bool own, const char *when)
{
        walk(space, page_in(number), page_in(number), H_R, own, when);
}

// A has a superpage, B has it from A, and C has two pages of it from B. Of B's pages 3 to 5
// are gone: in place of 3 there is a page of the kernel's own, in place of 4 another page,
// which is C's, too.
static void
begin(void)
{
        trees_begin(1);
        a = forest_space();
        b = forest_space();
        c = forest_space();
        memory = forest_superpage(0);
        other = forest_page(0);
        kernels = forest_page(1);
        large = forest_put(a, AT, memory, H_SUPERPAGE_LOG2, RW | H_X, NULL);
        struct mapping *child =
                forest_put(b, AT, memory, H_SUPERPAGE_LOG2, RW | H_X, large);
        for (unsigned i = 3; i <= 5; i++)
                take_page(b, i, true, "a page of a superpage is taken");
        expect_number(1021, child->left, "`left` when three pages are gone");
        if (page_map(b, page_in(3), kernels, H_PAGE_LOG2, RW) != PAGE_OK)
                fail("the test's own page_map");
        struct mapping *top =
                forest_put(b, page_in(4), other, H_PAGE_LOG2, RW, NULL);
        forest_put(c, 0x1000, other, H_PAGE_LOG2, RW, top);
        forest_put(c, 0x2000, memory + 6 * H_PAGE_SIZE, H_PAGE_LOG2, RW, child);
        forest_put(c, 0x3000, memory + 7 * H_PAGE_SIZE, H_PAGE_LOG2, RW, child);
}

// What is in the holes is used, and it is not this tree's use.
static void
expect_holes(const char *when)
{
        forest_expect_page(b, page_in(3), kernels, RW, when);
        forest_expect_page(b, page_in(4), other, RW, when);
        forest_expect_page(c, 0x1000, other, RW, when);
}

// A superpage in pages, from which writing is taken: page by page.
static void
take_writing_from_first_pages(void)
{
        struct map_walk walk;

        map_walk_begin(&walk, a, AT, AT + (H_SUPERPAGE_SIZE - 1), H_W, false);
        for (unsigned i = 0; page_at(b, page_in(8)).rights & H_W; i++)
                if (!map_walk_step(&walk) || i > 100)
                        fail("writing is taken from a superpage in pages: not "
                             "from the ninth after %u steps",
                             i);
        map_walk_end(&walk);
}

TEST(walk_over_holes)
{
        begin();
        for (unsigned i = 3; i <= 5; i++) {
                walk(a, page_in(i), page_in(i), H_W, false,
                     "writing is taken below a page, and a child has a hole");
                take_page(a, i, false,
                          "below a page is taken, and a child has a hole");
        }
        expect_holes("pages with holes in a child have been taken");
        walk(b, page_in(2), page_in(2), H_X, true,
             "executing is taken from one page of a superpage in pages");
        take_writing_from_first_pages();
        expect_holes("writing has been taken, and a child has holes");
        forest_expect_page(b, page_in(1), memory + H_PAGE_SIZE, RX,
                           "writing has been taken");
        forest_expect_page(b, page_in(2), memory + 2 * H_PAGE_SIZE, H_R,
                           "writing has been taken, and executing before");
        forest_expect_page(b, page_in(1000), memory + 1000 * H_PAGE_SIZE,
                           RW | H_X, "the walk has not come to this page yet");
        for (unsigned i = 6; i <= 7; i++)
                take_page(b, i, true, "a page is taken");
        expect_number(4, mapdb_used(), "mappings: two of either memory");
        mapping_find(b, AT, H_SUPERPAGE_LOG2)->left = 1;
        take_page(b, 1023, true, "the last page that is left is taken");
        expect_number(3, mapdb_used(),
                      "mappings when nothing is left of a superpage");
        forest_check_links("walks over holes");
}

// Somebody else has taken its pages from one on, but not the last one.
static void
lose_but_last(struct mapping *mapping, unsigned from)
{
        for (unsigned i = from; i < 1023; i++)
                page_unmap(b, page_in(i), H_PAGE_LOG2);
        mapping->left = 1;
}

// Range by range, in the space that has the holes: what is there is walked over, too.
TEST(broken_superpages_go_page_by_page)
{
        begin();
        walk(b, AT, page_in(5), H_R, true, "the first six pages are taken");
        forest_expect_page(b, page_in(3), kernels, RW,
                           "the kernel's own page, in a range that is taken");
        forest_expect_page(b, page_in(4), other, 0,
                           "another page in the range");
        forest_expect_page(c, 0x1000, other, 0, "what was made out of that");
        expect_number(1018, mapping_find(b, AT, H_SUPERPAGE_LOG2)->left,
                      "`left` after six pages");
        forest_expect_page(c, 0x2000, memory + 6 * H_PAGE_SIZE, RW,
                           "what was made out of the seventh page");
        walk(b, page_in(6), page_in(7), H_R, true, "two more are taken");
        expect_number(2, mapdb_used(), "mappings: the superpage's two");

        struct mapping *top =
                forest_put(b, page_in(4), other, H_PAGE_LOG2, RW, NULL);
        forest_put(c, 0x1000, other, H_PAGE_LOG2, RW, top);
        forest_touch(b, page_in(3), H_W);
        forest_touch(b, page_in(4), H_W);
        lose_but_last(mapping_find(b, AT, H_SUPERPAGE_LOG2), 8);
        walk(a, AT, AT + (H_SUPERPAGE_SIZE - 1), H_W, false,
             "writing is taken where only the last page is left");
        expect_holes("writing is taken, and a child has holes");
        forest_expect_page(b, page_in(1023), memory + 1023 * H_PAGE_SIZE, RX,
                           "writing has been taken from the last page");
        walk(a, AT, AT + (H_SUPERPAGE_SIZE - 1), H_R, false,
             "all is taken where only the last page is left");
        expect_holes("all is taken, and a child had holes");
        expect_number(3, mapdb_used(),
                      "mappings when nothing is left of a superpage");
        expect_hex(0, large->used,
                   "use that was told: what was used is in the holes");
        take_page(a, 1023, true, "a page of the first superpage is taken");
        expect_number(1023, large->left, "`left` of the first superpage");
        forest_check_links("superpages have gone page by page");
}
