// SPDX-License-Identifier: MIT
// Tests of exercise 3.7: directories and page-tables that are none, kernel space
// that differs, page-tables in two places.
#include "wellformed_machine.h"

#include <h4/arena.h>
#include <kernel/image.h>

// Two address spaces in which nothing is mapped.
struct empty_spaces {
        struct h_pagemap space, other;
};

static struct empty_spaces
empty_spaces(void)
{
        spaces_begin_with(SMALL);

        struct h_pagemap space = given_pagemap();
        return (struct empty_spaces){ space, given_pagemap() };
}

TEST(violation_of_directories)
{
        struct h_pagemap space = empty_spaces().space;
        struct h_region copy = spaces_page();
        uint32_t frame = frame_of(copy);
        spaces_make();

        // All that a directory has, but not its status.
        memcpy(spaces_word(region_first(copy)), spaces_directory(space).mapped,
               PAGE_SIZE);
        live_load(paddr(frame));
        expect_violation(CR3_IS_DIRECTORY, frame, NOWHERE,
                         "CR3 names a normal page");
        page_at(paddr(frame))->status = STATUS_PAGE_TABLE;
        expect_violation(CR3_IS_DIRECTORY, frame, NOWHERE,
                         "CR3 names a page-table");
        page_at(paddr(frame))->status = 0;

        spaces_enter(space);
        struct page *reference = page_at(h_state.reference);
        reference->status = STATUS_ENVIRONMENT;
        expect_violation(REFERENCE_IS_DIRECTORY, h_state.reference.value,
                         NOWHERE,
                         "the reference directory has the status of "
                         "environment");
        reference->status = STATUS_PAGE_TABLE;
        expect_violation(REFERENCE_IS_DIRECTORY, h_state.reference.value,
                         NOWHERE,
                         "the reference directory has the status of a "
                         "page-table");
        live_load(spaces_reference_frame());
}

TEST(violation_of_the_reference)
{
        spaces_begin_with(SMALL);
        struct h_region page = spaces_page();
        uint32_t table = frame_of(page);
        spaces_make();

        // An empty page-table, at both ends of user space and in between.
        memset(spaces_word(region_first(page)), 0, PAGE_SIZE);
        page_at(paddr(table))->status = STATUS_PAGE_TABLE;
        spoiled_word(&h_state.reference_entries[0], pointer_to(table),
                     REFERENCE_MAPS_KERNEL_SPACE, table, 0,
                     "the reference has a page-table for address 0");
        spoiled_word(&h_state.reference_entries[767], pointer_to(table),
                     REFERENCE_MAPS_KERNEL_SPACE, table, LAST_PLACE,
                     "the reference has a page-table for the last 4 MB of "
                     "user space");
        uint32_t index = 1 + random_below(766);
        spoiled_word(&h_state.reference_entries[index], pointer_to(table),
                     REFERENCE_MAPS_KERNEL_SPACE, table, index * SUPERPAGE_SIZE,
                     "the reference has a page-table in the middle of user "
                     "space");
}

// Of the harness's own memory the last page is one that nobody uses.
#define UNUSED_ENVIRONMENT 0x005FF000u

// The entry by which the harness maps a page of the arena's memory.
static uint32_t *
arena_entry(uint32_t frame)
{
        uint32_t *entry = kernel_entries(ARENA_MAPPED);

        while ((*entry & ENTRY_FRAME) != frame)
                entry++;
        return entry;
}

// The first page of memory and the last one belong to the environment.
static void
violation_at_both_ends(void)
{
        uint32_t last = (page_array.count - 1) * PAGE_SIZE;
        struct page *pages = page_array.pages;
        struct page first_was = pages[0], last_was = pages[last / PAGE_SIZE];

        // Entry 0 of the image's page-table is the only one that maps it.
        region_table.count = 0;
        pages[0] = ENVIRONMENT;
        expect_wellformed("a machine in which page 0 is environment");
        spoiled_word(&boot_table[0], 0, REFERENCE_MAPS_ENVIRONMENT, 0, NOWHERE,
                     "page 0 is environment, and not mapped");
        pages[0] = first_was;

        pages[last / PAGE_SIZE] = ENVIRONMENT;
        spoiled_word(arena_entry(last), 0, REFERENCE_MAPS_ENVIRONMENT, last,
                     NOWHERE, "the last page is environment, and not mapped");
        pages[last / PAGE_SIZE] = last_was;
}

