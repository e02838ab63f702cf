// SPDX-License-Identifier: MIT
// The mapping database where it is hardest, one thing at a time, with superpages of their
// real size: 1,024 pages. What no sequence at random would show is here too: how many steps
// walks need.
#include "machine.h"

#include <l4/mapdb_nodes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define ALL (H_R | H_W | H_X)
#define FRAME machine_frame(0)
#define ROW 2048u // mappings in a row

static uint32_t
at(unsigned slot, unsigned page)
{
        return machine_address(slot, page);
}

static struct space *
space(unsigned number)
{
        return &machine_spaces[number];
}

static void
begin(unsigned tables)
{
        machine_begin(ROW, tables);
}

static enum map_result
give(unsigned to, uint32_t to_at, uint32_t frame, unsigned log2)
{
        const struct map_piece piece = {
                NULL, frame, space(to), to_at, log2, ALL, false,
        };

        return map_share(&piece);
}

static enum map_result
share(unsigned from, uint32_t from_at, unsigned to, uint32_t to_at,
      unsigned log2, unsigned rights)
{
        const struct map_piece piece = {
                space(from), from_at, space(to), to_at, log2, rights, false,
        };

        return map_share(&piece);
}

static enum map_result
grant(unsigned from, uint32_t from_at, unsigned to, uint32_t to_at,
      unsigned log2, bool alone)
{
        const struct map_piece piece = {
                space(from), from_at, space(to), to_at, log2, ALL, alone,
        };

        return map_replace(&piece);
}

// Returns what was used. How many steps: see steps.
static unsigned steps;

static unsigned
walk(unsigned number, uint32_t first, uint32_t bytes, unsigned rights, bool own)
{
        struct map_walk under_way;

        map_walk_begin(&under_way, space(number), first, first + (bytes - 1),
                       rights, own);
        for (steps = 1; map_walk_step(&under_way); steps++)
                ;
        return under_way.used;
}

static unsigned
rights_at(unsigned number, uint32_t address)
{
        struct place place = place_at(space(number), address);

        return place.mapping ? place.page.rights : 0;
}

static unsigned
entry_log2_at(unsigned number, uint32_t address)
{
        return place_at(space(number), address).page.log2;
}

static void
touch(unsigned number, uint32_t address, unsigned used)
{
        machine_touch(place_of(space(number), address), used);
}

