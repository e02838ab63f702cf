// SPDX-License-Identifier: MIT
// Page-table entries, over a page-table that is an array. It translates the
// last 4 MB of the address space, where a careless sum overflows.
#include <string.h>

#include <kernel/paging.h>

#include "check.h"
#include "fake/tlb.h"

#define BASE 0xFFC00000u
#define HARDWARE_RIGHTS (ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER)

static const struct access user_write = { .perms = PERM_R | PERM_W,
                                          .user = true };
static const struct access kernel_read = { .perms = PERM_R };
static const struct access nothing = { .user = true };

static pte_t table[TABLE_ENTRIES];
static pte_t model[TABLE_ENTRIES];

static int
setup(void **state)
{
        (void)state;
        memset(table, 0, sizeof table);
        memset(model, 0, sizeof model);
        fake_tlb_watch(table, BASE, PAGE_LOG2);
        return 0;
}

static struct vfpage
at(unsigned index, unsigned log2_size)
{
        return vfpage_make(vaddr(BASE + index * PAGE_SIZE), log2_size);
}

static void
put(unsigned index, uint32_t frame, struct access access, uint32_t bits)
{
        assert_result(pte_make(paddr(frame), access, &table[index]), PAGING_OK);
        table[index] |= bits;
        model[index] = table[index];
}

static void
assert_table_is_model(void)
{
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                assert_int_equal(table[i], model[i]);
}

static void
add_maps_the_last_page(void **state)
{
        (void)state;
        assert_result(add_table_entries(table, at(1023, 12), paddr(0xFFFFF000),
                                        user_write),
                      PAGING_OK);
        pte_make(paddr(0xFFFFF000), user_write, &model[1023]);
        assert_table_is_model();
}

static void
add_maps_consecutive_frames(void **state)
{
        (void)state;
        assert_result(add_table_entries(table, at(1016, 15), paddr(0xFFFF8000),
                                        kernel_read),
                      PAGING_OK);
        for (unsigned i = 0; i < 8; i++)
                pte_make(paddr(0xFFFF8000 + i * PAGE_SIZE), kernel_read,
                         &model[1016 + i]);
        assert_table_is_model();
}

static void
add_refuses_in_the_order_of_the_contract(void **state)
{
        (void)state;
        struct vfpage nil = { { 0 } };
        put(5, 0x00400000, kernel_read, ENTRY_ACCESSED);
        assert_result(add_table_entries(table, nil, paddr(0x123), nothing),
                      PAGING_NIL);
        assert_result(add_table_entries(table, at(0, 22), paddr(1), nothing),
                      PAGING_SIZE);
        assert_result(add_table_entries(table, at(0, 32), paddr(0), user_write),
                      PAGING_SIZE);
        assert_result(add_table_entries(table, at(4, 13), paddr(1), nothing),
                      PAGING_MISALIGNED);
        assert_result(
                add_table_entries(table, at(4, 13), paddr(0x1000), user_write),
                PAGING_MISALIGNED);
        assert_result(add_table_entries(table, at(0, 21), paddr(0x100000),
                                        user_write),
                      PAGING_MISALIGNED);
        assert_result(
                add_table_entries(table, at(4, 13), paddr(0x2000), nothing),
                PAGING_NO_ACCESS);
        assert_result(
                add_table_entries(table, at(4, 13), paddr(0x2000), user_write),
                PAGING_IN_USE);
        assert_table_is_model();
}

// Half of the table at once, its last entry taken: the others stay free.
static void
add_refuses_before_it_writes(void **state)
{
        (void)state;
        put(511, 0x00400000, kernel_read, 0);
        assert_result(add_table_entries(table, at(0, 21), paddr(0), user_write),
                      PAGING_IN_USE);
        assert_table_is_model();
        assert_result(add_table_entries(table, at(512, 21), paddr(0x200000),
                                        user_write),
                      PAGING_OK);
}

static void
modify_keeps_frame_accessed_and_dirty(void **state)
{
        (void)state;
        put(0, 0x00005000, user_write, ENTRY_DIRTY | ENTRY_ACCESSED);
        put(1, 0xFFFFF000, kernel_read, ENTRY_ACCESSED);
        put(2, 0x00007000, user_write, 0);
        assert_result(modify_table_entries(table, at(0, 13), kernel_read),
                      PAGING_OK);
        model[0] = 0x00005000 | ENTRY_PRESENT | ENTRY_ASKED_READ | 0x60;
        model[1] = 0xFFFFF000 | ENTRY_PRESENT | ENTRY_ASKED_READ | 0x20;
        assert_table_is_model();
        assert_true(fake_tlb_is_fresh(0));
        assert_true(fake_tlb_is_fresh(1));
}

static void
modify_refuses_before_it_writes(void **state)
{
        (void)state;
        put(0, 0x00005000, user_write, ENTRY_DIRTY);
        put(1, 0x00005000, user_write, ENTRY_DIRTY);
        put(2, 0x00005000, user_write, ENTRY_DIRTY);
        struct vfpage nil = { { 0 } };
        assert_result(modify_table_entries(table, nil, nothing), PAGING_NIL);
        assert_result(modify_table_entries(table, at(0, 22), nothing),
                      PAGING_SIZE);
        assert_result(modify_table_entries(table, at(4, 13), nothing),
                      PAGING_NO_ACCESS);
        assert_result(modify_table_entries(table, at(0, 14), kernel_read),
                      PAGING_NOT_MAPPED);
        assert_table_is_model();
}

