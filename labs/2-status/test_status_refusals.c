// SPDX-License-Identifier: MIT
// Tests of exercise 2.1: what status_boot refuses, and then it has written nothing.
#include "boot_machine.h"

// A legal plan has been done. Now this one is not, and the array is as dirty as
// it was before that.
static void
refused(enum page_result due, const char *why)
{
        pages_fill(0, page_array.count, DIRTY);
        pages_watch();
        expect_page_result(due, call(), "status_boot, %s", why);
        pages_check("after status_boot has refused, %s", why);
}

TEST(boot_refuses_a_short_array)
{
        plain_machine();
        boot.image.end = boot.environment.end = PAGES;
        boots("image and environment up to the end of the array");

        boot.image.end = PAGES + 1;
        refused(PAGE_NOT_INSTALLED, "the image ending beyond the array");
        boot.image.end = MEMORY_PAGES;
        refused(PAGE_NOT_INSTALLED, "the image ending at 4 GB");
        boot.image.end = 0x140;
        boot.environment.end = PAGES + 1;
        refused(PAGE_NOT_INSTALLED, "the environment ending beyond the array");
        boot.environment.end = MEMORY_PAGES;
        refused(PAGE_NOT_INSTALLED, "the environment ending at 4 GB");

        // Looked for before anything else.
        tables[0].value += 4;
        tables[1] = page_frame(0x001);
        refused(PAGE_NOT_INSTALLED,
                "the environment ending at 4 GB, a table misaligned, and one "
                "outside of image and environment");
}

TEST(boot_refuses_misaligned_tables)
{
        plain_machine();
        boots("a plain machine");

        boot.directory.value += 4;
        refused(PAGE_MISALIGNED, "the directory misaligned");
        boot.directory.value -= 4;
        tables[0].value += 0x800;
        refused(PAGE_MISALIGNED, "the first table misaligned");
        tables[0].value -= 0x800;
        tables[1].value += 0xFFF;
        refused(PAGE_MISALIGNED, "the last table misaligned");

        // Of all of them, before it is asked where they lie.
        tables[0] = page_frame(0x001);
        refused(PAGE_MISALIGNED,
                "the first table outside of image and environment, and the "
                "last one misaligned");
        boot.directory = page_frame(0x001);
        refused(PAGE_MISALIGNED,
                "directory and first table outside of image and environment, "
                "and the last table misaligned");
        plain_machine();
        many_tables();
        tables[MACHINE_TABLES - 1].value += 4;
        refused(PAGE_MISALIGNED, "the last of 24 tables misaligned");
}

TEST(boot_refuses_tables_elsewhere)
{
        // The last one has the last 16 bits of a page of the image.
        static const uint32_t outside[] = {
                0x000, 0x0FF,   0x140, 0x1BF,   0x1E0,
                PAGES, 0xFFFFF, 0x0A0, 0x10102,
        };

        plain_machine();
        boots("a plain machine");
        module(0x140, 0x142);
        for (unsigned i = 0; i < 9; i++) {
                boot.directory = page_frame(outside[i]);
                refused(PAGE_WRONG_STATUS,
                        "the directory outside of image and environment");
                boot.directory = page_frame(0x102);
                tables[0] = page_frame(outside[i]);
                refused(PAGE_WRONG_STATUS,
                        "the first table outside of image and environment");
                tables[0] = page_frame(0x103);
                tables[1] = page_frame(outside[i]);
                refused(PAGE_WRONG_STATUS,
                        "the last table outside of image and environment");
                tables[1] = page_frame(0x1C4);
        }
        many_tables();
        tables[MACHINE_TABLES - 1] = page_frame(0x0A0);
        refused(PAGE_WRONG_STATUS,
                "the last of 24 tables outside of image and environment");
}