// Space 0 has a superpage, spaces 1 and 2 have it from it, one after the other.
static void
three_superpages(unsigned tables)
{
        begin(tables);
        assert_int_equal(give(0, at(1, 0), FRAME, H_SUPERPAGE_LOG2), MAP_OK);
        assert_int_equal(share(0, at(1, 0), 1, at(1, 0), H_SUPERPAGE_LOG2, ALL),
                         MAP_OK);
        assert_int_equal(share(1, at(1, 0), 2, at(2, 0), H_SUPERPAGE_LOG2, ALL),
                         MAP_OK);
}

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
a_page_of_a_superpage_is_granted(void **state)
{
        (void)state;
        three_superpages(3);
        assert_int_equal(grant(1, at(1, 7), 3, at(3, 0), H_PAGE_LOG2, false),
                         MAP_MADE_OUT);
        walk(1, at(1, 7), H_PAGE_SIZE, H_R, false);
        assert_int_equal(grant(1, at(1, 7), 3, at(3, 0), H_PAGE_LOG2, true),
                         MAP_OK);
        assert_int_equal(rights_at(1, at(1, 7)), 0);
        assert_int_equal(rights_at(3, at(3, 0)), ALL);
        // What space 1 has left does not reach it any more; space 0 does.
        walk(1, at(1, 0), H_SUPERPAGE_SIZE, H_R, true);
        assert_int_equal(rights_at(3, at(3, 0)), ALL);
        walk(0, at(1, 7), H_PAGE_SIZE, H_R, false);
        assert_int_equal(rights_at(3, at(3, 0)), 0);
        assert_int_equal(mapdb_used(), 1);
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

static void
each_ancestor_is_told_once(void **state)
{
        (void)state;
        three_superpages(9);
        share(2, at(2, 5), 3, at(0, 5), H_PAGE_LOG2, ALL);
        touch(3, at(0, 5), H_R | H_W);
        for (unsigned i = 4; i-- > 0;) {
                static const unsigned slots[] = { 1, 1, 2, 0 };
                uint32_t address = at(slots[i], 5);
                assert_int_equal(walk(i, address, H_PAGE_SIZE, 0, false),
                                 H_R | H_W);
                assert_int_equal(walk(i, address, H_PAGE_SIZE, 0, false), 0);
        }
}

static void
what_goes_tells_before(void **state)
{
        (void)state;
        three_superpages(9);
        touch(2, at(2, 5), H_R | H_W);
        while (mapdb_leave(space(2)))
                ;
        while (mapdb_leave(space(1)))
                ;
        assert_int_equal(walk(0, at(1, 5), H_PAGE_SIZE, 0, false), H_R | H_W);
}

static void
a_tree_that_moves_is_left(void **state)
{
        struct map_walk under_way;

        (void)state;
        three_superpages(0);
        give(1, at(0, 0), machine_frame(1), H_SUPERPAGE_LOG2);
        share(1, at(0, 0), 3, at(0, 0), H_SUPERPAGE_LOG2, ALL);
        // One page of each of them, but no tables: all of the first one goes.
        map_walk_begin(&under_way, space(1), at(1, 3), at(1, 4) - 1, H_R, true);
        map_walk_step(&under_way);
        map_walk_step(&under_way);
        assert_ptr_equal(under_way.whole, mapping_at(space(1), at(1, 3)));
        assert_int_equal(
                grant(1, at(1, 0), 4, at(1, 0), H_SUPERPAGE_LOG2, false),
                MAP_OK);
        assert_null(under_way.cursor);
        assert_null(under_way.whole);
        while (map_walk_step(&under_way))
                ;
        assert_int_equal(rights_at(4, at(1, 3)), ALL);
        assert_int_equal(rights_at(2, at(2, 3)), ALL);
}

static void
no_room_changes_nothing(void **state)
{
        (void)state;
        machine_begin(1, 4);
        uint32_t room = mapdb_room();
        assert_int_equal(give(0, at(1, 0), FRAME, H_SUPERPAGE_LOG2), MAP_OK);
        for (unsigned i = 1; i < room; i++)
                assert_int_equal(
                        share(0, at(1, i), 1, at(0, i), H_PAGE_LOG2, H_R),
                        MAP_OK);
        assert_int_equal(share(0, at(1, 9), 1, at(0, 9), H_PAGE_LOG2, H_R),
                         MAP_NO_MEMORY);
        assert_int_equal(grant(0, at(1, 9), 1, at(0, 9), H_PAGE_LOG2, false),
                         MAP_NO_MEMORY);
        assert_int_equal(entry_log2_at(0, at(1, 9)), H_SUPERPAGE_LOG2);
        assert_int_equal(rights_at(1, at(0, 9)), 0);
        assert_int_equal(mapdb_used(), room);
        // More rights need no mapping, and no memory.
        assert_int_equal(share(0, at(1, 1), 1, at(0, 1), H_PAGE_LOG2, ALL),
                         MAP_OK);
        assert_int_equal(rights_at(1, at(0, 1)), ALL);
}

static void
the_ends_of_user_space(void **state)
{
        (void)state;
        begin(9);
        give(0, at(3, 0), FRAME, H_SUPERPAGE_LOG2);
        walk(0, H_KERNEL_SPACE, 0u - H_KERNEL_SPACE, H_R, true);
        walk(0, H_KERNEL_SPACE + H_PAGE_SIZE, H_PAGE_SIZE, H_R, true);
        walk(0, 0u - H_PAGE_SIZE, H_PAGE_SIZE, H_R, true);
        assert_int_equal(rights_at(0, at(3, PAGES - 1)), ALL);
        walk(0, H_KERNEL_SPACE - H_PAGE_SIZE, 0x10000, H_R, true);
        assert_int_equal(rights_at(0, at(3, PAGES - 1)), 0);
        assert_int_equal(rights_at(0, at(3, PAGES - 2)), ALL);
        walk(0, 0, 0, H_R, true); // all of it
        assert_int_equal(mapdb_used(), 0);
        assert_int_equal(machine_tables, 9);
}

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
                cmocka_unit_test(a_page_goes_out_of_superpages),
                cmocka_unit_test(without_a_table_all_of_it_goes),
                cmocka_unit_test(without_a_table_all_of_it_has_less),
                cmocka_unit_test(the_last_page_ends_a_superpage),
                cmocka_unit_test(a_page_of_a_superpage_is_granted),
                cmocka_unit_test(a_page_in_a_hole_is_its_own),
                cmocka_unit_test(each_ancestor_is_told_once),
                cmocka_unit_test(what_goes_tells_before),
                cmocka_unit_test(a_tree_that_moves_is_left),
                cmocka_unit_test(no_room_changes_nothing),
                cmocka_unit_test(the_ends_of_user_space),
                cmocka_unit_test(width_is_linear),
                cmocka_unit_test(depth_is_linear),
                cmocka_unit_test(other_pages_cost_nothing),
                cmocka_unit_test(a_space_leaves_in_linear_time),
                cmocka_unit_test(chains_are_short),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
