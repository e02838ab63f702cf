// SPDX-License-Identifier: MIT
// Counting the mapping of a region: every page of it, or none, compared with a
// model that goes through the pages one by one.
#include "machine.h"

static enum page_result
expected_of(uint64_t number, int change)
{
        if (number >= page_array.count ||
            expected_pages[number].status == STATUS_NOT_INSTALLED)
                return PAGE_NOT_INSTALLED;
        int count = expected_pages[number].status;
        if (count < 0)
                return PAGE_WRONG_STATUS;
        if (change > 0)
                return count < PAGE_COUNT_MAX ? PAGE_OK : PAGE_COUNT_FULL;
        return count > 0 ? PAGE_OK : PAGE_COUNT_ZERO;
}

// The first page that refuses; the answer is what it says.
static enum page_result
model(struct pfpage region, int change, uint32_t *refused)
{
        uint64_t first = fpage_first(region.range) >> PAGE_LOG2;
        uint64_t end =
                first + (UINT64_C(1) << (fpage_log2(region.range) - PAGE_LOG2));
        for (uint64_t page = first; page < end; page++) {
                enum page_result result = expected_of(page, change);
                if (result != PAGE_OK) {
                        *refused = (uint32_t)page << PAGE_LOG2;
                        return result;
                }
        }
        for (uint64_t page = first; page < end; page++)
                expected_pages[page].status += change;
        return PAGE_OK;
}

static enum page_result
check_region(struct pfpage region, int change)
{
        uint32_t due = UNTOUCHED;
        enum page_result expected = model(region, change, &due);
        struct paddr refused = paddr(UNTOUCHED);
        enum page_result found =
                change > 0 ? region_count_mapping(region, &refused)
                           : region_uncount_mapping(region, &refused);
        assert_result(found, expected);
        assert_int_equal(refused.value, due);
        machine_check();
        return found;
}

static struct pfpage
region_of(uint32_t number, unsigned log2_pages)
{
        return pfpage_make(frame_of(number), PAGE_LOG2 + log2_pages);
}

static void
every_size_is_counted(void **state)
{
        (void)state;
        machine_make(0x1000, NORMAL(0));
        for (unsigned log2_pages = 0; log2_pages <= 12; log2_pages++) {
                uint32_t last = 0x1000 - (1u << log2_pages);
                assert_result(check_region(region_of(0, log2_pages), 1),
                              PAGE_OK);
                assert_result(check_region(region_of(last, log2_pages), 1),
                              PAGE_OK);
                assert_result(check_region(region_of(0, log2_pages), -1),
                              PAGE_OK);
                assert_result(check_region(region_of(last, log2_pages), -1),
                              PAGE_OK);
        }
        for (uint32_t i = 0; i < 0x1000; i++)
                assert_int_equal(page_array.pages[i].status, 0);
}

// In a region of `1 << log2_pages` pages in the middle of an array, one page,
// or the pages from it on, are of each kind.
static void
check_each_kind_at(unsigned log2_pages, uint32_t place)
{
        uint32_t count = 1u << log2_pages;
        for (size_t kind = 0; kind < KINDS; kind++)
                for (int rest = 0; rest < 2; rest++) {
                        machine_make(3 * count, MODULE(1));
                        machine_set(count + place, kinds[kind]);
                        for (uint32_t i = place; rest && i < count; i++)
                                machine_set(count + i, kinds[kind]);
                        check_region(region_of(count, log2_pages), 1);
                        check_region(region_of(count, log2_pages), -1);
                        check_region(region_of(count, log2_pages), -1);
                        check_region(region_of(count, log2_pages), -1);
                }
}

static void
the_first_middle_or_last_page_refuses(void **state)
{
        (void)state;
        for (unsigned log2_pages = 0; log2_pages <= 10; log2_pages++) {
                uint32_t count = 1u << log2_pages;
                check_each_kind_at(log2_pages, 0);
                check_each_kind_at(log2_pages, count / 2);
                check_each_kind_at(log2_pages, count - 1);
        }
        for (uint32_t place = 0; place < 8; place++)
                check_each_kind_at(3, place);
}

