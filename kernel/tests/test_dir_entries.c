// SPDX-License-Identifier: MIT
// Superpages, over a page-directory that is an array.
#include <string.h>

#include <kernel/paging.h>

#include "check.h"
#include "fake/tlb.h"

#define HARDWARE_RIGHTS (ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER)

static const struct access user_write = { .perms = PERM_R | PERM_W,
                                          .user = true };
static const struct access kernel_read = { .perms = PERM_R };
static const struct access nothing = { .user = true };

static pde_t directory[TABLE_ENTRIES];
static pde_t model[TABLE_ENTRIES];

static int
setup(void **state)
{
        (void)state;
        memset(directory, 0, sizeof directory);
        memset(model, 0, sizeof model);
        fake_tlb_watch(directory, 0, SUPERPAGE_LOG2);
        return 0;
}

static struct vfpage
at(unsigned index, unsigned log2_size)
{
        return vfpage_make(vaddr(index * SUPERPAGE_SIZE), log2_size);
}

static void
put(unsigned index, uint32_t entry)
{
        directory[index] = model[index] = entry;
}

static enum paging_result
add(struct vfpage pages, uint32_t frames, struct access access)
{
        return add_dir_entries(directory, pages, paddr(frames), access);
}

static pde_t
superpage(uint32_t frame, struct access access)
{
        pde_t entry = 0;
        assert_result(pde_make_superpage(paddr(frame), access, &entry),
                      PAGING_OK);
        return entry;
}

static pde_t
page_table(uint32_t frame)
{
        return frame | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER;
}

static void
assert_directory_is_model(void)
{
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                assert_int_equal(directory[i], model[i]);
}

static void
add_maps_the_last_superpage(void **state)
{
        (void)state;
        assert_result(add(at(1023, 22), 0xFFC00000, user_write), PAGING_OK);
        model[1023] = superpage(0xFFC00000, user_write);
        assert_directory_is_model();
}

static void
the_complete_address_space(void **state)
{
        (void)state;
        assert_result(add(at(0, 32), 0x80000000, user_write),
                      PAGING_MISALIGNED);
        assert_result(add(at(0, 32), 0, user_write), PAGING_OK);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                model[i] = superpage(i * SUPERPAGE_SIZE, user_write);
        assert_directory_is_model();
        assert_result(modify_dir_entries(directory, at(0, 32), kernel_read),
                      PAGING_OK);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                model[i] = superpage(i * SUPERPAGE_SIZE, kernel_read);
                assert_true(fake_tlb_is_fresh(i));
        }
        assert_directory_is_model();
        assert_result(remove_dir_entries(directory, at(0, 32)), PAGING_OK);
        memset(model, 0, sizeof model);
        assert_directory_is_model();
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                assert_true(fake_tlb_is_fresh(i));
}

static void
add_refuses_in_the_order_of_the_contract(void **state)
{
        (void)state;
        struct vfpage nil = { { 0 } };
        put(5, superpage(0, kernel_read));
        put(7, page_table(0x5000));
        assert_result(add(nil, 1, nothing), PAGING_NIL);
        assert_result(add(at(4, 21), 1, nothing), PAGING_SIZE);
        assert_result(add(at(4, 12), 0, user_write), PAGING_SIZE);
        assert_result(add(at(4, 23), 0x1000, nothing), PAGING_MISALIGNED);
        assert_result(add(at(0, 22), 0x200000, user_write), PAGING_MISALIGNED);
        assert_result(add(at(8, 23), 0x400000, user_write), PAGING_MISALIGNED);
        assert_result(add(at(4, 23), 0, nothing), PAGING_NO_ACCESS);
        assert_result(add(at(4, 23), 0, user_write), PAGING_IN_USE);
        assert_result(add(at(6, 23), 0, user_write), PAGING_IN_USE);
        assert_directory_is_model();
}

static void
modify_keeps_frame_accessed_and_dirty(void **state)
{
        (void)state;
        put(3, page_table(0x5000));
        put(4, superpage(0xFFC00000, user_write) | 0x60);
        put(5, superpage(0x00400000, kernel_read) | 0x20);
        assert_result(modify_dir_entries(directory, at(4, 23), kernel_read),
                      PAGING_OK);
        model[4] = superpage(0xFFC00000, kernel_read) | 0x60;
        assert_directory_is_model();
        assert_true(fake_tlb_is_fresh(4));
}

static void
modify_refuses_by_the_lowest_entry(void **state)
{
        (void)state;
        struct vfpage nil = { { 0 } };
        put(4, superpage(0, user_write));
        put(5, page_table(0x5000));
        put(7, superpage(0, user_write));
        put(10, page_table(0x6000));
        assert_result(modify_dir_entries(directory, nil, nothing), PAGING_NIL);
        assert_result(modify_dir_entries(directory, at(5, 21), nothing),
                      PAGING_SIZE);
        assert_result(modify_dir_entries(directory, at(5, 22), nothing),
                      PAGING_NO_ACCESS);
        assert_result(modify_dir_entries(directory, at(4, 24), kernel_read),
                      PAGING_WRONG_LEVEL);
        assert_result(modify_dir_entries(directory, at(8, 24), kernel_read),
                      PAGING_NOT_MAPPED);
        assert_result(modify_dir_entries(directory, at(6, 23), kernel_read),
                      PAGING_NOT_MAPPED);
        assert_directory_is_model();
}

