// SPDX-License-Identifier: MIT
// Mappings that begin, move, are used and end at random, against a list of them: after each
// step all links, and what each of them is.
#include "nodes.h"

#define STEPS 70u
#define SPACES 3u
#define NODES 28u
#define PLACES 5u // addresses of a space, each for a page and for a superpage
#define PAGES 3u  // of a superpage that are made out of it

struct node {
        struct mapping *mapping; // null: there is none
        uint32_t space, place, frame;
        unsigned log2;
        struct node *parent;
        unsigned used, news;
};

static struct space *spaces[SPACES];
static struct node nodes[NODES];

static uint32_t
address_of(uint32_t place)
{
        return place * 0x10000000;
}

static struct mapping *
mapping_of(const struct node *node)
{
        return node ? node->mapping : NULL;
}

// --- The list ---------------------------------------------------------------------------

static struct node *
node_at(uint32_t space, uint32_t place, unsigned log2)
{
        for (uint32_t i = 0; i < NODES; i++)
                if (nodes[i].mapping && nodes[i].space == space &&
                    nodes[i].place == place && nodes[i].log2 == log2)
                        return &nodes[i];
        return NULL;
}

static bool
has_children(const struct node *parent)
{
        for (uint32_t i = 0; i < NODES; i++)
                if (nodes[i].mapping && nodes[i].parent == parent)
                        return true;
        return false;
}

static bool
is_given(uint32_t frame)
{
        for (uint32_t i = 0; i < NODES; i++)
                if (nodes[i].mapping && !nodes[i].parent &&
                    nodes[i].frame == frame)
                        return true;
        return false;
}

static bool
is_due_top(const struct node *node, const struct node *parent, uint32_t frame)
{
        return node->mapping && node->parent == parent &&
               node->frame == frame && (!parent || node->log2 != parent->log2);
}

// --- Looking ------------------------------------------------------------------------------

static void
check_nodes(const char *when)
{
        uint32_t there = 0;

        for (uint32_t i = 0; i < NODES; i++) {
                const struct node *node = &nodes[i];
                if (!node->mapping)
                        continue;
                there++;
                expect_node(node->mapping, spaces[node->space],
                            address_of(node->place), node->frame, node->log2,
                            mapping_of(node->parent), when);
                expect_number(node->used, node->mapping->used, "%s: `used`",
                              when);
                expect_number(node->news, node->mapping->news, "%s: `news`",
                              when);
        }
        expect_number(there, mapdb_used(), "%s: mapdb_used()", when);
        forest_check_links(when);
}

static void
check_found(void)
{
        for (uint32_t space = 0; space < SPACES; space++)
                for (uint32_t place = 0; place < PLACES; place++)
                        for (unsigned log2 = H_PAGE_LOG2;
                             log2 <= H_SUPERPAGE_LOG2;
                             log2 += H_SUPERPAGE_LOG2 - H_PAGE_LOG2)
                                expect_mapping(
                                        mapping_of(node_at(space, place, log2)),
                                        mapping_find(spaces[space],
                                                     address_of(place), log2),
                                        "mapping_find");
}

// Those that mapping_top returns are as many as are due, and each of them is.
static void
check_tops(const struct node *parent, uint32_t frame)
{
        uint32_t due = 0, found = 0;

        for (uint32_t i = 0; i < NODES; i++)
                due += is_due_top(&nodes[i], parent, frame);
        for (const struct mapping *at =
                     mapping_top(mapping_of(parent), frame, NULL);
             at && found <= due;
             at = mapping_top(mapping_of(parent), frame, at)) {
                found++;
                if (at->parent != mapping_of(parent) || at->frame != frame)
                        fail("mapping_top returns a mapping of another parent "
                             "or of other memory than 0x%08x",
                             frame);
        }
        expect_number(due, found, "mapping_top, memory 0x%08x: how many",
                      frame);
}

static void
check_all_tops(void)
{
        for (uint32_t page = 0; page < PAGES; page++) {
                check_tops(NULL, NODES_PAGE(page));
                for (uint32_t i = 0; i < NODES; i++)
                        if (nodes[i].mapping &&
                            nodes[i].log2 == H_SUPERPAGE_LOG2)
                                check_tops(&nodes[i],
                                           nodes[i].frame + page * H_PAGE_SIZE);
        }
}

// --- Steps --------------------------------------------------------------------------------

// A node that is there, or null.
static struct node *
any_node(void)
{
        struct node *node = &nodes[random_below(NODES)];

        return node->mapping ? node : NULL;
}

// Memory of the kernel's, or of the parent's.
static void
choose_memory(struct node *node)
{
        const struct node *parent = node->parent;
        uint32_t part = random_below(PAGES) * H_PAGE_SIZE;

        node->log2 = random_below(2) == 0 ? H_PAGE_LOG2 : H_SUPERPAGE_LOG2;
        if (parent && parent->log2 == H_PAGE_LOG2)
                node->log2 = H_PAGE_LOG2;
        if (!parent)
                node->frame = node->log2 == H_PAGE_LOG2
                                      ? NODES_MEMORY + part
                                      : NODES_MEMORY + (1 + random_below(3)) *
                                                               H_SUPERPAGE_SIZE;
        else
                node->frame =
                        parent->frame + (node->log2 < parent->log2 ? part : 0);
}

static void
begin_one(void)
{
        struct node *node = &nodes[random_below(NODES)];

        if (node->mapping)
                return;
        *node = (struct node){
                .space = random_below(SPACES),
                .place = random_below(PLACES),
                .parent = any_node(),
        };
        choose_memory(node);
        if (node_at(node->space, node->place, node->log2) ||
            (!node->parent && is_given(node->frame)))
                return;
        node->mapping =
                node_begin(spaces[node->space], address_of(node->place),
                           node->frame, node->log2, mapping_of(node->parent));
        check_nodes("one has begun");
}

static void
move_one(void)
{
        struct node *node = any_node();
        uint32_t space = random_below(SPACES), place = random_below(PLACES);

        if (!node || node_at(space, place, node->log2))
                return;
        node->space = space;
        node->place = place;
        mapping_move(node->mapping, spaces[space], address_of(place));
        check_nodes("one has moved");
}

static void
end_one(void)
{
        struct node *node = any_node();

        if (!node || has_children(node))
                return;
        if (node->parent) {
                node->parent->used |= node->news;
                node->parent->news |= node->news;
        }
        mapping_end(node->mapping);
        node->mapping = NULL;
        check_nodes("one has ended");
}

static void
use_one(void)
{
        struct node *node = any_node();
        unsigned how = random_below(2) == 0 ? H_R : H_R | H_W;

        if (!node)
                return;
        mapping_note_used(node->mapping, how);
        node->used |= how;
        node->news |= how;
}

TEST(mappings_at_random)
{
        nodes_begin();
        for (uint32_t i = 0; i < SPACES; i++)
                spaces[i] = forest_space();
        for (uint32_t i = 0; i < NODES; i++)
                nodes[i].mapping = NULL;
        for (uint32_t step = 0; step < STEPS; step++) {
                for (uint32_t i = 0; i < 3; i++)
                        begin_one();
                move_one();
                end_one();
                use_one();
                if (step % 7 == 0) {
                        check_found();
                        check_all_tops();
                }
        }
}
