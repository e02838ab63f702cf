// SPDX-License-Identifier: MIT
// Tests of exercise 3.7: directories and page-tables that are none, kernel space
// that differs, page-tables in two places.
#include "wellformed_machine.h"

#include <kernel/image.h>

TEST(violation_of_directories)
{
        struct used_machine all = used_machine(SMALL);
        struct h_region copy = spaces_page();
        spaces_make();

        // All that a directory has, but not its status.
        uint32_t *words = spaces_word(region_first(copy));
        const uint32_t *from = spaces_directory(all.space).mapped;
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                words[i] = from[i];
        live_load(paddr(frame_of(copy)));
        expect_violation(CR3_IS_DIRECTORY, frame_of(copy),
                         "CR3 names a normal page");

        spaces_enter(all.space);
        struct page *reference = page_at(h_state.reference);
        reference->status = STATUS_ENVIRONMENT;
        expect_violation(REFERENCE_IS_DIRECTORY, h_state.reference.value,
                         "the reference directory has the status of "
                         "environment");
        reference->status = STATUS_PAGE_TABLE;
        expect_violation(REFERENCE_IS_DIRECTORY, h_state.reference.value,
                         "the reference directory has the status of a "
                         "page-table");
        live_load(spaces_reference_frame());
}

TEST(violation_of_the_reference)
{
        used_machine(SMALL);
        struct h_region table = spaces_page();
        spaces_make();

        // An empty page-table, at both ends of user space.
        uint32_t *words = spaces_word(region_first(table));
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                words[i] = 0;
        page_at(paddr(frame_of(table)))->status = STATUS_PAGE_TABLE;
        spoiled_word(&h_state.reference_entries[0], pointer_to(frame_of(table)),
                     REFERENCE_MAPS_KERNEL_SPACE, frame_of(table),
                     "the reference has a page-table for address 0");
        spoiled_word(&h_state.reference_entries[767],
                     pointer_to(frame_of(table)), REFERENCE_MAPS_KERNEL_SPACE,
                     frame_of(table),
                     "the reference has a page-table for address 0xBFC00000");
}

TEST(violation_of_the_environment)
{
        used_machine(SMALL);
        spaces_make();

        // Pages of the image's 4 MB that nobody uses.
        spoiled_word(&boot_table[0x3F7], 0, REFERENCE_MAPS_ENVIRONMENT,
                     0x003F7000, "a page of the image is not mapped");
        spoiled_word(&boot_table[0x3FF], 0, REFERENCE_MAPS_ENVIRONMENT,
                     0x003FF000, "the last page of the image is not mapped");
}

TEST(violation_of_kernel_space)
{
        struct used_machine all = used_machine(SMALL);
        uint32_t directory = spaces_directory(all.other).frame.value;
        spaces_make();

        // The processor marks entries where it happens to run.
        uint32_t *entry = upper_entry(all.other, SPACES_CLIENT_BASE);
        *entry ^= ENTRY_ACCESSED;
        expect_wellformed("the machine with an accessed bit in one directory "
                          "that is not set in the others");

        spoiled_word(entry, 0, DIRECTORIES_AGREE_WITH_REFERENCE, directory,
                     "a directory lacks an entry of kernel space");
        spoiled_word(entry, *entry & ~ENTRY_WRITE,
                     DIRECTORIES_AGREE_WITH_REFERENCE, directory,
                     "a directory has an entry of kernel space without W");
        spoiled_word(upper_entry(all.other, 0xF0000000), *entry,
                     DIRECTORIES_AGREE_WITH_REFERENCE, directory,
                     "a directory has one entry of kernel space more");
        spoiled_word(upper_entry(all.other, KERNEL_BASE), *entry,
                     DIRECTORIES_AGREE_WITH_REFERENCE, directory,
                     "a directory has another page-table for 0xC0000000");
        spoiled_word(upper_entry(all.other, WINDOW_BASE), *entry,
                     DIRECTORIES_AGREE_WITH_REFERENCE, directory,
                     "a directory has another page-table for 0xFFC00000");
}

TEST(violation_of_table_pointers)
{
        struct used_machine all = used_machine(SMALL);
        struct h_region normal = spaces_page();
        uint32_t directory = spaces_directory(all.space).frame.value;
        spaces_make();

        uint32_t *entry = upper_entry(all.other, FREE_PLACE);
        spoiled_word(entry, pointer_to(frame_of(normal)),
                     TABLE_POINTERS_ARE_TABLES, frame_of(normal),
                     "a normal page, full of garbage, is pointed to as a "
                     "page-table");
        spoiled_word(entry, pointer_to(directory), TABLE_POINTERS_ARE_TABLES,
                     directory,
                     "a page-directory is pointed to as a "
                     "page-table");
        spoiled_word(entry, pointer_to(ENVIRONMENT_PAGE),
                     TABLE_POINTERS_ARE_TABLES, ENVIRONMENT_PAGE,
                     "a page of the environment is pointed to as a "
                     "page-table");
        spoiled_word(upper_entry(all.space, 0), pointer_to(BEYOND),
                     TABLE_POINTERS_ARE_TABLES, BEYOND,
                     "a frame where no memory is, is pointed to as a "
                     "page-table for address 0");
        spoiled_word(upper_entry(all.space, 0xBFC00000), pointer_to(HOLE),
                     TABLE_POINTERS_ARE_TABLES, HOLE,
                     "a hole in memory is pointed to as the last page-table "
                     "of user space");
}

TEST(violation_by_shared_tables)
{
        struct used_machine all = used_machine(SMALL);
        struct h_pagemap_page empty = given_table(all.space, FREE_PLACE);
        spaces_make();

        spoiled_word(upper_entry(all.other, FREE_PLACE),
                     pointer_to(frame_of(empty.page)), TABLES_ARE_NOT_SHARED,
                     frame_of(empty.page),
                     "two address spaces have one page-table");
        spoiled_word(upper_entry(all.space, 0xBFC00000),
                     pointer_to(frame_of(all.table.page)),
                     TABLES_ARE_NOT_SHARED, frame_of(all.table.page),
                     "an address space has a page-table in two places");
        uint32_t kernel = *upper_entry(all.space, SPACES_CLIENT_BASE);
        spoiled_word(upper_entry(all.other, 0), kernel, TABLES_ARE_NOT_SHARED,
                     kernel & ENTRY_FRAME,
                     "an address space has a page-table of kernel space for "
                     "address 0");
}
