// SPDX-License-Identifier: MIT
// Memory maps as a loader might leave them: whole, cut off, and contradicting
// themselves.
#include "memory_list.h"

static void
an_ordinary_map(void **state)
{
        (void)state;
        struct list list = of_bochs();
        struct memory_map map;

        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(map.count, 6);
        check_range(&map, 0, 0, 0x9EFFF, USABLE);
        check_range(&map, 3, 0x100000, 0x1FEFFFF, USABLE);
        check_range(&map, 4, 0x1FF0000, 0x1FFFFFF, MEMORY_ACPI_TABLES);
        check_range(&map, 5, 0xFFFC0000, 0xFFFFFFFF, RESERVED);
}

static void
no_entry_at_all(void **state)
{
        (void)state;
        struct memory_map map = { .count = 7 };

        assert_int_equal(memory_map_parse(NULL, 0, &map), MEMORY_MAP_EMPTY);
        assert_int_equal(map.count, 0);
}

static void
cut_at_every_length(void **state)
{
        (void)state;
        struct list list = of_bochs();
        struct memory_map whole, map;

        assert_int_equal(parse(&list, &whole), MEMORY_MAP_OK);
        for (size_t length = 1; length < list.length; length++) {
                enum memory_map_result due =
                        length % 24 == 0 ? MEMORY_MAP_OK : MEMORY_MAP_CUT;
                assert_int_equal(parse_part(&list, length, &map), due);
                assert_int_equal(map.count, length / 24);
                assert_memory_equal(map.ranges, whole.ranges,
                                    map.count * sizeof(map.ranges[0]));
        }
}

static void
a_size_below_20(void **state)
{
        (void)state;
        static const uint32_t sizes[] = { 0, 1, 4, 16, 19 };

        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
                struct list list = { .length = 0 };
                struct memory_map map;
                add(&list, 0x100000, 0x100000, 1);
                add_odd(&list, sizes[i], 0x400000, 0x100000, 1, 0);
                assert_int_equal(parse(&list, &map), MEMORY_MAP_SHORT);
                assert_int_equal(map.count, 1);
        }
}

static void
a_size_that_runs_past_the_end(void **state)
{
        (void)state;
        static const uint32_t sizes[] = { 21,         24,         1000,
                                          0x7FFFFFFF, 0xFFFFFFEC, 0xFFFFFFFC,
                                          0xFFFFFFFF };

        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
                struct list list = { .length = 0 };
                struct memory_map map;
                add(&list, 0x100000, 0x100000, 1);
                add_odd(&list, sizes[i], 0x400000, 0x100000, 1, 0);
                assert_int_equal(parse(&list, &map), MEMORY_MAP_CUT);
                assert_int_equal(map.count, 1);
        }
}

static void
entries_longer_than_20(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        add_odd(&list, 24, 0, 0x1000, 1, 4);
        add_odd(&list, 23, 0x1000, 0x1000, 2, 3);
        add_odd(&list, 20 + 256, 0x2000, 0x1000, 1, 256);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(map.count, 3);
        check_range(&map, 0, 0, 0xFFF, USABLE);
        check_range(&map, 1, 0x1000, 0x1FFF, RESERVED);
        check_range(&map, 2, 0x2000, 0x2FFF, USABLE);
}

static void
empty_ranges_are_left_out(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        add(&list, 0, 0, 1);
        add(&list, 0x5000, 0, 2);
        add(&list, 0x6000, 1, 1);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(map.count, 1);
        check_range(&map, 0, 0x6000, 0x6000, USABLE);
}

