// SPDX-License-Identifier: MIT
// Tests of exercise 0.2, the memory map: lists that are not in order, and lists
// of every kind.
#include <h4/memory_list.h>
#include <h4/test.h>

// Parses the first `length` bytes of the list.
static enum memory_map_result
parse(size_t length)
{
        const void *list = list_place(length);
        return memory_map_parse(list, length, list_map());
}

// Two entries with which nothing is wrong.
static void
begin_well(void)
{
        list_begin();
        list_entry(0x00100000, 0x00700000, MEMORY_USABLE);
        list_due(0x00100000, 0x007FFFFF, MEMORY_USABLE);
        list_entry(0x00800000, 0x00100000, MEMORY_RESERVED);
        list_due(0x00800000, 0x008FFFFF, MEMORY_RESERVED);
        expect_map(MEMORY_MAP_OK, parse(list_length()), "two good entries");
}

TEST(parse_refuses_a_list_of_nothing)
{
        begin_well();
        list_begin();
        expect_map(MEMORY_MAP_EMPTY, parse(0), "a list of 0 bytes");
}

TEST(parse_refuses_entries_of_less_than_20_bytes)
{
        static const uint32_t sizes[] = { 0, 1, 4, 16, 19 };

        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                begin_well();
                list_entry_that_says(sizes[i], 0x00A00000, 0x00100000,
                                     MEMORY_USABLE);
                list_entry(0x00C00000, 0x00100000, MEMORY_USABLE);
                expect_map(MEMORY_MAP_SHORT, parse(list_length()),
                           "an entry that says it has %u bytes", sizes[i]);
        }
}

// The byte behind each of these lists is not mapped.
TEST(parse_refuses_a_list_that_ends_inside_an_entry)
{
        begin_well();
        size_t good = list_length();

        list_entry(0x00A00000, 0x00100000, MEMORY_USABLE);
        for (size_t length = good + 1; length < list_length(); length++)
                expect_map(MEMORY_MAP_CUT, parse(length),
                           "two good entries and %zu bytes of a third",
                           length - good);

        list_begin();
        list_entry(0x00A00000, 0x00100000, MEMORY_USABLE);
        for (size_t length = 1; length < list_length(); length++)
                expect_map(MEMORY_MAP_CUT, parse(length),
                           "the first %zu bytes of an entry", length);
}

TEST(parse_refuses_entries_that_run_past_the_list)
{
        static const uint32_t sizes[] = { 21,         24,         4000,
                                          0x7FFFFFFF, 0x80000000, 0xFFFFFFB8,
                                          0xFFFFFFE8, 0xFFFFFFFC, 0xFFFFFFFF };

        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                begin_well();
                list_entry_that_says(sizes[i], 0x00A00000, 0x00100000,
                                     MEMORY_USABLE);
                expect_map(MEMORY_MAP_CUT, parse(list_length()),
                           "an entry that says it has 0x%08x bytes, where the "
                           "list has 20 more",
                           sizes[i]);
        }
}

// Of an entry that is cut and says that it is short, the size is what counts.
TEST(parse_looks_at_the_size_first)
{
        begin_well();
        size_t good = list_length();

        list_entry_that_says(3, 0x00A00000, 0x00100000, MEMORY_USABLE);
        for (size_t more = 4; more <= 24; more += 4)
                expect_map(MEMORY_MAP_SHORT, parse(good + more),
                           "an entry that says it has 3 bytes, and %zu bytes "
                           "to the list's end",
                           more - 4);

        // It is as wrong where the range would have been left out.
        begin_well();
        list_entry_that_says(19, 0x00A00000, 0, MEMORY_USABLE);
        expect_map(MEMORY_MAP_SHORT, parse(list_length()),
                   "an empty range whose entry says it has 19 bytes");
        begin_well();
        list_entry_that_says(25, 0x100000000ull, 0x1000, MEMORY_USABLE);
        expect_map(MEMORY_MAP_CUT, parse(list_length()),
                   "a range above 4 GB whose entry runs past the list");
}

TEST(parse_refuses_more_ranges_than_a_map_holds)
{
        list_begin();
        for (uint32_t i = 0; i < MEMORY_RANGES; i++) {
                list_entry(i << 20, 0x00080000, MEMORY_USABLE);
                list_due(i << 20, (i << 20) + 0x7FFFF, MEMORY_USABLE);
        }
        expect_map(MEMORY_MAP_OK, parse(list_length()),
                   "as many ranges as a map has places");

        list_entry(0x50000000, 0x1000, MEMORY_USABLE);
        expect_map(MEMORY_MAP_FULL, parse(list_length()),
                   "one range more than a map has places");

        // What comes behind has not been met.
        list_entry_that_says(3, 0x51000000, 0x1000, MEMORY_USABLE);
        expect_map(MEMORY_MAP_FULL, parse(list_length()),
                   "one range more than a map has places, and then an entry "
                   "that is too short");
}

// Whatever length the loader gives, and whatever stands in the list, the map is
// begun anew: it never shows what an earlier list has left.
TEST(parse_forgets_the_list_before)
{
        begin_well();
        list_begin();
        list_entry_that_says(19, 0x00A00000, 0x00100000, MEMORY_USABLE);
        expect_map(MEMORY_MAP_SHORT, parse(list_length()),
                   "a list that begins with an entry that is too short");
        begin_well();
        list_begin();
        list_entry_that_says(100, 0x00A00000, 0x00100000, MEMORY_USABLE);
        expect_map(MEMORY_MAP_CUT, parse(list_length()),
                   "a list that begins with an entry that runs past it");
        begin_well();
        list_begin();
        list_entry(0x00A00000, 0, MEMORY_USABLE);
        expect_map(MEMORY_MAP_OK, parse(list_length()),
                   "a list of one range of 0 bytes");
}

static uint64_t
random_64(void)
{
        return (uint64_t)random_word() << 32 | random_word();
}

// A range at random, and in the list's terms what is to be read of it.
static void
random_entry(void)
{
        uint32_t a = random_word() >> random_below(32);
        uint32_t b = random_word() >> random_below(32);
        uint32_t first = a < b ? a : b, last = a < b ? b : a;
        uint32_t size = 20 + random_below(4) * random_below(12);
        uint32_t kind = 1 + random_below(5);

        switch (random_below(6)) {
        case 0: // above 4 GB
                list_entry_of(size, random_64() | 0x100000000ull, random_64(),
                              kind);
                break;
        case 1: // empty
                list_entry_of(size, random_64(), 0, kind);
                break;
        case 2: // across 4 GB
                list_entry_of(size, first,
                              0x100000000ull - first + random_word(), kind);
                list_due(first, 0xFFFFFFFF, (enum memory_kind)kind);
                break;
        default:
                list_entry_of(size, first, (uint64_t)last - first + 1, kind);
                list_due(first, last, (enum memory_kind)kind);
        }
}

TEST(parse_reads_random_lists)
{
        for (int round = 0; round < 12; round++) {
                list_begin();
                for (uint32_t left = 1 + random_below(40); left > 0; left--)
                        random_entry();
                expect_map(MEMORY_MAP_OK, parse(list_length()),
                           "a random list of %zu bytes", list_length());
        }
}
