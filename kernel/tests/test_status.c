// SPDX-License-Identifier: MIT
// Reading the status of a page, and the names.
#include "machine.h"

static void
every_kind_is_read_as_it_is(void **state)
{
        (void)state;
        machine_make(KINDS, NORMAL(0));
        for (uint32_t i = 0; i < KINDS; i++)
                machine_set(i, kinds[i]);
        for (uint32_t i = 0; i < KINDS; i++) {
                uint32_t first = frame_of(i).value;
                assert_ptr_equal(page_at(paddr(first)), &page_array.pages[i]);
                for (unsigned bit = 0; bit < PAGE_LOG2; bit++)
                        assert_int_equal(page_status(paddr(first | 1u << bit)),
                                         kinds[i].status);
                assert_int_equal(page_status(paddr(first + PAGE_SIZE - 1)),
                                 kinds[i].status);
        }
        machine_check();
}

static void
beyond_the_array_nothing_is_installed(void **state)
{
        (void)state;
        for (uint32_t count = 0; count < 3; count++) {
                machine_make(count, NORMAL(7));
                assert_null(page_at(frame_of(count)));
                assert_null(page_at(paddr(0xFFFFF000)));
                assert_int_equal(page_status(frame_of(count)),
                                 STATUS_NOT_INSTALLED);
                assert_int_equal(page_status(paddr(UINT32_MAX)),
                                 STATUS_NOT_INSTALLED);
                if (count > 0)
                        assert_int_equal(
                                page_status(paddr(count * PAGE_SIZE - 1)), 7);
        }
}

static void
the_largest_array_has_every_page(void **state)
{
        (void)state;
        machine_make(0x100000, NORMAL(0));
        machine_set(0xFFFFF, ENVIRONMENT);
        assert_int_equal(page_status(paddr(UINT32_MAX)), STATUS_ENVIRONMENT);
        assert_int_equal(page_status(paddr(0xFFFFEFFF)), 0);
        assert_int_equal(page_status(paddr(0)), 0);
}

static void
names(void **state)
{
        (void)state;
        assert_string_equal(status_name(0), "normal");
        assert_string_equal(status_name(PAGE_COUNT_MAX), "normal");
        assert_string_equal(status_name(STATUS_ENVIRONMENT), "environment");
        assert_string_equal(status_name(STATUS_PAGE_TABLE), "page-table");
        assert_string_equal(status_name(STATUS_PAGE_DIRECTORY),
                            "page-directory");
        assert_string_equal(status_name(STATUS_NOT_INSTALLED), "not installed");
        assert_string_equal(status_name(-5), "undefined");
        assert_string_equal(status_name(INT16_MIN), "undefined");

        for (int i = 0; i < PAGE_RESULTS; i++) {
                const char *name = page_result_name((enum page_result)i);
                assert_memory_equal(name, "PAGE_", 5);
                for (int j = 0; j < i; j++)
                        assert_string_not_equal(
                                name, page_result_name((enum page_result)j));
        }
        assert_string_equal(page_result_name(PAGE_COUNT_FULL),
                            "PAGE_COUNT_FULL");
        assert_string_equal(page_result_name((enum page_result)PAGE_RESULTS),
                            "an undefined result");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                machine_test(every_kind_is_read_as_it_is),
                machine_test(beyond_the_array_nothing_is_installed),
                machine_test(the_largest_array_has_every_page),
                cmocka_unit_test(names),
        };
        return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
