// SPDX-License-Identifier: MIT
// What the tests of exercise 3.5 share: calls with a range, what is due then,
// and what was answered.
//
//   modifies(space, 0x40440000, 14, H_R);      four pages can only be read now
//   removes(space, 0x40440000, 14, NULL, 0);   they are gone
#ifndef RANGES_H
#define RANGES_H

#include <h4/spaces.h>
#include <h4/test.h>

// What an out parameter holds until somebody writes there.
#define UNTOUCHED 0xEEEEEEEEu

#define MOST_TABLES 4u

// A page-table, and an address that it translates.
struct table_at {
        uint32_t address;
        struct h_pagemap_page lent;
};

static inline struct table_at
given_table_at(struct h_pagemap space, uint32_t address)
{
        return (struct table_at){ address, given_table(space, address) };
}

// A page-table all of whose entries map memory: twice the first 2 MB of `region`.
static inline struct table_at
given_full_table(struct h_pagemap space, uint32_t address,
                 struct h_region region, unsigned rights)
{
        struct table_at table = given_table_at(space, address);
        struct h_region half = region_of(region_first(region).value, 21);

        given_mapped(space, user_pages(address, 21), half, rights);
        given_mapped(space, user_pages(address + (1u << 21), 21), half, rights);
        return table;
}

// The entry that maps a user address, in the machine itself.
static inline uint32_t *
entry_at(struct h_pagemap space, uint32_t address)
{
        uint32_t *upper =
                &spaces_directory(space).mapped[address / H_SUPERPAGE_SIZE];

        if (!(*upper & ENTRY_PRESENT) || *upper & ENTRY_SUPERPAGE)
                return upper;
        return spaces_word((struct h_paddr){ *upper & ENTRY_FRAME }) +
               address / H_PAGE_SIZE % H_PAGE_WORDS;
}

// Gives a range other rights; what is due is noted, and not yet compared.
static inline void
modify(struct h_pagemap space, uint32_t first, unsigned log2_size,
       unsigned rights)
{
        struct h_vfpage pages = user_pages(first, log2_size);

        expect_h(H_OK, h_modify_mapping(space, pages, rights),
                 "h_modify_mapping, 2^%u bytes at 0x%08x, rights %s", log2_size,
                 first, rights_name(rights));
        due_rights(space, pages, rights);
}

static inline void
modifies(struct h_pagemap space, uint32_t first, unsigned log2_size,
         unsigned rights)
{
        modify(space, first, log2_size, rights);
        spaces_check("after h_modify_mapping, 2^%u bytes at 0x%08x, rights %s",
                     log2_size, first, rights_name(rights));
}

static inline void
modify_refuses(enum h_error due, struct h_pagemap space, struct h_vfpage pages,
               unsigned rights)
{
        expect_h(due, h_modify_mapping(space, pages, rights),
                 "h_modify_mapping, address space %u.%u, flexpage " RANGE
                 ", rights %s (0x%x)",
                 space.slot, space.generation, RANGE_OF(pages.word),
                 rights_name(rights), rights);
}

// Unmaps a range, with room for just as many page-tables as come back: those of
// `gone`, in this order. What is due is noted, and not yet compared.
static inline void
remove(struct h_pagemap space, uint32_t first, unsigned log2_size,
       const struct table_at *gone, size_t tables)
{
        struct h_vfpage pages = user_pages(first, log2_size);
        struct h_region freed[MOST_TABLES + 1];
        size_t count = UNTOUCHED;

        for (size_t i = 0; i <= MOST_TABLES; i++)
                freed[i].pages.word = UNTOUCHED;
        expect_h(H_OK, h_remove_mapping(space, pages, freed, tables, &count),
                 "h_remove_mapping, 2^%u bytes at 0x%08x, with room for %u "
                 "page-tables",
                 log2_size, first, (unsigned)tables);
        expect_number(tables, count,
                      "h_remove_mapping, 2^%u bytes at 0x%08x: how many "
                      "page-tables come back",
                      log2_size, first);
        for (size_t i = 0; i < tables; i++)
                expect_hex(gone[i].lent.page.pages.word, freed[i].pages.word,
                           "h_remove_mapping, 2^%u bytes at 0x%08x: freed[%u], "
                           "a page-table that comes back",
                           log2_size, first, (unsigned)i);
        expect_hex(UNTOUCHED, freed[tables].pages.word,
                   "h_remove_mapping, 2^%u bytes at 0x%08x: the word behind "
                   "the room for %u page-tables",
                   log2_size, first, (unsigned)tables);

        due_unmapped(space, pages);
        for (size_t i = 0; i < tables; i++)
                due_table_gone(space, gone[i].address);
}

static inline void
removes(struct h_pagemap space, uint32_t first, unsigned log2_size,
        const struct table_at *gone, size_t tables)
{
        remove(space, first, log2_size, gone, tables);
        spaces_check("after h_remove_mapping, 2^%u bytes at 0x%08x", log2_size,
                     first);
}

// `count` is what *count is to be: UNTOUCHED but for H_CAPACITY.
static inline void
remove_refuses_with(size_t room, enum h_error due, size_t count,
                    struct h_pagemap space, struct h_vfpage pages)
{
        struct h_region freed[MOST_TABLES];
        size_t found = UNTOUCHED;

        for (size_t i = 0; i < MOST_TABLES; i++)
                freed[i].pages.word = UNTOUCHED;
        expect_h(due,
                 h_remove_mapping(space, pages, room ? freed : NULL, room,
                                  &found),
                 "h_remove_mapping, address space %u.%u, flexpage " RANGE
                 ", with room for %u page-tables",
                 space.slot, space.generation, RANGE_OF(pages.word),
                 (unsigned)room);
        expect_hex(count, found,
                   "h_remove_mapping, flexpage " RANGE
                   ", has refused: *count, which was 0x%08x before",
                   RANGE_OF(pages.word), UNTOUCHED);
        for (size_t i = 0; i < MOST_TABLES; i++)
                expect_hex(UNTOUCHED, freed[i].pages.word,
                           "h_remove_mapping, flexpage " RANGE
                           ", has refused, and has written freed[%u]",
                           RANGE_OF(pages.word), (unsigned)i);
}

static inline void
remove_refuses(enum h_error due, struct h_pagemap space, struct h_vfpage pages)
{
        remove_refuses_with(MOST_TABLES, due, UNTOUCHED, space, pages);
}

#endif