static void
the_lowest_of_several_is_named(void **state)
{
        (void)state;
        machine_make(64, NORMAL(3));
        machine_set(40, ENVIRONMENT);
        machine_set(45, NORMAL(PAGE_COUNT_MAX));
        machine_set(63, NOT_INSTALLED);
        assert_result(check_region(region_of(32, 5), 1), PAGE_WRONG_STATUS);
        machine_set(37, NORMAL(PAGE_COUNT_MAX));
        machine_set(38, NORMAL(0));
        assert_result(check_region(region_of(32, 5), 1), PAGE_COUNT_FULL);
        assert_result(check_region(region_of(32, 5), -1), PAGE_COUNT_ZERO);
        machine_set(35, NOT_INSTALLED);
        assert_result(check_region(region_of(32, 5), -1), PAGE_NOT_INSTALLED);
}

static void
at_the_end_of_the_array(void **state)
{
        (void)state;
        // 4 MB that end exactly where the array does, then one page less of it.
        machine_make(2048, NORMAL(1));
        assert_result(check_region(region_of(1024, 10), 1), PAGE_OK);
        assert_result(check_region(region_of(1024, 10), -1), PAGE_OK);
        machine_make(2047, NORMAL(1));
        assert_result(check_region(region_of(1024, 10), 1), PAGE_NOT_INSTALLED);
        assert_result(check_region(region_of(1024, 10), -1),
                      PAGE_NOT_INSTALLED);
        machine_set(1024, TABLE(0));
        assert_result(check_region(region_of(1024, 10), 1), PAGE_WRONG_STATUS);
        // Only its first page is there; then none, not even close.
        machine_make(1025, NORMAL(1));
        check_region(region_of(1024, 10), 1);
        machine_make(1024, NORMAL(1));
        check_region(region_of(1024, 10), 1);
        check_region(region_of(1024, 0), -1);
        check_region(region_of(0xFFC00, 10), 1);
        check_region(region_of(0xFFFFF, 0), -1);
        machine_make(0, NORMAL(1));
        check_region(region_of(0, 0), 1);
        check_region(region_of(0, 20), -1);
}

static void
all_of_4_gb(void **state)
{
        (void)state;
        machine_make(0x100000, NORMAL(1));
        const struct pfpage all = region_of(0, 20);
        assert_result(check_region(all, 1), PAGE_OK);
        assert_result(check_region(all, -1), PAGE_OK);
        assert_result(check_region(region_of(0xFFC00, 10), 1), PAGE_OK);
        machine_set(0xFFFFF, NORMAL(0));
        assert_result(check_region(all, -1), PAGE_COUNT_ZERO);
        machine_set(0xFFFFF, NORMAL(PAGE_COUNT_MAX));
        assert_result(check_region(all, 1), PAGE_COUNT_FULL);
        machine_make(0xFFFFF, NORMAL(1));
        assert_result(check_region(all, 1), PAGE_NOT_INSTALLED);
}

static void
refuses_nil(void **state)
{
        (void)state;
        machine_make(8, NORMAL(1));
        const struct pfpage nil = { { 0 } };
        struct paddr refused = paddr(UNTOUCHED);
        assert_result(region_count_mapping(nil, &refused), PAGE_NIL);
        assert_result(region_uncount_mapping(nil, &refused), PAGE_NIL);
        assert_int_equal(refused.value, UNTOUCHED);
        machine_check();
}

static void
random_regions(void **state)
{
        (void)state;
        struct random random = { 0x4E610401 };
        unsigned agreed = 0;
        for (int round = 0; round < 400; round++) {
                uint32_t count = 1 + random_below(&random, 300);
                machine_make(count, NORMAL(1));
                // Mostly normal pages, so that many regions agree.
                for (uint32_t i = random_below(&random, 6); i > 0; i--)
                        machine_set(random_below(&random, count),
                                    kinds[random_below(&random, KINDS)]);
                for (int i = 0; i < 50; i++) {
                        struct pfpage region = region_of(
                                random_below(&random, count + count / 4 + 1),
                                random_below(&random, 9));
                        int change = random_once_in(&random, 2) ? 1 : -1;
                        if (check_region(region, change) == PAGE_OK)
                                agreed++;
                }
        }
        assert_true(agreed > 5000);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                machine_test(every_size_is_counted),
                machine_test(the_first_middle_or_last_page_refuses),
                machine_test(the_lowest_of_several_is_named),
                machine_test(at_the_end_of_the_array),
                machine_test(all_of_4_gb),
                machine_test(refuses_nil),
                machine_test(random_regions),
        };
        return cmocka_run_group_tests_name("region_counts", tests, NULL, NULL);
}