static void
around_4_gb(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        add(&list, 0xFFFFF000, 0x1000, 1);             // ends there
        add(&list, 0xFFFFE000, 0x100000000, 1);        // goes across
        add(&list, 0x100000000, 0x40000000, 1);        // begins there
        add(&list, 0xFFFFFFFFFFFFF000, 0x1000, 1);     // ends at 2^64
        add(&list, 0xFFFFFFFFFFFFF000, 0x2000, 1);     // goes across 2^64
        add(&list, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 2); // its sum would wrap
        add(&list, 0x80000000, 0xFFFFFFFFFFFFFFFF, 1); // so would this one's
        add(&list, 0x80000000, 0xFFFFFFFF80000000, 1); // and this one's, to 0
        add(&list, 0, 0xFFFFFFFFFFFFFFFF, 1);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(map.count, 6);
        check_range(&map, 0, 0xFFFFF000, 0xFFFFFFFF, USABLE);
        check_range(&map, 1, 0xFFFFE000, 0xFFFFFFFF, USABLE);
        check_range(&map, 2, 0xFFFFFFFF, 0xFFFFFFFF, RESERVED);
        check_range(&map, 3, 0x80000000, 0xFFFFFFFF, USABLE);
        check_range(&map, 4, 0x80000000, 0xFFFFFFFF, USABLE);
        check_range(&map, 5, 0, 0xFFFFFFFF, USABLE);
}

static void
unknown_kinds_are_reserved(void **state)
{
        (void)state;
        static const uint32_t kinds[] = {
                0, 6, 12, 20, 0x80000001, 0xFFFFFFFF
        };
        struct list list = { .length = 0 };
        struct memory_map map;

        for (uint32_t i = 0; i < COUNT_OF(kinds); i++)
                add(&list, i << 12, 0x1000, kinds[i]);
        add(&list, 0x10000, 0x1000, 4);
        add(&list, 0x11000, 0x1000, 5);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        for (uint32_t i = 0; i < COUNT_OF(kinds); i++)
                check_range(&map, i, i << 12, (i << 12) + 0xFFF, RESERVED);
        check_range(&map, 6, 0x10000, 0x10FFF, MEMORY_ACPI_STORAGE);
        check_range(&map, 7, 0x11000, 0x11FFF, MEMORY_DEFECTIVE);
}

static void
as_many_as_there_is_room_for(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        for (uint32_t i = 0; i < MEMORY_RANGES; i++)
                add(&list, i << 12, 0x1000, 1);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(map.count, MEMORY_RANGES);

        // What is left out anyway needs no room.
        add(&list, 0x100000000, 0x1000, 1);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        add(&list, 0x500000, 0x1000, 1);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_FULL);
        assert_int_equal(map.count, MEMORY_RANGES);
}

// Whatever the bytes are, the parser ends, reads nothing beyond them, and what
// it delivers is in order in itself.
static void
any_bytes_at_all(void **state)
{
        (void)state;
        struct random random = { 1 };
        struct memory_map map;

        for (unsigned round = 0; round < 20000; round++) {
                struct list list = { .length = random_below(&random, 200) };
                for (size_t i = 0; i < list.length; i++)
                        list.bytes[i] = (unsigned char)random_next(&random);
                // Often a size that can be gone by.
                for (size_t i = 0; i + 4 <= list.length; i += 24)
                        if (!random_once_in(&random, 4))
                                memcpy(list.bytes + i, "\x14\0\0\0", 4);
                parse(&list, &map);
                assert_true(map.count <= MEMORY_RANGES);
                for (size_t i = 0; i < map.count; i++)
                        assert_true(map.ranges[i].first.value <=
                                    map.ranges[i].last.value);
        }
}

static void
names(void **state)
{
        (void)state;
        assert_string_equal(memory_kind_name(MEMORY_USABLE), "usable");
        assert_string_equal(memory_kind_name((enum memory_kind)77),
                            "undefined");
        assert_non_null(strstr(memory_map_result_name(MEMORY_MAP_SHORT), "20"));
        assert_string_equal(memory_map_result_name((enum memory_map_result)77),
                            "an undefined result");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_ordinary_map),
                cmocka_unit_test(no_entry_at_all),
                cmocka_unit_test(cut_at_every_length),
                cmocka_unit_test(a_size_below_20),
                cmocka_unit_test(a_size_that_runs_past_the_end),
                cmocka_unit_test(entries_longer_than_20),
                cmocka_unit_test(empty_ranges_are_left_out),
                cmocka_unit_test(around_4_gb),
                cmocka_unit_test(unknown_kinds_are_reserved),
                cmocka_unit_test(as_many_as_there_is_room_for),
                cmocka_unit_test(any_bytes_at_all),
                cmocka_unit_test(names),
        };
        return cmocka_run_group_tests_name("multiboot", tests, NULL, NULL);
}
