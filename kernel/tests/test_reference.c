// SPDX-License-Identifier: MIT
// The reference page-directory: every entry of every table is compared with
// what the plan says, and a plan that is refused leaves every page as it was.
#include <string.h>

#include <kernel/layout.h>
#include <kernel/reference.h>

#include "check.h"

#define CLIENTS_MAX 128 // 0xD0000000 to 0xF0000000

static uint32_t pages[3 + CLIENTS_MAX][TABLE_ENTRIES]
        __attribute__((aligned(4096)));
static uint32_t before[3 + CLIENTS_MAX][TABLE_ENTRIES];
static struct pagemap_page clients[CLIENTS_MAX + 1];
static struct reference_plan plan;

// A plan with `count` client tables; every page of it holds rubbish.
static void
make_plan(size_t count)
{
        memset(pages, 0xFF, sizeof pages);
        memcpy(before, pages, sizeof before);
        for (uint32_t i = 0; i < CLIENTS_MAX; i++)
                clients[i] = (struct pagemap_page){
                        .frame = paddr(0x01000000 + i * PAGE_SIZE),
                        .mapped = pages[3 + i],
                };
        clients[CLIENTS_MAX] = clients[0];
        clients[CLIENTS_MAX].frame = paddr(0x02000000);
        plan = (struct reference_plan){
                .directory = { paddr(0xFFFFF000), pages[0] },
                .image_table = { paddr(0x00007000), pages[1] },
                .window_table = paddr(0x00008000),
                .read_only_first = paddr(0x00100000),
                .read_only_end = paddr(0x00123000),
                .guard = paddr(0x00130000),
                .client_tables = clients,
                .client_table_count = count,
        };
}

static int
setup(void **state)
{
        (void)state;
        make_plan(3);
        return 0;
}

// The low 12 bits of what maps `frame` at KERNEL_BASE; 0 where nothing does.
static uint32_t
image_bits(uint32_t frame)
{
        if (frame == plan.guard.value)
                return 0;
        if (frame >= plan.read_only_first.value &&
            frame < plan.read_only_end.value)
                return 0x701; // global, asked for reading and executing
        return 0x303;         // global, asked for reading, writable
}

static void
assert_built(void)
{
        assert_result(reference_build(&plan), PAGING_OK);
        for (uint32_t i = 0; i < TABLE_ENTRIES; i++) {
                uint32_t expected = 0;
                if (i == 768)
                        expected = plan.image_table.frame.value | 3;
                else if (i == 1023)
                        expected = plan.window_table.value | 3;
                else if (i >= 832 && i < 832 + plan.client_table_count)
                        expected = clients[i - 832].frame.value | 7;
                assert_int_equal(pages[0][i], expected);
        }
        for (uint32_t i = 0; i < TABLE_ENTRIES; i++) {
                uint32_t bits = image_bits(i * PAGE_SIZE);
                assert_int_equal(pages[1][i], bits ? i * PAGE_SIZE | bits : 0);
        }
        // The page after the image's stands for all that is none of the plan's.
        assert_memory_equal(pages[2], before[2], PAGE_SIZE);
        for (size_t i = 0; i < CLIENTS_MAX; i++)
                for (size_t j = 0; j < TABLE_ENTRIES; j++)
                        assert_int_equal(
                                pages[3 + i][j],
                                i < plan.client_table_count ? 0 : 0xFFFFFFFF);
}

static void
assert_refused(enum paging_result expected)
{
        assert_result(reference_build(&plan), expected);
        assert_memory_equal(pages, before, sizeof pages);
}

static void
builds_what_the_plan_says(void **state)
{
        (void)state;
        assert_built();
}

static void
builds_with_no_client_tables_and_with_all(void **state)
{
        (void)state;
        make_plan(0);
        plan.client_tables = NULL;
        assert_built();
        make_plan(CLIENTS_MAX);
        assert_built();
}

static void
borders_of_the_image(void **state)
{
        (void)state;
        // Everything read-only, but for the guard page at the very end.
        plan.read_only_first = paddr(0);
        plan.read_only_end = paddr(IMAGE_LIMIT);
        plan.guard = paddr(IMAGE_LIMIT - PAGE_SIZE);
        assert_built();
        // Nothing read-only, the guard page at the very beginning.
        make_plan(1);
        plan.read_only_end = plan.read_only_first;
        plan.guard = paddr(0);
        assert_built();
        // The guard page in the middle of what is read-only.
        make_plan(1);
        plan.guard = paddr(plan.read_only_first.value + PAGE_SIZE);
        assert_built();
}

