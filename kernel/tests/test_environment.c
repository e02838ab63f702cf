// SPDX-License-Identifier: MIT
// Planning the environment memory: its sizes, calculated in bytes of 64 bits,
// and its place, found page by page.
#include <kernel/environment.h>

#include "memory_model.h"

#define KB UINT64_C(0x400)
#define MB UINT64_C(0x100000)

static struct memory_map map;

static bool
is_free(const struct page_range *taken, size_t count, uint32_t page)
{
        if (!model_usable(page))
                return false;
        for (size_t i = 0; i < count; i++)
                if (pages_hold(taken[i], page))
                        return false;
        return true;
}

static uint64_t
clamp(uint64_t value, uint64_t least, uint64_t most)
{
        if (value < least)
                return least;
        return value < most ? value : most;
}

static uint64_t
power_of_two(uint64_t least)
{
        uint64_t power = 1;
        while (power < least)
                power <<= 1;
        return power;
}

static uint64_t
pages_for(uint64_t bytes)
{
        return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

// What is due, from the model alone.
struct due {
        uint32_t end;
        uint64_t heap, tables, handles, contexts, views, status, all;
        uint64_t pagemaps, kernel_mappings, fault_contexts; // slots
        struct page_range place;
        uint32_t longest;
};

static struct due
find_due(const struct page_range *taken, size_t count)
{
        struct due due = { .end = 0 };
        uint64_t memory = 0;
        for (uint32_t page = 0; page < MEMORY_PAGES; page++)
                if (model_usable(page)) {
                        memory += PAGE_SIZE;
                        due.end = page + 1;
                }
        due.heap = clamp(memory / 12, 64 * KB, 16 * MB) / PAGE_SIZE;
        due.tables =
                (clamp(2 * memory, 8 * MB, 512 * MB) + 4 * MB - 1) / (4 * MB);
        due.pagemaps = power_of_two(clamp(memory / (256 * KB), 64, 4096));
        due.kernel_mappings =
                power_of_two(clamp(memory / (64 * KB), 256, 16384));
        due.fault_contexts = power_of_two(clamp(memory / (16 * KB), 128, 8192));
        due.handles = pages_for(16 * due.pagemaps + 32 * due.kernel_mappings);
        due.contexts = pages_for((256 + 512) * due.fault_contexts);
        due.views = pages_for(UINT64_C(4) * due.end);
        due.status = pages_for(UINT64_C(4) * due.end);
        due.all = due.heap + due.tables + due.handles + due.contexts +
                  due.views + due.status;

        uint32_t row = 0;
        for (uint32_t page = 0; page < MEMORY_PAGES; page++) {
                row = is_free(taken, count, page) ? row + 1 : 0;
                if (row > due.longest)
                        due.longest = row;
                if (row >= due.all)
                        due.place = (struct page_range){
                                page + 1 - (uint32_t)due.all, page + 1
                        };
        }
        return due;
}

static uint32_t
length(struct page_range range)
{
        assert_true(range.first <= range.end);
        return range.end - range.first;
}

static void
check_longest(const struct page_range *taken, size_t count,
              struct page_range found, uint32_t longest)
{
        assert_int_equal(length(found), longest);
        for (uint32_t page = found.first; page < found.end; page++)
                assert_true(is_free(taken, count, page));
}

static enum environment_result
check_plan(const struct list *list, const struct page_range *taken,
           size_t count)
{
        struct environment plan, untouched;
        memset(&plan, 0xDB, sizeof(plan));
        memset(&untouched, 0xDB, sizeof(untouched));
        model_map(list, &map);
        struct due due = find_due(taken, count);
        enum environment_result result =
                environment_plan(&map, taken, count, &plan);
        if (due.end == 0) {
                assert_int_equal(result, ENVIRONMENT_NO_MEMORY);
                assert_memory_equal(&plan, &untouched, sizeof(plan));
                return result;
        }

        assert_int_equal(plan.page_count, due.end);
        assert_int_equal(length(plan.heap), due.heap);
        assert_int_equal(length(plan.tables), due.tables);
        assert_int_equal(length(plan.handles), due.handles);
        assert_int_equal(length(plan.contexts), due.contexts);
        assert_int_equal(length(plan.views), due.views);
        assert_int_equal(length(plan.status), due.status);
        assert_int_equal(plan.pagemap_slots, due.pagemaps);
        assert_int_equal(plan.kernel_mapping_slots, due.kernel_mappings);
        assert_int_equal(plan.context_slots, due.fault_contexts);
        assert_true(due.all <= ENVIRONMENT_PAGES_MAX);
        assert_int_equal(plan.tables.end, plan.handles.first);
        assert_int_equal(plan.handles.end, plan.contexts.first);
        assert_int_equal(plan.contexts.end, plan.views.first);
        assert_int_equal(plan.views.end, plan.status.first);
        assert_int_equal(plan.status.end, plan.heap.first);
        if (due.place.end == 0) {
                assert_int_equal(result, ENVIRONMENT_NO_ROOM);
                check_longest(taken, count, plan.pages, due.longest);
                return result;
        }
        assert_int_equal(result, ENVIRONMENT_OK);
        assert_int_equal(plan.pages.first, due.place.first);
        assert_int_equal(plan.pages.end, due.place.end);
        assert_int_equal(plan.tables.first, plan.pages.first);
        assert_int_equal(plan.heap.end, plan.pages.end);
        return result;
}

// A PC of so many bytes.
static struct list
pc(uint64_t bytes)
{
        struct list list = { .length = 0 };

        model_clear();
        model_add(&list, 0, 0x9F000, 1);
        model_add(&list, 0x9F000, 0x1000, 2);
        model_add(&list, 0xE8000, 0x18000, 2);
        model_add(&list, 0x100000, bytes - 0x110000, 1);
        model_add(&list, bytes - 0x10000, 0x10000, 3);
        return list;
}

static void
machines_of_every_size(void **state)
{
        (void)state;
        const struct page_range image[] = { { 0x100, 0x140 } };
        const uint64_t sizes[] = { 4,   5,   6,   7,    8,    15,  16,  31,
                                   32,  33,  64,  127,  128,  255, 256, 257,
                                   300, 512, 768, 1024, 2048, 3072 };
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
                struct list list = pc(sizes[i] * MB);
                assert_int_equal(check_plan(&list, image, 1), ENVIRONMENT_OK);
        }
}

