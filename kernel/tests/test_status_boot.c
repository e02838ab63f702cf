// SPDX-License-Identifier: MIT
// The status of every page at the start, page by page against a model, on
// machines of every shape.
#include <kernel/regions.h>

#include "machine.h"
#include "memory_model.h"

#define COUNT 2048u
#define TABLES 6
#define BOOT_MODULES 5

static struct memory_map map;
static struct paddr tables[TABLES];
static struct page_range modules[BOOT_MODULES];
static struct boot_pages boot;

// An ordinary machine of 8 MB.
static void
make_boot(void)
{
        struct list list = { .length = 0 };

        model_clear();
        model_add(&list, 0, 0x9F000, 1);
        model_add(&list, 0x9F000, 0x1000, 2);
        model_add(&list, 0x100000, 0x6F0000, 1);
        model_add(&list, 0x7F0000, 0x10000, 3);
        model_map(&list, &map);
        for (uint32_t i = 0; i < TABLES; i++)
                tables[i] = frame_of(i < 3 ? 0x110 + i : 0x780 + 2 * i);
        modules[0] = (struct page_range){ 0x141, 0x143 };
        modules[1] = (struct page_range){ 0x143, 0x144 };
        boot = (struct boot_pages){
                .map = &map,
                .image = { 0x100, 0x140 },
                .environment = { 0x780, 0x7F0 },
                .modules = modules,
                .module_count = 2,
                .directory = frame_of(0x120),
                .tables = tables,
                .table_count = TABLES,
        };
}

// Arrays that have held anything: the answer has to be the same.
static void
spoil(uint32_t count, unsigned char with)
{
        machine_make(count, NORMAL(0));
        memset(page_array.pages, with, count * sizeof(struct page));
        memset(expected_pages, with, count * sizeof(struct page));
}

// The lines of the contract, in its order.
static struct page
expected_at_boot(uint32_t page)
{
        if (page == boot.directory.value >> PAGE_LOG2)
                return PINNED_DIRECTORY;
        for (size_t i = 0; i < boot.table_count; i++)
                if (page == boot.tables[i].value >> PAGE_LOG2)
                        return PINNED_TABLE(0);
        if (pages_hold(boot.image, page) || pages_hold(boot.environment, page))
                return ENVIRONMENT;
        if (!model_usable(page))
                return NOT_INSTALLED;
        for (size_t i = 0; i < boot.module_count; i++)
                if (pages_hold(boot.modules[i], page))
                        return MODULE(0);
        return NORMAL(0);
}

static void
check_boot(uint32_t count)
{
        const unsigned char before[] = { 0x00, 0xFF, 0xA5 };
        for (size_t i = 0; i < COUNT_OF(before); i++) {
                spoil(count, before[i]);
                assert_result(status_boot(&boot, page_array.pages, count),
                              PAGE_OK);
                for (uint32_t page = 0; page < count; page++)
                        expected_pages[page] = expected_at_boot(page);
                machine_check();
        }
}

static void
check_refused(uint32_t count, enum page_result expected)
{
        spoil(count, 0x5A);
        assert_result(status_boot(&boot, page_array.pages, count), expected);
        machine_check();
}

static void
an_ordinary_machine(void **state)
{
        (void)state;
        make_boot();
        check_boot(COUNT);
        assert_int_equal(page_array.pages[0x9E].status, 0);
        assert_int_equal(page_array.pages[0x9F].status, STATUS_NOT_INSTALLED);
        assert_int_equal(page_array.pages[0xA0].status, STATUS_NOT_INSTALLED);
        assert_int_equal(page_array.pages[0x140].module, 0);
        assert_int_equal(page_array.pages[0x143].module, 1);
        assert_int_equal(page_array.pages[0x144].module, 0);
        assert_int_equal(page_array.pages[0x7F0].status, STATUS_NOT_INSTALLED);
        // The array need not end where memory does.
        check_boot(0x7F0);
        check_boot(3 * COUNT);
}

static void
the_first_line_that_fits_holds(void **state)
{
        (void)state;
        make_boot();
        // The directory named as a table too, and a table twice.
        tables[0] = boot.directory;
        tables[1] = tables[2];
        check_boot(COUNT);
        // Image and environment over each other, over what is not usable, and
        // over modules.
        make_boot();
        boot.image = (struct page_range){ 0x90, 0x150 };
        boot.environment = (struct page_range){ 0x120, COUNT };
        check_boot(COUNT);
        // Modules over each other, over the image, over holes, of no pages,
        // around the array's end and beyond it.
        make_boot();
        modules[0] = (struct page_range){ 0x80, 0x148 };
        modules[1] = (struct page_range){ 0x145, 0x160 };
        modules[2] = (struct page_range){ 0x170, 0x170 };
        modules[3] = (struct page_range){ 0x7E0, COUNT + 100 };
        modules[4] = (struct page_range){ COUNT + 10, MEMORY_PAGES };
        boot.module_count = 5;
        boot.environment.end = 0x7E0;
        tables[5] = tables[4];
        check_boot(COUNT);
        check_boot(0x7E8);
}

static void
no_tables_and_no_modules(void **state)
{
        (void)state;
        make_boot();
        boot.tables = NULL;
        boot.table_count = 0;
        boot.modules = NULL;
        boot.module_count = 0;
        check_boot(COUNT);
}

