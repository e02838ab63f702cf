// SPDX-License-Identifier: MIT
// What is told of use, and where there is no more: no room, no address.
#include "cases.h"

#include <l4/mapdb_nodes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

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

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_ancestor_is_told_once),
                cmocka_unit_test(what_goes_tells_before),
                cmocka_unit_test(no_room_changes_nothing),
                cmocka_unit_test(the_ends_of_user_space),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
