// SPDX-License-Identifier: MIT
// Superpages of which single pages go, or get other rights than the rest.
#include "cases.h"

#include <l4/mapdb_nodes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void
a_page_goes_out_of_superpages(void **state)
{
        (void)state;
        three_superpages(2);
        walk(0, at(1, 7), H_PAGE_SIZE, H_R, false);
        assert_int_equal(rights_at(0, at(1, 7)), ALL);
        assert_int_equal(entry_log2_at(0, at(1, 7)), H_SUPERPAGE_LOG2);
        for (unsigned i = 0; i < PAGES; i++) {
                unsigned left = i == 7 ? 0 : ALL;
                assert_int_equal(rights_at(1, at(1, i)), left);
                assert_int_equal(rights_at(2, at(2, i)), left);
        }
        assert_int_equal(machine_tables, 0);
        assert_int_equal(map_log2(space(1), at(1, 0)), H_PAGE_LOG2);
        assert_int_equal(map_log2(space(1), at(1, 7)), 0);
}

static void
without_a_table_all_of_it_goes(void **state)
{
        (void)state;
        three_superpages(0);
        share(0, at(1, 0), 3, at(1, 0), H_SUPERPAGE_LOG2, ALL);
        walk(0, at(1, 7), H_PAGE_SIZE, H_R, false);
        assert_int_equal(rights_at(0, at(1, 7)), ALL);
        assert_int_equal(rights_at(0, at(1, 8)), ALL);
        for (unsigned i = 0; i < PAGES; i++)
                assert_true(rights_at(1, at(1, i)) == 0 &&
                            rights_at(2, at(2, i)) == 0 &&
                            rights_at(3, at(1, i)) == 0);
        assert_int_equal(mapdb_used(), 1);
}

static void
without_a_table_all_of_it_has_less(void **state)
{
        (void)state;
        three_superpages(1);
        walk(1, at(1, 7), H_PAGE_SIZE, H_W, true);
        assert_int_equal(rights_at(0, at(1, 7)), ALL);
        assert_int_equal(rights_at(1, at(1, 7)), H_R | H_X);
        assert_int_equal(rights_at(1, at(1, 8)), ALL);
        assert_int_equal(rights_at(2, at(2, 7)), H_R | H_X);
        assert_int_equal(rights_at(2, at(2, 8)), H_R | H_X);
        assert_int_equal(entry_log2_at(2, at(2, 8)), H_SUPERPAGE_LOG2);
}

static void
the_last_page_ends_a_superpage(void **state)
{
        (void)state;
        three_superpages(5);
        for (unsigned i = 0; i < PAGES; i++) {
                assert_int_equal(mapdb_used(), 3);
                walk(1, at(1, i), H_PAGE_SIZE, H_R, true);
        }
        assert_int_equal(mapdb_used(), 1);
        assert_int_equal(machine_tables, 5);
        assert_null(space(1)->mappings);
}

static void
a_page_in_a_hole_is_its_own(void **state)
{
        (void)state;
        three_superpages(3);
        walk(1, at(1, 7), H_PAGE_SIZE, H_R, true);
        assert_int_equal(give(4, at(0, 0), machine_frame(1), H_PAGE_LOG2),
                         MAP_OK);
        assert_int_equal(share(4, at(0, 0), 1, at(1, 7), H_PAGE_LOG2, H_R),
                         MAP_OK);
        walk(0, at(1, 0), H_SUPERPAGE_SIZE, H_R, false);
        assert_int_equal(rights_at(1, at(1, 7)), H_R);
        assert_int_equal(rights_at(1, at(1, 8)), 0);
        assert_int_equal(mapdb_used(), 3);
}

// Space 1 has all of the superpage still, but in pages, and what space 2 has out of it stays
// when it is mapped again.
static void
a_broken_superpage_is_mapped_again(void **state)
{
        (void)state;
        three_superpages(9);
        walk(1, at(1, 7), H_PAGE_SIZE, H_W, true);
        assert_int_equal(entry_log2_at(1, at(1, 0)), H_PAGE_LOG2);
        assert_int_equal(share(0, at(1, 0), 1, at(1, 0), H_SUPERPAGE_LOG2, ALL),
                         MAP_IN_PAGES);
        for (unsigned i = 0; i < PAGES; i++)
                assert_int_equal(
                        share(0, at(1, i), 1, at(1, i), H_PAGE_LOG2, ALL),
                        MAP_OK);
        assert_int_equal(rights_at(1, at(1, 7)), ALL);
        assert_int_equal(rights_at(2, at(2, 7)), H_R | H_X);
        assert_int_equal(rights_at(2, at(2, 8)), ALL);
        assert_int_equal(mapdb_used(), 3);
}

// With a hole in it, it is the same; the hole is filled.
static void
a_superpage_with_a_hole_is_mapped_again(void **state)
{
        (void)state;
        three_superpages(9);
        walk(1, at(1, 0), H_PAGE_SIZE, H_R, true);
        assert_int_equal(share(0, at(1, 0), 1, at(1, 0), H_SUPERPAGE_LOG2, ALL),
                         MAP_IN_PAGES);
        assert_int_equal(share(0, at(1, 0), 1, at(1, 0), H_PAGE_LOG2, ALL),
                         MAP_OK);
        assert_int_equal(rights_at(1, at(1, 0)), ALL);
        assert_int_equal(rights_at(2, at(2, 1)), ALL);
        // Another superpage is something else.
        give(0, at(2, 0), machine_frame(1), H_SUPERPAGE_LOG2);
        assert_int_equal(share(0, at(2, 0), 1, at(1, 0), H_SUPERPAGE_LOG2, ALL),
                         MAP_OCCUPIED);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_page_goes_out_of_superpages),
                cmocka_unit_test(without_a_table_all_of_it_goes),
                cmocka_unit_test(without_a_table_all_of_it_has_less),
                cmocka_unit_test(the_last_page_ends_a_superpage),
                cmocka_unit_test(a_page_in_a_hole_is_its_own),
                cmocka_unit_test(a_broken_superpage_is_mapped_again),
                cmocka_unit_test(a_superpage_with_a_hole_is_mapped_again),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
