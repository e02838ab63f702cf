// SPDX-License-Identifier: MIT
// What no sequence at random would show: how many steps walks need, and how long chains are.
#include "cases.h"

#include <l4/mapdb_nodes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

// A page that has been mapped often: in width, then in depth.
static void
make_row(unsigned count, bool deep)
{
        unsigned last = 0;

        begin(20);
        give(0, at(0, 0), FRAME, H_PAGE_LOG2);
        for (unsigned i = 1; i <= count; i++) {
                unsigned from = deep ? last : 0;
                assert_int_equal(share(from % 5,
                                       at(from / 5 / PAGES, from / 5 % PAGES),
                                       i % 5, at(i / 5 / PAGES, i / 5 % PAGES),
                                       H_PAGE_LOG2, ALL),
                                 MAP_OK);
                last = i;
        }
}

static void
steps_of_a_row(bool deep)
{
        for (unsigned count = 1; count <= 4 * ROW - 1; count *= 2) {
                make_row(count, deep);
                walk(0, at(0, 0), H_PAGE_SIZE, H_W, false);
                assert_in_range(steps, 2 * count, 2 * count + 4);
                walk(0, at(0, 0), H_PAGE_SIZE, H_R, false);
                assert_in_range(steps, 2 * count, 2 * count + 4);
                assert_int_equal(mapdb_used(), 1);
        }
}

static void
width_is_linear(void **state)
{
        (void)state;
        steps_of_a_row(false);
}

static void
depth_is_linear(void **state)
{
        (void)state;
        steps_of_a_row(true);
}

// One page of a superpage has been mapped often. What is about its other pages needs no
// steps.
static void
other_pages_cost_nothing(void **state)
{
        (void)state;
        begin(20);
        give(0, at(0, 0), FRAME, H_SUPERPAGE_LOG2);
        for (unsigned i = 0; i < ROW; i++)
                assert_int_equal(share(0, at(0, 1), 1 + i / PAGES,
                                       at(1, i % PAGES), H_PAGE_LOG2, ALL),
                                 MAP_OK);
        share(0, at(0, 2), 4, at(1, 0), H_PAGE_LOG2, ALL);
        walk(0, at(0, 2), H_PAGE_SIZE, H_R, false);
        assert_in_range(steps, 1, 7);
        assert_int_equal(mapdb_used(), 1 + ROW);
        walk(0, at(0, 1), H_PAGE_SIZE, H_R, false);
        assert_in_range(steps, 2 * ROW, 2 * ROW + 4);
}

static void
a_space_leaves_in_linear_time(void **state)
{
        unsigned count = 0;

        (void)state;
        make_row(ROW, true);
        while (mapdb_leave(space(0)))
                count++;
        assert_in_range(count, 2 * ROW, 3 * ROW + 8);
        assert_int_equal(mapdb_used(), 0);
        assert_int_equal(machine_tables, 20);
}

// So many spaces have so many pages at the same addresses: no chain is long.
static void
chains_are_short(void **state)
{
        unsigned longest = 0;

        (void)state;
        make_row(4 * ROW - 1, false);
        for (unsigned i = 0; i < SPACES; i++)
                for (const struct mapping *mapping = space(i)->mappings;
                     mapping; mapping = mapping->next_here) {
                        unsigned length = 0;
                        for (const struct mapping *next = mapping; next;
                             next = next->next_found)
                                length++;
                        if (length > longest)
                                longest = length;
                }
        assert_in_range(longest, 1, 12);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(width_is_linear),
                cmocka_unit_test(depth_is_linear),
                cmocka_unit_test(other_pages_cost_nothing),
                cmocka_unit_test(a_space_leaves_in_linear_time),
                cmocka_unit_test(chains_are_short),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
