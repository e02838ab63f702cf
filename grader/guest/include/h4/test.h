// SPDX-License-Identifier: MIT
// Tests that run inside the kernel.
//
//   TEST(find_pt_names_the_table)
//   {
//           ...
//           expect_result(PAGING_OK, find_pt(...), "find_pt(0x%08x)", address);
//   }
//
// A test returns when all is well. Every `expect` that is not met reports the
// test as failed and switches the machine off: it does not return. Tests are
// chosen by the kernel's command line, run in any order, and leave the machine
// as they found it; the harness looks whether they did.
#ifndef H4_TEST_H
#define H4_TEST_H

#include <kernel/result.h>
#include <kernel/types.h>

struct h4_test {
        const char *name;
        void (*run)(void);
};

// The section .h4.tests is the table of tests: the linker puts it together, and
// the grader reads the names from there.
#define TEST(test)                                                             \
        static void test_##test(void);                                         \
        static const struct h4_test entry_##test                               \
                __attribute__((section(".h4.tests"), used,                     \
                               aligned(4))) = { #test, test_##test };          \
        static void test_##test(void)

// Runs the tests that the command line asks for, and switches the machine off.
// Returns at once where it asks for none.
void harness_main(const char *command_line);

// The running test has failed, for the reason given, as with printf.
_Noreturn void fail(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

// The same with what was expected and what was found instead.
_Noreturn void fail_values(const char *expected, const char *found,
                           const char *format, ...)
        __attribute__((format(printf, 3, 4)));

// Says what the test is about to do, as with printf: the name of a function and what
// it is called with. Where an exception, a panic or a loop without end comes before
// trying_over or the end of the test, the report has it. Nothing is sent otherwise.
// Up to 12 values, each a word or a text that is there as long as this.
#define TRYING_MOST 12
#define trying(...)                                                            \
        trying_words(TRYING_COUNT(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4,   \
                                  3, 2, 1, 0, 0),                              \
                     __VA_ARGS__)
#define TRYING_COUNT(text, a, b, c, d, e, f, g, h, i, j, k, l, count, ...) count
void trying_words(uint32_t count, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void trying_over(void);

// Each takes first what is expected, then what was found, and at the end says
// in the lab's terms what it is about, as with printf. expect_result tries what it
// expects the result of.
void expect_result(enum paging_result expected, enum paging_result found,
                   const char *format, ...)
        __attribute__((format(printf, 3, 4)));
#define expect_result(expected, found, ...)                                    \
        (trying(__VA_ARGS__), expect_result(expected, found, __VA_ARGS__))
void expect_number(uint32_t expected, uint32_t found, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void expect_hex(uint32_t expected, uint32_t found, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void expect_bool(bool expected, bool found, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

// Random numbers: the same for the same seed of the boot and the same test, in
// whatever order tests run.
uint32_t random_word(void);

// A number from 0 to `limit` - 1.
uint32_t random_below(uint32_t limit);

#endif
