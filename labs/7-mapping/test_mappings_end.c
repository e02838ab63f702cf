// SPDX-License-Identifier: MIT
// Tests of mappings that move and end: what goes with them and what stays, what is told,
// and walks that stand there.
#include "nodes.h"

// --- Moving -----------------------------------------------------------------------------

// All of a mapping that does not depend on where it lies.
static void
expect_kept(const struct mapping *due, const struct mapping *found,
            const char *when)
{
        expect_node(found, found->space, found->address, due->frame, due->log2,
                    due->parent, when);
        expect_mapping(due->children, found->children, when);
        expect_number(due->left, found->left, "%s: `left`", when);
        expect_bool(due->broken, found->broken, "%s: `broken`", when);
        expect_number(due->used, found->used, "%s: `used`", when);
        expect_number(due->news, found->news, "%s: `news`", when);
        expect_number(due->watched, found->watched, "%s: `watched`", when);
        if (due->parent &&
            (due->next != found->next || due->last != found->last))
                fail("%s: it stands at another place in its parent's ring",
                     when);
}

static void
move(struct mapping *mapping, struct space *to, uint32_t address,
     const char *when)
{
        struct mapping before = *mapping;
        struct mapping *parent = mapping->parent;
        struct mapping of_parent = parent ? *parent : before;

        trying("mapping_move of what is at 0x%08x, 2^%u bytes, to 0x%08x",
               before.address, before.log2, address);
        mapping_move(mapping, to, address);
        trying_over();
        forest_check_links(when);
        if (mapping->space != to)
                fail("%s: it is not the other space's", when);
        expect_hex(address, mapping->address, "%s: its address", when);
        expect_kept(&before, mapping, when);
        if (parent)
                expect_kept(&of_parent, parent,
                            "the parent of one that has moved");
        expect_mapping(NULL,
                       mapping_find(before.space, before.address, before.log2),
                       "mapping_find where it has been");
        expect_mapping(mapping, mapping_find(to, address, before.log2),
                       "mapping_find where it is now");
}

TEST(mapping_moves)
{
        nodes_begin();
        struct space *a = forest_space(), *b = forest_space();
        struct mapping *large =
                node_superpage(a, 0x40000000, NODES_MEMORY, NULL);
        struct mapping *part = node_page(b, 0x1000, NODES_PAGE(3), large);
        struct mapping *same = node_page(b, 0x2000, NODES_PAGE(3), part);

        for (uint32_t i = 0; i < 3; i++) {
                node_page(a, 0x10000 + i * H_PAGE_SIZE, NODES_PAGE(3), large);
                node_page(b, 0x20000 + i * H_PAGE_SIZE, NODES_PAGE(3), part);
        }
        large->left = 1000;
        large->broken = true;
        mapping_note_used(large, H_R | H_W);
        mapping_note_used(part, H_R);
        mapping_tell_owner(part);
        mapping_note_used(part, H_W);

        move(same, a, 0x2000, "a page out of a page, to another space");
        move(same, a, 0, "to address 0 of the same space");
        move(part, b, 0x3000, "a page out of a superpage, in its space");
        move(part, a, 0x3000, "to the space of its parent");
        expect_mapping(large, part->parent, "its parent");
        move(large, b, 0x80000000, "a superpage, with what was made out of it");
        move(large, b, 0, "to address 0");
        move(part, b, 0, "one of its pages to the same address");
        expect_mapping(large, mapping_find(b, 0, H_SUPERPAGE_LOG2),
                       "mapping_find of the superpage at this address");

        uint32_t tops = 0;
        for (const struct mapping *at = mapping_top(large, NODES_PAGE(3), NULL);
             at && tops < NODES_ROOM;
             at = mapping_top(large, NODES_PAGE(3), at))
                tops++;
        expect_number(4, tops, "mapping_top, with the superpage as parent");
}

// --- Ending -----------------------------------------------------------------------------

static void
expect_told(unsigned used, unsigned news, const struct mapping *mapping,
            const char *when)
{
        expect_number(used, mapping->used, "%s: `used` of its parent" USED,
                      when);
        expect_number(news, mapping->news, "%s: `news` of its parent" USED,
                      when);
}

TEST(mapping_ends_and_tells)
{
        nodes_begin();
        struct space *a = forest_space(), *b = forest_space();
        struct mapping *top = node_page(a, 0, NODES_MEMORY, NULL);
        struct mapping *parent = node_page(a, 0x1000, NODES_MEMORY, top);
        struct mapping *child = node_page(b, 0, NODES_MEMORY, parent);

        mapping_end(child);
        forest_check_links("one that has not been used has ended");
        expect_told(0, 0, parent, "it has not been used");
        expect_mapping(NULL, mapping_find(b, 0, H_PAGE_LOG2),
                       "mapping_find of one that has ended");

        child = node_page(b, 0x5000, NODES_MEMORY, parent);
        mapping_note_used(child, H_R);
        mapping_end(child);
        expect_told(H_R, H_R, parent, "it has been read");
        expect_told(0, 0, top, "what was made out of the parent has been read");

        // What its parent knows already is not told again, whatever its owner knows.
        child = node_page(b, 0x6000, NODES_MEMORY, parent);
        mapping_note_used(child, H_R | H_W);
        mapping_tell_parent(child);
        mapping_tell_owner(parent);
        mapping_tell_parent(parent);
        mapping_end(child);
        expect_told(0, 0, parent, "it has told its parent before");
        expect_told(H_R | H_W, H_R | H_W, top, "that has told its own");

        child = node_page(b, 0x7000, NODES_MEMORY, parent);
        mapping_note_used(child, H_R | H_W);
        mapping_tell_owner(child);
        mapping_end(child);
        expect_told(H_R | H_W, H_R | H_W, parent, "only its owner knows");

        mapping_end(parent);
        forest_check_links("its parent has ended too");
        expect_mapping(top, mapping_top(NULL, NODES_MEMORY, NULL),
                       "mapping_top with the kernel as parent");
        mapping_end(top);
        forest_check_links("all have ended");
        expect_mapping(NULL, mapping_top(NULL, NODES_MEMORY, NULL),
                       "mapping_top when the kernel has it again");
        expect_number(0, gifts_within(NODES_MEMORY),
                      "pages that the kernel has given away there");
        expect_number(0, mapdb_used(), "mapdb_used() when all have ended");
}