static void
an_empty_map(void **state)
{
        (void)state;
        make_boot();
        model_clear();
        map.count = 0;
        check_boot(COUNT);
}

static void
borders_of_the_array(void **state)
{
        (void)state;
        make_boot();
        // The environment ends where the array does, and tables are its ends.
        tables[3] = frame_of(0x780);
        tables[4] = frame_of(0x7EF);
        tables[5] = frame_of(0x100);
        boot.directory = frame_of(0x13F);
        check_boot(0x7F0);
        check_refused(0x7EF, PAGE_NOT_INSTALLED);
        check_refused(0, PAGE_NOT_INSTALLED);
        make_boot();
        boot.image.end = COUNT + 1;
        check_refused(COUNT, PAGE_NOT_INSTALLED);
        boot.image = (struct page_range){ COUNT, MEMORY_PAGES };
        check_refused(COUNT, PAGE_NOT_INSTALLED);
}

static void
refuses_misaligned_tables(void **state)
{
        (void)state;
        struct paddr *addresses[] = { &boot.directory, &tables[0], &tables[3],
                                      &tables[TABLES - 1] };
        for (size_t i = 0; i < COUNT_OF(addresses); i++)
                for (unsigned bit = 0; bit < PAGE_LOG2; bit++) {
                        make_boot();
                        addresses[i]->value |= 1u << bit;
                        check_refused(COUNT, PAGE_MISALIGNED);
                        // It is looked for before the place of any table, and
                        // after that of image and environment.
                        tables[1] = frame_of(0x200);
                        boot.directory = frame_of(i == 0 ? 0x150 : 0x120);
                        addresses[i]->value |= 1u << bit;
                        check_refused(COUNT, PAGE_MISALIGNED);
                        check_refused(0x7EF, PAGE_NOT_INSTALLED);
                }
}

static void
refuses_tables_outside_the_kernels_pages(void **state)
{
        (void)state;
        const uint32_t outside[] = { 0,     0xFF,      0x140,     0x77F,
                                     0x7F0, COUNT - 1, COUNT + 5, 0xFFFFF };
        struct paddr *addresses[] = { &boot.directory, &tables[0],
                                      &tables[TABLES - 1] };
        for (size_t i = 0; i < COUNT_OF(outside); i++)
                for (size_t j = 0; j < COUNT_OF(addresses); j++) {
                        make_boot();
                        *addresses[j] = frame_of(outside[i]);
                        check_refused(COUNT, PAGE_WRONG_STATUS);
                }
        // Of a range with no pages no page is the kernel's.
        make_boot();
        boot.environment = (struct page_range){ 0x780, 0x780 };
        check_refused(COUNT, PAGE_WRONG_STATUS);
}

static void
all_of_4_gb(void **state)
{
        (void)state;
        make_boot();
        struct list list = { .length = 0 };
        model_clear();
        model_add(&list, 0, UINT64_C(0x200000000), 1);
        model_add(&list, 0xA0000, 0x60000, 2);
        model_map(&list, &map);
        boot.environment = (struct page_range){ 0xFF000, MEMORY_PAGES };
        modules[1] = (struct page_range){ 0xFEFFF, MEMORY_PAGES };
        for (size_t i = 3; i < TABLES; i++)
                tables[i] = frame_of(0xFFFFA + (uint32_t)i);
        check_boot(MEMORY_PAGES);
}

// Kernel pages at random, with tables somewhere in them.
static void
random_boot(struct random *random, uint32_t count)
{
        boot.image = random_pages(random, count);
        boot.environment = random_pages(random, count);
        if (boot.image.first == boot.image.end)
                boot.image = (struct page_range){ count - 1, count };
        boot.module_count = random_below(random, BOOT_MODULES + 1);
        for (size_t i = 0; i < boot.module_count; i++)
                modules[i] = random_pages(random, count + count / 4);
        boot.table_count = random_below(random, TABLES + 1);
        for (size_t i = 0; i <= boot.table_count; i++) {
                struct page_range in = boot.environment;
                if (in.first == in.end || random_once_in(random, 2))
                        in = boot.image;
                struct paddr frame = frame_of(
                        in.first + random_below(random, in.end - in.first));
                if (i == boot.table_count)
                        boot.directory = frame;
                else
                        tables[i] = frame;
        }
}

static void
random_machines(void **state)
{
        (void)state;
        struct random random = { 0x57A7B001 };
        make_boot();
        for (int round = 0; round < 400; round++) {
                struct list list = random_list(&random, COUNT);
                model_map(&list, &map);
                uint32_t count = 1 + random_below(&random, COUNT + 64);
                random_boot(&random, count);
                check_boot(count);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                machine_test(an_ordinary_machine),
                machine_test(the_first_line_that_fits_holds),
                machine_test(no_tables_and_no_modules),
                machine_test(an_empty_map),
                machine_test(borders_of_the_array),
                machine_test(refuses_misaligned_tables),
                machine_test(refuses_tables_outside_the_kernels_pages),
                machine_test(all_of_4_gb),
                machine_test(random_machines),
        };
        return cmocka_run_group_tests_name("status_boot", tests, NULL, NULL);
}
