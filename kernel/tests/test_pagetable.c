// SPDX-License-Identifier: MIT
// Finding, installing and removing page-tables, over a directory that is an
// array.
#include <string.h>

#include <kernel/paging.h>

#include "check.h"
#include "fake/page.h"
#include "fake/tlb.h"

static pde_t directory[TABLE_ENTRIES];
static pde_t before[TABLE_ENTRIES];
static uint32_t page[TABLE_ENTRIES] __attribute__((aligned(4096)));

// An empty directory but for a superpage at 4 MB and a page-table at 8 MB, and
// a page full of rubbish that looks like present entries.
static int
setup(void **state)
{
        (void)state;
        memset(directory, 0, sizeof directory);
        directory[1] = 0x01400000 | ENTRY_PRESENT | ENTRY_SUPERPAGE | 0x60;
        directory[2] = 0x00345000 | ENTRY_PRESENT | ENTRY_WRITE | 0x20;
        memcpy(before, directory, sizeof directory);
        memset(page, 0xFF, sizeof page);
        fake_page = (struct fake_page){ 0 };
        fake_tlb_watch(directory, 0, SUPERPAGE_LOG2);
        return 0;
}

static struct pagemap_page
page_at(uint32_t frame)
{
        return (struct pagemap_page){ .frame = paddr(frame), .mapped = page };
}

static void
find_pt_tells_table_superpage_and_nothing_apart(void **state)
{
        (void)state;
        struct paddr table = paddr(UNTOUCHED);
        assert_result(find_pt(directory, vaddr(0x003FFFFF), &table),
                      PAGING_NOT_MAPPED);
        assert_result(find_pt(directory, vaddr(0x00400000), &table),
                      PAGING_WRONG_LEVEL);
        assert_result(find_pt(directory, vaddr(0x007FFFFF), &table),
                      PAGING_WRONG_LEVEL);
        assert_result(find_pt(directory, vaddr(0x00C00000), &table),
                      PAGING_NOT_MAPPED);
        assert_int_equal(table.value, UNTOUCHED);
        assert_result(find_pt(directory, vaddr(0x00800000), &table), PAGING_OK);
        assert_int_equal(table.value, 0x00345000);
        table = paddr(UNTOUCHED);
        assert_result(find_pt(directory, vaddr(0x00BFFFFF), &table), PAGING_OK);
        assert_int_equal(table.value, 0x00345000);
        assert_memory_equal(directory, before, sizeof directory);
}

// An entry that is not present is nothing, whatever its other bits say.
static void
rubbish_that_is_not_present_is_nothing(void **state)
{
        (void)state;
        struct paddr table = paddr(UNTOUCHED);
        directory[5] = ~ENTRY_PRESENT;
        assert_result(find_pt(directory, vaddr(5u << 22), &table),
                      PAGING_NOT_MAPPED);
        assert_result(uninstall_pagetable(directory, vaddr(5u << 22), &table),
                      PAGING_NOT_MAPPED);
        assert_int_equal(table.value, UNTOUCHED);
        assert_result(
                install_pagetable(directory, vaddr(5u << 22), page_at(0x7000)),
                PAGING_OK);
        assert_int_equal(directory[5], 0x00007007);
}

static void
install_writes_one_entry_and_empties_the_page(void **state)
{
        (void)state;
        fake_page.watched = &directory[1023];
        assert_result(install_pagetable(directory, vaddr(0xFFFFFFFF),
                                        page_at(0xFFFFF000)),
                      PAGING_OK);
        assert_int_equal(directory[1023], 0xFFFFF007);
        before[1023] = 0xFFFFF007;
        assert_memory_equal(directory, before, sizeof directory);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                assert_int_equal(page[i], 0);
        // The page was empty before the directory showed it.
        if (fake_page.calls > 0)
                assert_int_equal(fake_page.held, 0);
}

static void
install_refuses_and_changes_nothing(void **state)
{
        (void)state;
        assert_result(install_pagetable(directory, vaddr(0x00400000),
                                        page_at(0x7000)),
                      PAGING_IN_USE);
        assert_result(install_pagetable(directory, vaddr(0x00BFFFFF),
                                        page_at(0x7000)),
                      PAGING_IN_USE);
        assert_result(install_pagetable(directory, vaddr(0x00C00000),
                                        page_at(0x7004)),
                      PAGING_MISALIGNED);
        assert_result(install_pagetable(directory, vaddr(0x00C00000),
                                        page_at(0x7800)),
                      PAGING_MISALIGNED);
        // Both are wrong: the order of the contract decides.
        assert_result(install_pagetable(directory, vaddr(0x00800000),
                                        page_at(0x7001)),
                      PAGING_MISALIGNED);
        assert_memory_equal(directory, before, sizeof directory);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                assert_int_equal(page[i], 0xFFFFFFFF);
}

