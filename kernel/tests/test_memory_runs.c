// SPDX-License-Identifier: MIT
// The rows of usable pages in a memory map, for each shape that a map can have.
#include <kernel/layout.h>

#include "memory_list.h"

static struct memory_map map;

static void
begin(void)
{
        map.count = 0;
}

static void
range(uint32_t first, uint32_t last, enum memory_kind kind)
{
        assert_true(map.count < MEMORY_RANGES);
        map.ranges[map.count++] =
                (struct memory_range){ paddr(first), paddr(last), kind };
}

// Asks for the next run from page `from` on; it is to be this one.
static void
next_run(uint32_t from, uint32_t first, uint32_t end)
{
        struct page_range run;

        assert_true(memory_map_run(&map, from, &run));
        assert_int_equal(run.first, first);
        assert_int_equal(run.end, end);
}

static void
no_run(uint32_t from)
{
        struct page_range run = { UNTOUCHED, UNTOUCHED };

        assert_false(memory_map_run(&map, from, &run));
        assert_int_equal(run.first, UNTOUCHED);
        assert_int_equal(run.end, UNTOUCHED);
}

static void
empty(void **state)
{
        (void)state;
        begin();
        no_run(0);
        range(0x1000, 0x1FFF, RESERVED);
        range(0x3000, 0x4FFF, MEMORY_ACPI_TABLES);
        no_run(0);
        assert_int_equal(memory_map_end(&map), 0);
}

static void
holes(void **state)
{
        (void)state;
        begin();
        range(0x100000, 0x1FFFFF, USABLE);
        range(0x000000, 0x09EFFF, USABLE);
        range(0x300000, 0x3FFFFF, USABLE);
        next_run(0, 0, 0x9F);
        next_run(0x9E, 0x9E, 0x9F);
        next_run(0x9F, 0x100, 0x200);
        next_run(0x180, 0x180, 0x200);
        next_run(0x200, 0x300, 0x400);
        no_run(0x400);
        assert_int_equal(memory_map_end(&map), 0x400);
}

static void
from_far_away(void **state)
{
        (void)state;
        begin();
        range(0, 0xFFFFFFFF, USABLE);
        next_run(0, 0, MEMORY_PAGES);
        next_run(MEMORY_PAGES - 1, MEMORY_PAGES - 1, MEMORY_PAGES);
        no_run(MEMORY_PAGES);
        no_run(MEMORY_PAGES + 1);
        no_run(0x80000000);
        no_run(UINT32_MAX);
        assert_int_equal(memory_map_end(&map), MEMORY_PAGES);
}

static void
touching(void **state)
{
        (void)state;
        // At a page's border, and in the middle of a page.
        begin();
        range(0x4000, 0x5FFF, USABLE);
        range(0x1000, 0x2FFF, USABLE);
        range(0x3000, 0x3FFF, USABLE);
        range(0x6000, 0x67FF, USABLE);
        range(0x6800, 0x77FF, USABLE);
        next_run(0, 1, 7);
        no_run(7);

        // One byte is missing where they would touch.
        begin();
        range(0x1000, 0x27FE, USABLE);
        range(0x2800, 0x3FFF, USABLE);
        next_run(0, 1, 2);
        next_run(2, 3, 4);
        no_run(4);

        // One byte is taken away.
        begin();
        range(0x1000, 0x3FFF, USABLE);
        range(0x2800, 0x2800, MEMORY_DEFECTIVE);
        next_run(0, 1, 2);
        next_run(2, 3, 4);
        no_run(4);
}

static void
less_than_a_page(void **state)
{
        (void)state;
        begin();
        range(0x1001, 0x2FFE, USABLE);
        no_run(0);
        assert_int_equal(memory_map_end(&map), 0);
        range(0x1000, 0x1000, USABLE);
        next_run(0, 1, 2);
        range(0x2FFF, 0x2FFF, USABLE);
        next_run(0, 1, 3);

        // Many pieces, none of which is a page; some make one up.
        begin();
        for (uint32_t at = 0x8400; at < 0xA400; at += 0x100)
                range(at, at + 0xFF, USABLE);
        next_run(0, 9, 10);
        no_run(10);
}

