// SPDX-License-Identifier: MIT
// Printing: what libl4's formats give is what this machine's C library gives.
#include "check.h"

#include "../libl4/format.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

struct memory {
        char text[200];
        unsigned count;
};

static void
add(void *to, char character)
{
        struct memory *memory = to;

        assert_true(memory->count < sizeof(memory->text) - 1);
        memory->text[memory->count++] = character;
        memory->text[memory->count] = '\0';
}

static void expect(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

static void
expect(const char *format, ...)
{
        struct memory found = { .count = 0 };
        char due[200];
        va_list arguments;
        int count;

        va_start(arguments, format);
        vsnprintf(due, sizeof(due), format, arguments);
        va_end(arguments);
        va_start(arguments, format);
        count = __l4_format(add, &found, format, arguments);
        va_end(arguments);
        assert_string_equal(found.text, due);
        assert_int_equal(count, (int)strlen(due));
}

static void
numbers_are_printed_in_all_bases(void **state)
{
        (void)state;
        struct random random = { 1 };

        expect("%d %i %u %x %X %o", 0, 0, 0u, 0u, 0u, 0u);
        expect("%d %d %u", INT32_MAX, INT32_MIN, UINT32_MAX);
        expect("%lld %lld %llu", LLONG_MAX, LLONG_MIN, ULLONG_MAX);
        for (int i = 0; i < 2000; i++) {
                uint32_t n = random_next(&random) >> random_below(&random, 32);
                unsigned long long wide =
                        (unsigned long long)random_next(&random) << 32 | n;
                wide >>= random_below(&random, 64);
                expect("%d %u %x %X %o", (int)n, n, n, n, n);
                expect("%lld %llu %llx %llX", (long long)wide, wide, wide,
                       wide);
                expect("%ld %lu %lx %zu", (long)wide, (unsigned long)wide,
                       (unsigned long)wide, (size_t)wide);
        }
}

static void
fields_are_as_wide_as_they_are_said_to_be(void **state)
{
        (void)state;
        expect("|%5d|%-5d|%05d|%1d|", 42, 42, 42, 42);
        expect("|%5d|%-5d|%05d|%1d|", -42, -42, -42, -42);
        expect("|%08x|%8x|%-8x|%2x|", 0xABCu, 0xABCu, 0xABCu, 0xABCu);
        expect("|%*d|%3u|", 7, 5, 12345u);
        expect("|%6s|%-6s|%s|%2s|", "abc", "abc", "abc", "abc");
        expect("|%.2s|%5.2s|%.9s|%.0s|", "abc", "abc", "abc", "abc");
        expect("|%c|%3c|%-3c|", 'x', 'y', 'z');
        expect("100%% %hhx %hx", 0x12, 0x1234);
}

static void
texts_may_be_nothing(void **state)
{
        (void)state;
        const char *volatile nothing = NULL;

        expect("%s", "");
        expect("%s", nothing);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(numbers_are_printed_in_all_bases),
                cmocka_unit_test(fields_are_as_wide_as_they_are_said_to_be),
                cmocka_unit_test(texts_may_be_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
