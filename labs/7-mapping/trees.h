// SPDX-License-Identifier: MIT
// For tests of walks: mappings, and a model of them beside them. Each mapping is a node, a
// number; a node knows out of which one it was made, and which rights there are to its pages.
// A walk is done twice, in the database step by step, and in the model by the rule: of all
// nodes below the one where it begins, the same pages lose the same rights.
//
//     trees_begin(1);
//     unsigned root = trees_put(a, 0x00800000, forest_superpage(0), H_SUPERPAGE_LOG2,
//                               H_R | H_W, NOBODY);
//     unsigned page = trees_put(b, 0x00001000, forest_superpage(0) + spots[1],
//                               H_PAGE_LOG2, H_R, root);
//     trees_walk(trees_at(root, 1), H_W, true, "the right to write is taken");
//
// Of the 1,024 pages of a superpage the model has six, the spots; one of these stands for
// all that are not spots. So the ranges of tests are single spots, or whole superpages, or
// what is between two spots that are neighbours.
#ifndef LAB7_TREES_H
#define LAB7_TREES_H

#include "forest.h"

#define SPOTS 6u
#define SPOT_REST 3u // stands for all others too
extern const uint32_t spots[SPOTS];

#define NODES_MOST 64u
#define NOBODY NODES_MOST // the kernel

struct node {
        struct mapping *mapping; // null: it is no more
        struct space *space;
        uint32_t at, frame;
        unsigned log2;
        unsigned parent;        // a node, or NOBODY
        unsigned rights[SPOTS]; // of a page the first one only; 0: it is gone
        bool broken;
        bool late; // has begun, or got rights, while the walk was under way

        unsigned first_rights; // when it began
};

extern struct node nodes[NODES_MOST];
extern unsigned node_count;

void trees_begin(uint32_t superpages);

// A new node and its mapping.
unsigned trees_put(struct space *space, uint32_t at, uint32_t frame,
                   unsigned log2, unsigned rights, unsigned parent);

// All nodes are as when they began. Those that are no more begin again.
void trees_restore(void);

// Is it there, and is it `top` or made out of it?
bool trees_is_below(unsigned node, unsigned top);

// The model's rights of a node to a page of memory; null: the model does not know this page
// of it, or the node does not have it at all.
unsigned *trees_rights(unsigned node, uint32_t frame);

// --- What others do -------------------------------------------------------------------

// It ends, with all that was made out of it.
void trees_end(unsigned node);

// It is somewhere else.
void trees_move(unsigned node, struct space *space, uint32_t at);

// --- Walks ------------------------------------------------------------------------------

// What is walked over.
struct range {
        struct space *space;
        uint32_t first, last;
};

// A node; one spot of it.
struct range trees_all(unsigned node);
struct range trees_at(unsigned node, unsigned spot);

// There are no pages for tables: what cannot be split is treated as its one page is.
extern bool trees_no_tables;

// What the walk does, in the model alone.
void trees_take(struct range range, unsigned rights, bool own);

// The database and the model are alike; and all links are as they should be.
void trees_compare(const char *when);
void trees_check(const char *when);

// A walk in the database: begins, goes on until it is over, for so many steps at most.
// Returns how many there were.
void trees_walk_begin(struct map_walk *walk, struct range range,
                      unsigned rights, bool own);
uint32_t trees_walk_on(struct map_walk *walk, uint32_t most, const char *when);

// Both, and they are alike afterwards. Returns what was used.
unsigned trees_walk(struct range range, unsigned rights, bool own,
                    const char *when);

// --- Walks among others -------------------------------------------------------------------

// The model learns from the database which nodes are there still, and with which rights.
void trees_learn(void);

// A walk from `top` on is over, and others have done something meanwhile; the model has
// learnt. Of one page of memory: what was made out of it before the walk (all but the
// `late`) has lost these rights, with `own` so has the top, and nobody has more rights than
// the one out of whom he has it.
void trees_expect_taken(unsigned top, uint32_t frame, unsigned rights, bool own,
                        const char *when);

#endif