static void
uninstall_takes_out_one_entry_and_invalidates(void **state)
{
        (void)state;
        struct paddr table = paddr(UNTOUCHED);
        assert_result(uninstall_pagetable(directory, vaddr(0x00A00000), &table),
                      PAGING_OK);
        assert_int_equal(table.value, 0x00345000);
        before[2] = 0;
        assert_memory_equal(directory, before, sizeof directory);
        assert_true(fake_tlb_is_fresh(2));
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                assert_int_equal(page[i], 0xFFFFFFFF);
}

// The TLB holds the table's pages, not its entry: each of them has to go.
static void
uninstall_invalidates_every_page_of_the_table(void **state)
{
        (void)state;
        struct paddr table;
        fake_tlb_watch(page, 0x00800000, PAGE_LOG2);
        assert_result(uninstall_pagetable(directory, vaddr(0x00A00000), &table),
                      PAGING_OK);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                assert_true(fake_tlb_is_fresh(i));
}

static void
uninstall_refuses_and_changes_nothing(void **state)
{
        (void)state;
        struct paddr table = paddr(UNTOUCHED);
        assert_result(uninstall_pagetable(directory, vaddr(0x00400000), &table),
                      PAGING_WRONG_LEVEL);
        assert_result(uninstall_pagetable(directory, vaddr(0), &table),
                      PAGING_NOT_MAPPED);
        assert_int_equal(table.value, UNTOUCHED);
        assert_memory_equal(directory, before, sizeof directory);
}

// Random operations on eight neighbours at the top, against an array of what
// stands there: 0 nothing, 1 a superpage, else the frame of a table.
static void
random_operations_agree_with_the_model(void **state)
{
        (void)state;
        struct random random = { 0x9A6E7A01 };
        uint32_t model[8] = { 0, 1, 0, 0, 1, 0, 0, 0 };
        pde_t *eight = &directory[TABLE_ENTRIES - 8];
        eight[1] = eight[4] = 0x00C00000 | ENTRY_PRESENT | ENTRY_SUPERPAGE;

        for (int round = 0; round < 20000; round++) {
                unsigned slot = random_below(&random, 8);
                struct vaddr address =
                        vaddr(0xFE000000 + (slot << 22) +
                              random_below(&random, SUPERPAGE_SIZE));
                uint32_t frame = (1 + random_below(&random, 0xFFFFF)) << 12;
                struct paddr table = paddr(UNTOUCHED);
                enum paging_result found = model[slot] == 0 ? PAGING_NOT_MAPPED
                                           : model[slot] == 1
                                                   ? PAGING_WRONG_LEVEL
                                                   : PAGING_OK;
                uint32_t found_table =
                        found == PAGING_OK ? model[slot] : UNTOUCHED;
                memcpy(before, directory, sizeof directory);
                fake_tlb_watch(directory, 0, SUPERPAGE_LOG2);

                switch (random_below(&random, 3)) {
                case 0:
                        assert_result(find_pt(directory, address, &table),
                                      found);
                        assert_int_equal(table.value, found_table);
                        break;
                case 1:
                        page[0] = page[1023] = UNTOUCHED;
                        assert_result(install_pagetable(directory, address,
                                                        page_at(frame)),
                                      model[slot] == 0 ? PAGING_OK
                                                       : PAGING_IN_USE);
                        assert_int_equal(page[1023],
                                         model[slot] == 0 ? 0 : UNTOUCHED);
                        if (model[slot] == 0) {
                                model[slot] = frame;
                                before[TABLE_ENTRIES - 8 + slot] = frame | 7;
                        }
                        break;
                default:
                        assert_result(
                                uninstall_pagetable(directory, address, &table),
                                found);
                        assert_int_equal(table.value, found_table);
                        if (found == PAGING_OK) {
                                model[slot] = 0;
                                before[TABLE_ENTRIES - 8 + slot] = 0;
                                assert_true(fake_tlb_is_fresh(TABLE_ENTRIES -
                                                              8 + slot));
                        }
                }
                assert_memory_equal(directory, before, sizeof directory);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(
                        find_pt_tells_table_superpage_and_nothing_apart, setup),
                cmocka_unit_test_setup(rubbish_that_is_not_present_is_nothing,
                                       setup),
                cmocka_unit_test_setup(
                        install_writes_one_entry_and_empties_the_page, setup),
                cmocka_unit_test_setup(install_refuses_and_changes_nothing,
                                       setup),
                cmocka_unit_test_setup(
                        uninstall_takes_out_one_entry_and_invalidates, setup),
                cmocka_unit_test_setup(
                        uninstall_invalidates_every_page_of_the_table, setup),
                cmocka_unit_test_setup(uninstall_refuses_and_changes_nothing,
                                       setup),
                cmocka_unit_test_setup(random_operations_agree_with_the_model,
                                       setup),
        };
        return cmocka_run_group_tests_name("pagetable", tests, NULL, NULL);
}
