// SPDX-License-Identifier: MIT
// Tests of exercise 0.2, the memory map: what is to be read from a list.
#include <h4/memory_list.h>
#include <h4/test.h>

#define GB 0x40000000ull

// Parses the list, of which all is in order.
static void
parses(const char *what)
{
        const void *list = list_place(list_length());
        expect_map(MEMORY_MAP_OK,
                   memory_map_parse(list, list_length(), list_map()), "%s",
                   what);
}

TEST(parse_reads_an_ordinary_list)
{
        list_begin();
        list_entry(0x00000000, 0x0009F000, MEMORY_USABLE);
        list_due(0x00000000, 0x0009EFFF, MEMORY_USABLE);
        list_entry(0x0009F000, 0x00001000, MEMORY_RESERVED);
        list_due(0x0009F000, 0x0009FFFF, MEMORY_RESERVED);
        list_entry(0x00100000, 0x01EF0000, MEMORY_USABLE);
        list_due(0x00100000, 0x01FEFFFF, MEMORY_USABLE);
        list_entry(0x01FF0000, 0x0000C000, MEMORY_ACPI_TABLES);
        list_due(0x01FF0000, 0x01FFBFFF, MEMORY_ACPI_TABLES);
        list_entry(0x01FFC000, 0x00004000, MEMORY_ACPI_STORAGE);
        list_due(0x01FFC000, 0x01FFFFFF, MEMORY_ACPI_STORAGE);
        parses("the list of a PC with 32 MB");

        // The next list has nothing to do with the one before.
        list_begin();
        list_entry(0x00003000, 0x00001000, MEMORY_DEFECTIVE);
        list_due(0x00003000, 0x00003FFF, MEMORY_DEFECTIVE);
        parses("a list of one entry, after one of five");
}

TEST(parse_goes_on_where_the_size_field_says)
{
        static const uint32_t sizes[] = { 20, 24, 20, 40, 100, 48, 20 };

        list_begin();
        for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                uint32_t base = (i + 1) << 20;
                list_entry_of(sizes[i], base, 0x8000, MEMORY_USABLE);
                list_due(base, base + 0x7FFF, MEMORY_USABLE);
        }
        parses("entries of 20, 24, 20, 40, 100, 48 and 20 bytes");
}

TEST(parse_takes_entries_that_are_aligned_to_nothing)
{
        static const uint32_t sizes[] = { 21, 20, 22, 20, 23, 27, 25, 20 };

        list_begin();
        for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                uint32_t base = (i + 1) << 20;
                list_entry_of(sizes[i], base, 0x8000, MEMORY_RESERVED);
                list_due(base, base + 0x7FFF, MEMORY_RESERVED);
        }
        parses("entries of 21, 20, 22, 20, 23, 27, 25 and 20 bytes");
}

TEST(parse_names_the_last_byte_of_a_range)
{
        list_begin();
        list_entry(0x00006000, 1, MEMORY_USABLE);
        list_due(0x00006000, 0x00006000, MEMORY_USABLE);
        list_entry(0x00007001, 2, MEMORY_USABLE);
        list_due(0x00007001, 0x00007002, MEMORY_USABLE);
        list_entry(0xFFFFFFFF, 1, MEMORY_USABLE);
        list_due(0xFFFFFFFF, 0xFFFFFFFF, MEMORY_USABLE);
        list_entry(0xFFFC0000, 0x00040000, MEMORY_RESERVED);
        list_due(0xFFFC0000, 0xFFFFFFFF, MEMORY_RESERVED);
        list_entry(0, 4 * GB, MEMORY_USABLE);
        list_due(0x00000000, 0xFFFFFFFF, MEMORY_USABLE);
        list_entry(0, 4 * GB - 1, MEMORY_USABLE);
        list_due(0x00000000, 0xFFFFFFFE, MEMORY_USABLE);
        parses("ranges of few bytes, and ranges up to the end of 32 bits");
}

TEST(parse_cuts_ranges_at_4_gb)
{
        list_begin();
        list_entry(0xFFFFE000, 0x00003000, MEMORY_USABLE);
        list_due(0xFFFFE000, 0xFFFFFFFF, MEMORY_USABLE);
        list_entry(3 * GB, 2 * GB, MEMORY_USABLE);
        list_due(0xC0000000, 0xFFFFFFFF, MEMORY_USABLE);
        list_entry(0x80000000, 64 * GB, MEMORY_RESERVED);
        list_due(0x80000000, 0xFFFFFFFF, MEMORY_RESERVED);
        list_entry(0, 4 * GB + 1, MEMORY_DEFECTIVE);
        list_due(0x00000000, 0xFFFFFFFF, MEMORY_DEFECTIVE);
        parses("ranges that go on beyond 4 GB");

        // Base and length together are more than 64 bits hold.
        list_begin();
        list_entry(0x10000000, 0xFFFFFFFFFFFFFFFFull, MEMORY_RESERVED);
        list_due(0x10000000, 0xFFFFFFFF, MEMORY_RESERVED);
        list_entry(0x20000000, 0xFFFFFFFFE0000000ull, MEMORY_USABLE);
        list_due(0x20000000, 0xFFFFFFFF, MEMORY_USABLE);
        list_entry(0x30000000, 0xFFFFFFFFF0000000ull, MEMORY_USABLE);
        list_due(0x30000000, 0xFFFFFFFF, MEMORY_USABLE);
        parses("ranges that would end beyond 64 bits");
}

