// SPDX-License-Identifier: MIT
#include <kernel/layout.h>
#include <kernel/paging.h>
#include <kernel/string.h>

void
zero_page(void *page)
{
        memset(page, 0, PAGE_SIZE);
}
