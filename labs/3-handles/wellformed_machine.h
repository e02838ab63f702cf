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
#include <kernel/string.h>

#define SMALL 0x800u // pages, none of them far away
#define LARGE 0xC00u // with 4 MB far away
#define PAGE_PLACE 0x00402000u
#define OTHER_PLACE 0x30000000u
#define FREE_PLACE 0x50000000u
#define LAST_PLACE 0xBFC00000u // the last 4 MB of user space
#define HOLE 0x000F0000u       // no memory
#define BEYOND 0x7FFFF000u     // behind the page array
#define ENVIRONMENT_PAGE 0x00500000u
#define NOWHERE 0u

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
used_machine(void)
{
        spaces_begin_with(SMALL);

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

// A machine with so much memory far away that a superpage shows all of it, and
// that memory.
static inline struct h_region
large_machine(void)
{
        spaces_begin_with(LARGE);

        struct h_region far = spaces_far(SUPERPAGE_LOG2);
        region_table.regions[region_table.count - 1].range.word =
                far.pages.word;
        return far;
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

// A page-table of kernel space: its frame, and its entries.
static inline uint32_t
kernel_table(uint32_t address)
{
        return h_state.reference_entries[address / SUPERPAGE_SIZE] &
               ENTRY_FRAME;
}

static inline uint32_t *
kernel_entries(uint32_t address)
{
        return spaces_word((struct h_paddr){ kernel_table(address) });
}

// An entry of a page-directory that points to a page-table for user space.
static inline uint32_t
pointer_to(uint32_t table)
{
        return table | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER;
}

// The array says that a page has so many mappings more.
static inline void
recount(uint32_t frame, int change)
{
        struct page *page = page_at(paddr(frame));

        page->status = (int16_t)(page->status + change);
}

// Where two arrays differ for the first time; `count`, a multiple of four, where
// they do not. Four words at a time, as it is asked after each call.
static inline uint32_t
first_difference(const uint32_t *a, const uint32_t *b, uint32_t count)
{
        uint32_t i = 0;

        while (i < count && !((a[i] ^ b[i]) | (a[i + 1] ^ b[i + 1]) |
                              (a[i + 2] ^ b[i + 2]) | (a[i + 3] ^ b[i + 3])))
                i += 4;
        while (i < count && a[i] == b[i])
                i++;
        return i;
}

// Asks, and looks whether the array of pages is afterwards as it was.
static inline bool
ask(struct violation *found, const char *what)
{
        static struct page before[LARGE];
        const struct page *pages = page_array.pages;
        uint32_t count = page_array.count;

        memcpy(before, pages, count * sizeof(struct page));
        bool answer = wellformed_memory(found);
        uint32_t i = first_difference((const uint32_t *)before,
                                      (const uint32_t *)pages, count);
        if (i < count)
                fail_values(page_words(before[i]).text,
                            page_words(pages[i]).text,
                            "after wellformed_memory of %s: the entry of page "
                            "0x%08x",
                            what, i * PAGE_SIZE);
        return answer;
}

static inline void
expect_wellformed(const char *what)
{
        const struct violation before = { TLB_AGREES,
                                          { 0xEEEEE000 },
                                          { 0xEEEEEEEE } };
        struct violation found = before;

        if (!ask(&found, what))
                fail_values("true", "false",
                            "wellformed_memory of %s: \"%s\", page 0x%08x, "
                            "address 0x%08x",
                            what, invariant_text(found.invariant),
                            found.page.value, found.address.value);
        if (found.invariant != before.invariant ||
            found.page.value != before.page.value ||
            found.address.value != before.address.value)
                fail("wellformed_memory of %s answers true, and has written to "
                     "*found",
                     what);
}

static inline void
expect_named(uint32_t due, uint32_t found, const char *part, const char *what)
{
        char expected[16], named[16];

        format(expected, sizeof(expected), "0x%08x", due);
        format(named, sizeof(named), "0x%08x", found);
        if (due != found)
                fail_values(expected, named,
                            "wellformed_memory of a machine in which %s: the "
                            "%s that it names",
                            what, part);
}

// Asks with one thing spoiled: the invariant is to be named, and the page.
// Returns the address that is named.
static inline uint32_t
violation_of(enum invariant invariant, uint32_t page, const char *what)
{
        struct violation found = { INVARIANT_NONE, { 0 }, { 0 } };

        if (ask(&found, "a machine with a violation"))
                fail_values(invariant_text(invariant), "well-formed",
                            "wellformed_memory of a machine in which %s", what);
        if (found.invariant != invariant)
                fail_values(invariant_text(invariant),
                            invariant_text(found.invariant),
                            "wellformed_memory of a machine in which %s", what);
        expect_named(page, found.page.value, "page", what);
        return found.address.value;
}

// The same, and the address is to be this one.
static inline void
expect_violation(enum invariant invariant, uint32_t page, uint32_t address,
                 const char *what)
{
        expect_named(address, violation_of(invariant, page, what), "address",
                     what);
}

// Asks with a page that is said to have so many mappings more: of a count no
// certain address is promised.
static inline void
spoiled_count(uint32_t frame, int change, const char *what)
{
        recount(frame, change);
        violation_of(COUNTS_ARE_EXACT, frame, what);
        recount(frame, -change);
}

// Asks with a word that is spoiled for as long as it takes.
static inline void
spoiled_word(uint32_t *word, uint32_t value, enum invariant invariant,
             uint32_t page, uint32_t address, const char *what)
{
        uint32_t before = *word;

        *word = value;
        expect_violation(invariant, page, address, what);
        *word = before;
}

// And with an entry that shows another frame: what it showed before has a mapping
// fewer in the array, so that nothing but the frame is wrong.
static inline void
spoiled_entry(uint32_t *entry, uint32_t frame, enum invariant invariant,
              uint32_t address, const char *what)
{
        uint32_t before = *entry;

        *entry = (before & ~ENTRY_FRAME) | frame;
        recount(before & ENTRY_FRAME, -1);
        expect_violation(invariant, frame, address, what);
        recount(before & ENTRY_FRAME, 1);
        *entry = before;
}

#endif
