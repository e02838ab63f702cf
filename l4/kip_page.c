// SPDX-License-Identifier: MIT
// The page that the kernel interface is in. The contracts are in kip.h.
#include "kip.h"

#include "panic.h"
#include "pool.h"

static struct h_region page;
static struct h_kernel_mapping mapping;

void
kip_init(void)
{
        if (!pool_take_mapped(&page, &mapping))
                l4_panic("no page for the kernel interface");
}

void
kip_fill(const struct kip_contents *contents)
{
        static uint32_t words[H_PAGE_WORDS];

        kip_write(words, contents);
        // The page is empty, and most of it stays so.
        for (const uint32_t *word = words; word < words + H_PAGE_WORDS; word++)
                if (*word != 0)
                        must(h_write_kernel_mapping(
                                     mapping, (uint32_t)(word - words), *word),
                             "h_write_kernel_mapping");
}

struct h_region
kip_page(void)
{
        return page;
}
