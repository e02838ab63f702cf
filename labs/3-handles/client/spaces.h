// SPDX-License-Identifier: MIT
// The parts of the demonstration. Each prints what it does, and answers whether
// everything came out as H promises.
#ifndef CLIENT_SPACES_H
#define CLIENT_SPACES_H

#include <h/h.h>

// What the parts hand on to each other.
struct demonstration {
        struct h_pagemap first, second, third; // address spaces
        struct h_region shared;                // a page that the first two see
        struct h_kernel_mapping mapping;       // and the kernel
        struct h_kernel_mapping buffer; // pages that only the kernel sees
};

// Where the shared page is in the first space, and in the second.
#define FIRST_ADDRESS 0x00400000u
#define SECOND_ADDRESS 0x10003000u

// About how far behind it each of them has more pages, and all of them together;
// and where the third space has its superpage.
#define COMMON_OFFSET 0x00004000u
#define OWN_OFFSET 0x00010000u
#define EVERYTHING_LOG2 17
#define SUPERPAGE_ADDRESS 0x40000000u

bool spaces_share(struct demonstration *all);
bool spaces_look(struct demonstration *all);
bool spaces_grow(struct demonstration *all);
bool spaces_end(struct demonstration *all);

// Handles and addresses that are made up, stale or not the client's: each of
// them has to be refused, and nothing may have changed.
bool misuse(const struct demonstration *all);
bool misuse_after_end(const struct demonstration *all);

// One page at an address of user space.
struct h_vfpage one_page(uint32_t address);

#endif
