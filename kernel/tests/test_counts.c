// SPDX-License-Identifier: MIT
// Counting mappings and entries, one page at a time, compared with a model that
// counts in 64 bits.
#include "machine.h"

// What is to come of one more mapping, or one fewer, of an installed page.
static enum page_result
expected_of_mapping(struct page page, int change)
{
        int64_t count = (int64_t)page.status + change;
        if (page.status == STATUS_NOT_INSTALLED)
                return PAGE_NOT_INSTALLED;
        if (page.status < 0)
                return PAGE_WRONG_STATUS;
        if (count > PAGE_COUNT_MAX)
                return PAGE_COUNT_FULL;
        return count < 0 ? PAGE_COUNT_ZERO : PAGE_OK;
}

static enum page_result
expected_of_entries(struct page page, int64_t change)
{
        int64_t count = page.entries + change;
        if (page.status == STATUS_NOT_INSTALLED)
                return PAGE_NOT_INSTALLED;
        if (page.status != STATUS_PAGE_TABLE)
                return PAGE_WRONG_STATUS;
        if (count > TABLE_ENTRIES)
                return PAGE_COUNT_FULL;
        return count < 0 ? PAGE_COUNT_ZERO : PAGE_OK;
}

static void
check_mapping(uint32_t number, int change)
{
        enum page_result expected =
                expected_of_mapping(expected_pages[number], change);
        enum page_result found =
                change > 0 ? page_count_mapping(frame_of(number))
                           : page_uncount_mapping(frame_of(number));
        assert_result(found, expected);
        if (expected == PAGE_OK)
                expected_pages[number].status += change;
        machine_check();
}

static void
check_entries(uint32_t number, uint32_t entries, bool more)
{
        struct paddr frame = frame_of(number);
        int64_t change = more ? (int64_t)entries : -(int64_t)entries;
        enum page_result expected =
                expected_of_entries(expected_pages[number], change);
        enum page_result found = more ? table_count_entries(frame, entries)
                                      : table_uncount_entries(frame, entries);
        assert_result(found, expected);
        if (expected == PAGE_OK)
                expected_pages[number].entries += (uint16_t)change;
        machine_check();
}

static const uint32_t amounts[] = {
        0,          1,          2,          1023,       1024,       1025,
        4095,       4096,       0xFFFF,     0x10000,    0x10001,    0x7FFFFFFF,
        0x80000000, 0xFFFFFBFF, 0xFFFFFC00, 0xFFFFFC01, 0xFFFFFFFE, 0xFFFFFFFF,
};

static void
every_count_of_every_kind(void **state)
{
        (void)state;
        struct random random = { 0xC0047001 };
        const uint32_t places[] = { 0, 5, 15 };
        for (size_t kind = 0; kind < KINDS; kind++)
                for (size_t p = 0; p < COUNT_OF(places); p++)
                        for (int more = 0; more < 2; more++) {
                                machine_random(16, &random);
                                machine_set(places[p], kinds[kind]);
                                check_mapping(places[p], more ? 1 : -1);
                                for (size_t i = 0; i < COUNT_OF(amounts); i++) {
                                        machine_set(places[p], kinds[kind]);
                                        check_entries(places[p], amounts[i],
                                                      more != 0);
                                }
                        }
}

static void
mappings_up_to_the_most_and_down_again(void **state)
{
        (void)state;
        machine_make(3, NORMAL(0));
        machine_set(1, MODULE(0));
        check_mapping(1, -1);
        for (int i = 0; i < PAGE_COUNT_MAX + 2; i++)
                check_mapping(1, 1);
        assert_int_equal(page_array.pages[1].status, PAGE_COUNT_MAX);
        for (int i = 0; i < PAGE_COUNT_MAX + 2; i++)
                check_mapping(1, -1);
        assert_int_equal(page_array.pages[1].status, 0);
        assert_int_equal(page_array.pages[1].module, 1);
}

static void
every_number_of_entries(void **state)
{
        (void)state;
        machine_make(2, ENVIRONMENT);
        for (uint32_t held = 0; held <= TABLE_ENTRIES; held++)
                for (uint32_t pinned = 0; pinned < 2; pinned++) {
                        struct page page = pinned ? PINNED_TABLE(held & 0xFFF)
                                                  : TABLE(held & 0xFFF);
                        const uint32_t nearby[] = {
                                0,
                                held - 1,
                                held,
                                held + 1,
                                TABLE_ENTRIES - held - 1,
                                TABLE_ENTRIES - held,
                                TABLE_ENTRIES - held + 1,
                        };
                        for (size_t i = 0; i < COUNT_OF(nearby); i++) {
                                machine_set(1, page);
                                check_entries(1, nearby[i], true);
                                machine_set(1, page);
                                check_entries(1, nearby[i], false);
                        }
                }
}

static void
refuses_addresses_that_are_no_frames(void **state)
{
        (void)state;
        for (size_t kind = 0; kind < KINDS; kind++) {
                machine_make(4, kinds[kind]);
                for (unsigned bit = 0; bit < PAGE_LOG2; bit++) {
                        // The last one lies beyond the array.
                        for (uint32_t page = 3; page < 5; page++) {
                                struct paddr at = frame_of(page);
                                at.value |= 1u << bit;
                                assert_result(page_count_mapping(at),
                                              PAGE_MISALIGNED);
                                assert_result(page_uncount_mapping(at),
                                              PAGE_MISALIGNED);
                                assert_result(table_count_entries(at, 0),
                                              PAGE_MISALIGNED);
                                assert_result(table_uncount_entries(at, 0),
                                              PAGE_MISALIGNED);
                        }
                }
                machine_check();
        }
}

static void
refuses_frames_beyond_the_array(void **state)
{
        (void)state;
        for (uint32_t count = 0; count < 3; count++) {
                machine_make(count, NORMAL(5));
                const uint32_t beyond[] = { count, count + 1, 0xFFFFF };
                for (size_t i = 0; i < COUNT_OF(beyond); i++) {
                        struct paddr at = frame_of(beyond[i]);
                        assert_result(page_count_mapping(at),
                                      PAGE_NOT_INSTALLED);
                        assert_result(page_uncount_mapping(at),
                                      PAGE_NOT_INSTALLED);
                        assert_result(table_count_entries(at, 0),
                                      PAGE_NOT_INSTALLED);
                        assert_result(table_uncount_entries(at, UINT32_MAX),
                                      PAGE_NOT_INSTALLED);
                }
                machine_check();
        }
}

static void
random_counting(void **state)
{
        (void)state;
        struct random random = { 0xC0047002 };
        machine_random(256, &random);
        for (int round = 0; round < 20000; round++) {
                uint32_t page = random_below(&random, 256);
                if (random_once_in(&random, 2))
                        check_mapping(page,
                                      random_once_in(&random, 2) ? 1 : -1);
                else
                        check_entries(page, random_below(&random, 400),
                                      random_once_in(&random, 2));
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                machine_test(every_count_of_every_kind),
                machine_test(mappings_up_to_the_most_and_down_again),
                machine_test(every_number_of_entries),
                machine_test(refuses_addresses_that_are_no_frames),
                machine_test(refuses_frames_beyond_the_array),
                machine_test(random_counting),
        };
        return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
