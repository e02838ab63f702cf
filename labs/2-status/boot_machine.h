// SPDX-License-Identifier: MIT
// What the tests of status_boot share: a machine that is about to start, and
// what is due of each of its pages.
//
//   machine(PAGES);                           nothing is installed
//   usable(0x00000000, 0x00004FFF);           but this
//   pages_due_fill(0x000, 0x005, NORMAL(0));  so this is due there
//   boots("a small machine");
#ifndef BOOT_MACHINE_H
#define BOOT_MACHINE_H

#include <h4/pages.h>
#include <h4/test.h>
#include <kernel/regions.h>

// What the array holds before: no bit of it may shine through.
#define DIRTY                                                                  \
        ((struct page){ .status = 0x5A5,                                       \
                        .entries = 0xFFF,                                      \
                        .pinned = 1,                                           \
                        .module = 1,                                           \
                        .unused = 3 })

// The size of most machines here: 2 MB.
#define PAGES 0x200u

#define MACHINE_TABLES 24
#define MACHINE_MODULES 40

static struct memory_map map;
static struct page_range modules[MACHINE_MODULES];
static struct paddr tables[MACHINE_TABLES];
static struct boot_pages boot;

// A machine with an empty map, a kernel image from page 0x100 to 0x13F and
// environment memory from 0x1C0 to 0x1DF, its page-directory, and one page-table
// in each of the two. All pages are expected not to be installed.
static inline void
machine(uint32_t pages)
{
        map.count = 0;
        tables[0] = page_frame(0x103);
        tables[1] = page_frame(0x1C4);
        boot = (struct boot_pages){
                .map = &map,
                .image = { 0x100, 0x140 },
                .environment = { 0x1C0, 0x1E0 },
                .modules = modules,
                .directory = page_frame(0x102),
                .tables = tables,
                .table_count = 2,
        };
        pages_begin_with(pages, DIRTY);
        pages_watch();
        pages_due_fill(0, pages, NOT_INSTALLED);
}

static inline void
range(uint32_t first, uint32_t last, enum memory_kind kind)
{
        map.ranges[map.count++] =
                (struct memory_range){ paddr(first), paddr(last), kind };
}

static inline void
usable(uint32_t first, uint32_t last)
{
        range(first, last, MEMORY_USABLE);
}

static inline void
module(uint32_t first, uint32_t end)
{
        modules[boot.module_count++] = (struct page_range){ first, end };
}

// The part of a range that lies in the array.
static inline struct page_range
in_array(struct page_range range)
{
        uint32_t count = page_array.count;

        return (struct page_range){ range.first < count ? range.first : count,
                                    range.end < count ? range.end : count };
}

static inline void
due_range(struct page_range range, struct page page)
{
        struct page_range part = in_array(range);
        pages_due_fill(part.first, part.end, page);
}

// Calls status_boot. The array is not page_array yet, as little as when the
// kernel starts.
static inline enum page_result
call(void)
{
        const struct page_array array = page_array;

        page_array = (struct page_array){ NULL, 0 };
        enum page_result result = status_boot(&boot, array.pages, array.count);
        page_array = array;
        return result;
}

// Looks whether each page gets the status that is due. Of image, environment,
// tables and directory that is said here; of the others it has been said.
static inline void
boots(const char *what)
{
        due_range(boot.image, ENVIRONMENT);
        due_range(boot.environment, ENVIRONMENT);
        for (size_t i = 0; i < boot.table_count; i++)
                pages_due(tables[i].value >> PAGE_LOG2, PINNED_TABLE(0));
        pages_due(boot.directory.value >> PAGE_LOG2, PINNED_DIRECTORY);

        expect_page_result(PAGE_OK, call(), "status_boot, %s", what);
        pages_check("after status_boot, %s", what);
}

// A PC of 2 MB, whose last 64 KB the BIOS keeps.
static inline void
plain_machine(void)
{
        machine(PAGES);
        usable(0x00000000, 0x0009EFFF);
        range(0x0009F000, 0x000FFFFF, MEMORY_RESERVED);
        usable(0x00100000, 0x001EFFFF);
        range(0x001F0000, 0x001FFFFF, MEMORY_ACPI_TABLES);
        pages_due_fill(0x000, 0x09F, NORMAL(0));
        pages_due_fill(0x100, 0x1F0, NORMAL(0));
}

// As many as there is room for, in the image.
static inline void
many_tables(void)
{
        plain_machine();
        boot.table_count = MACHINE_TABLES;
        for (unsigned i = 0; i < MACHINE_TABLES; i++)
                tables[i] = page_frame(0x104 + i);
}

#endif
