// SPDX-License-Identifier: MIT
// What tests say: the public functions of <h4/test.h>.
#include "harness.h"

#include <h4/test.h>
#include <kernel/format.h>

// It belongs to lab 1, and no test of lab 0 asks for such a result.
#pragma weak paging_result_name

#undef expect_result // by its text it would try once more

_Noreturn void
fail(const char *text, ...)
{
        char message[LINE_SIZE];
        va_list arguments;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        report_failure(message, NULL, NULL);
}

_Noreturn void
fail_values(const char *expected, const char *found, const char *text, ...)
{
        char message[LINE_SIZE];
        va_list arguments;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        report_failure(message, expected, found);
}

// Fails with two numbers, each by the conversion `as`.
static _Noreturn __attribute__((format(printf, 4, 0))) void
fail_numbers(const char *as, uint32_t expected, uint32_t found,
             const char *text, va_list arguments)
{
        char message[LINE_SIZE], due[16], came[16];
        vformat(message, sizeof(message), text, arguments);
        // The conversions are this file's own, two lines below here.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        format(due, sizeof(due), as, expected);
        format(came, sizeof(came), as, found);
#pragma GCC diagnostic pop
        report_failure(message, due, came);
}

void
expect_number(uint32_t expected, uint32_t found, const char *text, ...)
{
        if (expected == found)
                return;
        va_list arguments;
        va_start(arguments, text);
        fail_numbers("%u", expected, found, text, arguments);
}

void
expect_hex(uint32_t expected, uint32_t found, const char *text, ...)
{
        if (expected == found)
                return;
        va_list arguments;
        va_start(arguments, text);
        fail_numbers("0x%08x", expected, found, text, arguments);
}

void
expect_result(enum paging_result expected, enum paging_result found,
              const char *text, ...)
{
        trying_over();
        if (expected == found)
                return;
        char message[LINE_SIZE];
        va_list arguments;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        report_failure(message, paging_result_name(expected),
                       paging_result_name(found));
}

void
expect_bool(bool expected, bool found, const char *text, ...)
{
        if (expected == found)
                return;
        char message[LINE_SIZE];
        va_list arguments;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        report_failure(message, expected ? "true" : "false",
                       found ? "true" : "false");
}
