// SPDX-License-Identifier: MIT
// Flexpages as programs write them.
//
// The contracts are in fpages.h. Source: L4 X.2, flexpages.
#include "fpages.h"

#include <h/types.h>

struct flexpage
fpage_parse(uint32_t word)
{
        unsigned log2 = fpage_log2(word);

        if (log2 == FPAGE_ALL_LOG2 || log2 == SPACE_LOG2)
                return (struct flexpage){ 0, SPACE_LOG2 };
        if (log2 < FPAGE_LEAST_LOG2 || log2 > SPACE_LOG2)
                return (struct flexpage){ 0, 0 };
        return (struct flexpage){ fpage_first(word), log2 };
}

struct fpage_range
fpage_range(uint32_t word)
{
        struct flexpage page = fpage_parse(word);
        struct fpage_range range = { .log2 = page.log2,
                                     .rights = word & FPAGE_RIGHTS };

        if (page.log2 == 0 || page.first >= H_KERNEL_SPACE)
                return range;
        range.any = true;
        range.first = page.first;
        range.last = page.first + (UINT32_MAX >> (SPACE_LOG2 - page.log2));
        if (range.last >= H_KERNEL_SPACE)
                range.last = H_KERNEL_SPACE - 1;
        return range;
}
