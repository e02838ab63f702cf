// SPDX-License-Identifier: MIT
// Memory and strings, against this machine's C library. string.c is compiled as
// a part of this file, under names that are not the library's.
#include <stdlib.h>
#include <string.h>

#include "check.h"

#include <kernel/layout.h>
#include <kernel/paging.h>

#define memcpy kernel_memcpy
#define memmove kernel_memmove
#define memset kernel_memset
#define memcmp kernel_memcmp
#define strlen kernel_strlen
#define strcmp kernel_strcmp
#include "../string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp

#define ROOM 64
#define MOST 24

static void
fill(unsigned char *bytes)
{
        for (unsigned i = 0; i < ROOM; i++)
                bytes[i] = (unsigned char)(i * 7 + 1);
}

// Every length and alignment, and every way of overlapping.
static void
moving(void **state)
{
        (void)state;
        unsigned char expected[ROOM], found[ROOM];

        for (unsigned from = 0; from < MOST; from++)
                for (unsigned to = 0; to < MOST; to++)
                        for (unsigned size = 0; size < MOST; size++) {
                                fill(expected);
                                fill(found);
                                memmove(expected + to, expected + from, size);
                                assert_ptr_equal(kernel_memmove(found + to,
                                                                found + from,
                                                                size),
                                                 found + to);
                                assert_memory_equal(found, expected, ROOM);
                        }
}

static void
copying_and_setting(void **state)
{
        (void)state;
        unsigned char source[ROOM], expected[ROOM], found[ROOM];

        for (unsigned at = 0; at < MOST; at++)
                for (unsigned size = 0; size < MOST; size++) {
                        fill(source);
                        memset(expected, 0xAA, ROOM);
                        memset(found, 0xAA, ROOM);
                        memcpy(expected + at, source + 3, size);
                        assert_ptr_equal(
                                kernel_memcpy(found + at, source + 3, size),
                                found + at);
                        assert_memory_equal(found, expected, ROOM);
                        memset(expected + at, 0x5B, size);
                        assert_ptr_equal(kernel_memset(found + at, 0xF5B, size),
                                         found + at);
                        assert_memory_equal(found, expected, ROOM);
                }
}

static int
sign(int value)
{
        return (value > 0) - (value < 0);
}

static void
comparing(void **state)
{
        (void)state;
        static const char *const texts[] = {
                "", "a", "ab", "b", "a\x80", "\xFF", "abc", "abd",
        };

        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                assert_int_equal(kernel_strlen(texts[i]), strlen(texts[i]));
                for (size_t j = 0; j < COUNT_OF(texts); j++) {
                        const char *a = texts[i];
                        const char *b = texts[j];
                        assert_int_equal(sign(kernel_strcmp(a, b)),
                                         sign(strcmp(a, b)));
                        size_t size = strlen(a) < strlen(b) ? strlen(a) + 1
                                                            : strlen(b) + 1;
                        assert_int_equal(sign(kernel_memcmp(a, b, size)),
                                         sign(memcmp(a, b, size)));
                }
        }
        assert_int_equal(kernel_memcmp("a", "b", 0), 0);
}

static void
a_page_of_zeros(void **state)
{
        (void)state;
        unsigned char *pages = aligned_alloc(PAGE_SIZE, 3 * PAGE_SIZE);
        assert_non_null(pages);
        memset(pages, 0xAA, 3 * PAGE_SIZE);
        zero_page(pages + PAGE_SIZE);
        for (uint32_t i = 0; i < 3 * PAGE_SIZE; i++)
                assert_int_equal(pages[i], i / PAGE_SIZE == 1 ? 0 : 0xAA);
        free(pages);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(moving),
                cmocka_unit_test(copying_and_setting),
                cmocka_unit_test(comparing),
                cmocka_unit_test(a_page_of_zeros),
        };
        return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
