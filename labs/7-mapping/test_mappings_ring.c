// SPDX-License-Identifier: MIT
// Tests of the ring of children: superpages first, whoever begins and ends; and that
// nothing takes longer because they are many.
#include "nodes.h"

#define MOST 4u

static struct space *space;
static struct mapping *parent;

// One more child: a superpage, or one of the first pages of the parent.
static struct mapping *
child(uint32_t number, bool large)
{
        if (large)
                return node_superpage(space, (1 + number) * H_SUPERPAGE_SIZE,
                                      NODES_MEMORY, parent);
        return node_page(space, (1 + number) * H_SUPERPAGE_SIZE,
                         NODES_PAGE(number % 2), parent);
}

// Each way in which pages and superpages may follow one another.
TEST(children_superpages_first)
{
        nodes_begin();
        space = forest_space();
        for (uint32_t sizes = 0; sizes < 1u << MOST; sizes++) {
                nodes_clear();
                parent = node_superpage(space, 0, NODES_MEMORY, NULL);
                for (uint32_t i = 0; i < MOST; i++) {
                        child(i, (sizes >> i & 1) != 0);
                        // Once is enough for those that begin in the same way.
                        if (sizes >> (i + 1) == 0)
                                forest_check_links("one more child");
                }
        }
}

// The child that stands so far from the first one.
static struct mapping *
standing_at(uint32_t place)
{
        struct mapping *at = parent->children;

        while (place-- > 0)
                at = at->next;
        return at;
}

// Begins as many as `there`, ends the one at a place, and then all others.
static void
end_from(uint32_t there, uint32_t sizes, uint32_t place)
{
        for (uint32_t i = 0; i < there; i++)
                child(i, (sizes >> i & 1) != 0);
        mapping_end(standing_at(place));
        expect_number(there, mapdb_used(),
                      "mapdb_used() when one of %u children has ended, and "
                      "their parent is there",
                      there);
        forest_check_links(there == 1 ? "the only child has ended"
                                      : "one of some children has ended");
        for (uint32_t left = there - 1; left > 0; left--)
                mapping_end(standing_at(place % left));
        expect_mapping(NULL, parent->children,
                       "children of one of which all have ended");
}

// The only one, the first, a middle one, the last one.
TEST(children_end)
{
        nodes_begin();
        space = forest_space();
        parent = node_superpage(space, 0, NODES_MEMORY, NULL);
        for (uint32_t there = 1; there <= 4; there++)
                for (uint32_t sizes = 0; sizes < 1u << there; sizes++)
                        for (uint32_t place = 0; place < there; place++)
                                end_from(there, sizes, place);
        forest_check_links("all have ended");
        expect_number(1, mapdb_used(), "mapdb_used() when all have ended");
}

// --- Many ----------------------------------------------------------------------------------

#define SUPERPAGES 320u
#define MANY (SUPERPAGES + 1020u)

// Out of one superpage so many others are made, and then pages, all of one page of it: all of
// them are in one ring, the pages in one chain of (parent, frame), and all in one space. The
// limit of the test is that of instructions.
static struct mapping *many[MANY];

static unsigned
log2_of(uint32_t number)
{
        return number < SUPERPAGES ? H_SUPERPAGE_LOG2 : H_PAGE_LOG2;
}

static uint32_t
address_of(uint32_t number)
{
        return 0x10000000 + number * (1u << log2_of(number));
}

static void
begin_from(uint32_t first, uint32_t end)
{
        for (uint32_t i = first; i < end; i++)
                many[i] = mapping_begin(space, address_of(i), NODES_MEMORY,
                                        log2_of(i), parent);
}

static void
find_all(void)
{
        for (uint32_t i = 0; i < MANY; i++)
                expect_mapping(many[i],
                               mapping_find(space, address_of(i), log2_of(i)),
                               "mapping_find, and the space has many");
}

// One behind the other; and again and again the only one of another page.
static void
look_at_tops(void)
{
        struct mapping *single =
                node_page(space, 0x1000, NODES_PAGE(1), parent);
        uint32_t tops = 0;

        for (const struct mapping *at = mapping_top(parent, NODES_MEMORY, NULL);
             at && tops < MANY; at = mapping_top(parent, NODES_MEMORY, at))
                tops++;
        expect_number(MANY - SUPERPAGES, tops,
                      "mapping_top, one behind the other");
        for (uint32_t i = 0; i < MANY; i++)
                expect_mapping(single, mapping_top(parent, NODES_PAGE(1), NULL),
                               "mapping_top, the only one of its page");
        mapping_end(single);
}

// One more, which comes and goes again and again.
static void
come_and_go(void)
{
        for (uint32_t i = 0; i < MANY / 4; i++)
                mapping_end(mapping_begin(space, 0x1000, NODES_PAGE(1),
                                          H_PAGE_LOG2, parent));
}

// Half of them: there are many before one of them, or behind it.
static void
end_oldest_pages(void)
{
        for (uint32_t i = 0; i < MANY / 2; i++)
                mapping_end(many[SUPERPAGES + i]);
}

// What is done more than once is what a search makes slow and a right solution hardly:
// what the test needs by itself is the same.
TEST(thousand_children)
{
        forest_begin_wide(0);
        space = forest_space();
        struct space *other = forest_space();

        if (mapdb_room() < MANY + 2)
                fail("the test needs more mappings than there are");
        parent = node_superpage(space, 0, NODES_MEMORY, NULL);
        begin_from(0, MANY);
        find_all();
        find_all();
        look_at_tops();
        come_and_go();
        for (uint32_t i = 0; i < MANY; i += 2)
                mapping_move(many[i], other, address_of(i));
        for (unsigned times = 0; times < 2; times++) {
                end_oldest_pages();
                begin_from(SUPERPAGES, SUPERPAGES + MANY / 2);
        }
        end_oldest_pages();
        // And then the youngest first.
        for (uint32_t i = MANY; i-- > MANY / 2 + SUPERPAGES;)
                mapping_end(many[i]);
        for (uint32_t i = 0; i < SUPERPAGES; i++)
                mapping_end(many[i]);
        expect_mapping(NULL, parent->children,
                       "children of one of which all have ended");
        expect_number(1, mapdb_used(),
                      "mapdb_used() when all but the parent "
                      "have ended");
}
