// SPDX-License-Identifier: MIT
// A machine that is well-formed, spoiled in every way: the invariant that does not
// hold any more is named, and the page; and looking has changed nothing.
#include "spoil.h"

static void
a_machine_in_use_is_well_formed(void **state)
{
        (void)state;
        expect(INVARIANT_NONE, 0);
        machine_load(paddr(DIRECTORY));
        uint32_t word;
        assert_true(machine_user_write(vaddr(PAGE_AT), 1));
        assert_true(machine_user_read(vaddr(SUPERPAGE_AT + 0x1234), &word));
        expect(INVARIANT_NONE, 0);
        for (uint32_t page = 0; page < MACHINE_PAGES; page++) {
                struct violation found;
                assert_true(wellformed_page(paddr(page * PAGE_SIZE), &found));
        }
}

static void
cr3_is_no_directory(void **state)
{
        (void)state;
        write_cr3(DIRECTORY);
        page_of(DIRECTORY)->status = 0;
        expect(CR3_IS_DIRECTORY, DIRECTORY);
}

static void
reference_is_no_directory(void **state)
{
        (void)state;
        write_cr3(DIRECTORY);
        page_at(h_state.reference)->status = STATUS_ENVIRONMENT;
        expect(REFERENCE_IS_DIRECTORY, h_state.reference.value);
}

static void
reference_maps_user_space(void **state)
{
        (void)state;
        *directory_entry(h_state.reference.value, 0x00400000) =
                *directory_entry(DIRECTORY, PAGE_AT);
        expect(REFERENCE_MAPS_KERNEL_SPACE, TABLE);
}

static void
environment_is_not_mapped(void **state)
{
        (void)state;
        uint32_t table =
                *directory_entry(h_state.reference.value, ENVIRONMENT_BASE);
        uint32_t index = (ENVIRONMENT_PAGE >> 12) - environment.pages.first;
        *entry_of(table & ENTRY_FRAME, index) = 0;
        expect(REFERENCE_MAPS_ENVIRONMENT, ENVIRONMENT_PAGE);
}

static void
kernel_space_differs(void **state)
{
        (void)state;
        *directory_entry(OTHER_DIRECTORY, CLIENT_BASE) = 0;
        expect(DIRECTORIES_AGREE_WITH_REFERENCE, OTHER_DIRECTORY);
}

static void
kernel_space_has_more(void **state)
{
        (void)state;
        *directory_entry(OTHER_DIRECTORY, 0xF0000000) =
                *directory_entry(OTHER_DIRECTORY, CLIENT_BASE);
        expect(DIRECTORIES_AGREE_WITH_REFERENCE, OTHER_DIRECTORY);
}

static void
user_reaches_environment(void **state)
{
        (void)state;
        redirect(page_entry(), ENVIRONMENT_PAGE);
        expect(ENVIRONMENT_ONLY_IN_REFERENCE, ENVIRONMENT_PAGE);
}

static void
user_reaches_a_table_of_the_kernel(void **state)
{
        (void)state;
        redirect(page_entry(), h_state.reference.value);
        expect(ENVIRONMENT_ONLY_IN_REFERENCE, h_state.reference.value);
}

static void
superpage_reaches_environment(void **state)
{
        (void)state;
        uint32_t *entry = directory_entry(DIRECTORY, SUPERPAGE_AT);
        redirect(entry, 0x01000000);
        // Its pages below are normal ones, or not counted yet.
        expect(ENVIRONMENT_ONLY_IN_REFERENCE,
               environment.pages.first << PAGE_LOG2);
}

static void
client_reaches_environment(void **state)
{
        (void)state;
        redirect(client_entry_of(WORDS_AT), ENVIRONMENT_PAGE);
        expect(ENVIRONMENT_ONLY_IN_REFERENCE, ENVIRONMENT_PAGE);
}

static void
nothing_is_installed_there(void **state)
{
        (void)state;
        redirect(page_entry(), HOLE);
        expect(MAPPED_PAGES_ARE_INSTALLED, HOLE);
        redirect(page_entry(), 0xFFFFF000);
        expect(MAPPED_PAGES_ARE_INSTALLED, 0xFFFFF000);
}

static void
pointer_to_no_table(void **state)
{
        (void)state;
        redirect(directory_entry(DIRECTORY, PAGE_AT), FREE_PAGE);
        expect(TABLE_POINTERS_ARE_TABLES, FREE_PAGE);
        redirect(directory_entry(DIRECTORY, PAGE_AT), 0xFFFFF000);
        expect(TABLE_POINTERS_ARE_TABLES, 0xFFFFF000);
}

