// SPDX-License-Identifier: MIT
// A machine in use, to be asked whether it is well-formed: as it is, and with one
// thing spoiled.
#ifndef WELLFORMED_MACHINE_H
#define WELLFORMED_MACHINE_H

#include <h/internal/state.h>
#include <h/internal/wellformed.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/format.h>
#include <kernel/memory.h>

#define SMALL 0x800u   // pages, none of them far away
#define LARGER 0x1000u // with 8 MB far away
#define PAGE_PLACE 0x00402000u
#define OTHER_PLACE 0x30000000u
#define FREE_PLACE 0x50000000u
#define HOLE 0x000F0000u   // no memory
#define BEYOND 0x7FFFF000u // behind the page array
#define ENVIRONMENT_PAGE 0x00500000u

// Two address spaces. The first has a page-table with a row of two pages and a
// third page, which the second space sees too, by a page-table of its own. The
// client has mapped a page for users, and one for itself.
struct used_machine {
        struct h_pagemap space, other;
        struct h_pagemap_page table, other_table;
        struct h_region row, page, shown, hidden;
        struct h_vfpage shown_at, hidden_at;
};

static inline struct used_machine
used_machine(uint32_t pages)
{
        spaces_begin_with(pages);

        struct used_machine all = {
                .row = spaces_region(H_PAGE_LOG2 + 1),
                .page = spaces_page(),
                .shown = spaces_page(),
                .hidden = spaces_page(),
                .shown_at = spaces_addresses(H_PAGE_LOG2),
                .hidden_at = spaces_addresses(H_PAGE_LOG2),
        };
        all.space = given_pagemap();
        all.other = given_pagemap();
        all.table = given_table(all.space, PAGE_PLACE);
        all.other_table = given_table(all.other, OTHER_PLACE);
        due_mapped(all.space, user_pages(PAGE_PLACE, 13), all.row, H_R | H_W);
        due_mapped(all.space, user_pages(PAGE_PLACE + 0x2000, 12), all.page,
                   H_R);
        due_mapped(all.other, user_pages(OTHER_PLACE, 12), all.page, H_R | H_W);
        given_kernel_mapping(all.shown, all.shown_at, H_R, true);
        given_kernel_mapping(all.hidden, all.hidden_at, H_R | H_W, false);
        return all;
}

static inline uint32_t
frame_of(struct h_region page)
{
        return region_first(page).value;
}

// The entry by which a page-directory, a page-table, or those of the client's
// addresses translate an address, where the harness sees it.
static inline uint32_t *
upper_entry(struct h_pagemap space, uint32_t address)
{
        return &spaces_directory(space).mapped[address / SUPERPAGE_SIZE];
}

static inline uint32_t *
lower_entry(struct h_pagemap_page table, uint32_t address)
{
        return spaces_word(region_first(table.page)) +
               address / PAGE_SIZE % TABLE_ENTRIES;
}

static inline uint32_t *
shared_entry(uint32_t address)
{
        return &h_state.client_entries[(address - SPACES_CLIENT_BASE) /
                                       PAGE_SIZE];
}

// An entry of a page-directory that points to a page-table for user space.
static inline uint32_t
pointer_to(uint32_t table)
{
        return table | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER;
}

// The entry shows another frame.
static inline void
redirect(uint32_t *entry, uint32_t frame)
{
        *entry = (*entry & ~ENTRY_FRAME) | frame;
}

// The array says that a page has so many mappings more.
static inline void
recount(uint32_t frame, int change)
{
        struct page *page = page_at(paddr(frame));

        page->status = (int16_t)(page->status + change);
}

static inline void
expect_wellformed(const char *what)
{
        struct violation found = { INVARIANT_NONE, { 0 }, { 0 } };

        if (!wellformed_memory(&found))
                fail_values("true", "false",
                            "wellformed_memory of %s: \"%s\", page 0x%08x, "
                            "address 0x%08x",
                            what, invariant_text(found.invariant),
                            found.page.value, found.address.value);
        if (found.invariant != INVARIANT_NONE || found.page.value ||
            found.address.value)
                fail("wellformed_memory of %s answers true, and has written to "
                     "*found",
                     what);
}

// Asks with one thing spoiled: the invariant is to be named, and the page.
static inline void
expect_violation(enum invariant invariant, uint32_t page, const char *what)
{
        struct violation found = { INVARIANT_NONE, { 0 }, { 0 } };
        char due[16], named[16];

        if (wellformed_memory(&found))
                fail_values(invariant_text(invariant), "well-formed",
                            "wellformed_memory of a machine in which %s", what);
        if (found.invariant != invariant)
                fail_values(invariant_text(invariant),
                            invariant_text(found.invariant),
                            "wellformed_memory of a machine in which %s", what);
        format(due, sizeof(due), "0x%08x", page);
        format(named, sizeof(named), "0x%08x", found.page.value);
        if (found.page.value != page)
                fail_values(due, named,
                            "wellformed_memory of a machine in which %s: the "
                            "page that it names",
                            what);
}

// The same for a word that is spoiled for as long as it takes.
static inline void
spoiled_word(uint32_t *word, uint32_t value, enum invariant invariant,
             uint32_t page, const char *what)
{
        uint32_t before = *word;

        *word = value;
        expect_violation(invariant, page, what);
        *word = before;
}

// And for an entry that shows another frame: what it showed before has a mapping
// fewer in the array, so that nothing but the frame is wrong.
static inline void
spoiled_entry(uint32_t *entry, uint32_t frame, enum invariant invariant,
              const char *what)
{
        uint32_t before = *entry;

        redirect(entry, frame);
        recount(before & ENTRY_FRAME, -1);
        expect_violation(invariant, frame, what);
        recount(before & ENTRY_FRAME, 1);
        *entry = before;
}

#endif