static void
refuses_every_misaligned_address(void **state)
{
        (void)state;
        struct paddr *addresses[] = {
                &plan.directory.frame, &plan.image_table.frame,
                &plan.window_table,    &plan.read_only_first,
                &plan.read_only_end,   &plan.guard,
                &clients[0].frame,     &clients[2].frame,
        };
        uint32_t **pointers[] = {
                &plan.directory.mapped,
                &plan.image_table.mapped,
                &clients[2].mapped,
        };
        for (size_t i = 0; i < COUNT_OF(addresses); i++)
                for (unsigned bit = 0; bit < 12; bit++) {
                        addresses[i]->value ^= 1u << bit;
                        assert_refused(PAGING_MISALIGNED);
                        addresses[i]->value ^= 1u << bit;
                }
        for (size_t i = 0; i < COUNT_OF(pointers); i++) {
                *pointers[i] += 512;
                assert_refused(PAGING_MISALIGNED);
                *pointers[i] -= 512;
        }
        // Of several mistakes the first in the contract's order is reported.
        plan.guard = paddr(IMAGE_LIMIT + 1);
        assert_refused(PAGING_MISALIGNED);
        assert_int_equal(plan.client_table_count, 3);
}

static void
refuses_an_image_out_of_range(void **state)
{
        (void)state;
        plan.read_only_end = paddr(plan.read_only_first.value - PAGE_SIZE);
        assert_refused(PAGING_RANGE);
        make_plan(3);
        plan.read_only_end = paddr(IMAGE_LIMIT + PAGE_SIZE);
        assert_refused(PAGING_RANGE);
        make_plan(3);
        plan.read_only_first = plan.read_only_end = paddr(IMAGE_LIMIT);
        assert_refused(PAGING_RANGE);
        make_plan(3);
        plan.guard = paddr(IMAGE_LIMIT);
        assert_refused(PAGING_RANGE);
        plan.client_table_count = CLIENTS_MAX + 1;
        assert_refused(PAGING_RANGE);
}

static void
refuses_too_many_client_tables(void **state)
{
        (void)state;
        make_plan(CLIENTS_MAX + 1);
        assert_refused(PAGING_SIZE);
        clients[1] = clients[0];
        assert_refused(PAGING_SIZE);
}

static void
refuses_a_frame_with_two_uses(void **state)
{
        (void)state;
        struct paddr *frames[] = {
                &plan.directory.frame, &plan.image_table.frame,
                &plan.window_table,    &clients[0].frame,
                &clients[1].frame,     &clients[2].frame,
        };
        for (size_t i = 0; i < COUNT_OF(frames); i++)
                for (size_t j = 0; j < COUNT_OF(frames); j++) {
                        if (i == j)
                                continue;
                        struct paddr kept = *frames[i];
                        *frames[i] = *frames[j];
                        assert_refused(PAGING_IN_USE);
                        *frames[i] = kept;
                }
        // A table that the plan does not count is no use.
        clients[3] = clients[0];
        assert_built();
}

static void
random_plans_are_built_or_refused(void **state)
{
        (void)state;
        struct random random = { 0x4EFE4E01 };
        for (int round = 0; round < 1000; round++) {
                make_plan(random_below(&random, 5));
                uint32_t first = random_below(&random, 1024);
                uint32_t end = first + random_below(&random, 1025 - first);
                plan.read_only_first = paddr(first * PAGE_SIZE);
                plan.read_only_end = paddr(end * PAGE_SIZE);
                plan.guard = paddr(random_below(&random, 1024) * PAGE_SIZE);
                // Few frames, so that two uses of one are not rare.
                struct paddr *frames[] = {
                        &plan.directory.frame, &plan.image_table.frame,
                        &plan.window_table,    &clients[0].frame,
                        &clients[1].frame,     &clients[2].frame,
                        &clients[3].frame,
                };
                uint32_t choice = 1 + random_below(&random, 200);
                bool twice = false;
                for (size_t i = 0; i < 3 + plan.client_table_count; i++) {
                        *frames[i] = paddr(random_below(&random, choice) *
                                           PAGE_SIZE);
                        for (size_t j = 0; j < i; j++)
                                if (frames[j]->value == frames[i]->value)
                                        twice = true;
                }
                if (twice)
                        assert_refused(PAGING_IN_USE);
                else
                        assert_built();
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(builds_what_the_plan_says, setup),
                cmocka_unit_test_setup(
                        builds_with_no_client_tables_and_with_all, setup),
                cmocka_unit_test_setup(borders_of_the_image, setup),
                cmocka_unit_test_setup(refuses_every_misaligned_address, setup),
                cmocka_unit_test_setup(refuses_an_image_out_of_range, setup),
                cmocka_unit_test_setup(refuses_too_many_client_tables, setup),
                cmocka_unit_test_setup(refuses_a_frame_with_two_uses, setup),
                cmocka_unit_test_setup(random_plans_are_built_or_refused,
                                       setup),
        };
        return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
