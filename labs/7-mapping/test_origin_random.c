// SPDX-License-Identifier: MIT
// The source of all memory (7.10): addresses at random, compared with a list of all pages.
#include "origin.h"

#define TRIES 100u
#define PAGES_MOST (0x01000000u / H_PAGE_SIZE) // more than there are

// Which pages are there for sigma0 still.
static bool left[PAGES_MOST];
static uint32_t pages_left;
static uint32_t some[400], some_count; // addresses of some of them

// Returns how many of them were not so before.
static uint32_t
mark(uint32_t address, uint32_t pages, bool is_left)
{
        uint32_t number = address / H_PAGE_SIZE, count = 0;

        if (number + pages > PAGES_MOST)
                fail("the test has a list of 16 MB");
        for (uint32_t i = number; i < number + pages; i++) {
                count += left[i] != is_left;
                left[i] = is_left;
        }
        return count;
}

static void
list_begin(void)
{
        static struct h_region regions[64];
        const struct pool_range *ranges;
        size_t count;

        mark(0, PAGES_MOST, false);
        pages_left = 0;
        some_count = 0;
        must(h_initial_regions(regions, 64, &count), "h_initial_regions");
        for (size_t i = 0; i < count; i++) {
                uint32_t first = h_pfpage_first(regions[i].pages).value;
                uint32_t pages =
                        1u << (h_pfpage_log2(regions[i].pages) - H_PAGE_LOG2);
                pages_left += mark(first, pages, true);
                for (uint32_t j = 0;
                     j < pages && some_count < 400 && first < SYSTEM_SUPERPAGES;
                     j++)
                        some[some_count++] = first + j * H_PAGE_SIZE;
        }
        count = pool_ranges(&ranges);
        for (size_t i = 0; i < count; i++)
                pages_left -= mark(ranges[i].first, ranges[i].pages, false);
}

static bool
all_left(uint32_t first)
{
        for (uint32_t i = 0; i < H_SUPERPAGE_SIZE / H_PAGE_SIZE; i++)
                if (!left[first + i])
                        return false;
        return true;
}

// What is due for this page, and that it is no more then.
static unsigned
due(uint32_t number)
{
        const uint32_t pages = H_SUPERPAGE_SIZE / H_PAGE_SIZE;

        if (number >= PAGES_MOST || !left[number])
                return 0;
        uint32_t first = number / pages * pages;
        if (!all_left(first)) {
                left[number] = false;
                pages_left--;
                return H_PAGE_LOG2;
        }
        for (uint32_t i = 0; i < pages; i++)
                left[first + i] = false;
        pages_left -= pages;
        return H_SUPERPAGE_LOG2;
}

// Mostly where there is memory.
static uint32_t
random_address(void)
{
        uint32_t kind = random_below(8);

        return kind == 0  ? random_word()
               : kind < 4 ? random_below(PAGES_MOST * H_PAGE_SIZE)
                          : some[random_below(some_count)] +
                                    random_below(H_PAGE_SIZE);
}

TEST(all_memory_is_given_once)
{
        uint32_t before, given = 0;

        origin_begin(1);
        list_begin();
        before = pages_left;
        for (uint32_t i = 1; i <= TRIES; i++) {
                uint32_t address = random_address();
                struct space *who = random_below(8) ? sigma0_is : other_is;
                unsigned log2 =
                        who == sigma0_is ? due(address / H_PAGE_SIZE) : 0;
                expect_number(log2, own_memory(who, address),
                              "try %u: own_memory of %s at 0x%08x: the size "
                              "(log2) of what it has got, 0: nothing",
                              i, who == sigma0_is ? "sigma0" : "another space",
                              address);
                if (log2 != 0)
                        expect_given(address, log2, "at random");
                given += log2 ? 1u << (log2 - H_PAGE_LOG2) : 0;
        }
        expect_number(before - pages_left, given, "pages that sigma0 has got");
        forest_check("all was given once");
}
