// SPDX-License-Identifier: MIT
// Figures: copying between address spaces.
#include "measure.h"

#define FROM 0x10000000u
#define TO 0x20000000u
#define LARGE (1u << 20)

static void
measure_copy(const char *title, struct h_pagemap to, uint32_t to_address,
             struct h_pagemap from, uint32_t from_address, uint32_t bytes)
{
        const struct h_vaddr into = { to_address };
        const struct h_vaddr source = { from_address };
        uint32_t copied;

        MEASURE("copy_user", title,
                h_copy_user(to, into, from, source, bytes, &copied));
}

void
measure_words(void)
{
        const unsigned half = H_SUPERPAGE_LOG2 - 1;
        const struct h_pagemap first = new_space();
        const struct h_pagemap second = new_space();
        struct h_paddr behind = h_pfpage_first(supply_memory(half).pages);
        behind.value += 1u << half;
        const struct h_region other = { h_pfpage(behind, half) };

        // 2 MB each, the second behind the first.
        map(first, at(FROM, half), supply_memory(half));
        map(second, at(TO, half), other);

        measure_copy("0", second, TO, first, FROM, 0);
        measure_copy("4", second, TO, first, FROM, 4);
        measure_copy("common", second, TO, first, FROM, H_PAGE_SIZE);
        // Both borders of pages cut the row into pieces.
        measure_copy("page_unaligned", second, TO + 8, first, FROM + 4,
                     H_PAGE_SIZE);
        measure_copy("1_mb", second, TO, first, FROM, LARGE);
        measure_copy("1_mb_unaligned", second, TO + 8, first, FROM + 4, LARGE);
        // Within one page, byte by byte.
        measure_copy("page_overlapping", first, FROM, first, FROM, H_PAGE_SIZE);
        measure_copy("worst", first, FROM, first, FROM, LARGE);

        end_space(first);
        end_space(second);
        supply_again();
}
