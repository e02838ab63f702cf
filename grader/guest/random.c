// SPDX-License-Identifier: MIT
// Random numbers: xorshift (G. Marsaglia, 2003). They begin anew with each
// test, from the boot's seed and the test's name, so that a test sees the same
// numbers alone and among others.
#include "harness.h"

#include <h4/test.h>

static uint32_t state;

void
random_begin(uint32_t seed, const char *name)
{
        // FNV-1a over the name.
        uint32_t hash = 2166136261u ^ seed;
        for (; *name; name++)
                hash = (hash ^ (uint8_t)*name) * 16777619u;
        state = hash ? hash : 1;
        for (int i = 0; i < 8; i++)
                random_word();
}

uint32_t
random_word(void)
{
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
}

uint32_t
random_below(uint32_t limit)
{
        return (uint32_t)(((uint64_t)random_word() * limit) >> 32);
}