TEST(violation_of_the_environment)
{
        spaces_begin_with(SMALL);
        uint32_t table = kernel_table(ARENA_MAPPED);
        spaces_make();

        uint32_t *entry = arena_entry(UNUSED_ENVIRONMENT);
        spoiled_word(entry, 0, REFERENCE_MAPS_ENVIRONMENT, UNUSED_ENVIRONMENT,
                     NOWHERE, "a page of the environment is not mapped");
        spoiled_word(entry, *entry & ~ENTRY_PRESENT, REFERENCE_MAPS_ENVIRONMENT,
                     UNUSED_ENVIRONMENT, NOWHERE,
                     "a page of the environment is named, and not present");
        spoiled_word(&boot_table[table / PAGE_SIZE], 0,
                     REFERENCE_MAPS_ENVIRONMENT, table, NOWHERE,
                     "one of the kernel's own page-tables is not mapped");

        // What a window shows is gone with the next look through it.
        uint32_t *window = &kernel_entries(WINDOW_BASE)[TABLE_ENTRIES - 1];
        *window = UNUSED_ENVIRONMENT | ENTRY_PRESENT | ENTRY_WRITE;
        spoiled_word(entry, 0, REFERENCE_MAPS_ENVIRONMENT, UNUSED_ENVIRONMENT,
                     NOWHERE,
                     "a page of the environment is mapped by the window's "
                     "page-table alone");
        *window = 0;
        violation_at_both_ends();
}

// A directory has another entry for kernel space than the reference.
static void
spoiled_kernel_space(struct h_pagemap space, uint32_t address, uint32_t entry,
                     const char *what)
{
        spoiled_word(upper_entry(space, address), entry,
                     DIRECTORIES_AGREE_WITH_REFERENCE,
                     spaces_directory(space).frame.value, address, what);
}

// The page at this address is a directory too: a copy, but for one entry.
static void
spoiled_directory(struct h_pagemap space, uint32_t frame, const char *what)
{
        static uint32_t before[TABLE_ENTRIES];
        const unsigned client = SPACES_CLIENT_BASE / SUPERPAGE_SIZE;
        struct page *page = page_at(paddr(frame)), was = *page;
        uint32_t *words = frame_mapped(paddr(frame));

        memcpy(before, words, PAGE_SIZE);
        memcpy(words, spaces_directory(space).mapped, PAGE_SIZE);
        *page = DIRECTORY;
        expect_wellformed("a machine with a page-directory at one of its ends");
        spoiled_word(&words[client], words[client + 1],
                     DIRECTORIES_AGREE_WITH_REFERENCE, frame,
                     SPACES_CLIENT_BASE, what);
        *page = was;
        memcpy(words, before, PAGE_SIZE);
}

TEST(violation_of_kernel_space)
{
        struct h_pagemap other = empty_spaces().other;
        spaces_make();
        spoiled_directory(other, 0,
                          "page 0 is a page-directory with another "
                          "page-table for the client's addresses");
        spoiled_directory(other, (SMALL - 1) * PAGE_SIZE,
                          "the last page is a page-directory with another "
                          "page-table for the client's addresses");

        uint32_t client = *upper_entry(other, SPACES_CLIENT_BASE);
        uint32_t window = *upper_entry(other, WINDOW_BASE);
        spoiled_kernel_space(other, KERNEL_BASE, window,
                             "a directory has another page-table for "
                             "0xC0000000");
        spoiled_kernel_space(other, ENVIRONMENT_BASE, 0,
                             "a directory lacks an entry of kernel space");
        spoiled_kernel_space(other, SPACES_CLIENT_BASE, client & ~ENTRY_WRITE,
                             "a directory has an entry of kernel space "
                             "without W");
        spoiled_kernel_space(other, 0xF0000000, client,
                             "a directory has one entry of kernel space more");
        spoiled_kernel_space(other, ARENA_MAPPED,
                             *upper_entry(other, ARENA_MAPPED) |
                                     ENTRY_SUPERPAGE,
                             "a directory has a superpage where the reference "
                             "has a page-table");
        spoiled_kernel_space(other, WINDOW_BASE, window | ENTRY_USER,
                             "a directory has the last entry of kernel space "
                             "for users too");

        spaces_enter(other);
        spoiled_kernel_space(other, 0xF0000000, client,
                             "the directory that the processor is on has one "
                             "entry of kernel space more");
}

