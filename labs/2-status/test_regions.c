// SPDX-License-Identifier: MIT
// Tests of exercise 2.5, the initial regions: which ones there are.
#include "full_memory.h"
#include "large_memory.h"
#include "region_list.h"

#include <h4/arena.h>

TEST(regions_of_single_pages)
{
        static const uint32_t single[] = { 0x001, 0x003, 0x008, 0x00A,
                                           0x010, 0x3FF, 0x401 };

        machine(0x402);
        for (unsigned i = 0; i < 7; i++) {
                pages_set(single[i], NORMAL(0));
                region(single[i], 0);
        }
        gives(ROOM);

        // More of them than a byte counts.
        machine(0x402);
        for (uint32_t page = 1; page < 0x402; page += 3) {
                pages_set(page, NORMAL(0));
                region(page, 0);
        }
        gives(ROOM);
}

struct page large_pages[LARGE_PAGES];

// Behind a page that is not free 264 MB but one page: more pages in a row than 16 bits
// count, and more regions in it than there are bits in their number.
static void
large_memory(void)
{
        machine(1);
        struct page_array before = large_begin(LARGE_PAGES - 1, NORMAL(0));
        large_pages[0] = ENVIRONMENT;
        for (unsigned i = 0; i < 16; i++)
                region(1u << i, i);
        for (unsigned i = 11; i-- > 0;)
                region(LARGE_PAGES - (2u << i), i);
        gives(ROOM);
        page_array = before;
}

TEST(region_of_all_there_is)
{
        machine(MACHINE_PAGES);
        pages_fill(0, MACHINE_PAGES, NORMAL(0));
        region(0, 11);
        gives(ROOM);

        machine(1);
        pages_set(0, NORMAL(0));
        region(0, 0);
        gives(ROOM);

        // An array that ends within a flexpage.
        machine(13);
        pages_fill(0, 13, NORMAL(0));
        region(0, 3);
        region(8, 2);
        region(12, 0);
        gives(ROOM);
        large_memory();
}

TEST(regions_beside_a_hole)
{
        machine(0x180);
        pages_fill(0x000, 0x09F, NORMAL(0));
        pages_fill(0x09F, 0x100, NOT_INSTALLED);
        pages_fill(0x100, 0x180, NORMAL(0));
        region(0x000, 7);
        region(0x080, 4);
        region(0x090, 3);
        region(0x098, 2);
        region(0x09C, 1);
        region(0x09E, 0);
        region(0x100, 7);
        gives(ROOM);
}

TEST(regions_are_as_large_as_can_be)
{
        machine(MACHINE_PAGES);
        pages_fill(0x005, 0x013, NORMAL(0));
        region(0x005, 0);
        region(0x006, 1);
        region(0x008, 3);
        region(0x010, 1);
        region(0x012, 0);

        // Over the border of 4 MB; and aligned to more than its size.
        pages_fill(0x3FE, 0x404, NORMAL(0));
        region(0x3FE, 1);
        region(0x400, 2);
        pages_fill(0x480, 0x483, NORMAL(0));
        region(0x480, 1);
        region(0x482, 0);
        pages_fill(0x500, 0x600, NORMAL(0));
        region(0x500, 8);
        gives(ROOM);

        // A row that takes more of them than any other.
        machine(MACHINE_PAGES);
        pages_fill(0x001, MACHINE_PAGES - 1, NORMAL(0));
        for (unsigned i = 0; i < 10; i++)
                region(1u << i, i);
        for (unsigned i = 10; i-- > 0;)
                region(MACHINE_PAGES - (2u << i), i);
        gives(ROOM);
}

TEST(regions_leave_modules_out)
{
        machine(0x100);
        pages_fill(0x40, 0x80, NORMAL(0));
        pages_fill(0x50, 0x53, MODULE(0));
        pages_set(0x7F, MODULE(2));
        region(0x40, 4);
        region(0x53, 0);
        region(0x54, 2);
        region(0x58, 3);
        region(0x60, 4);
        region(0x70, 3);
        region(0x78, 2);
        region(0x7C, 1);
        region(0x7E, 0);
        gives(ROOM);
}

