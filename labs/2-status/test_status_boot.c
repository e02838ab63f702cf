// SPDX-License-Identifier: MIT
// Tests of exercise 2.1, the status of every page when the machine starts.
#include "boot_machine.h"

TEST(boot_of_a_plain_machine)
{
        plain_machine();
        boots("a plain machine");

        // The same once more, over what has been written now.
        boots("a plain machine again");
}

TEST(boot_takes_whole_pages_only)
{
        machine(PAGES);
        usable(0x00000800, 0x00004FFF);
        pages_due_fill(0x001, 0x005, NORMAL(0));
        usable(0x00006000, 0x000087FF);
        pages_due_fill(0x006, 0x008, NORMAL(0));
        usable(0x0000A001, 0x0000BFFE);
        usable(0x0000D000, 0x0000DFFF);
        pages_due(0x00D, NORMAL(0));

        // Two ranges that meet within a page, and two that do not quite.
        usable(0x00010000, 0x000107FF);
        usable(0x00010800, 0x00011FFF);
        pages_due_fill(0x010, 0x012, NORMAL(0));
        usable(0x00020000, 0x000207FE);
        usable(0x00020800, 0x00020FFF);

        // One byte that is something else.
        usable(0x00030000, 0x00032FFF);
        range(0x00031234, 0x00031234, MEMORY_DEFECTIVE);
        pages_due(0x030, NORMAL(0));
        pages_due(0x032, NORMAL(0));
        boots("ranges that begin and end within pages");
}

TEST(boot_of_maps_in_disorder)
{
        // Descending, the first one over the second.
        machine(PAGES);
        range(0x00028000, 0x0002FFFF, MEMORY_RESERVED);
        usable(0x00020000, 0x0003FFFF);
        usable(0x00008000, 0x0000FFFF);
        usable(0x0000C000, 0x00017FFF);
        usable(0x0000C000, 0x0000CFFF);
        usable(0x00000000, 0x00000FFF);
        pages_due(0x000, NORMAL(0));
        pages_due_fill(0x008, 0x018, NORMAL(0));
        pages_due_fill(0x020, 0x028, NORMAL(0));
        pages_due_fill(0x030, 0x040, NORMAL(0));

        // Every kind but one takes memory away, also a kind that nobody knows.
        usable(0x00080000, 0x0008FFFF);
        range(0x00081000, 0x00081FFF, MEMORY_ACPI_TABLES);
        range(0x00083000, 0x00083FFF, MEMORY_ACPI_STORAGE);
        range(0x00085000, 0x00085FFF, MEMORY_DEFECTIVE);
        range(0x00087000, 0x00087FFF, (enum memory_kind)7);
        pages_due_fill(0x080, 0x090, NORMAL(0));
        for (uint32_t page = 0x081; page < 0x088; page += 2)
                pages_due(page, NOT_INSTALLED);
        boots("a map in disorder");
}

TEST(boot_ends_with_the_array)
{
        // More memory than the array has pages: a little, and up to 4 GB.
        machine(0x1E0);
        usable(0x00000000, 0x001FFFFF);
        pages_due_fill(0, 0x1E0, NORMAL(0));
        boots("2 MB usable, an array of 0x1e0 pages");

        machine(0x1E0);
        usable(0x00000000, 0xFFFFFFFF);
        pages_due_fill(0, 0x1E0, NORMAL(0));
        boots("all of 4 GB usable, an array of 0x1e0 pages");

        machine(0x1E3);
        usable(0x00180000, 0x7FFFFFFF);
        usable(0x80000000, 0xFFFFFFFF);
        pages_due_fill(0x180, 0x1E3, NORMAL(0));
        boots("memory beyond an array of 0x1e3 pages");

        // Less.
        machine(PAGES);
        boots("an empty map");
        machine(PAGES);
        usable(0x00000000, 0x00000FFE);
        boots("a map without a complete page");
}

TEST(boot_keeps_environment_in_holes)
{
        machine(PAGES);
        usable(0x00000000, 0x0010FFFF);
        range(0x00108000, 0x001CFFFF, MEMORY_RESERVED);
        pages_due_fill(0x000, 0x108, NORMAL(0));
        boots("image and environment in reserved memory and in a hole");
}

TEST(boot_pins_the_kernels_tables)
{
        // The first and the last page of both ranges, and others.
        static const uint32_t frames[] = { 0x00100000, 0x0013F000, 0x001C0000,
                                           0x001DF000, 0x001D0000 };

        plain_machine();
        boot.directory = page_frame(0x1C1);
        boot.table_count = 5;
        for (unsigned i = 0; i < 5; i++)
                tables[i] = paddr(frames[i]);
        boots("tables at the borders of image and environment");

        // As the last one may, so may the first one lie in the environment.
        tables[0] = page_frame(0x1DE);
        boots("the first table in the environment");

        many_tables();
        boots("24 tables");

        // The last page of all.
        plain_machine();
        boot.environment = (struct page_range){ 0x1C0, PAGES };
        boot.directory = page_frame(PAGES - 1);
        boot.table_count = 1;
        boots("the directory in the last page");

        // No tables at all.
        plain_machine();
        boot.table_count = 0;
        boot.tables = NULL;
        boots("no tables");
}

static void
due_module(uint32_t first, uint32_t end)
{
        module(first, end);
        pages_due_fill(first, end, MODULE(0));
}

TEST(boot_marks_pages_of_modules)
{
        plain_machine();
        due_module(0x140, 0x150);
        due_module(0x150, 0x151);
        due_module(0x000, 0x001);
        module(0x180, 0x180);
        due_module(0x188, 0x190);
        due_module(0x18C, 0x198);
        boots("with modules");

        // The last page of the array, and beyond it.
        machine(0x1F0);
        usable(0x00180000, 0x0FFFFFFF);
        pages_due_fill(0x180, 0x1F0, NORMAL(0));
        due_module(0x1E8, 0x1E9);
        module(0x1EE, 0x200);
        pages_due_fill(0x1EE, 0x1F0, MODULE(0));
        module(0x1F0, 0x1F8);
        module(0x8000, 0x9000);
        module(0x1EC, MEMORY_PAGES);
        pages_due_fill(0x1EC, 0x1F0, MODULE(0));
        boots("with modules at the end of the array and beyond it");
}

TEST(boot_lets_the_first_line_hold)
{
        // A module over everything: only what is normal is marked.
        plain_machine();
        module(0x000, PAGES);
        pages_due_fill(0x000, 0x09F, MODULE(0));
        pages_due_fill(0x100, 0x1F0, MODULE(0));
        boots("a module over image, environment and a hole");

        // The directory is named as a table too.
        plain_machine();
        tables[1] = boot.directory;
        boots("the directory named as one of the tables");

        // Image and environment overlap, and the image is at the top of it.
        plain_machine();
        boot.image = (struct page_range){ 0x1D0, 0x1E8 };
        boot.directory = page_frame(0x1D8);
        tables[0] = page_frame(0x1E4);
        boots("image and environment overlapping");
}
