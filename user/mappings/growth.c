// SPDX-License-Identifier: MIT
// The contract is in mappings.h. All mappings are in one space: whoever maps to itself needs no
// page-tables in between.
#include "mappings.h"

// Window 0 always has something.
static L4_Fpage_t
source(bool deep, L4_Word_t n)
{
        return deep && n > 1 ? window(n - 1) : store(0);
}

static void
map(bool deep, L4_Word_t n)
{
        call_map(beside, source(deep, n), L4_Address(window(n)));
}

void
measure_growth(bool deep, L4_Word_t n, L4_Word_t costs[GROWTHS])
{
        for (int i = 0; i < GROWTHS; i++)
                costs[i] = UINT32_MAX;
        for (L4_Word_t i = 1; i <= n; i++)
                map(deep, i);
        for (int i = 0; i < TRIES; i++) {
                L4_Word_t begin = ticks();
                L4_FlushFpage(window(n));
                keep_least(&costs[ONE], ticks() - begin);

                begin = ticks();
                map(deep, n);
                keep_least(&costs[MAP], ticks() - begin);
        }
        L4_Word_t begin = ticks();
        L4_UnmapFpage(store(0));
        costs[ALL] = ticks() - begin;
}