static void
remove_takes_out_the_range_and_no_more(void **state)
{
        (void)state;
        for (unsigned i = 1018; i < 1024; i++)
                put(i, i * PAGE_SIZE, user_write, ENTRY_ACCESSED);
        table[1021] = model[1021] = 0;
        assert_result(remove_table_entries(table, at(1020, 14)), PAGING_OK);
        for (unsigned i = 1020; i < 1024; i++) {
                model[i] = 0;
                assert_true(i == 1021 || fake_tlb_is_fresh(i));
        }
        assert_table_is_model();
}

static void
remove_refuses_nil_and_superpages(void **state)
{
        (void)state;
        struct vfpage nil = { { 0 } };
        put(0, 0x00005000, user_write, 0);
        assert_result(remove_table_entries(table, nil), PAGING_NIL);
        assert_result(remove_table_entries(table, at(0, 22)), PAGING_SIZE);
        assert_result(remove_table_entries(table, at(0, 32)), PAGING_SIZE);
        assert_table_is_model();
}

// What the contracts say of one random operation: the result, and in `model`
// what the table holds afterwards.
enum operation {
        ADD,
        MODIFY,
        REMOVE
};

static enum paging_result
model_of(enum operation operation, struct vfpage pages, uint32_t frames,
         struct access access)
{
        unsigned log2_size = fpage_log2(pages.range);
        if (log2_size == 0)
                return PAGING_NIL;
        if (log2_size > 21)
                return PAGING_SIZE;
        unsigned count = 1u << (log2_size - 12);
        unsigned first = (fpage_first(pages.range) - BASE) / PAGE_SIZE;
        if (operation == ADD && frames % (count * PAGE_SIZE) != 0)
                return PAGING_MISALIGNED;
        if (operation != REMOVE && (access.perms & PERM_ALL) == 0)
                return PAGING_NO_ACCESS;
        for (unsigned i = first; i < first + count; i++) {
                bool present = (model[i] & ENTRY_PRESENT) != 0;
                if (operation == ADD && present)
                        return PAGING_IN_USE;
                if (operation == MODIFY && !present)
                        return PAGING_NOT_MAPPED;
        }
        for (unsigned i = first; i < first + count; i++) {
                uint32_t frame = operation == ADD
                                         ? frames + (i - first) * PAGE_SIZE
                                         : model[i] & 0xFFFFF000;
                uint32_t marks = operation == ADD ? 0 : model[i] & 0x60;
                pte_make(paddr(frame), access, &model[i]);
                model[i] = operation == REMOVE ? 0 : model[i] | marks;
        }
        return PAGING_OK;
}

static void
random_operations_agree_with_the_model(void **state)
{
        (void)state;
        struct random random = { 0x7AB1E001 };
        unsigned worked[3] = { 0 };
        for (int round = 0; round < 20000; round++) {
                unsigned size = 12 + random_below(&random, 4);
                if (random_once_in(&random, 8))
                        size = 11 + random_below(&random, 13);
                // Most of it happens in a few entries, so that they meet.
                unsigned crowd = random_once_in(&random, 8) ? 1024 : 24;
                struct vfpage pages =
                        at(1023 - random_below(&random, crowd), size);
                uint32_t frames = random_next(&random) & 0xFFFFF000;
                if (!random_once_in(&random, 8))
                        frames &= 0xFFE00000;
                struct access access = { .perms = random_below(&random, 8),
                                         .user = random_once_in(&random, 2),
                                         .global = random_once_in(&random, 2) };
                // The processor uses a page now and then.
                unsigned used = 1023 - random_below(&random, 32);
                if (table[used] & ENTRY_PRESENT)
                        model[used] = table[used] |=
                                ENTRY_ACCESSED | (round & ENTRY_DIRTY);

                pte_t old[TABLE_ENTRIES];
                memcpy(old, table, sizeof old);
                fake_tlb_watch(table, BASE, PAGE_LOG2);
                enum operation operation = random_below(&random, 3);
                enum paging_result expected =
                        model_of(operation, pages, frames, access);
                enum paging_result result;
                if (operation == ADD)
                        result = add_table_entries(table, pages, paddr(frames),
                                                   access);
                else if (operation == MODIFY)
                        result = modify_table_entries(table, pages, access);
                else
                        result = remove_table_entries(table, pages);

                assert_result(result, expected);
                worked[operation] += result == PAGING_OK;
                for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                        assert_int_equal(table[i], model[i]);
                        if (old[i] & ~table[i] & HARDWARE_RIGHTS)
                                assert_true(fake_tlb_is_fresh(i));
                }
        }
        // The seed is good for something.
        for (unsigned i = 0; i < 3; i++)
                assert_true(worked[i] > 1000);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(add_maps_the_last_page, setup),
                cmocka_unit_test_setup(add_maps_consecutive_frames, setup),
                cmocka_unit_test_setup(add_refuses_in_the_order_of_the_contract,
                                       setup),
                cmocka_unit_test_setup(add_refuses_before_it_writes, setup),
                cmocka_unit_test_setup(modify_keeps_frame_accessed_and_dirty,
                                       setup),
                cmocka_unit_test_setup(modify_refuses_before_it_writes, setup),
                cmocka_unit_test_setup(remove_takes_out_the_range_and_no_more,
                                       setup),
                cmocka_unit_test_setup(remove_refuses_nil_and_superpages,
                                       setup),
                cmocka_unit_test_setup(random_operations_agree_with_the_model,
                                       setup),
        };
        return cmocka_run_group_tests_name("table_entries", tests, NULL, NULL);
}
