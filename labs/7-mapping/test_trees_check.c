// SPDX-License-Identifier: MIT
// Walks in the database, and whether it is like the model afterwards. The contracts are in
// trees.h. There are no tests here.
#include "trees.h"

#define STEPS_MOST 60000u
#define PAGES_OF_REST (H_SUPERPAGE_SIZE / H_PAGE_SIZE - (SPOTS - 1))

static const char *
text(unsigned rights)
{
        static const char *const texts[] = { "nothing", "x",  "w",  "wx",
                                             "r",       "rx", "rw", "rwx" };
        static char name[8][8];
        static unsigned next;
        char *at = name[next++ % 8];

        for (unsigned i = 0; i < 8; i++)
                at[i] = '\0';
        const char *from =
                texts[(rights & H_R ? 4 : 0) + (rights & H_W ? 2 : 0) +
                      (rights & H_X ? 1 : 0)];
        for (unsigned i = 0; from[i]; i++)
                at[i] = from[i];
        return at;
}

static unsigned
spots_of(const struct node *node)
{
        return node->log2 == H_SUPERPAGE_LOG2 ? SPOTS : 1;
}

static void
check_mapping(unsigned number, const char *when)
{
        const struct node *node = &nodes[number];
        const struct mapping *mapping = node->mapping;
        const struct mapping *parent =
                node->parent == NOBODY ? NULL : nodes[node->parent].mapping;

        if (mapping->space != node->space || mapping->address != node->at ||
            mapping->log2 != node->log2 || mapping->frame != node->frame)
                fail("%s: node %u has lost its mapping, at 0x%08x in space %u",
                     when, number, node->at, node->space->number);
        if (mapping->parent != parent)
                fail("%s: node %u has another parent than before", when,
                     number);
        if (mapping->broken != node->broken)
                fail("%s: node %u, a superpage, is %s", when, number,
                     mapping->broken ? "made to pages, and need not be"
                                     : "not made to pages");
}

static void
check_rights(unsigned number, const char *when)
{
        const struct node *node = &nodes[number];
        uint32_t left = 0;

        for (unsigned i = 0; i < spots_of(node); i++) {
                uint32_t at = node->at + spots[i];
                struct page page = page_at(node->space, at);
                if (page.frame != node->frame + spots[i])
                        page.rights = 0;
                if (page.rights != node->rights[i])
                        fail("%s: node %u has %s at 0x%08x, and %s is due",
                             when, number, text(page.rights), at,
                             text(node->rights[i]));
                if (page.rights != 0)
                        left += i == SPOT_REST ? PAGES_OF_REST : 1;
        }
        if (node->log2 == H_SUPERPAGE_LOG2)
                expect_number(left, node->mapping->left,
                              "%s: how many pages are left of node %u", when,
                              number);
}

void
trees_compare(const char *when)
{
        uint32_t count = 0;

        for (unsigned i = 0; i < node_count; i++)
                count += nodes[i].mapping != NULL;
        if (mapdb_used() > count)
                fail("%s: %u mappings are there, and %u of them are to be no "
                     "more",
                     when, mapdb_used(), mapdb_used() - count);
        expect_number(count, mapdb_used(), "%s: mappings that are there", when);
        for (unsigned i = 0; i < node_count; i++)
                if (nodes[i].mapping) {
                        check_mapping(i, when);
                        check_rights(i, when);
                }
}

void
trees_check(const char *when)
{
        trees_compare(when);
        forest_check_links(when);
}

void
trees_walk_begin(struct map_walk *walk, struct range range, unsigned rights,
                 bool own)
{
        map_walk_begin(walk, range.space, range.first, range.last, rights, own);
}

uint32_t
trees_walk_on(struct map_walk *walk, uint32_t most, const char *when)
{
        uint32_t steps = 0;

        while (map_walk_step(walk))
                if (++steps > most)
                        fail("%s: the walk has not come to its end after %u "
                             "steps",
                             when, most);
        return steps;
}

unsigned
trees_walk(struct range range, unsigned rights, bool own, const char *when)
{
        struct map_walk walk;

        trying("a walk over 0x%08x to 0x%08x, rights %u%s: %s", range.first,
               range.last, rights, own ? ", its own too" : "", when);
        trees_walk_begin(&walk, range, rights, own);
        trees_walk_on(&walk, STEPS_MOST, when);
        trying_over();
        if (own && walk.lost)
                fail("%s: the walk is said to have left a tree, and nobody "
                     "else has ended or moved its top",
                     when);
        trees_take(range, rights, own);
        trees_compare(when);
        return walk.used;
}

// --- Walks among others -------------------------------------------------------------------

void
trees_learn(void)
{
        for (unsigned i = 0; i < node_count; i++) {
                struct node *node = &nodes[i];
                node->mapping = mapping_find(node->space, node->at, node->log2);
                node->broken = node->mapping && node->mapping->broken;
                for (unsigned j = 0; node->mapping && j < spots_of(node); j++) {
                        struct page page =
                                page_at(node->space, node->at + spots[j]);
                        bool same = page.frame == node->frame + spots[j];
                        node->rights[j] = same ? page.rights : 0;
                }
        }
}

// What is to be taken away from what there is: with H_R all.
static unsigned
to_lose(unsigned rights, unsigned have)
{
        return rights & H_R ? have : rights & have;
}

void
trees_expect_taken(unsigned top, uint32_t frame, unsigned rights, bool own,
                   const char *when)
{
        for (unsigned i = 0; i < node_count; i++) {
                unsigned parent = nodes[i].parent;
                const unsigned *have = trees_rights(i, frame);
                if (!have)
                        continue;
                bool meant = (i == top ? own : parent == top) && !nodes[i].late;
                if (meant && to_lose(rights, *have) != 0)
                        fail("%s: node %u has %s still, of which %s was to be "
                             "taken",
                             when, i, text(*have),
                             text(to_lose(rights, *have)));
                if (parent == NOBODY)
                        continue;
                const unsigned *above = trees_rights(parent, frame);
                if (!above || *have & ~*above)
                        fail("%s: node %u has %s, out of node %u, which has %s",
                             when, i, text(*have), parent,
                             text(above ? *above : 0));
        }
}
