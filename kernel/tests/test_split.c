// SPDX-License-Identifier: MIT
// Splitting ranges: the pieces are checked one by one, and their number against
// a search of the tree of all flexpages.
#include <kernel/flexpage.h>

#include "check.h"

#define ROOM 64

static void
one_page(void **state)
{
        (void)state;
        struct fpage out[1];
        size_t count = 0;
        assert_result(fpage_split(0x5000, 0x5FFF, out, 1, &count), PAGING_OK);
        assert_int_equal(count, 1);
        assert_int_equal(out[0].word, 0x5000 | 12);
}

static void
everything_is_one_flexpage(void **state)
{
        (void)state;
        struct fpage out[1];
        size_t count = 0;
        assert_result(fpage_split(0, 0xFFFFFFFF, out, 1, &count), PAGING_OK);
        assert_int_equal(count, 1);
        assert_int_equal(out[0].word, 32);
}

static void
everything_but_the_first_and_last_page(void **state)
{
        (void)state;
        struct fpage out[ROOM];
        size_t count = 0;
        assert_result(fpage_split(0x1000, 0xFFFFEFFF, out, ROOM, &count),
                      PAGING_OK);
        assert_int_equal(count, 38);
        assert_int_equal(out[0].word, 0x1000 | 12);
        assert_int_equal(out[18].word, 0x40000000 | 30);
        assert_int_equal(out[19].word, 0x80000000 | 30);
        assert_int_equal(out[37].word, 0xFFFFE000 | 12);
}

static void
the_top_of_the_address_space(void **state)
{
        (void)state;
        struct fpage out[ROOM];
        size_t count = 0;
        assert_result(fpage_split(0xFFFFD000, 0xFFFFFFFF, out, ROOM, &count),
                      PAGING_OK);
        assert_int_equal(count, 2);
        assert_int_equal(out[0].word, 0xFFFFD000 | 12);
        assert_int_equal(out[1].word, 0xFFFFE000 | 13);
}

static void
refuses_borders_inside_a_page(void **state)
{
        (void)state;
        struct fpage out[1] = { { UNTOUCHED } };
        size_t count = UNTOUCHED;
        assert_result(fpage_split(0x5001, 0x5FFF, out, 1, &count),
                      PAGING_MISALIGNED);
        assert_result(fpage_split(0x5800, 0x5FFF, out, 1, &count),
                      PAGING_MISALIGNED);
        assert_result(fpage_split(0x5000, 0x6000, out, 1, &count),
                      PAGING_MISALIGNED);
        assert_result(fpage_split(0x5000, 0x5FFE, out, 1, &count),
                      PAGING_MISALIGNED);
        assert_result(fpage_split(0x5000, 0x57FF, out, 1, &count),
                      PAGING_MISALIGNED);
        // Both are wrong: alignment is looked for first.
        assert_result(fpage_split(0x5001, 0x4FFF, out, 1, &count),
                      PAGING_MISALIGNED);
        assert_int_equal(count, UNTOUCHED);
        assert_int_equal(out[0].word, UNTOUCHED);
}

static void
refuses_an_end_before_the_beginning(void **state)
{
        (void)state;
        struct fpage out[1] = { { UNTOUCHED } };
        size_t count = UNTOUCHED;
        assert_result(fpage_split(0x5000, 0x4FFF, out, 1, &count),
                      PAGING_RANGE);
        assert_result(fpage_split(0xFFFFF000, 0x0FFF, out, 1, &count),
                      PAGING_RANGE);
        assert_int_equal(count, UNTOUCHED);
        assert_int_equal(out[0].word, UNTOUCHED);
}

static void
counts_without_room(void **state)
{
        (void)state;
        struct fpage out[3] = { { UNTOUCHED }, { UNTOUCHED }, { UNTOUCHED } };
        size_t count = UNTOUCHED;
        assert_result(fpage_split(0x1000, 0x6FFF, NULL, 0, &count),
                      PAGING_CAPACITY);
        assert_int_equal(count, 4);
        count = UNTOUCHED;
        assert_result(fpage_split(0x1000, 0x6FFF, out, 3, &count),
                      PAGING_CAPACITY);
        assert_int_equal(count, 4);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(out[i].word, UNTOUCHED);
}

// The fewest flexpages that cover what the block of 2^log2_size bytes at
// `begin` shares with the range: none, the block itself, or those of its two
// halves.
static size_t
fewest(uint64_t begin, unsigned log2_size, uint64_t first, uint64_t last)
{
        uint64_t block_last = begin + (UINT64_C(1) << log2_size) - 1;
        if (block_last < first || last < begin)
                return 0;
        if (first <= begin && block_last <= last)
                return 1;
        uint64_t middle = begin + (UINT64_C(1) << (log2_size - 1));
        return fewest(begin, log2_size - 1, first, last) +
               fewest(middle, log2_size - 1, first, last);
}

static void
check_split(uint32_t first, uint32_t last)
{
        struct fpage out[ROOM];
        for (size_t i = 0; i < ROOM; i++)
                out[i].word = UNTOUCHED;
        size_t needed = fewest(0, 32, first, last);
        size_t count = UNTOUCHED;
        assert_result(fpage_split(first, last, out, needed - 1, &count),
                      PAGING_CAPACITY);
        assert_int_equal(count, needed);
        assert_int_equal(out[0].word, UNTOUCHED);
        assert_result(fpage_split(first, last, out, needed, &count), PAGING_OK);
        assert_int_equal(count, needed);

        uint64_t next = first;
        for (size_t i = 0; i < count; i++) {
                assert_int_equal(fpage_first(out[i]), next);
                assert_true(fpage_log2(out[i]) >= 12);
                uint64_t size = UINT64_C(1) << fpage_log2(out[i]);
                assert_int_equal(next % size, 0);
                assert_int_equal(out[i].word & 0xFC0, 0);
                next += size;
        }
        assert_int_equal(next, (uint64_t)last + 1);
        assert_int_equal(out[count].word, UNTOUCHED);
}

static void
random_ranges_are_covered_by_the_fewest(void **state)
{
        (void)state;
        struct random random = { 0x5917A001 };
        for (int round = 0; round < 20000; round++) {
                // Short and long ranges, some up to the top.
                unsigned shift = random_below(&random, 20);
                uint32_t a = random_next(&random) >> 12;
                uint32_t pages = random_next(&random) >> 12 >> shift;
                uint32_t b = a + pages;
                if (b > 0xFFFFF || random_once_in(&random, 8))
                        b = 0xFFFFF;
                if (random_once_in(&random, 16))
                        a = 0;
                check_split(a << 12, (b << 12) | 0xFFF);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_page),
                cmocka_unit_test(everything_is_one_flexpage),
                cmocka_unit_test(everything_but_the_first_and_last_page),
                cmocka_unit_test(the_top_of_the_address_space),
                cmocka_unit_test(refuses_borders_inside_a_page),
                cmocka_unit_test(refuses_an_end_before_the_beginning),
                cmocka_unit_test(counts_without_room),
                cmocka_unit_test(random_ranges_are_covered_by_the_fewest),
        };
        return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
