// SPDX-License-Identifier: MIT
// Flexpages, and how one fits into a window: against the rule page by page. Where both
// are the same size, each page goes to the one with the same number; otherwise the send
// base says which part of the larger one it is about.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <h/types.h>
#include <l4/fpages.h>

#define ROUNDS 200000u
#define WHOLE (FPAGE_ALL_LOG2 << 4)
#define USER_END 0xC0000000u

static uint32_t state = 1;

static uint32_t
any(void)
{
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
}

static uint64_t
bytes_of(unsigned log2)
{
        return (uint64_t)1 << log2;
}

static uint32_t
any_fpage(void)
{
        uint32_t log2 = any() % 36;

        return (any() & ~0x3FFu) | log2 << 4 | any() % 8;
}

// The size that a word says, or 0; and its first byte.
static unsigned
log2_of(uint32_t word)
{
        unsigned log2 = word >> 4 & 0x3F;

        if (log2 == 1)
                return 32;
        return log2 >= 10 && log2 <= 32 ? log2 : 0;
}

static uint32_t
first_of(uint32_t word)
{
        unsigned log2 = log2_of(word);

        if (log2 == 32)
                return 0;
        return (uint32_t)((word & ~0x3FFu) / bytes_of(log2) * bytes_of(log2));
}

// --- One flexpage --------------------------------------------------------------------

static void
expect_range(uint32_t word, uint32_t first, uint32_t last)
{
        struct fpage_range range = fpage_range(word);

        assert_true(range.any);
        assert_int_equal(range.first, first);
        assert_int_equal(range.last, last);
        assert_int_equal(range.rights, word & 7);
}

static void
ranges_of_all_kinds(void **unused)
{
        (void)unused;
        expect_range(fpage_make(0x12345000, 12, 5), 0x12345000, 0x12345FFF);
        expect_range(fpage_make(0x12345C00, 10, 1), 0x12345C00, 0x12345FFF);
        expect_range(fpage_make(0x12345000, 22, 7), 0x12000000, 0x123FFFFF);
        expect_range(fpage_make(0xFFFFFC00, 31, 0), 0x80000000, USER_END - 1);
        expect_range(fpage_make(0xBFC00000, 22, 0), 0xBFC00000, USER_END - 1);
        expect_range(WHOLE | 7, 0, USER_END - 1);
        expect_range(fpage_make(0x80000000, 32, 4), 0, USER_END - 1);
}

static void
words_that_are_no_range(void **unused)
{
        (void)unused;
        assert_false(fpage_range(0).any);
        assert_false(fpage_range(7).any);
        for (unsigned log2 = 2; log2 < 10; log2++)
                assert_false(fpage_range(fpage_make(0x1000, log2, 7)).any);
        for (unsigned log2 = 33; log2 < 64; log2++)
                assert_false(fpage_range(fpage_make(0x1000, log2, 7)).any);
        assert_false(fpage_range(fpage_make(USER_END, 12, 7)).any);
        assert_false(fpage_range(fpage_make(0xFFFFF000, 12, 7)).any);
}

static void
ranges_at_random(void **unused)
{
        (void)unused;
        for (uint32_t i = 0; i < ROUNDS; i++) {
                uint32_t word = any_fpage();
                struct fpage_range range = fpage_range(word);
                bool is_one = log2_of(word) != 0 && first_of(word) < USER_END;
                assert_int_equal(range.any, is_one);
                if (!is_one)
                        continue;
                uint64_t end = first_of(word) + bytes_of(log2_of(word));
                assert_int_equal(range.first, first_of(word));
                assert_int_equal(range.last,
                                 (end < USER_END ? end : USER_END) - 1);
        }
}

// --- Two of them ------------------------------------------------------------------------

static void
expect_pair(struct fpage_pair pair, uint32_t from, uint32_t to, unsigned log2)
{
        assert_true(pair.any);
        assert_int_equal(pair.from, from);
        assert_int_equal(pair.to, to);
        assert_int_equal(pair.log2, log2);
}

static void
a_page_into_windows(void **unused)
{
        uint32_t page = fpage_make(0x00403000, 12, 7);

        (void)unused;
        expect_pair(fpages_fit(page, 0x5555000, fpage_make(0x20000000, 12, 0)),
                    0x00403000, 0x20000000, 12);
        expect_pair(fpages_fit(page, 0x5555000, fpage_make(0x20000000, 16, 0)),
                    0x00403000, 0x20005000, 12);
        expect_pair(fpages_fit(page, 0x55553FF, fpage_make(0x20000000, 16, 0)),
                    0x00403000, 0x20005000, 12);
        expect_pair(fpages_fit(page, 0xBFFFF7FF, WHOLE), 0x00403000, 0xBFFFF000,
                    12);
}

static void
pages_into_smaller_windows(void **unused)
{
        uint32_t pages = fpage_make(0x00408000, 15, 7);

        (void)unused;
        expect_pair(fpages_fit(pages, 0x3000, fpage_make(0x20000000, 12, 0)),
                    0x0040B000, 0x20000000, 12);
        expect_pair(fpages_fit(pages, 0x3000, fpage_make(0x20000000, 13, 0)),
                    0x0040A000, 0x20000000, 13);
        expect_pair(fpages_fit(WHOLE, 0x12345678, fpage_make(0, 22, 0)),
                    0x12000000, 0, 22);
        expect_pair(fpages_fit(WHOLE, 0x12345678, WHOLE), 0, 0, 32);
}

static void
what_does_not_fit(void **unused)
{
        uint32_t page = fpage_make(0x1000, 12, 7);

        (void)unused;
        assert_false(fpages_fit(0, 0, WHOLE).any);
        assert_false(fpages_fit(page, 0, 0).any);
        assert_false(fpages_fit(page, 0, fpage_make(0x1000, 11, 0)).any);
        assert_false(fpages_fit(fpage_make(0x1000, 11, 7), 0, WHOLE).any);
        assert_false(fpages_fit(page, 0, fpage_ports(0, 16)).any);
        assert_false(fpages_fit(fpage_ports(0, 16), 0, WHOLE).any);
}

static void
pairs_at_random(void **unused)
{
        (void)unused;
        for (uint32_t i = 0; i < ROUNDS; i++) {
                uint32_t sent = any_fpage();
                uint32_t window = any_fpage();
                uint32_t base = any();
                struct fpage_pair pair = fpages_fit(sent, base, window);
                unsigned a = log2_of(sent);
                unsigned b = log2_of(window);
                unsigned least = a < b ? a : b;
                assert_int_equal(pair.any, least >= 12);
                if (!pair.any)
                        continue;

                uint64_t part = base / bytes_of(least) * bytes_of(least);
                assert_int_equal(pair.log2, least);
                assert_int_equal(pair.from,
                                 first_of(sent) + part % bytes_of(a));
                assert_int_equal(pair.to,
                                 first_of(window) + part % bytes_of(b));
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ranges_of_all_kinds),
                cmocka_unit_test(words_that_are_no_range),
                cmocka_unit_test(ranges_at_random),
                cmocka_unit_test(a_page_into_windows),
                cmocka_unit_test(pages_into_smaller_windows),
                cmocka_unit_test(what_does_not_fit),
                cmocka_unit_test(pairs_at_random),
        };

        const char *seed = getenv("SEED");
        if (seed && strtoul(seed, NULL, 0) != 0)
                state = (uint32_t)strtoul(seed, NULL, 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
