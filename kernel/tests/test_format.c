// SPDX-License-Identifier: MIT
// Formatted printing, against this machine's C library where the two are meant
// to agree.
#include <kernel/format.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

#define ROOM 256

// The C library and H4 make the same text of it, and report its length.
#define check_same(...)                                                        \
        do {                                                                   \
                char expected[ROOM], found[ROOM];                              \
                int length = snprintf(expected, ROOM, __VA_ARGS__);            \
                assert_int_equal(format(found, ROOM, __VA_ARGS__), length);    \
                assert_string_equal(found, expected);                          \
        } while (0)

static void
numbers(void **state)
{
        (void)state;
        static const int values[] = { 0,  1,   -1,      9,           10,
                                      99, 100, INT_MAX, INT_MIN + 1, INT_MIN };

        for (size_t i = 0; i < COUNT_OF(values); i++) {
                int value = values[i];
                check_same("%d|%i|%u|%x|%X", value, value, (unsigned)value,
                           (unsigned)value, (unsigned)value);
                check_same("%8d|%-8d|%08d|", value, value, value);
                check_same("%3x|%03x|%08x|%-20x|%020x", (unsigned)value,
                           (unsigned)value, (unsigned)value, (unsigned)value,
                           (unsigned)value);
                check_same("%*d|%-*d|%0*d|%*d", 7, value, 7, value, 7, value,
                           -7, value);
        }
}

static void
long_numbers(void **state)
{
        (void)state;
        static const long long values[] = {
                0, 1, -1, 0x100000000, -0x100000000, LLONG_MAX, LLONG_MIN,
        };

        for (size_t i = 0; i < COUNT_OF(values); i++) {
                long long value = values[i];
                check_same("%lld|%llu|%llx|%016llX|%24lld", value,
                           (unsigned long long)value, (unsigned long long)value,
                           (unsigned long long)value, value);
                check_same("%ld|%lu|%lx", (long)value, (unsigned long)value,
                           (unsigned long)value);
                check_same("%zu|%zx|%zd", (size_t)value, (size_t)value,
                           (ptrdiff_t)value);
        }
        // After one length comes the next argument, of another one.
        check_same("%llu %d %llx %s %zu %c", 1ull << 40, -3, 5ull, "text",
                   sizeof(int), 'c');
}

static void
strings_and_characters(void **state)
{
        (void)state;
        static const char not_terminated[3] = { 'a', 'b', 'c' };

        check_same("<%s>", "");
        check_same("%s, %s!", "hello", "world");
        check_same("%10s|%-10s|%2s", "right", "left", "longer");
        check_same("%.2s|%.9s|%.0s|%5.1s|%.*s|%.*s", "cut", "whole", "nothing",
                   "one", 3, "three", -1, "negative");
        check_same("%.3s", not_terminated);
        check_same("%c%c|%3c|%-3c|", 'a', '%', 'b', 'c');
        check_same("100%%, %d%%", 5);
}

// Through a pointer, since a compiler knows better about these.
static const char *volatile odd;

#define format_odd(...) format(found, ROOM, __VA_ARGS__)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat"

static void
what_is_not_understood(void **state)
{
        (void)state;
        char found[ROOM];
        static const char *const texts[] = {
                "%", "50%", "%q", "a%!b", "%-", "%08", "%l", "%ll", "%.", "%.3",
        };

        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                odd = texts[i];
                assert_int_equal(format_odd(odd), strlen(texts[i]));
                assert_string_equal(found, texts[i]);
        }

        // Zeros behind a number would change it.
        odd = "%-05d|";
        format_odd(odd, 7);
        assert_string_equal(found, "7    |");

        // It takes no argument.
        odd = "%q %d";
        format_odd(odd, 7);
        assert_string_equal(found, "%q 7");

        // A width is not believed without limit.
        odd = "%99999999999d";
        assert_int_equal(format_odd(odd, 7), 10000);
        odd = "%.99999999999s";
        assert_int_equal(format_odd(odd, "text"), 4);
        odd = "%*d";
        assert_int_equal(format_odd(odd, INT_MIN, 7), 10000);
        odd = NULL;
        assert_int_equal(format_odd("%s", odd), 6);
        assert_string_equal(found, "(null)");
}
#pragma GCC diagnostic pop

static void
pointers(void **state)
{
        (void)state;
        char found[ROOM];

        format(found, ROOM, "%p", (void *)0x1234);
        assert_int_equal(strlen(found), 2 + 2 * sizeof(void *));
        assert_memory_equal(found, "0x0", 3);
        assert_string_equal(found + strlen(found) - 5, "01234");
        format(found, ROOM, "%p", NULL);
        assert_int_equal(strlen(found), 2 + 2 * sizeof(void *));
}

// At every size of the buffer: not a byte beyond it, and always terminated.
static void
cut_off(void **state)
{
        (void)state;
        const char *whole = "abc -42 0000beef";
        const size_t length = strlen(whole);
        char found[32];

        for (size_t size = 0; size < sizeof(found); size++) {
                memset(found, '#', sizeof(found));
                assert_int_equal(
                        format(found, size, "%s %d %08x", "abc", -42, 0xBEEFu),
                        length);
                size_t kept = size > length ? length : size - (size > 0);
                assert_memory_equal(found, whole, kept);
                if (size > 0)
                        assert_int_equal(found[kept], '\0');
                for (size_t i = kept + (size > 0); i < sizeof(found); i++)
                        assert_int_equal(found[i], '#');
        }
        assert_int_equal(format(NULL, 0, "%d", 12345), 5);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(numbers),
                cmocka_unit_test(long_numbers),
                cmocka_unit_test(strings_and_characters),
                cmocka_unit_test(what_is_not_understood),
                cmocka_unit_test(pointers),
                cmocka_unit_test(cut_off),
        };
        return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