// All of it, and all of it again: in each turn other ones are out of each other.
TEST(supply_comes_back)
{
        static struct mapping *all[NODES_ROOM];

        nodes_begin();
        struct space *a = forest_space();
        for (uint32_t turn = 1; turn <= 3; turn++) {
                for (uint32_t i = 0; i < NODES_ROOM; i++)
                        all[i] = node_page(a, (i + 1) * H_PAGE_SIZE,
                                           NODES_PAGE(i % turn),
                                           i < turn ? NULL : all[i - turn]);
                expect_number(mapdb_room(), mapdb_used(),
                              "mapdb_used() when the supply is used up");
                forest_check_links("the supply is used up");
                for (uint32_t i = NODES_ROOM; i-- > 0;) {
                        mapping_end(all[i]);
                        expect_number(i, mapdb_used(),
                                      "mapdb_used() when one has ended");
                }
                forest_check_links("all have ended");
        }
}

// --- Walks that stand there -----------------------------------------------------------------

#define THERE 4u
enum what {
        ENDS,
        MOVES,
        MOVES_WITHIN,
        KINDS
};

static const char *const whats[] = { "ends", "goes to another space",
                                     "goes to another address" };

// Of the mappings of a space the one that stands so far from the first.
static struct mapping *
standing_at(const struct space *space, uint32_t place)
{
        struct mapping *at = space->mappings;

        while (at && place-- > 0)
                at = at->next_here;
        return at;
}

static void
do_it(struct mapping *mapping, enum what what, struct space *to)
{
        if (what == ENDS)
                mapping_end(mapping);
        else
                mapping_move(mapping, what == MOVES ? to : mapping->space,
                             0x7000000);
}

// Two walks stand at the mapping at a place, a third one at the one behind it.
static void
check_here(struct space *a, struct space *b, uint32_t place, enum what what)
{
        struct map_walk walks[3];

        nodes_clear();
        for (uint32_t i = 0; i < THERE; i++)
                node_page(a, 0x1000 * (i + 1), NODES_PAGE(i), NULL);
        struct mapping *goes = standing_at(a, place);
        struct mapping *behind = standing_at(a, place + 1);
        for (uint32_t i = 0; i < 3; i++) {
                map_walk_begin(&walks[i], a, 0, H_KERNEL_SPACE - 1, 0, false);
                walk_stand(&walks[i].here, i < 2 ? goes : behind);
        }
        do_it(goes, what, b);
        for (uint32_t i = 0; i < 3; i++)
                if (walks[i].here != behind)
                        fail("the mapping at place %u of %u of a space %s; a "
                             "walk that stood %s it is not at what was the "
                             "next one",
                             place, THERE, whats[what],
                             i < 2 ? "at" : "behind");
        if (what != ENDS)
                expect_number(0, goes->watched, "walks that stand there");
        if (behind)
                expect_number(3, behind->watched,
                              "walks that stand at the next one");
        forest_check_links(whats[what]);
        for (uint32_t i = 0; i < 3; i++)
                map_walk_end(&walks[i]);
}

// A walk that has begun at a mapping, in the tree, and one that has come to it there from
// its parent.
static void
check_in_tree(struct space *a, struct space *b, enum what what)
{
        struct map_walk walks[2];

        nodes_clear();
        struct mapping *top = node_page(a, 0x1000, NODES_MEMORY, NULL);
        struct mapping *goes = node_page(a, 0x2000, NODES_MEMORY, top);
        for (uint32_t i = 0; i < 2; i++) {
                map_walk_begin(&walks[i], a, 0x1000, 0x1FFF, H_R, false);
                walk_stand(&walks[i].top, i == 0 ? goes : top);
                walk_stand_in_tree(&walks[i], goes, i == 0);
        }
        do_it(goes, what, b);
        if (walks[0].top || walks[0].cursor || !walks[0].lost)
                fail("a mapping %s; a walk over what was made out of it goes "
                     "on there",
                     whats[what]);
        if (walks[1].top != top || walks[1].cursor != goes || walks[1].lost)
                fail("a mapping %s; a walk that has come to it from its parent "
                     "does not stand there any more",
                     whats[what]);
        for (uint32_t i = 0; i < 2; i++)
                map_walk_end(&walks[i]);
}

TEST(walks_leave_what_goes)
{
        nodes_begin();
        struct space *a = forest_space(), *b = forest_space();

        for (uint32_t what = ENDS; what < KINDS; what++)
                for (uint32_t place = 0; place < THERE; place++)
                        check_here(a, b, place, what);
        check_in_tree(a, b, MOVES);
        check_in_tree(a, b, MOVES_WITHIN);
}
