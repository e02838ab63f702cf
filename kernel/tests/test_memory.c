// SPDX-License-Identifier: MIT
// What a memory map says of a range of addresses, and where memory ends.
#include "memory_list.h"

static bool
usable(const struct memory_map *map, uint32_t first, uint32_t last)
{
        return memory_map_usable(map, paddr(first), paddr(last));
}

static void
an_ordinary_machine(void **state)
{
        (void)state;
        struct list list = of_bochs();
        struct memory_map map;

        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(memory_map_end(&map), 0x1FF0);
        assert_true(usable(&map, 0x100000, 0x1FEFFFF));
        assert_false(usable(&map, 0x100000, 0x1FF0000));
        assert_false(usable(&map, 0xFFFFF, 0x100000));
        assert_false(usable(&map, 0xA0000, 0xA0FFF));
        assert_false(usable(&map, 0x100001, 0x100000));
}

static void
no_memory_at_all(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map = { .count = 0 };

        assert_int_equal(memory_map_end(&map), 0);
        assert_false(usable(&map, 0, 0));

        // Less than a page, or nothing that is usable.
        add(&list, 0x6000, 0xFFF, 1);
        add(&list, 0x8000, 0x1000, 4);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(memory_map_end(&map), 0);
        assert_true(usable(&map, 0x6000, 0x6FFE));
        assert_false(usable(&map, 0x6000, 0x6FFF));
}

static void
up_to_4_gb(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        add(&list, 0, 0xFFFFFFFFFFFFFFFF, 1);
        add(&list, 0xFFFFFFFF, 1, 2);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_true(usable(&map, 0, 0xFFFFFFFE));
        assert_false(usable(&map, 0, 0xFFFFFFFF));
        assert_int_equal(memory_map_end(&map), 0xFFFFF);
}

static void
everything_is_usable(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        add(&list, 0, 0x100000000, 1);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        check_range(&map, 0, 0, 0xFFFFFFFF, USABLE);
        assert_true(usable(&map, 0, 0xFFFFFFFF));
        assert_int_equal(memory_map_end(&map), 0x100000);
}

static void
unsorted_and_overlapping(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        add(&list, 0x300000, 0x100000, 1);
        add(&list, 0x380000, 0x1000, 2);   // a hole in the first
        add(&list, 0x100000, 0x200800, 1); // overlaps the first a little
        add(&list, 0x100000, 0x1000, 1);   // lies within the one before
        add(&list, 0x3FF800, 0x10000, 5);  // takes half of the last page
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_int_equal(map.count, 5);
        check_range(&map, 0, 0x300000, 0x3FFFFF, USABLE);
        check_range(&map, 2, 0x100000, 0x3007FF, USABLE);
        assert_true(usable(&map, 0x100000, 0x37FFFF));
        assert_false(usable(&map, 0x100000, 0x380000));
        assert_true(usable(&map, 0x381000, 0x3FF7FF));
        assert_false(usable(&map, 0x380FFF, 0x381000));
        assert_false(usable(&map, 0xFFFFF, 0x100000));
        assert_int_equal(memory_map_end(&map), 0x3FF);
}

static void
a_page_in_pieces(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        struct memory_map map;

        add(&list, 0x1800, 0x400, 1);
        add(&list, 0x1000, 0x800, 1);
        add(&list, 0x1C00, 0x800, 1);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        assert_true(usable(&map, 0x1000, 0x1FFF));
        assert_true(usable(&map, 0x1000, 0x23FF));
        assert_false(usable(&map, 0x1000, 0x2400));
        assert_false(usable(&map, 0xFFF, 0x1FFF));
        assert_false(usable(&map, 0x1800, 0x17FF));
        assert_int_equal(memory_map_end(&map), 2);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_ordinary_machine),
                cmocka_unit_test(no_memory_at_all),
                cmocka_unit_test(up_to_4_gb),
                cmocka_unit_test(everything_is_usable),
                cmocka_unit_test(unsorted_and_overlapping),
                cmocka_unit_test(a_page_in_pieces),
        };
        return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