static void
region_holds_environment(void **state)
{
        (void)state;
        region_table.regions[region_table.count++] =
                pfpage_make(paddr(ENVIRONMENT_PAGE), PAGE_LOG2);
        expect(REGIONS_HOLD_NO_ENVIRONMENT, ENVIRONMENT_PAGE);
        region_table.regions[region_table.count - 1] =
                pfpage_make(paddr(HOLE), PAGE_LOG2);
        expect(REGIONS_HOLD_NO_ENVIRONMENT, HOLE);
}

static void
module_holds_environment(void **state)
{
        (void)state;
        page_of(FREE_PAGE)->module = 1; // as it may be
        assert_true(wellformed(&(struct violation){ 0 }));
        page_of(ENVIRONMENT_PAGE)->module = 1;
        expect(REGIONS_HOLD_NO_ENVIRONMENT, ENVIRONMENT_PAGE);
        page_of(ENVIRONMENT_PAGE)->module = 0;
        page_of(HOLE)->module = 1;
        expect(REGIONS_HOLD_NO_ENVIRONMENT, HOLE);
}

static void
user_reaches_a_table(void **state)
{
        (void)state;
        redirect(page_entry(), TABLE);
        expect(USER_REACHES_NORMAL_PAGES, TABLE);
        redirect(page_entry(), OTHER_DIRECTORY);
        expect(USER_REACHES_NORMAL_PAGES, OTHER_DIRECTORY);
}

static void
user_reaches_a_view(void **state)
{
        (void)state;
        *client_entry_of(SEEN(0)) |= ENTRY_USER;
        expect(USER_REACHES_NORMAL_PAGES, DIRECTORY);
}

static void
two_directories_share_a_table(void **state)
{
        (void)state;
        *directory_entry(OTHER_DIRECTORY, 0x08000000) =
                *directory_entry(DIRECTORY, PAGE_AT);
        expect(TABLES_ARE_NOT_SHARED, TABLE);
}

static void
one_directory_has_a_table_twice(void **state)
{
        (void)state;
        *directory_entry(DIRECTORY, 0x08000000) =
                *directory_entry(DIRECTORY, PAGE_AT);
        expect(TABLES_ARE_NOT_SHARED, TABLE);
}

static void
a_table_of_the_kernel_for_users(void **state)
{
        (void)state;
        uint32_t entry = *directory_entry(DIRECTORY, CLIENT_BASE);
        *directory_entry(DIRECTORY, 0x08000000) = entry;
        expect(TABLES_ARE_NOT_SHARED, entry & ENTRY_FRAME);
}

static void
counts_are_wrong(void **state)
{
        (void)state;
        page_of(PAGE)->status++;
        expect(COUNTS_ARE_EXACT, PAGE);
        page_of(PAGE)->status -= 2;
        expect(COUNTS_ARE_EXACT, PAGE);
        page_of(PAGE)->status = 1;
        page_of(SUPERPAGE + 17 * PAGE_SIZE)->status = 0;
        expect(COUNTS_ARE_EXACT, SUPERPAGE + 17 * PAGE_SIZE);
        page_of(SUPERPAGE + 17 * PAGE_SIZE)->status = 1;
        page_of(WORDS)->status = 2;
        expect(COUNTS_ARE_EXACT, WORDS);
}

static void
a_mapping_is_not_counted(void **state)
{
        (void)state;
        page_entry()[1] = 0;
        expect(COUNTS_ARE_EXACT, PAGE + PAGE_SIZE);
        page_entry()[1] = (*page_entry() & ~ENTRY_FRAME) | FREE_PAGE;
        expect(COUNTS_ARE_EXACT, FREE_PAGE);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                T(a_machine_in_use_is_well_formed),
                T(cr3_is_no_directory),
                T(reference_is_no_directory),
                T(reference_maps_user_space),
                T(environment_is_not_mapped),
                T(kernel_space_differs),
                T(kernel_space_has_more),
                T(user_reaches_environment),
                T(user_reaches_a_table_of_the_kernel),
                T(superpage_reaches_environment),
                T(client_reaches_environment),
                T(nothing_is_installed_there),
                T(pointer_to_no_table),
                T(region_holds_environment),
                T(module_holds_environment),
                T(user_reaches_a_table),
                T(user_reaches_a_view),
                T(two_directories_share_a_table),
                T(one_directory_has_a_table_twice),
                T(a_table_of_the_kernel_for_users),
                T(counts_are_wrong),
                T(a_mapping_is_not_counted),
        };
        return cmocka_run_group_tests_name("wellformed", tests, NULL, NULL);
}
