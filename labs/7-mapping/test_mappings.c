// SPDX-License-Identifier: MIT
// Tests of mappings that have begun: where they stand, and how they are found.
#include "nodes.h"

static void
check(const char *when, uint32_t due)
{
        expect_number(due, mapdb_used(), "%s: mapdb_used()", when);
        forest_check_links(when);
}

TEST(mapping_begins)
{
        nodes_begin();
        struct space *a = forest_space(), *b = forest_space();

        struct mapping *page = node_page(a, 0x00403000, 0x1234000, NULL);
        check("a page from the kernel", 1);
        struct mapping *large =
                node_superpage(a, 0x40000000, NODES_MEMORY, NULL);
        check("a superpage from the kernel", 2);
        node_page(b, 0, 0x1234000, page);
        check("a page out of a page, at address 0", 3);
        node_page(b, 0xBFFFF000, NODES_PAGE(3), large);
        check("a page out of a superpage, at the end of user space", 4);
        struct mapping *part = node_page(a, 0x1000, NODES_PAGE(3), large);
        check("the same page once more", 5);
        node_superpage(b, 0x80000000, NODES_MEMORY, large);
        check("a superpage out of a superpage", 6);
        node_page(a, 0x2000, NODES_PAGE(3), part);
        check("a page out of a page that is out of a superpage", 7);
        node_page(a, 0x3000, NODES_MEMORY, large);
        check("a superpage's first page", 8);
        expect_number(1, gifts_within(0x1234000),
                      "pages that the kernel has given away there");
}

// --- By space and address ---------------------------------------------------------------

static struct mapping *
find(const struct space *space, uint32_t address, unsigned log2,
     const struct mapping *due)
{
        struct mapping *found = mapping_find(space, address, log2);

        expect_mapping(due, found,
                       log2 == H_PAGE_LOG2
                               ? "mapping_find with a page's size"
                               : "mapping_find with a superpage's size");
        return found;
}

TEST(mapping_is_found)
{
        nodes_begin();
        struct space *a = forest_space(), *b = forest_space();

        find(a, 0, H_PAGE_LOG2, NULL);
        find(a, 0, H_SUPERPAGE_LOG2, NULL);
        struct mapping *page = node_page(a, 0, NODES_MEMORY, NULL);
        find(a, 0, H_PAGE_LOG2, page);
        find(a, 0, H_SUPERPAGE_LOG2, NULL);
        find(b, 0, H_PAGE_LOG2, NULL);
        find(a, 0x1000, H_PAGE_LOG2, NULL);

        // The same address, the other size, and another space.
        struct mapping *large = node_superpage(a, 0, 0x1000000, NULL);
        struct mapping *other = node_page(b, 0, NODES_MEMORY, page);
        find(a, 0, H_PAGE_LOG2, page);
        find(a, 0, H_SUPERPAGE_LOG2, large);
        find(b, 0, H_PAGE_LOG2, other);
        find(b, 0, H_SUPERPAGE_LOG2, NULL);

        // One that does not begin there.
        find(a, 0x1000, H_PAGE_LOG2, NULL);
        find(a, 0x1000, H_SUPERPAGE_LOG2, NULL);
        find(a, 0x00400000, H_SUPERPAGE_LOG2, NULL);

        // Its first page is no more, nor are most others.
        large->broken = true;
        large->left = 3;
        find(a, 0, H_SUPERPAGE_LOG2, large);
}

// The next page from an address on that is in the same chain as another one of a space.
static uint32_t
next_in_chain(const struct space *space, uint32_t at,
              const struct space *of_space, uint32_t of)
{
        while (found_chain(space, at) != found_chain(of_space, of))
                at += H_PAGE_SIZE;
        return at;
}

#define CHAINED 5u
#define FIRST 0x00400000u

// Two addresses in one chain that differ only from this bit on.
static void
found_by_all_bits(struct space *space, unsigned bit)
{
        const uint32_t low = 0x1000 * bit;
        uint32_t high = low + (1u << bit);

        while (found_chain(space, high) != found_chain(space, low))
                high += 1u << bit;
        struct mapping *page = node_page(space, low, NODES_PAGE(1), NULL);
        find(space, high, H_PAGE_LOG2, NULL);
        struct mapping *other = node_page(space, high, NODES_PAGE(1), NULL);
        find(space, low, H_PAGE_LOG2, page);
        find(space, high, H_PAGE_LOG2, other);
}

TEST(mapping_found_among_others)
{
        nodes_begin();
        struct space *spaces[] = { forest_space(), forest_space() };
        struct mapping *pages[2][CHAINED];
        uint32_t at[2][CHAINED];

        // All of them are in one chain, and so is the same address of both spaces.
        while (found_chain(spaces[0], FIRST) != found_chain(spaces[1], FIRST))
                spaces[1]->number++;
        for (unsigned i = 0; i < CHAINED; i++)
                for (unsigned s = 0; s < 2; s++) {
                        at[s][i] = i == 0 ? FIRST
                                          : next_in_chain(spaces[s],
                                                          at[s][i - 1] +
                                                                  H_PAGE_SIZE,
                                                          spaces[0], FIRST);
                        find(spaces[s], at[s][i], H_PAGE_LOG2, NULL);
                        pages[s][i] = node_page(spaces[s], at[s][i],
                                                NODES_PAGE(i * 2 + s), NULL);
                        forest_check_links("one more in the same chain");
                }
        for (unsigned i = 0; i < CHAINED; i++)
                for (unsigned s = 0; s < 2; s++) {
                        find(spaces[s], at[s][i], H_PAGE_LOG2, pages[s][i]);
                        find(spaces[s], at[s][i], H_SUPERPAGE_LOG2, NULL);
                        find(spaces[1 - s], at[s][i], H_PAGE_LOG2,
                             at[1 - s][i] == at[s][i] ? pages[1 - s][i] : NULL);
                }
        found_by_all_bits(spaces[0], 16);
        found_by_all_bits(spaces[0], 24);
}