TEST(parse_leaves_out_what_lies_above_4_gb)
{
        list_begin();
        list_entry(4 * GB, 0x00100000, MEMORY_USABLE);
        list_entry(0x00100000, 0x00100000, MEMORY_USABLE);
        list_due(0x00100000, 0x001FFFFF, MEMORY_USABLE);
        list_entry(4 * GB + 0x00400000, 0x00100000, MEMORY_USABLE);
        list_entry(64 * GB, 64 * GB, MEMORY_USABLE);
        list_entry(0xFFFFFFFF00000000ull, 0x00100000, MEMORY_RESERVED);
        list_entry(0xFFFFFFFFFFFFF000ull, 0x00002000, MEMORY_RESERVED);
        parses("ranges above 4 GB, and one below");
}

TEST(parse_leaves_out_empty_ranges)
{
        list_begin();
        list_entry(0x00000000, 0, MEMORY_USABLE);
        list_entry(0x00100000, 0, MEMORY_RESERVED);
        list_entry(0x00200000, 0x00100000, MEMORY_USABLE);
        list_due(0x00200000, 0x002FFFFF, MEMORY_USABLE);
        list_entry(0xFFFFFFFF, 0, MEMORY_USABLE);
        list_entry(4 * GB, 0, MEMORY_USABLE);
        parses("ranges of 0 bytes, and one of 1 MB");

        list_begin();
        list_entry(0x00100000, 0, MEMORY_USABLE);
        parses("one range of 0 bytes: no range, but an entry");
}

TEST(parse_takes_unknown_kinds_as_reserved)
{
        static const uint32_t kinds[] = {
                0, 6, 7, 12, 20, 0x80000001, 0x00000101, 0xFFFFFFFF
        };
        static const uint32_t known[] = { MEMORY_ACPI_STORAGE, MEMORY_USABLE,
                                          MEMORY_DEFECTIVE, MEMORY_ACPI_TABLES,
                                          MEMORY_RESERVED };

        list_begin();
        for (uint32_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                list_entry(i << 20, 0x00100000, kinds[i]);
                list_due(i << 20, (i << 20) + 0xFFFFF, MEMORY_RESERVED);
        }
        parses("ranges of kinds that nobody knows");

        list_begin();
        for (uint32_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
                list_entry(i << 20, 0x00100000, known[i]);
                list_due(i << 20, (i << 20) + 0xFFFFF,
                         (enum memory_kind)known[i]);
        }
        parses("a range of each kind that there is");
}

TEST(parse_keeps_the_order_of_the_list)
{
        list_begin();
        list_entry(0x00800000, 0x00400000, MEMORY_USABLE);
        list_due(0x00800000, 0x00BFFFFF, MEMORY_USABLE);
        list_entry(0x00000000, 0x00080000, MEMORY_USABLE);
        list_due(0x00000000, 0x0007FFFF, MEMORY_USABLE);
        list_entry(0x00A00000, 0x00001000, MEMORY_RESERVED);
        list_due(0x00A00000, 0x00A00FFF, MEMORY_RESERVED);
        list_entry(0x00080000, 0x00010000, MEMORY_USABLE);
        list_due(0x00080000, 0x0008FFFF, MEMORY_USABLE);
        list_entry(0x00090000, 0x0000F000, MEMORY_USABLE);
        list_due(0x00090000, 0x0009EFFF, MEMORY_USABLE);
        list_entry(0x00800000, 0x00400000, MEMORY_USABLE);
        list_due(0x00800000, 0x00BFFFFF, MEMORY_USABLE);
        parses("ranges out of order that touch, overlap and come twice");
}

TEST(parse_fills_a_map_to_its_last_place)
{
        list_begin();
        for (uint32_t i = 0; i < MEMORY_RANGES; i++) {
                list_entry(i << 20, 0x00080000, MEMORY_USABLE);
                list_due(i << 20, (i << 20) + 0x7FFFF, MEMORY_USABLE);
        }
        parses("as many ranges as a map has places");

        // What is left out takes no place.
        list_entry(0x00100000, 0, MEMORY_USABLE);
        list_entry(4 * GB, 0x00100000, MEMORY_USABLE);
        parses("as many ranges as a map has places, and two that are left out");
}
