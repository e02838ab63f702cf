// SPDX-License-Identifier: MIT
// The initial regions: no page in two of them, no free page in none, and no
// fewer regions are possible.
#include <kernel/environment.h>
#include <kernel/regions.h>

#include "machine.h"
#include "memory_model.h"

static bool
is_due(uint32_t page)
{
        return page < page_array.count && expected_pages[page].status >= 0 &&
               !expected_pages[page].module;
}

// The fewest flexpages that hold what is due of the 2^log2_pages pages from
// `first` on: none, one, or those of the two halves. *all: is every page due?
static size_t
fewest(uint32_t first, unsigned log2_pages, bool *all)
{
        if (first >= page_array.count) {
                *all = false;
                return 0;
        }
        if (log2_pages == 0) {
                *all = is_due(first);
                return *all ? 1 : 0;
        }

        bool low, high;
        size_t count = fewest(first, log2_pages - 1, &low);
        count +=
                fewest(first + (1u << (log2_pages - 1)), log2_pages - 1, &high);
        *all = low && high;
        return *all ? 1 : count;
}

static void
check_each_page(const struct pfpage *out, size_t count)
{
        uint64_t next = 0;
        for (size_t i = 0; i < count; i++) {
                uint32_t word = out[i].range.word;
                uint64_t first = word & 0xFFFFF000;
                unsigned log2_size = word & 0x3F;
                assert_int_equal(word & 0xFC0, 0);
                assert_in_range(log2_size, 12, 32);
                uint64_t size = UINT64_C(1) << log2_size;
                assert_int_equal(first % size, 0);
                assert_true(first >= next);
                for (; next < first; next += PAGE_SIZE)
                        assert_false(is_due((uint32_t)(next >> PAGE_LOG2)));
                for (; next < first + size; next += PAGE_SIZE)
                        assert_true(is_due((uint32_t)(next >> PAGE_LOG2)));
        }
        for (; next < (uint64_t)page_array.count * PAGE_SIZE; next += PAGE_SIZE)
                assert_false(is_due((uint32_t)(next >> PAGE_LOG2)));
}

// Returns how many regions there are.
static size_t
check_regions(void)
{
        bool all;
        size_t needed = fewest(0, 20, &all);
        // On a block of its own size: what is written beyond it is seen.
        struct pfpage *out = malloc((needed + 1) * sizeof(struct pfpage));
        assert_non_null(out);
        size_t count = UNTOUCHED;
        memset(out, 0xEF, (needed + 1) * sizeof(struct pfpage));
        if (needed > 0) {
                assert_result(initial_regions(NULL, 0, &count), PAGE_CAPACITY);
                assert_int_equal(count, needed);
                count = UNTOUCHED;
                assert_result(initial_regions(out, needed - 1, &count),
                              PAGE_CAPACITY);
                assert_int_equal(count, needed);
                for (size_t i = 0; i <= needed; i++)
                        assert_int_equal(out[i].range.word, 0xEFEFEFEF);
                count = UNTOUCHED;
        }
        assert_result(initial_regions(needed > 0 ? out : NULL, needed, &count),
                      PAGE_OK);
        assert_int_equal(count, needed);
        assert_int_equal(out[needed].range.word, 0xEFEFEFEF);
        check_each_page(out, count);
        machine_check();
        free(out);
        return needed;
}

static void
no_pages_or_none_that_are_free(void **state)
{
        (void)state;
        machine_make(0, NORMAL(0));
        assert_int_equal(check_regions(), 0);
        for (size_t kind = 0; kind < KINDS; kind++) {
                machine_make(5, kinds[kind]);
                bool due = kinds[kind].status >= 0 && !kinds[kind].module;
                assert_int_equal(check_regions(), due ? 2 : 0);
        }
}

static void
every_kind_of_page_in_a_row(void **state)
{
        (void)state;
        for (size_t kind = 0; kind < KINDS; kind++)
                for (uint32_t place = 0; place < 16; place++) {
                        machine_make(16, NORMAL(0));
                        machine_set(place, kinds[kind]);
                        check_regions();
                        machine_make(16, ENVIRONMENT);
                        machine_set(place, kinds[kind]);
                        check_regions();
                }
}

