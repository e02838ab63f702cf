// SPDX-License-Identifier: MIT
// Options on the command line.
#include <kernel/cmdline.h>

#include <string.h>

#include "check.h"

#define ROOM 16

static void
check_value(const char *line, const char *name, const char *expected)
{
        char value[ROOM] = "untouched";

        assert_true(cmdline_value(line, name, value, ROOM));
        assert_string_equal(value, expected);
}

static void
check_none(const char *line, const char *name)
{
        char value[ROOM] = "untouched";

        assert_false(cmdline_value(line, name, value, ROOM));
        assert_string_equal(value, "untouched");
}

static void
values(void **state)
{
        (void)state;
        check_value("nonce=4f02,seed=7,tests=0-4.7", "nonce", "4f02");
        check_value("nonce=4f02,seed=7,tests=0-4.7", "seed", "7");
        check_value("nonce=4f02,seed=7,tests=0-4.7", "tests", "0-4.7");
        check_value("kernel.elf seed=7", "seed", "7");
        check_value("\"a=1 b=2\" 'c=3'", "b", "2");
        check_value("\"a=1 b=2\" 'c=3'", "c", "3");
        check_value(" , a=1", "a", "1");
        check_value("a=", "a", "");
        check_value("a=,b=1", "a", "");
        check_value("a=1 a=2", "a", "1");
        check_value("a=b=c", "a", "b=c");
}

static void
no_such_option(void **state)
{
        (void)state;
        check_none("", "a");
        check_none("a", "a");
        check_none("a =1", "a");
        check_none("ba=1", "a");
        check_none("ab=1", "a");
        check_none("b=a=1", "a");
        check_none("=1", "a");
        check_none(",\"' ", "a");
}

static void
values_that_do_not_fit(void **state)
{
        (void)state;
        char value[1] = "";

        check_value("a=123456789012345", "a", "123456789012345");
        check_none("a=1234567890123456", "a");
        assert_true(cmdline_value("a=", "a", value, 1));
        assert_false(cmdline_value("a=1", "a", value, 1));
        assert_false(cmdline_value("a=", "a", value, 0));
}

static void
numbers(void **state)
{
        (void)state;
        static const struct {
                const char *line;
                uint32_t number;
        } good[] = {
                { "n=0", 0 },
                { "n=007", 7 },
                { "n=4294967295", 0xFFFFFFFF },
                { "n=0xFFFFffff", 0xFFFFFFFF },
                { "n=0x0,m=3", 0 },
        };
        static const char *const bad[] = {
                "n=",    "n=-1",          "n=4294967296", "n=42949672950",
                "n=0x",  "n=0x100000000", "n=1x",         "n=f",
                "n=0xg", "m=1",
        };

        for (size_t i = 0; i < COUNT_OF(good); i++) {
                uint32_t number = UNTOUCHED;
                assert_true(cmdline_number(good[i].line, "n", &number));
                assert_int_equal(number, good[i].number);
        }
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                uint32_t number = UNTOUCHED;
                assert_false(cmdline_number(bad[i], "n", &number));
                assert_int_equal(number, UNTOUCHED);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(values),
                cmocka_unit_test(no_such_option),
                cmocka_unit_test(values_that_do_not_fit),
                cmocka_unit_test(numbers),
        };
        return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