// --- By parent and frame -----------------------------------------------------------------

#define MANY NODES_ROOM

static struct mapping *all[MANY];
static uint32_t count;

static struct mapping *
note(struct mapping *mapping)
{
        all[count++] = mapping;
        return mapping;
}

// What mapping_top returns, one behind the other: each that is due, once, and no other.
static void
check_tops(const struct mapping *parent, uint32_t frame, const char *of)
{
        bool seen[MANY] = { false };
        uint32_t found = 0, due = 0;

        for (const struct mapping *at = mapping_top(parent, frame, NULL); at;
             at = mapping_top(parent, frame, at)) {
                uint32_t i = 0;
                while (i < count && all[i] != at)
                        i++;
                if (i == count || at->parent != parent || at->frame != frame)
                        fail("mapping_top, %s, memory 0x%08x: a mapping that "
                             "is not of this parent, or not of this memory",
                             of, frame);
                if (seen[i])
                        fail("mapping_top, %s, memory 0x%08x: one mapping "
                             "twice",
                             of, frame);
                seen[i] = true;
                found++;
        }
        for (uint32_t i = 0; i < count; i++)
                due += all[i]->parent == parent && all[i]->frame == frame &&
                       (!parent || all[i]->log2 != parent->log2);
        expect_number(due, found, "mapping_top, %s, memory 0x%08x: how many",
                      of, frame);
}

// A page of a superpage's memory that is in the same chain with either of two parents, or 0.
static uint32_t
frame_of_both(const struct mapping *parent, const struct mapping *other)
{
        for (uint32_t page = 1; page < 64; page++)
                if (tops_chain(parent, NODES_PAGE(page)) ==
                    tops_chain(other, NODES_PAGE(page)))
                        return NODES_PAGE(page);
        return 0;
}

// The next page from one on that is in the same chain with its parent as that of another one.
static uint32_t
frame_in_chain(const struct mapping *parent, uint32_t frame,
               const struct mapping *other, uint32_t with)
{
        while (tops_chain(parent, frame) != tops_chain(other, with))
                frame += H_PAGE_SIZE;
        return frame;
}

#define CHAINED_FRAMES 5u

static void
check_all_tops(struct mapping *const parents[3],
               const uint32_t frames[CHAINED_FRAMES])
{
        static const char *const names[] = { "a superpage",
                                             "one made out of it",
                                             "the kernel as parent" };

        for (unsigned i = 0; i < 3; i++) {
                check_tops(parents[i], NODES_MEMORY, names[i]);
                check_tops(parents[i], 0x3000000, names[i]);
                for (unsigned k = 0; k < CHAINED_FRAMES; k++)
                        check_tops(parents[i], frames[k], names[i]);
        }
}

// Pages of the kernel's in one chain whose memory differs only from this bit on.
static void
tops_by_all_bits(struct space *space, unsigned bit)
{
        const uint32_t low = 0x1000 * bit;
        uint32_t high = low + (1u << bit);

        while (tops_chain(NULL, high) != tops_chain(NULL, low))
                high += 1u << bit;
        note(node_page(space, low, low, NULL));
        check_tops(NULL, high, "the kernel as parent");
        note(node_page(space, high, high, NULL));
        check_tops(NULL, low, "the kernel as parent");
        check_tops(NULL, high, "the kernel as parent");
}

// Pages of two superpages of the same memory, and pages that the kernel has given away
// singly. frames[0] is one of both of the superpages, in one chain; the others are in this
// chain too.
TEST(tops_of_a_page)
{
        nodes_begin();
        struct space *a = forest_space(), *b = forest_space();
        uint32_t frames[CHAINED_FRAMES], at = 0x40000000;

        count = 0;
        struct mapping *large =
                note(node_superpage(a, 0x40000000, NODES_MEMORY, NULL));
        struct mapping *lower;
        do {
                at += H_SUPERPAGE_SIZE;
                lower = note(node_superpage(b, at, NODES_MEMORY, large));
                frames[0] = frame_of_both(large, lower);
        } while (frames[0] == 0);
        struct mapping *const parents[] = { large, lower, NULL };
        for (unsigned k = 1; k < CHAINED_FRAMES; k++)
                frames[k] = frame_in_chain(parents[k / 2],
                                           k < 4 ? frames[k - 1] + H_PAGE_SIZE
                                                 : 0x2000000,
                                           large, frames[0]);
        check_all_tops(parents, frames);
        note(node_page(b, 0, frames[4], NULL));
        for (unsigned round = 0; round < 3; round++) {
                struct mapping *page =
                        note(node_page(b, at += H_PAGE_SIZE, frames[0], lower));
                // Out of a page: the same memory, and found by the ring alone.
                note(node_page(a, at, frames[0], page));
                note(node_page(b, at + 0x100000, NODES_MEMORY, large));
                for (unsigned k = 0; k < 4; k++)
                        note(node_page(a, at + (k + 1) * 0x100000, frames[k],
                                       parents[k / 2]));
                check_all_tops(parents, frames);
        }
        forest_check_links("pages of several parents in one chain");
        nodes_clear();
        count = 0;
        tops_by_all_bits(a, 16);
        tops_by_all_bits(a, 24);
}
