// SPDX-License-Identifier: MIT
// The contracts are in trees.h. There are no tests here.
#include "trees.h"

const uint32_t spots[SPOTS] = {
        0,
        7 * H_PAGE_SIZE,
        8 * H_PAGE_SIZE,
        500 * H_PAGE_SIZE,
        1022 * H_PAGE_SIZE,
        1023 * H_PAGE_SIZE,
};

struct node nodes[NODES_MOST];
unsigned node_count;
bool trees_no_tables;

void
trees_begin(uint32_t superpages)
{
        forest_begin(superpages);
        node_count = 0;
        trees_no_tables = false;
}

static unsigned
spots_of(const struct node *node)
{
        return node->log2 == H_SUPERPAGE_LOG2 ? SPOTS : 1;
}

static void
begin(struct node *node)
{
        struct mapping *parent =
                node->parent == NOBODY ? NULL : nodes[node->parent].mapping;

        node->mapping = forest_put(node->space, node->at, node->frame,
                                   node->log2, node->first_rights, parent);
        node->broken = false;
        for (unsigned i = 0; i < spots_of(node); i++)
                node->rights[i] = node->first_rights;
}

unsigned
trees_put(struct space *space, uint32_t at, uint32_t frame, unsigned log2,
          unsigned rights, unsigned parent)
{
        if (node_count == NODES_MOST)
                fail("the test has too many nodes");
        struct node *node = &nodes[node_count];
        *node = (struct node){
                .space = space,
                .at = at,
                .frame = frame,
                .log2 = log2,
                .parent = parent,
                .first_rights = rights,
        };
        begin(node);
        return node_count++;
}

void
trees_restore(void)
{
        for (unsigned i = 0; i < node_count; i++) {
                struct node *node = &nodes[i];
                node->late = false;
                if (!node->mapping) {
                        begin(node);
                } else if (node->rights[0] != node->first_rights) {
                        page_set_rights(node->space, node->at, node->log2,
                                        node->first_rights);
                        for (unsigned j = 0; j < spots_of(node); j++)
                                node->rights[j] = node->first_rights;
                }
        }
}

bool
trees_is_below(unsigned node, unsigned top)
{
        if (!nodes[node].mapping)
                return false;
        while (node != NOBODY && node != top)
                node = nodes[node].parent;
        return node == top;
}

unsigned *
trees_rights(unsigned node, uint32_t frame)
{
        struct node *at = &nodes[node];

        for (unsigned i = 0; at->mapping && i < spots_of(at); i++)
                if (at->frame + spots[i] == frame && at->rights[i] != 0)
                        return &at->rights[i];
        return NULL;
}

// --- What others do -------------------------------------------------------------------

static void
end_one(struct node *node)
{
        struct mapping *mapping = node->mapping;
        uint32_t bytes = 1u << mapping_entry_log2(mapping);

        for (uint32_t at = 0; at < mapping_bytes(mapping); at += bytes) {
                struct page page = page_at(node->space, node->at + at);
                if (page.rights != 0 && page.frame == node->frame + at)
                        page_unmap(node->space, node->at + at,
                                   mapping_entry_log2(mapping));
        }
        mapping->left = 0;
        mapping_end(mapping);
        node->mapping = NULL;
}

void
trees_end(unsigned node)
{
        for (unsigned i = node_count; i-- > node;)
                if (trees_is_below(i, node))
                        end_one(&nodes[i]);
}

void
trees_move(unsigned number, struct space *space, uint32_t at)
{
        struct node *node = &nodes[number];

        mapping_see_used(node->mapping, node->at);
        if (page_map(space, at, node->frame, node->log2, node->rights[0]) !=
            PAGE_OK)
                fail("the test's own page_map");
        page_unmap(node->space, node->at, node->log2);
        mapping_move(node->mapping, space, at);
        node->space = space;
        node->at = at;
}

// --- The rule ---------------------------------------------------------------------------

struct range
trees_all(unsigned node)
{
        const struct node *at = &nodes[node];

        return (struct range){ at->space, at->at,
                               at->at + ((1u << at->log2) - 1) };
}

struct range
trees_at(unsigned node, unsigned spot)
{
        uint32_t first = nodes[node].at + spots[spot];

        return (struct range){ nodes[node].space, first,
                               first + H_PAGE_SIZE - 1 };
}

static unsigned
without(unsigned have, unsigned rights)
{
        return rights & H_R ? 0 : have & ~rights;
}

// Of all pages of a superpage, as one.
static void
take_whole(unsigned top, unsigned rights, bool own)
{
        for (unsigned spot = 0; spot < SPOTS; spot++)
                for (unsigned i = 0; i < node_count; i++) {
                        unsigned *have =
                                trees_rights(i, nodes[top].frame + spots[spot]);
                        if (have && trees_is_below(i, top) && (i != top || own))
                                *have = without(*have, rights);
                }
}

// Of one page of memory. Parents are before their children here.
static void
take_page(unsigned top, uint32_t frame, unsigned rights, bool own)
{
        for (unsigned i = 0; i < node_count; i++) {
                struct node *node = &nodes[i];
                unsigned *have = trees_rights(i, frame);
                if (!have || !trees_is_below(i, top) || (i == top && !own) ||
                    without(*have, rights) == *have)
                        continue;
                bool breaks = node->log2 == H_SUPERPAGE_LOG2 && !node->broken;
                if (breaks && trees_no_tables) {
                        take_whole(i, rights, true);
                        continue;
                }
                *have = without(*have, rights);
                if (breaks)
                        node->broken = true;
        }
}

static void
forget_gone(void)
{
        for (unsigned i = 0; i < node_count; i++) {
                unsigned all = 0;
                for (unsigned j = 0; j < spots_of(&nodes[i]); j++)
                        all |= nodes[i].rights[j];
                if (all == 0)
                        nodes[i].mapping = NULL;
        }
}

void
trees_take(struct range range, unsigned rights, bool own)
{
        for (unsigned top = 0; top < node_count; top++) {
                const struct node *node = &nodes[top];
                if (!node->mapping || node->space != range.space)
                        continue;
                uint32_t bytes = 1u << node->log2;
                bool whole = !node->broken && range.first <= node->at &&
                             range.last >= node->at + (bytes - 1);
                if (whole && node->log2 == H_SUPERPAGE_LOG2) {
                        take_whole(top, rights, own);
                        continue;
                }
                for (unsigned i = 0; i < spots_of(node); i++) {
                        uint32_t at = node->at + spots[i];
                        if (node->rights[i] != 0 && at >= range.first &&
                            at <= range.last)
                                take_page(top, node->frame + spots[i], rights,
                                          own);
                }
        }
        forget_gone();
}
