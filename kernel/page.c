// SPDX-License-Identifier: MIT
#include <kernel/layout.h>
#include <kernel/paging.h>

void
zero_page(void *page)
{
        // Size and alignment are known here, which memset would find out.
        __builtin_memset(__builtin_assume_aligned(page, PAGE_SIZE), 0,
                         PAGE_SIZE);
}
