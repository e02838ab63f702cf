// SPDX-License-Identifier: MIT
// A space with more page-tables than a byte counts: there is memory for them far away
// only (far_memory.h). What H would have done to have them is done by hand here.
#ifndef MANY_TABLES_H
#define MANY_TABLES_H

#include "far_memory.h"

#include <h/internal/client_space.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/string.h>

#define MANY_TABLES 256u

// What is needed of the machine, before spaces_make: the page that each of the page-tables
// maps, by its first entry; the first of the page-tables' own pages; where H sees that one.
struct many_tables {
        struct h_region page;
        uint32_t first;
        uint32_t seen;
};

static inline struct many_tables
many_tables(void)
{
        return (struct many_tables){
                .page = spaces_page(),
                .first = region_first(spaces_far(20)).value,
                .seen = h_vfpage_first(spaces_addresses(20)).value,
        };
}

static inline void
make_table(struct pagemap_page directory, struct many_tables tables, uint32_t i)
{
        const struct access kernels = { .perms = PERM_R | PERM_W,
                                        .global = true };
        const struct access users = { .perms = PERM_R, .user = true };
        struct paddr frame = paddr(tables.first + i * H_PAGE_SIZE);
        uint32_t *table =
                (uint32_t *)(uintptr_t)(tables.seen + i * H_PAGE_SIZE);
        struct paddr page = paddr(region_first(tables.page).value);

        *client_entry(vaddr(tables.seen + i * H_PAGE_SIZE)) =
                raw_page(frame, kernels);
        h_state.seen_at[frame.value / H_PAGE_SIZE] =
                vaddr(tables.seen + i * H_PAGE_SIZE);
        page_array.pages[frame.value / H_PAGE_SIZE] = TABLE(1);
        memset(table, 0, H_PAGE_SIZE);
        table[0] = raw_page(page, users);
        directory.mapped[i] =
                raw_table((struct pagemap_page){ .frame = frame });
}

// Behind spaces_make: the first 1 GB of the space has a page-table for each 4 MB. Nothing
// of this is expected: as soon as they are gone the machine is as it was.
static inline void
make_many_tables(struct h_pagemap space, struct many_tables tables)
{
        uint32_t page = region_first(tables.page).value / H_PAGE_SIZE;

        for (uint32_t i = 0; i < MANY_TABLES; i++)
                make_table(spaces_directory(space), tables, i);
        page_array.pages[page] = NORMAL(MANY_TABLES);
}

// Each of them has come back, and once.
static inline void
expect_many_tables(const struct h_region *freed, struct many_tables tables,
                   const char *what)
{
        uint8_t times[MANY_TABLES] = { 0 };

        for (uint32_t i = 0; i < MANY_TABLES; i++) {
                uint32_t number =
                        (freed[i].pages.word - tables.first) / H_PAGE_SIZE;
                if (region_log2(freed[i]) != H_PAGE_LOG2 ||
                    number >= MANY_TABLES || times[number]++ != 0)
                        fail("%s: of %u page-tables that come back number %u is "
                             "the region " RANGE
                             ", which is none of them, or is named twice",
                             what, MANY_TABLES, i,
                             RANGE_OF(freed[i].pages.word));
        }
}

#endif
