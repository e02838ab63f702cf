// SPDX-License-Identifier: MIT
// A machine in use, to be spoiled: for the tests of well-formedness.
#ifndef H_TESTS_SPOIL_H
#define H_TESTS_SPOIL_H

#include "check.h"
#include "machine.h"

#include <h/h.h>
#include <h/internal/handles.h>
#include <h/internal/wellformed.h>
#include <kernel/cpu.h>
#include <kernel/entry.h>

#include <string.h>

// The machine of every test: two address spaces; in the first one two pages with
// a page-table, and a superpage; a page for the client, and one for users.
#define DIRECTORY 0x00110000u
#define OTHER_DIRECTORY 0x00111000u
#define TABLE 0x00112000u
#define PAGE 0x01000000u // two pages, mapped at PAGE_AT
#define PAGE_AT 0x00402000u
#define SUPERPAGE 0x00800000u
#define SUPERPAGE_AT 0x10000000u
#define WORDS 0x01002000u // two pages, mapped at WORDS_AT
#define WORDS_AT 0xD0008000u
#define FREE_PAGE 0x01008000u
#define HOLE 0x00200000u // no memory
#define ENVIRONMENT_PAGE 0x011B0000u

#define SEEN(number) (0xD0001000u + (number)*PAGE_SIZE)

static inline struct h_region
region(uint32_t first, unsigned log2_size)
{
        return (struct h_region){ h_pfpage((struct h_paddr){ first },
                                           log2_size) };
}

static inline struct h_vfpage
range(uint32_t first, unsigned log2_size)
{
        return h_vfpage((struct h_vaddr){ first }, log2_size);
}

static inline struct h_pagemap_page
lent(uint32_t page, unsigned number)
{
        return (struct h_pagemap_page){ region(page, 12), { SEEN(number) } };
}

static struct h_pagemap space, other_space;
static struct h_kernel_mapping words;
static struct page before[MACHINE_PAGES];

static inline int
prepare(void **state)
{
        (void)state;
        bool used;
        struct h_pagemap_page table = lent(TABLE, 2);

        machine_move_window(true);
        machine_reset(0x12345000);
        h_init();
        assert_int_equal(h_alloc_pagemap(lent(DIRECTORY, 0), &space), H_OK);
        assert_int_equal(
                h_alloc_pagemap(lent(OTHER_DIRECTORY, 1), &other_space), H_OK);
        assert_int_equal(h_add_mapping(&table, space, range(PAGE_AT, 13),
                                       region(PAGE, 13), H_R | H_W, &used),
                         H_OK);
        assert_int_equal(h_add_mapping(NULL, space, range(SUPERPAGE_AT, 22),
                                       region(SUPERPAGE, 22), H_R, &used),
                         H_OK);
        assert_int_equal(h_add_kernel_mapping(region(WORDS, 13),
                                              range(WORDS_AT, 13), H_R | H_W,
                                              true, &words),
                         H_OK);
        return 0;
}

static inline uint32_t *
entry_of(uint32_t table, uint32_t index)
{
        return machine_frame(paddr(table)) + index;
}

static inline uint32_t *
directory_entry(uint32_t directory, uint32_t address)
{
        return entry_of(directory, pde_index(vaddr(address)));
}

static inline uint32_t *
page_entry(void)
{
        return entry_of(TABLE, pte_index(vaddr(PAGE_AT)));
}

static inline uint32_t *
client_entry_of(uint32_t address)
{
        return &h_state.client_entries[(address - CLIENT_BASE) / PAGE_SIZE];
}

static inline struct page *
page_of(uint32_t frame)
{
        return page_at(paddr(frame));
}

// The entry shows another frame.
static inline void
redirect(uint32_t *entry, uint32_t frame)
{
        *entry = (*entry & ~ENTRY_FRAME) | frame;
}

static inline void
expect(enum invariant invariant, uint32_t page)
{
        struct violation found = { INVARIANT_NONE, { 0 }, { 0 } };

        memcpy(before, page_array.pages, sizeof(before));
        bool well = wellformed(&found);
        if (invariant == INVARIANT_NONE && !well)
                print_error("\"%s\" does not hold: page 0x%08x at 0x%08x\n",
                            invariant_text(found.invariant), found.page.value,
                            found.address.value);
        assert_int_equal(well, invariant == INVARIANT_NONE);
        assert_string_equal(invariant_text(found.invariant),
                            invariant_text(invariant));
        assert_int_equal(found.page.value, page);
        assert_memory_equal(before, page_array.pages, sizeof(before));
}

#define T(name) cmocka_unit_test_setup(name, prepare)

#endif
