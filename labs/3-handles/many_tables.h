// SPDX-License-Identifier: MIT
// A space with more page-tables than a byte counts: there is memory for them far away
// only (far_memory.h). What H would have done to have them is done by hand here.
//
//   struct many_tables tables;
//   if (!begin_many_tables(&tables))
//           return;
//   expect_h(H_CAPACITY, h_free_pagemap(tables.space, ...), ...);
//   expect_many_tables_stay(tables, "after h_free_pagemap without room");
#ifndef MANY_TABLES_H
#define MANY_TABLES_H

#include "far_memory.h"

#include <h/internal/client_space.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/string.h>

#define MANY_TABLES 256u

// The space; the page that each of its page-tables maps, by its first entry; the first
// of the page-tables' own pages; where H sees that one.
struct many_tables {
        struct h_pagemap space;
        struct h_region page;
        uint32_t first;
        uint32_t seen;
};

// What page-table `i` consists of, beside its own words.
struct one_table {
        struct paddr frame;
        uint32_t seen;
        uint32_t *words;
        uint32_t *in_directory;
};

static inline struct one_table
one_table(struct many_tables tables, uint32_t i)
{
        const uint32_t seen = tables.seen + i * H_PAGE_SIZE;

        return (struct one_table){
                .frame = paddr(tables.first + i * H_PAGE_SIZE),
                .seen = seen,
                .words = (uint32_t *)(uintptr_t)seen,
                .in_directory = &spaces_directory(tables.space).mapped[i],
        };
}

static inline uint32_t
entry_of_view(struct one_table table)
{
        const struct access kernels = { .perms = PERM_R | PERM_W,
                                        .global = true };
        return raw_page(table.frame, kernels);
}

static inline uint32_t
entry_of_directory(struct one_table table)
{
        return raw_table((struct pagemap_page){ .frame = table.frame });
}

static inline uint32_t
first_entry(struct many_tables tables)
{
        const struct access users = { .perms = PERM_R, .user = true };

        return raw_page(paddr(region_first(tables.page).value), users);
}

static inline void
make_table(struct many_tables tables, uint32_t i)
{
        struct one_table table = one_table(tables, i);

        *client_entry(vaddr(table.seen)) = entry_of_view(table);
        h_state.seen_at[table.frame.value / H_PAGE_SIZE] = vaddr(table.seen);
        page_array.pages[table.frame.value / H_PAGE_SIZE] = TABLE(1);
        memset(table.words, 0, H_PAGE_SIZE);
        table.words[0] = first_entry(tables);
        *table.in_directory = entry_of_directory(table);
}

// The first 1 GB of the space has a page-table for each 4 MB. Nothing of this is
// expected: as soon as they are gone the machine is as it was.
static inline void
make_many_tables(struct many_tables tables)
{
        uint32_t page = region_first(tables.page).value / H_PAGE_SIZE;

        for (uint32_t i = 0; i < MANY_TABLES; i++)
                make_table(tables, i);
        page_array.pages[page] = NORMAL(MANY_TABLES);
}

// Begins the test's machine anew, with such a space. False: there is no memory for it.
static inline bool
begin_many_tables(struct many_tables *tables)
{
        spaces_begin();
        if (!far_is_there())
                return false;
        tables->space = given_pagemap();
        tables->page = spaces_page();
        tables->first = region_first(spaces_far(20)).value;
        tables->seen = h_vfpage_first(spaces_addresses(20)).value;
        spaces_make();
        make_many_tables(*tables);
        return true;
}

static inline bool
same_status(struct page a, struct page b)
{
        return a.status == b.status && a.entries == b.entries;
}

// An entry, but for what the processor notes in it.
static inline uint32_t
without_notes(uint32_t entry)
{
        return entry & ~(ENTRY_ACCESSED | ENTRY_DIRTY);
}

static inline bool
table_is_there(struct many_tables tables, uint32_t i)
{
        struct one_table table = one_table(tables, i);
        uint32_t number = table.frame.value / H_PAGE_SIZE;

        if (without_notes(*client_entry(vaddr(table.seen))) !=
                    entry_of_view(table) ||
            h_state.seen_at[number].value != table.seen ||
            !same_status(page_array.pages[number], TABLE(1)) ||
            without_notes(*table.in_directory) != entry_of_directory(table) ||
            without_notes(table.words[0]) != first_entry(tables))
                return false;
        for (uint32_t word = 1; word < H_PAGE_WORDS; word++)
                if (table.words[word] != 0)
                        return false;
        return true;
}

static inline void
take_table_away(struct many_tables tables, uint32_t i)
{
        struct one_table table = one_table(tables, i);

        *table.in_directory = 0;
        *client_entry(vaddr(table.seen)) = 0;
        h_state.seen_at[table.frame.value / H_PAGE_SIZE] = vaddr(0);
        page_array.pages[table.frame.value / H_PAGE_SIZE] = NORMAL(0);
}

// After refusals (`what` says which): the page-tables are as they were, and without
// them so is everything else.
static inline void
expect_many_tables_stay(struct many_tables tables, const char *what)
{
        uint32_t page = region_first(tables.page).value / H_PAGE_SIZE;

        for (uint32_t i = 0; i < MANY_TABLES; i++) {
                if (!table_is_there(tables, i))
                        fail("%s: of %u page-tables number %u, for 4 MB at "
                             "0x%08x, is not what it was: its status, its "
                             "view, its words or its entry in the directory "
                             "have changed",
                             what, MANY_TABLES, i, i * H_SUPERPAGE_SIZE);
                take_table_away(tables, i);
        }
        expect_number(MANY_TABLES, (uint32_t)page_array.pages[page].status,
                      "%s: how often page 0x%08x is mapped, by each of %u "
                      "page-tables once",
                      what, page * H_PAGE_SIZE, MANY_TABLES);
        page_array.pages[page] = NORMAL(0);
        spaces_check("%s", what);
        make_many_tables(tables);
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
