// SPDX-License-Identifier: MIT
#include "page.h"

#include <assert.h>
#include <string.h>

#include <kernel/layout.h>

struct fake_page fake_page;

void
zero_page(void *page)
{
        assert((uintptr_t)page % PAGE_SIZE == 0);
        if (fake_page.watched)
                fake_page.held = *fake_page.watched;
        fake_page.calls++;
        memset(page, 0, PAGE_SIZE);
}