static void
overlapping(void **state)
{
        (void)state;
        begin();
        range(0x3000, 0x8FFF, USABLE);
        range(0x1000, 0x5FFF, USABLE);
        range(0x4000, 0x4FFF, USABLE);
        range(0x1000, 0x5FFF, USABLE);
        next_run(0, 1, 9);
        no_run(9);

        // What is not usable wins, whichever comes first.
        range(0x0000, 0x1FFF, RESERVED);
        range(0x6FFF, 0x7000, 77);
        next_run(0, 2, 6);
        next_run(6, 8, 9);
        no_run(9);

        // Up to nothing.
        range(0, 0xFFFFFFFF, RESERVED);
        no_run(0);
        assert_int_equal(memory_map_end(&map), 0);
}

static void
the_end_of_the_address_space(void **state)
{
        (void)state;
        begin();
        range(0xFFFFE000, 0xFFFFFFFF, USABLE);
        next_run(0, 0xFFFFE, MEMORY_PAGES);
        range(0xFFFFFFFF, 0xFFFFFFFF, RESERVED);
        next_run(0, 0xFFFFE, 0xFFFFF);
        no_run(0xFFFFF);
        assert_int_equal(memory_map_end(&map), 0xFFFFF);

        begin();
        range(0xFFFFF000, 0xFFFFFFFE, USABLE);
        no_run(0);
        range(0xFFFFFFFF, 0xFFFFFFFF, USABLE);
        next_run(0, 0xFFFFF, MEMORY_PAGES);
}

// As the loader may write it: above 4 GB, across it, of 0 bytes.
static void
as_the_loader_writes_it(void **state)
{
        (void)state;
        struct list list = { .length = 0 };

        add(&list, 0x100000000, 0x40000000, 1);
        add(&list, 0xFFFFC000, 0x100000000, 1);
        add(&list, 0x2000, 0, 1);
        add(&list, 0x4000, 0x1000, 9);
        add(&list, 0x3000, 0x3000, 1);
        add(&list, 0xFFFFE000, 0xFFFFFFFFFFFFFFFF, 3);
        assert_int_equal(parse(&list, &map), MEMORY_MAP_OK);
        next_run(0, 3, 4);
        next_run(4, 5, 6);
        next_run(6, 0xFFFFC, 0xFFFFE);
        no_run(0xFFFFE);
        assert_int_equal(memory_map_end(&map), 0xFFFFE);

        // Of a list that is cut, what came before counts.
        assert_int_equal(parse_part(&list, 5 * 24 + 7, &map), MEMORY_MAP_CUT);
        next_run(6, 0xFFFFC, MEMORY_PAGES);
}

static void
a_full_map(void **state)
{
        (void)state;
        struct page_range run = { 0, 0 };

        // Every second page, from the highest down.
        begin();
        for (uint32_t i = MEMORY_RANGES; i > 0; i--)
                range(i * 0x2000, i * 0x2000 + 0xFFF, USABLE);
        for (uint32_t i = 1; i <= MEMORY_RANGES; i++) {
                assert_true(memory_map_run(&map, run.end, &run));
                assert_int_equal(run.first, 2 * i);
                assert_int_equal(run.end, 2 * i + 1);
        }
        no_run(run.end);
        assert_int_equal(memory_map_end(&map), 2 * MEMORY_RANGES + 1);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(empty),
                cmocka_unit_test(holes),
                cmocka_unit_test(from_far_away),
                cmocka_unit_test(touching),
                cmocka_unit_test(less_than_a_page),
                cmocka_unit_test(overlapping),
                cmocka_unit_test(the_end_of_the_address_space),
                cmocka_unit_test(as_the_loader_writes_it),
                cmocka_unit_test(a_full_map),
        };
        return cmocka_run_group_tests_name("memory_runs", tests, NULL, NULL);
}
