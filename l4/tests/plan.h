// SPDX-License-Identifier: MIT
// One piece that is to be given, shared or granted, as places of the model.
#ifndef L4_TESTS_PLAN_H
#define L4_TESTS_PLAN_H

#include "model.h"

struct plan {
        struct map_piece piece;
        unsigned from; // NOBODY: the kernel
        unsigned to;
        unsigned pages;

        // What the receiver gets: as a plan is tried this is found out.
        uint32_t frame;
        unsigned rights;
};

// The first of its pages alone.
void plan_one_page(struct plan *plan);

// Tries it (map_share, map_replace): stops where the answer is not what is expected, and the
// model knows what is mapped then.
enum map_result plan_share(struct plan *plan);
enum map_result plan_replace(struct plan *plan);

#endif
