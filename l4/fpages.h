// SPDX-License-Identifier: MIT
// Flexpages as programs write them, and how one that is sent fits into a window.
#ifndef L4_FPAGES_H
#define L4_FPAGES_H

#include "abi.h"

#define SPACE_LOG2 32u

// What a word says: the first byte, and the size, 2^log2 bytes: 10 to 32, where 32 is the
// complete space; 0: it is nil, or no flexpage (sizes 2 to 9; the kind with ports). The
// first byte is a multiple of the size, whatever the word says below.
struct flexpage {
        uint32_t first;
        unsigned log2;
};

struct flexpage fpage_parse(uint32_t word);

// A range of addresses: `first` up to `last`, both included. The whole space ends where user
// space does. `any`: false for nil, and for what is no flexpage (sizes 2 to 9; the kind
// with ports).
struct fpage_range {
        bool any;
        uint32_t first;
        uint32_t last;
        unsigned log2; // of the size; 32: the whole space
        unsigned rights;
};

struct fpage_range fpage_range(uint32_t word);

// What is sent, and where it goes: of the same size. (exercise 7.1)
struct fpage_pair {
        bool any;
        uint32_t from;
        uint32_t to;
        unsigned log2;
};

// What of the flexpage `sent` goes where in the window `window`. The larger one of the two
// is cut to the size of the smaller one: that part of it at which `base` points, an address
// modulo its size. Both are as programs write them; `base` is a send base with anything in its
// low 10 bits. Nothing: one of the two is nil, or is smaller than a page.
struct fpage_pair fpages_fit(uint32_t sent, uint32_t base, uint32_t window);

#endif