static void
every_row_among_32_pages(void **state)
{
        (void)state;
        for (uint32_t first = 0; first < 32; first++)
                for (uint32_t end = first; end <= 32; end++) {
                        machine_make(32, MODULE(0));
                        for (uint32_t i = first; i < end; i++)
                                machine_set(i, NORMAL(0));
                        check_regions();
                }
}

static void
all_of_4_gb(void **state)
{
        (void)state;
        machine_make(MEMORY_PAGES, NORMAL(0));
        assert_int_equal(check_regions(), 1);
        // A row with as many regions as there may be in one.
        machine_set(0, ENVIRONMENT);
        machine_set(MEMORY_PAGES - 1, ENVIRONMENT);
        assert_int_equal(check_regions(), 38);
        machine_set(MEMORY_PAGES - 1, NORMAL(1));
        assert_int_equal(check_regions(), 20);
}

static void
as_many_regions_as_possible(void **state)
{
        (void)state;
        machine_make(MEMORY_PAGES, NORMAL(0));
        for (uint32_t i = 0; i < MEMORY_PAGES; i += 2)
                machine_set(i, NOT_INSTALLED);
        assert_int_equal(check_regions(), MEMORY_PAGES / 2);
}

static void
random_arrays(void **state)
{
        (void)state;
        struct random random = { 0x4E610501 };
        for (int round = 0; round < 2000; round++) {
                machine_make(random_below(&random, 600), NORMAL(0));
                if (page_array.count == 0)
                        continue;
                for (uint32_t i = random_below(&random, 30); i > 0; i--)
                        machine_set(random_below(&random, page_array.count),
                                    kinds[random_below(&random, KINDS)]);
                check_regions();
        }
        for (int round = 0; round < 100; round++) {
                machine_random(random_below(&random, 600), &random);
                check_regions();
        }
}

// From the boot loader's list to the regions, as memory_init goes: every page
// that is usable and not in use is in one of them, and no other.
static bool
divide(struct random *random, uint32_t limit)
{
        struct memory_map map;
        struct environment environment;
        struct list list = random_list(random, limit);
        model_map(&list, &map);
        uint32_t end = memory_map_end(&map);
        struct page_range taken[4];
        for (size_t i = 0; i < COUNT_OF(taken); i++)
                taken[i] = random_pages(random, limit);
        taken[0] = (struct page_range){ taken[0].first, taken[0].first + 1 };
        if (taken[0].end > end ||
            environment_plan(&map, taken, COUNT_OF(taken), &environment) !=
                    ENVIRONMENT_OK)
                return false;

        const struct boot_pages boot = {
                .map = &map,
                .image = taken[0],
                .environment = environment.pages,
                .modules = &taken[1],
                .module_count = COUNT_OF(taken) - 1,
                .directory = frame_of(taken[0].first),
        };
        machine_make(end, NORMAL(0));
        assert_result(status_boot(&boot, page_array.pages, end), PAGE_OK);
        memcpy(expected_pages, page_array.pages, end * sizeof(struct page));
        for (uint32_t page = 0; page < end; page++) {
                bool due = model_usable(page) &&
                           !pages_hold(environment.pages, page);
                for (size_t i = 0; i < COUNT_OF(taken); i++)
                        due = due && !pages_hold(taken[i], page);
                assert_int_equal(is_due(page), due);
        }
        for (uint32_t page = end; page < MEMORY_PAGES; page++)
                assert_false(model_usable(page));
        check_regions();
        return true;
}

static void
the_memory_of_random_machines(void **state)
{
        (void)state;
        struct random random = { 0x4E610502 };
        unsigned divided = 0;
        for (int round = 0; round < 60; round++)
                divided += divide(&random, 0x1000);
        for (int round = 0; round < 12; round++)
                divided += divide(&random, MEMORY_PAGES);
        assert_true(divided >= 20);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                machine_test(no_pages_or_none_that_are_free),
                machine_test(every_kind_of_page_in_a_row),
                machine_test(every_row_among_32_pages),
                machine_test(all_of_4_gb),
                machine_test(as_many_regions_as_possible),
                machine_test(random_arrays),
                machine_test(the_memory_of_random_machines),
        };
        return cmocka_run_group_tests_name("regions", tests, NULL, NULL);
}