static void
all_of_4_gb(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        const struct page_range top[] = { { MEMORY_PAGES - 1, MEMORY_PAGES } };
        model_clear();
        model_add(&list, 0, UINT64_C(0x100000000), 1);
        assert_int_equal(check_plan(&list, NULL, 0), ENVIRONMENT_OK);
        assert_int_equal(check_plan(&list, top, 1), ENVIRONMENT_OK);
}

static void
no_memory(void **state)
{
        (void)state;
        struct list list = { .length = 0 };
        const struct page_range taken[] = { { 0, 0x100 } };
        model_clear();
        assert_int_equal(check_plan(&list, taken, 1), ENVIRONMENT_NO_MEMORY);
        model_add(&list, 0x100400, 0x1800, 1); // no page of it is complete
        model_add(&list, 0x200000, 0x8000, 2);
        assert_int_equal(check_plan(&list, taken, 1), ENVIRONMENT_NO_MEMORY);
}

// Exactly as many pages in a row as are needed, and one too few: 2 for the
// client's tables, 3 for 64 slots of 16 bytes and 256 of 32, 48 for 256 slots of
// 256 bytes and areas of 512, 1 each for the views and the status of less than
// 1,024 pages, 85 for the heap.
static void
just_enough_room(void **state)
{
        (void)state;
        struct page_range taken[] = { { 0, 0x110 }, { 0x19C, 0x400 } };
        struct list list = { .length = 0 };
        model_clear();
        model_add(&list, 0x1000, 0x3FF000, 1);
        assert_int_equal(check_plan(&list, taken, 2), ENVIRONMENT_OK);
        taken[1].first--;
        assert_int_equal(check_plan(&list, taken, 2), ENVIRONMENT_NO_ROOM);
        taken[1].first++;
        taken[0].end++;
        assert_int_equal(check_plan(&list, taken, 2), ENVIRONMENT_NO_ROOM);
}

static void
nothing_is_free(void **state)
{
        (void)state;
        struct list list = pc(32 * MB);
        const struct page_range all[] = { { 0x200, MEMORY_PAGES },
                                          { 0, 0x200 } };
        const struct page_range none[] = { { 0x300, 0x300 }, { 0, 0 } };
        assert_int_equal(check_plan(&list, all, 2), ENVIRONMENT_NO_ROOM);
        assert_int_equal(check_plan(&list, none, 2), ENVIRONMENT_OK);
}

// The highest place, also where a longer one lies below it, and in whatever
// order the ranges come that are in use.
static void
the_highest_place_that_is_long_enough(void **state)
{
        (void)state;
        struct list list = pc(32 * MB);
        const struct page_range taken[] = {
                { 0x1FE0, 0x1FE8 },   { 0x1F90, 0x1FA0 }, { 0x100, 0x150 },
                { 0x1800, 0x1810 },   { 0x1F00, 0x1F91 }, { 0x1FA0, 0x1FB0 },
                { 0x1F98, 0x1FA8 },   { 0x1FFF, 0x9999 }, { 0x1D00, 0x1D00 },
                { 0x40000, 0x50000 }, { 0x150, 0x151 },   { 0x1E80, 0x1F00 },
        };
        for (size_t count = 0; count <= COUNT_OF(taken); count++)
                assert_int_equal(check_plan(&list, taken, count),
                                 ENVIRONMENT_OK);
}

static void
random_machines(void **state)
{
        (void)state;
        struct random random = { 0xE4714041 };
        unsigned results[3] = { 0 };
        for (int round = 0; round < 150; round++) {
                // Small, large, and up to 4 GB.
                uint32_t limit = 0x400u << random_below(&random, 11);
                struct list list = random_list(&random, limit);
                struct page_range taken[8];
                size_t count = random_below(&random, COUNT_OF(taken) + 1);
                for (size_t i = 0; i < count; i++)
                        taken[i] = random_pages(&random, limit);
                results[check_plan(&list, taken, count)]++;
        }
        for (size_t i = 0; i < COUNT_OF(results); i++)
                assert_true(results[i] >= 5);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(machines_of_every_size),
                cmocka_unit_test(all_of_4_gb),
                cmocka_unit_test(no_memory),
                cmocka_unit_test(just_enough_room),
                cmocka_unit_test(nothing_is_free),
                cmocka_unit_test(the_highest_place_that_is_long_enough),
                cmocka_unit_test(random_machines),
        };
        return cmocka_run_group_tests_name("environment", tests, NULL, NULL);
}
