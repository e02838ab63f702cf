// SPDX-License-Identifier: MIT
// Random numbers for property tests: the same ones in every run, so that what
// failed once fails again. Source: G. Marsaglia, "Xorshift RNGs", 2003.
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

// The state of a sequence. Any value but 0 is a seed.
struct random {
        uint32_t state;
};

// The next number, any of 32 bits but 0.
static inline uint32_t
random_next(struct random *random)
{
        uint32_t state = random->state;
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        random->state = state;
        return state;
}

// A number below `limit`, which is not 0.
static inline uint32_t
random_below(struct random *random, uint32_t limit)
{
        return (uint32_t)(((uint64_t)random_next(random) * limit) >> 32);
}

// True once in `times`.
static inline bool
random_once_in(struct random *random, uint32_t times)
{
        return random_below(random, times) == 0;
}

#endif
