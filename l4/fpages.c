// SPDX-License-Identifier: MIT
// How a flexpage that is sent fits into a window.
//
// The contract is in fpages.h. Source: L4 X.2, map items; l4/README.md, "Memory".
#include "fpages.h"

#include "todo.h"

#include <h/types.h>

// H4-BEGIN 7.1
// The last byte of a flexpage, counted from its first one.
static uint32_t
reach(unsigned log2)
{
        return UINT32_MAX >> (SPACE_LOG2 - log2);
}
// H4-STUB 7.1
// H4-END 7.1

struct fpage_pair
fpages_fit(uint32_t sent, uint32_t base, uint32_t window)
{
        // H4-BEGIN 7.1
        struct flexpage from = fpage_parse(sent);
        struct flexpage to = fpage_parse(window);
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
        // H4-STUB 7.1
        //| H4_TODO("7.1", sent, base, window);
        // H4-END 7.1
}
