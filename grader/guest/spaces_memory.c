// SPDX-License-Identifier: MIT
// What a test takes of the machine of <h4/spaces.h>: memory and addresses.
//
//   room of the arena    0 ..  63   copies of the pages at 128
//   (harness.h)         64          spaces.c
//                      128 .. 191   memory for spaces_region()
#include "spaces_model.h"
#include "words.h"

#include <h4/test.h>

#define ROW_COPIES 0u
#define ROW_ROOM 128u
#define ROW_PAGES 64u
#define ROW_FIRST (ARENA_FRAMES / PAGE_SIZE + ARENA_ROOM + ROW_ROOM)
#define FAR_FIRST 0x800u

_Static_assert(ROW_FIRST == 0x600, "the drawing in <h4/spaces.h> is right");

static struct {
        uint32_t row;       // pages taken of the memory in a row
        uint32_t far;       // pages taken of the memory far away
        uint32_t first;     // where the order of single addresses begins
        uint32_t addresses; // single addresses taken
        uint32_t above;     // pages of addresses taken in flexpages
} taken;

void
spaces_memory_begin(void)
{
        taken.row = taken.far = taken.addresses = taken.above = 0;
        taken.first = random_below(TABLE_ENTRIES);
}

struct h_region
spaces_page(void)
{
        struct pagemap_page page = arena_page("page");
        uint32_t garbage = random_word() | ENTRY_PRESENT | ENTRY_WRITE;

        words_fill(page.mapped, garbage, TABLE_ENTRIES);
        words_fill(arena_expected(page.frame), garbage, TABLE_ENTRIES);
        return region_of(page.frame.value, PAGE_LOG2);
}

// The next row of 2^log2_size bytes, aligned to its size, of `pages` pages of
// which `*used` are taken.
static uint32_t
take(uint32_t *used, uint32_t pages, unsigned log2_size, const char *what)
{
        uint32_t count = 1u << (log2_size - PAGE_LOG2);
        uint32_t first = (*used + count - 1) & -count;

        if (log2_size < PAGE_LOG2 || first + count > pages)
                fail("the test wants more %s than there are", what);
        *used = first + count;
        return first;
}

struct h_region
spaces_region(unsigned log2_size)
{
        uint32_t first =
                take(&taken.row, ROW_PAGES, log2_size, "pages in a row");
        uint32_t count = TABLE_ENTRIES << (log2_size - PAGE_LOG2);
        uint32_t *words = arena_room(ROW_ROOM + first);
        uint32_t word = random_word();

        for (uint32_t i = 0; i < count; i++)
                words[i] = word += 0x9E3779B1u;
        words_copy(arena_room(ROW_COPIES + first), words, count);
        return region_of((ROW_FIRST + first) * PAGE_SIZE, log2_size);
}

struct h_region
spaces_far(unsigned log2_size)
{
        uint32_t first = take(&taken.far, spaces_due.count - FAR_FIRST,
                              log2_size, "pages far away");

        return region_of((FAR_FIRST + first) * PAGE_SIZE, log2_size);
}

struct h_vaddr
spaces_address(void)
{
        uint32_t page = (taken.first + taken.addresses * 67) % TABLE_ENTRIES;

        if (taken.addresses++ == TABLE_ENTRIES)
                fail("the test wants more addresses than there are");
        return (struct h_vaddr){ SPACES_CLIENT_BASE + page * PAGE_SIZE };
}

struct h_vfpage
spaces_addresses(unsigned log2_size)
{
        uint32_t first = take(&taken.above, TABLE_ENTRIES, log2_size,
                              "addresses in a row");

        return user_pages(SPACES_CLIENT_BASE + SUPERPAGE_SIZE +
                                  first * PAGE_SIZE,
                          log2_size);
}

struct h_pagemap_page
spaces_lent(void)
{
        return (struct h_pagemap_page){ spaces_page(), spaces_address() };
}

uint32_t *
spaces_word(struct h_paddr address)
{
        uint32_t *page = frame_mapped(paddr(address.value & ENTRY_FRAME));

        if (!page)
                fail("there is no memory at 0x%08x in a test", address.value);
        return page + address.value % PAGE_SIZE / 4;
}

uint32_t *
spaces_word_due(struct h_paddr address)
{
        uint32_t page = address.value / PAGE_SIZE;
        uint32_t *words = page - ROW_FIRST < ROW_PAGES
                                  ? arena_room(ROW_COPIES + (page - ROW_FIRST))
                                  : arena_expected(paddr(page * PAGE_SIZE));

        if (!words)
                fail("page 0x%08x is none that the test has taken",
                     page * PAGE_SIZE);
        return words + address.value % PAGE_SIZE / 4;
}

uint32_t
spaces_row(uint32_t **words, uint32_t **expected)
{
        *words = arena_room(ROW_ROOM);
        *expected = arena_room(ROW_COPIES);
        return taken.row;
}
