// SPDX-License-Identifier: MIT
// Flexpage arithmetic, checked against ranges of 64 bits, in which nothing can
// overflow.
#include <kernel/flexpage.h>

#include "check.h"

static void
make_rounds_the_base_down(void **state)
{
        (void)state;
        assert_int_equal(fpage_make(0x00412FFF, 12).word, 0x00412000 | 12);
        assert_int_equal(fpage_make(0x00412FFF, 13).word, 0x00412000 | 13);
        assert_int_equal(fpage_make(0x00413FFF, 13).word, 0x00412000 | 13);
        assert_int_equal(fpage_make(0x00812345, 22).word, 0x00800000 | 22);
        assert_int_equal(fpage_make(0xFFFFFFFF, 12).word, 0xFFFFF000 | 12);
}

static void
make_takes_the_sizes_from_a_page_to_everything(void **state)
{
        (void)state;
        for (unsigned size = 0; size < 12; size++)
                assert_int_equal(fpage_make(0xFFFFFFFF, size).word, 0);
        for (unsigned size = 12; size <= 32; size++)
                assert_int_equal(fpage_log2(fpage_make(0xFFFFFFFF, size)),
                                 size);
        for (unsigned size = 33; size < 80; size++)
                assert_int_equal(fpage_make(0xFFFFFFFF, size).word, 0);
        assert_true(fpage_is_nil(fpage_make(0x1000, ~0u)));
}

static void
the_complete_address_space(void **state)
{
        (void)state;
        struct fpage all = fpage_make(0xDEADBEEF, 32);
        assert_int_equal(fpage_first(all), 0);
        assert_int_equal(fpage_last(all), 0xFFFFFFFF);
        assert_true(fpage_contains(all, 0));
        assert_true(fpage_contains(all, 0xFFFFFFFF));
        assert_true(fpage_within(all, all));
        assert_true(fpage_within(fpage_make(0xFFFFF000, 12), all));
        assert_false(fpage_within(all, fpage_make(0x80000000, 31)));
        assert_true(fpage_overlap(all, fpage_make(0, 12)));
}

static void
borders_belong_to_one_flexpage_only(void **state)
{
        (void)state;
        struct fpage low = fpage_make(0x00400000, 22);
        struct fpage high = fpage_make(0x00800000, 22);
        assert_int_equal(fpage_last(low), 0x007FFFFF);
        assert_false(fpage_contains(low, 0x003FFFFF));
        assert_true(fpage_contains(low, 0x00400000));
        assert_true(fpage_contains(low, 0x007FFFFF));
        assert_false(fpage_contains(low, 0x00800000));
        assert_false(fpage_overlap(low, high));
        assert_false(fpage_overlap(high, low));
}

static void
nil_holds_nothing(void **state)
{
        (void)state;
        struct fpage nil = { 0 };
        struct fpage page = fpage_make(0, 12);
        struct fpage all = fpage_make(0, 32);
        assert_false(fpage_contains(nil, 0));
        assert_false(fpage_within(nil, nil));
        assert_false(fpage_within(nil, all));
        assert_false(fpage_within(page, nil));
        assert_false(fpage_overlap(nil, nil));
        assert_false(fpage_overlap(nil, all));
        assert_false(fpage_overlap(all, nil));
}

struct range {
        uint64_t first;
        uint64_t end; // the first address behind it
};

// What the flexpage of these arguments should be; empty for nil.
static struct range
model(uint32_t base, unsigned log2_size)
{
        if (log2_size < 12 || log2_size > 32)
                return (struct range){ 0, 0 };
        uint64_t size = UINT64_C(1) << log2_size;
        uint64_t first = base / size * size;
        return (struct range){ first, first + size };
}

static bool
is_empty(struct range range)
{
        return range.first == range.end;
}

static void
everything_agrees_with_the_model(void **state)
{
        (void)state;
        struct random random = { 0xF1E40001 };
        for (int round = 0; round < 200000; round++) {
                // Bases near each other, so that they meet now and then.
                uint32_t base_a = random_next(&random);
                uint32_t base_b =
                        base_a + random_below(&random, 0x20000) - 0x10000;
                unsigned size_a = 10 + random_below(&random, 25);
                unsigned size_b = 10 + random_below(&random, 25);
                struct fpage a = fpage_make(base_a, size_a);
                struct fpage b = fpage_make(base_b, size_b);
                struct range range_a = model(base_a, size_a);
                struct range range_b = model(base_b, size_b);
                bool both = !is_empty(range_a) && !is_empty(range_b);

                assert_int_equal(fpage_is_nil(a), is_empty(range_a));
                if (!is_empty(range_a)) {
                        assert_int_equal(fpage_first(a), range_a.first);
                        assert_int_equal(fpage_last(a), range_a.end - 1);
                }
                assert_int_equal(fpage_contains(a, base_b),
                                 range_a.first <= base_b &&
                                         base_b < range_a.end);
                assert_int_equal(fpage_within(a, b),
                                 both && range_b.first <= range_a.first &&
                                         range_a.end <= range_b.end);
                assert_int_equal(fpage_overlap(a, b),
                                 both && range_a.first < range_b.end &&
                                         range_b.first < range_a.end);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(make_rounds_the_base_down),
                cmocka_unit_test(
                        make_takes_the_sizes_from_a_page_to_everything),
                cmocka_unit_test(the_complete_address_space),
                cmocka_unit_test(borders_belong_to_one_flexpage_only),
                cmocka_unit_test(nil_holds_nothing),
                cmocka_unit_test(everything_agrees_with_the_model),
        };
        return cmocka_run_group_tests_name("flexpage", tests, NULL, NULL);
}