static void
remove_takes_superpages_and_refuses_tables(void **state)
{
        (void)state;
        struct vfpage nil = { { 0 } };
        put(3, superpage(0, user_write));
        put(4, superpage(0, user_write) | ENTRY_ACCESSED);
        put(6, superpage(0x00400000, kernel_read));
        put(7, page_table(0x5000));
        put(8, superpage(0, user_write));
        assert_result(remove_dir_entries(directory, nil), PAGING_NIL);
        assert_result(remove_dir_entries(directory, at(4, 21)), PAGING_SIZE);
        assert_result(remove_dir_entries(directory, at(4, 24)),
                      PAGING_WRONG_LEVEL);
        assert_directory_is_model();

        put(7, 0);
        assert_result(remove_dir_entries(directory, at(4, 24)), PAGING_OK);
        model[4] = model[6] = 0;
        assert_directory_is_model();
        assert_true(fake_tlb_is_fresh(4));
        assert_true(fake_tlb_is_fresh(6));
}

// What the contracts say of one random operation: the result, and in `model`
// what the directory holds afterwards.
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
        if (log2_size < 22)
                return PAGING_SIZE;
        uint64_t size = UINT64_C(1) << log2_size;
        unsigned first = fpage_first(pages.range) / SUPERPAGE_SIZE;
        unsigned end = first + (unsigned)(size / SUPERPAGE_SIZE);
        if (operation == ADD && frames % size != 0)
                return PAGING_MISALIGNED;
        if (operation != REMOVE && (access.perms & PERM_ALL) == 0)
                return PAGING_NO_ACCESS;
        for (unsigned i = first; i < end; i++) {
                bool present = (model[i] & ENTRY_PRESENT) != 0;
                bool table = present && (model[i] & ENTRY_SUPERPAGE) == 0;
                if (operation == ADD && present)
                        return PAGING_IN_USE;
                if (operation == MODIFY && !present)
                        return PAGING_NOT_MAPPED;
                if (operation != ADD && table)
                        return PAGING_WRONG_LEVEL;
        }
        for (unsigned i = first; i < end; i++) {
                uint32_t frame = operation == ADD
                                         ? frames + (i - first) * SUPERPAGE_SIZE
                                         : model[i] & 0xFFC00000;
                uint32_t marks = operation == ADD ? 0 : model[i] & 0x60;
                model[i] = operation == REMOVE
                                   ? 0
                                   : superpage(frame, access) | marks;
        }
        return PAGING_OK;
}

static void
random_operations_agree_with_the_model(void **state)
{
        (void)state;
        struct random random = { 0xD14E1E01 };
        unsigned worked[3] = { 0 };
        for (int round = 0; round < 20000; round++) {
                unsigned size = 22 + random_below(&random, 3);
                if (random_once_in(&random, 8))
                        size = 20 + random_below(&random, 14);
                // Most of it happens in a few entries, so that they meet.
                unsigned crowd = random_once_in(&random, 8) ? 1024 : 24;
                struct vfpage pages =
                        at(1023 - random_below(&random, crowd), size);
                uint32_t frames = random_next(&random) & 0xFFC00000;
                if (!random_once_in(&random, 8))
                        frames &= 0xFF000000;
                struct access access = { .perms = random_below(&random, 8),
                                         .user = random_once_in(&random, 2),
                                         .global = random_once_in(&random, 2) };
                // The processor uses a page, and a page-table comes or goes.
                unsigned used = 1023 - random_below(&random, 32);
                if (pde_is_superpage(directory[used]))
                        put(used, directory[used] | ENTRY_ACCESSED |
                                          (round & ENTRY_DIRTY));
                else if (directory[used] || random_once_in(&random, 16))
                        put(used, directory[used] ? 0 : page_table(0x5000));

                pde_t old[TABLE_ENTRIES];
                memcpy(old, directory, sizeof old);
                fake_tlb_watch(directory, 0, SUPERPAGE_LOG2);
                enum operation operation = random_below(&random, 3);
                enum paging_result expected =
                        model_of(operation, pages, frames, access);
                enum paging_result result;
                if (operation == ADD)
                        result = add(pages, frames, access);
                else if (operation == MODIFY)
                        result = modify_dir_entries(directory, pages, access);
                else
                        result = remove_dir_entries(directory, pages);

                assert_result(result, expected);
                worked[operation] += result == PAGING_OK;
                for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                        assert_int_equal(directory[i], model[i]);
                        if (old[i] & ~directory[i] & HARDWARE_RIGHTS)
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
                cmocka_unit_test_setup(add_maps_the_last_superpage, setup),
                cmocka_unit_test_setup(the_complete_address_space, setup),
                cmocka_unit_test_setup(add_refuses_in_the_order_of_the_contract,
                                       setup),
                cmocka_unit_test_setup(modify_keeps_frame_accessed_and_dirty,
                                       setup),
                cmocka_unit_test_setup(modify_refuses_by_the_lowest_entry,
                                       setup),
                cmocka_unit_test_setup(
                        remove_takes_superpages_and_refuses_tables, setup),
                cmocka_unit_test_setup(random_operations_agree_with_the_model,
                                       setup),
        };
        return cmocka_run_group_tests_name("dir_entries", tests, NULL, NULL);
}
