// SPDX-License-Identifier: MIT
// Grants: what goes along, and what others may do meanwhile.
#include "cases.h"

#include <l4/mapdb_nodes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void
a_page_of_a_superpage_is_granted(void **state)
{
        (void)state;
        three_superpages(3);
        assert_int_equal(grant(1, at(1, 7), 3, at(3, 0), H_PAGE_LOG2, true),
                         MAP_MADE_OUT); // it was not broken: how could it know?
        assert_int_equal(entry_log2_at(1, at(1, 7)), H_PAGE_LOG2);
        assert_int_equal(share(1, at(1, 0), 4, at(1, 0), H_SUPERPAGE_LOG2, ALL),
                         MAP_NO_SOURCE);
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

// Nothing is walked over for a grant that there is no memory for.
static void
without_memory_it_is_not_broken(void **state)
{
        (void)state;
        three_superpages(0);
        assert_int_equal(grant(1, at(1, 7), 3, at(3, 0), H_PAGE_LOG2, false),
                         MAP_NO_MEMORY);
        assert_int_equal(entry_log2_at(1, at(1, 7)), H_SUPERPAGE_LOG2);
        assert_int_equal(entry_log2_at(2, at(2, 7)), H_SUPERPAGE_LOG2);

        machine_begin(1, 9);
        give(1, at(1, 0), FRAME, H_SUPERPAGE_LOG2);
        for (unsigned i = 0; mapdb_used() < mapdb_room(); i++)
                share(1, at(1, 7), 2, at(0, i), H_PAGE_LOG2, ALL);
        assert_int_equal(grant(1, at(1, 7), 3, at(3, 0), H_PAGE_LOG2, false),
                         MAP_NO_MEMORY);
        assert_int_equal(entry_log2_at(1, at(1, 7)), H_SUPERPAGE_LOG2);
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

// --- Whatever happens between two steps -------------------------------------------------------

#define PAGE_HERE at(1, 7) // of space 1, is granted to space 3
#define PAGE_THERE at(3, 0)
#define ANOTHER machine_frame(1)
#define LONGEST 20u // steps that a grant may take here

struct event {
        void (*happens)(void);
        unsigned when; // before which step
};

// As a grant item does it (../map_item.c). Returns how many steps it took.
static unsigned
grant_meanwhile(const struct event events[2])
{
        struct map_walk under_way = { 0 };
        bool alone = false;
        unsigned step = 0;

        for (; step <= LONGEST; step++) {
                for (unsigned i = 0; i < 2; i++)
                        if (events[i].happens && events[i].when == step)
                                events[i].happens();
                if (under_way.space && map_walk_step(&under_way))
                        continue;
                if (grant(1, PAGE_HERE, 3, PAGE_THERE, H_PAGE_LOG2,
                          alone && !under_way.lost) != MAP_MADE_OUT)
                        return step;
                map_walk_begin(&under_way, space(1), PAGE_HERE,
                               PAGE_HERE + H_PAGE_SIZE - 1, H_R, false);
                alone = true;
        }
        return step;
}

// What space 1 has not any more nobody has from it.
static void
assert_space_1_goes_page_by_page(void)
{
        if (rights_at(1, PAGE_HERE) == 0)
                assert_int_equal(rights_at(4, at(2, 7)), 0);
        for (unsigned i = 0; i < PAGES; i++) {
                walk(1, at(1, i), H_PAGE_SIZE, H_R, true);
                assert_int_equal(rights_at(4, at(2, i)), 0);
        }
        assert_null(space(1)->mappings);
        assert_null(space(4)->mappings);
}

static void
it_is_handed_on(void)
{
        share(1, at(1, 0), 4, at(2, 0), H_SUPERPAGE_LOG2, ALL);
}

// Others who have it from space 1 lose a page: so it is broken.
static void
it_loses_a_page(void)
{
        walk(1, at(1, 9), H_PAGE_SIZE, H_R, true);
}

static void
another_stands_there(void)
{
        walk(1, at(1, 0), H_SUPERPAGE_SIZE, H_R, true);
        give(0, at(2, 0), ANOTHER, H_SUPERPAGE_LOG2);
        share(0, at(2, 0), 1, at(1, 0), H_SUPERPAGE_LOG2, ALL);
}

static void
it_is_handed_on_and_loses_a_page(void)
{
        it_is_handed_on();
        it_loses_a_page();
}

// Both events before each of the steps, the second one not before the first.
static void
at_any_time(void (*first)(void), void (*second)(void))
{
        for (unsigned when = 0; when <= LONGEST; when++)
                for (unsigned then = when; then <= LONGEST; then++) {
                        const struct event events[2] = {
                                { first, when },
                                { second, then },
                        };
                        three_superpages(20);
                        assert_in_range(grant_meanwhile(events), 0, LONGEST);
                        assert_space_1_goes_page_by_page();
                }
}

static void
it_may_be_handed_on_meanwhile(void **state)
{
        (void)state;
        at_any_time(it_is_handed_on, NULL);
        at_any_time(it_is_handed_on, it_loses_a_page);
}

static void
another_may_stand_there_meanwhile(void **state)
{
        (void)state;
        at_any_time(another_stands_there, it_is_handed_on);
        at_any_time(another_stands_there, it_is_handed_on_and_loses_a_page);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_page_of_a_superpage_is_granted),
                cmocka_unit_test(without_memory_it_is_not_broken),
                cmocka_unit_test(a_tree_that_moves_is_left),
                cmocka_unit_test(it_may_be_handed_on_meanwhile),
                cmocka_unit_test(another_may_stand_there_meanwhile),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
