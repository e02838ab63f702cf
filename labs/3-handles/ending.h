// SPDX-License-Identifier: MIT
// What the tests of address spaces share: how one begins, and what comes back
// when it ends.
#ifndef ENDING_H
#define ENDING_H

#include <h/internal/handles.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/cpu.h>

// What out parameters hold before.
#define UNTOUCHED 0xEEEEEEEEu

// Room for more pages than a space of these tests has, and one behind it.
#define ROOM 20u

static struct h_region freed[ROOM + 1];
static struct h_region due[ROOM];

// Makes an address space, and expects it.
static inline struct h_pagemap
allocates(struct h_pagemap_page page)
{
        struct h_pagemap space = { UNTOUCHED, UNTOUCHED };

        expect_h(H_OK, h_alloc_pagemap(page, &space),
                 "h_alloc_pagemap of page 0x%08x at 0x%08x",
                 region_first(page.page).value, page.mapped.value);
        if (space.slot == 0 && space.generation == 0)
                fail("h_alloc_pagemap: the handle is all zeros");
        due_pagemap(space, page);
        return space;
}

// It refuses, and the handle is as it was.
static inline void
alloc_refuses(enum h_error error, struct h_pagemap_page page)
{
        struct h_pagemap space = { UNTOUCHED, UNTOUCHED };

        expect_h(error, h_alloc_pagemap(page, &space),
                 "h_alloc_pagemap of the region " RANGE
                 " at the address 0x%08x",
                 RANGE_OF(page.page.pages.word), page.mapped.value);
        if (space.slot != UNTOUCHED || space.generation != UNTOUCHED)
                fail("h_alloc_pagemap of the region " RANGE
                     " at the address 0x%08x, which refused, has written to "
                     "*out",
                     RANGE_OF(page.page.pages.word), page.mapped.value);
}

// The pages that a space is made of, its page-directory first. Returns how many.
static inline size_t
made_of(struct h_pagemap space, struct h_region *pages)
{
        struct pagemap_page directory = spaces_directory(space);
        size_t count = 1;

        pages[0] = region_of(directory.frame.value, H_PAGE_LOG2);
        for (unsigned i = 0; i < KERNEL_BASE / SUPERPAGE_SIZE; i++)
                if (pde_is_table(directory.mapped[i]))
                        pages[count++] = region_of(
                                directory.mapped[i] & ENTRY_FRAME, H_PAGE_LOG2);
        return count;
}

static inline void
clear_freed(void)
{
        for (size_t i = 0; i <= ROOM; i++)
                freed[i].pages.word = UNTOUCHED;
}

// Has a word of `freed` been written, from number `first` on?
static inline void
expect_no_more(size_t first, const char *when)
{
        for (size_t i = first; i <= ROOM; i++)
                expect_hex(UNTOUCHED, freed[i].pages.word,
                           "h_free_pagemap %s: freed[%zu]", when, i);
}

// Each page that is due has come, and has come once.
static inline void
expect_freed(size_t count)
{
        expect_hex(due[0].pages.word, freed[0].pages.word,
                   "h_free_pagemap: freed[0], which is to be the region of "
                   "the page-directory");
        for (size_t i = 0; i < count; i++) {
                unsigned times = 0;
                for (size_t j = 0; j < count; j++)
                        times += freed[j].pages.word == due[i].pages.word;
                expect_number(1, times,
                              "h_free_pagemap: how often page 0x%08x, one of "
                              "%zu that come back, is in freed[]",
                              region_first(due[i]).value, count);
        }
}

// Ends a space, with room for exactly so many pages more than come back, and
// expects that.
static inline void
ends_with(struct h_pagemap space, size_t more)
{
        size_t count = made_of(space, due), told = UNTOUCHED;
        uint32_t reference = spaces_reference_frame().value;

        clear_freed();
        enum h_error error = h_free_pagemap(space, freed, count + more, &told);

        // It shows nothing any more, except by the TLB.
        if (error == H_OK && read_cr3() == region_first(due[0]).value) {
                write_cr3(reference);
                fail("h_free_pagemap has returned, and the processor is still "
                     "on the page-directory 0x%08x, which it has freed",
                     region_first(due[0]).value);
        }
        expect_h(H_OK, error,
                 "h_free_pagemap with room for %zu regions, where %zu come "
                 "back",
                 count + more, count);
        expect_number(count, told,
                      "h_free_pagemap: *count, how many regions come back");
        expect_freed(count);
        expect_no_more(count + more, "behind the room that there is");
        due_pagemap_gone(space);
}

static inline void
ends(struct h_pagemap space)
{
        ends_with(space, 0);
}

// The handle names nothing, and nothing is answered.
static inline void
is_refused(struct h_pagemap handle)
{
        size_t told = UNTOUCHED;

        clear_freed();
        expect_h(H_BAD_HANDLE, h_free_pagemap(handle, freed, ROOM, &told),
                 "h_free_pagemap of slot %u, generation %u", handle.slot,
                 handle.generation);
        expect_number(UNTOUCHED, told,
                      "h_free_pagemap of slot %u, generation %u, which "
                      "refused: *count",
                      handle.slot, handle.generation);
        expect_no_more(0, "of a handle that is none");
}

static inline bool
same_handle(struct h_pagemap a, struct h_pagemap b)
{
        return a.slot == b.slot && a.generation == b.generation;
}

// A word of a page, read at a user address of the space that the processor is in.
static inline void
reads_page(uint32_t address, struct h_region page, const char *when)
{
        expect_reads(vaddr(address), *spaces_word(region_first(page)), when);
}

#endif
