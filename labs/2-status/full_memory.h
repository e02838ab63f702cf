// SPDX-License-Identifier: MIT
// An array for all pages of 4 GB, which takes two pages of memory: it is mapped, and all
// parts of it but the first one are the same page.
#ifndef FULL_MEMORY_H
#define FULL_MEMORY_H

#include <h4/entries.h>
#include <h4/live.h>
#include <h4/pages.h>
#include <h4/test.h>

#define FULL_PAGES 0x100000u // 4 GB
#define FULL_ADDRESS CLIENT_BASE

// The pages of the first 4 MB, and all others. page_array stands on them, and can be read
// only, until full_end. Returns what it stood on.
static inline struct page_array
full_begin(struct page first, struct page others)
{
        struct page_array before = page_array;
        struct pagemap_page directory = live_begin();
        struct pagemap_page table = arena_page("page-table");
        struct pagemap_page parts[] = {
                arena_page("page status of the first 4 MB"),
                arena_page("page status of the others"),
        };
        const struct access access = { .perms = PERM_R };

        for (uint32_t i = 0; i < TABLE_ENTRIES; i++) {
                ((struct page *)parts[0].mapped)[i] = first;
                ((struct page *)parts[1].mapped)[i] = others;
                table.mapped[i] = raw_page(parts[i > 0].frame, access);
        }
        directory.mapped[FULL_ADDRESS / SUPERPAGE_SIZE] = raw_table(table);
        live_flush();
        page_array =
                (struct page_array){ (struct page *)FULL_ADDRESS, FULL_PAGES };
        return before;
}

static inline void
full_end(struct page_array before)
{
        page_array = before;
        live_end();
}

#endif
