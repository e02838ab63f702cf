// SPDX-License-Identifier: MIT
// The contracts are in fpages.h. Source: L4 X.2, map items; l4/README.md, "Memory".
#include "fpages.h"

#include <h/types.h>

#define ALL_LOG2 32u

// What a word says, before anything is cut off.
struct flexpage {
        uint32_t first;
        unsigned log2; // 10 to 32; 0: it is none
};

static struct flexpage
parse(uint32_t word)
{
        unsigned log2 = fpage_log2(word);

        if (log2 == FPAGE_ALL_LOG2 || log2 == ALL_LOG2)
                return (struct flexpage){ 0, ALL_LOG2 };
        if (log2 < FPAGE_LEAST_LOG2 || log2 > ALL_LOG2)
                return (struct flexpage){ 0, 0 };
        return (struct flexpage){ fpage_first(word), log2 };
}

// The last byte of a flexpage, counted from its first one.
static uint32_t
reach(unsigned log2)
{
        return UINT32_MAX >> (ALL_LOG2 - log2);
}

struct fpage_range
fpage_range(uint32_t word)
{
        struct flexpage page = parse(word);
        struct fpage_range range = { .log2 = page.log2,
                                     .rights = word & FPAGE_RIGHTS };

        if (page.log2 == 0 || page.first >= H_KERNEL_SPACE)
                return range;
        range.any = true;
        range.first = page.first;
        range.last = page.first + reach(page.log2);
        if (range.last >= H_KERNEL_SPACE)
                range.last = H_KERNEL_SPACE - 1;
        return range;
}

struct fpage_pair
fpages_fit(uint32_t sent, uint32_t base, uint32_t window)
{
        struct flexpage from = parse(sent);
        struct flexpage to = parse(window);
        unsigned log2 = from.log2 < to.log2 ? from.log2 : to.log2;

        if (log2 < H_PAGE_LOG2)
                return (struct fpage_pair){ .any = false };

        // Where in the larger one, which is the one whose size this leaves room in.
        uint32_t offset = base & ~reach(log2);
        return (struct fpage_pair){
                .any = true,
                .from = from.first + (offset & reach(from.log2)),
                .to = to.first + (offset & reach(to.log2)),
                .log2 = log2,
        };
}