TEST(violation_of_table_pointers)
{
        struct empty_spaces all = empty_spaces();
        struct h_region page = spaces_page();
        uint32_t normal = frame_of(page);
        uint32_t directory = spaces_directory(all.space).frame.value;
        spaces_make();

        uint32_t *entry = upper_entry(all.other, FREE_PLACE);
        spoiled_word(entry, pointer_to(normal), TABLE_POINTERS_ARE_TABLES,
                     normal, FREE_PLACE,
                     "a normal page, full of garbage, is pointed to as a "
                     "page-table");
        spoiled_word(entry, pointer_to(directory), TABLE_POINTERS_ARE_TABLES,
                     directory, FREE_PLACE,
                     "a page-directory is pointed to as a page-table");
        spoiled_word(entry, pointer_to(ENVIRONMENT_PAGE),
                     TABLE_POINTERS_ARE_TABLES, ENVIRONMENT_PAGE, FREE_PLACE,
                     "a page of the environment is pointed to as a "
                     "page-table");
        spoiled_word(upper_entry(all.space, 0), pointer_to(BEYOND),
                     TABLE_POINTERS_ARE_TABLES, BEYOND, 0,
                     "a frame where no memory is, is pointed to as a "
                     "page-table for address 0");
        spoiled_word(upper_entry(all.space, LAST_PLACE), pointer_to(HOLE),
                     TABLE_POINTERS_ARE_TABLES, HOLE, LAST_PLACE,
                     "a hole in memory is pointed to as the last page-table "
                     "of user space");

        // In kernel space all directories have the same mistake.
        const uint32_t last = CLIENT_LIMIT - SUPERPAGE_SIZE;
        *upper_entry(all.space, last) = pointer_to(normal);
        *upper_entry(all.other, last) = pointer_to(normal);
        spoiled_word(&h_state.reference_entries[last / SUPERPAGE_SIZE],
                     pointer_to(normal), TABLE_POINTERS_ARE_TABLES, normal,
                     last,
                     "all directories point to a normal page as a page-table "
                     "for the same address of kernel space");
}

// A page-table has come to two places of user space: either may be named.
static void
spoiled_place(uint32_t *entry, struct h_pagemap_page table, uint32_t place,
              uint32_t second, const char *what)
{
        uint32_t frame = frame_of(table.page);

        *entry = pointer_to(frame);
        uint32_t address = violation_of(TABLES_ARE_NOT_SHARED, frame, what);
        if (address != place)
                expect_named(second, address, "address", what);
        *entry = 0;
}

TEST(violation_by_shared_tables)
{
        struct empty_spaces all = empty_spaces();
        struct h_pagemap_page table = given_table(all.space, PAGE_PLACE);
        struct h_pagemap_page empty = given_table(all.space, FREE_PLACE);
        given_mapped(all.space, user_pages(PAGE_PLACE, 12), spaces_page(), H_R);
        spaces_make();

        spoiled_place(upper_entry(all.other, 0), empty, FREE_PLACE, 0,
                      "two address spaces have one page-table");
        spoiled_place(upper_entry(all.space, LAST_PLACE), table,
                      PAGE_PLACE & -SUPERPAGE_SIZE, LAST_PLACE,
                      "an address space has a page-table in two places");
        uint32_t kernel = *upper_entry(all.space, SPACES_CLIENT_BASE);
        spoiled_word(upper_entry(all.other, FREE_PLACE), kernel,
                     TABLES_ARE_NOT_SHARED, kernel & ENTRY_FRAME, FREE_PLACE,
                     "an address space has a page-table of kernel space");
}
