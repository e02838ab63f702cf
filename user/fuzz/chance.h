// SPDX-License-Identifier: MIT
// Random numbers, and random words of the kinds that system calls take. All follows from
// the state that it begins with.
#ifndef USER_FUZZ_CHANCE_H
#define USER_FUZZ_CHANCE_H

#include <l4/types.h>

#include <stdbool.h>

struct chance {
        L4_Word_t state; // not 0
};

static inline struct chance
chance_from(L4_Word_t seed)
{
        seed = (seed ^ 0x5DEECE66u) * 0x9E3779B1u;
        return (struct chance){ seed ? seed : 1 };
}

// Marsaglia's xorshift: 32 bits, never 0.
static inline L4_Word_t
any_word(struct chance *chance)
{
        L4_Word_t x = chance->state;

        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        chance->state = x;
        return x;
}

static inline L4_Word_t
below(struct chance *chance, L4_Word_t limit)
{
        return (any_word(chance) >> 8) % limit;
}

static inline bool
once_in(struct chance *chance, L4_Word_t times)
{
        return below(chance, times) == 0;
}

// A thread's ID: mostly one of the crew's; now and then a local one, the keeper's, sigma0's,
// an interrupt line's, one that means many, or none at all.
L4_Word_t any_thread(struct chance *chance);

// A flexpage of memory or ports, or something that looks like one.
L4_Word_t any_fpage(struct chance *chance);

// Two timeouts, mostly short ones.
L4_Word_t any_timeouts(struct chance *chance);

// An address: mostly in what is mapped and taken away all the time.
L4_Word_t any_address(struct chance *chance);

// A number at one of the edges of what fits somewhere.
L4_Word_t any_edge(struct chance *chance);

#endif