TEST(regions_leave_others_out)
{
        static const struct page others[] = {
                NOT_INSTALLED, ENVIRONMENT, DIRECTORY,       PINNED_DIRECTORY,
                TABLE(0),      TABLE(7),    PINNED_TABLE(0),
        };

        machine(0x40);
        pages_fill(0x00, 0x40, NORMAL(0));
        region(0x00, 3);
        for (unsigned i = 0; i < 7; i++) {
                pages_set(8 + 4 * i, others[i]);
                region(9 + 4 * i, 0);
                region(10 + 4 * i, 1);
        }
        region(0x24, 2);
        region(0x28, 3);
        region(0x30, 4);
        gives(ROOM);
}

TEST(regions_hold_mapped_pages)
{
        machine(0x40);
        pages_fill(0x10, 0x20, NORMAL(0));
        pages_set(0x10, NORMAL(1));
        pages_set(0x14, NORMAL(7));
        pages_set(0x1F, NORMAL(PAGE_COUNT_MAX));
        region(0x10, 4);
        gives(ROOM);
}

// Two pages, the second one free or not. Their entries are the last words that
// are mapped: whoever asks for a third one faults.
static void
ends_with_the_array(void)
{
        struct page *edge = (struct page *)(arena_edge() + TABLE_ENTRIES);

        for (unsigned log2_pages = 0; log2_pages < 2; log2_pages++) {
                machine(2);
                struct page_array before = page_array;
                edge[-2] = NORMAL(0);
                edge[-1] = log2_pages > 0 ? NORMAL(0) : ENVIRONMENT;
                page_array.pages = edge - 2;
                region(0, log2_pages);
                gives(ROOM);
                page_array = before;
        }
}

// The row ends at the address 4 GB, which 32 bits do not hold.
static void
ends_with_4_gb(void)
{
        machine(1);
        struct page_array before = full_begin(ENVIRONMENT, NORMAL(0));
        for (unsigned i = 10; i < 20; i++)
                region(1u << i, i);
        gives(ROOM);
        full_end(before);
}

TEST(regions_at_both_ends)
{
        machine(0x207);
        pages_set(0x000, NORMAL(0));
        pages_fill(0x205, 0x207, NORMAL(0));
        region(0x000, 0);
        region(0x205, 0);
        region(0x206, 0);
        gives(ROOM);
        ends_with_the_array();
        ends_with_4_gb();
}

static bool
is_free(uint32_t page)
{
        struct page entry = page_array.pages[page];

        return entry.status >= 0 && !entry.module;
}

// The largest region that begins with the free page `first`.
static unsigned
largest_at(uint32_t first)
{
        unsigned log2_pages = 0;
        for (;;) {
                uint32_t size = 2u << log2_pages;
                if (first % size || first + size > page_array.count)
                        return log2_pages;
                for (uint32_t i = size / 2; i < size; i++)
                        if (!is_free(first + i))
                                return log2_pages;
                log2_pages++;
        }
}

TEST(regions_of_random_memory)
{
        for (int round = 0; round < 5; round++) {
                machine(1 + random_below(0x200));
                bool fill = random_below(2);
                for (uint32_t at = 0; at < page_array.count;) {
                        uint32_t end = at + 1 +
                                       (random_below(0x80) >> random_below(7));
                        if (end > page_array.count)
                                end = page_array.count;
                        pages_fill(at, end, fill ? NORMAL(0) : random_page());
                        fill = !fill;
                        at = end;
                }
                for (uint32_t at = 0; at < page_array.count;) {
                        if (!is_free(at)) {
                                at++;
                                continue;
                        }
                        unsigned log2_pages = largest_at(at);
                        region(at, log2_pages);
                        at += 1u << log2_pages;
                }
                gives(due_count);
        }
}
