// SPDX-License-Identifier: MIT
// The status of every page when the machine starts.
//
//     0     image                  module           environment    count
//     +----+======+---------------+------+--------+==============+--+
//     |  0 |  e   |       0       |  0m  |    0   | d t t  e     |x |
//     +----+======+---------------+------+--------+==============+--+
//
// Afterwards nothing asks the memory map again: what a page may be used for is
// what the array says. The contract is in <kernel/regions.h>.
#include <kernel/regions.h>
#include <kernel/todo.h>

// H4-BEGIN 2.1
static bool
in_range(struct page_range range, struct paddr frame)
{
        uint32_t page = frame.value >> PAGE_LOG2;

        return range.first <= page && page < range.end;
}

// Is this a page that stays the kernel's?
static bool
is_kernels(const struct boot_pages *boot, struct paddr frame)
{
        return in_range(boot->image, frame) ||
               in_range(boot->environment, frame);
}

static enum page_result
check(const struct boot_pages *boot, uint32_t count)
{
        if (boot->image.end > count || boot->environment.end > count)
                return PAGE_NOT_INSTALLED;

        uint32_t bits = boot->directory.value;
        bool all_kernels = is_kernels(boot, boot->directory);
        for (size_t i = 0; i < boot->table_count; i++) {
                bits |= boot->tables[i].value;
                all_kernels &= is_kernels(boot, boot->tables[i]);
        }
        if (bits % PAGE_SIZE != 0)
                return PAGE_MISALIGNED;
        return all_kernels ? PAGE_OK : PAGE_WRONG_STATUS;
}

// Sets the entries of `range`, as far as it lies within the array.
static void
fill(struct page *pages, uint32_t count, struct page_range range,
     struct page entry)
{
        for (uint32_t i = range.first; i < range.end && i < count; i++)
                pages[i] = entry;
}

static void
mark_module(struct page *pages, uint32_t count, struct page_range module)
{
        for (uint32_t i = module.first; i < module.end && i < count; i++)
                if (pages[i].status >= 0)
                        pages[i].module = 1;
}
// H4-STUB 2.1
// H4-END 2.1

enum page_result
status_boot(const struct boot_pages *boot, struct page *pages, uint32_t count)
{
        // H4-BEGIN 2.1
        enum page_result result = check(boot, count);
        if (result != PAGE_OK)
                return result;

        // The contract's lines from the last one up, each over those below it.
        const struct page not_installed = { .status = STATUS_NOT_INSTALLED };
        const struct page normal = { .status = 0 };
        const struct page kernels = { .status = STATUS_ENVIRONMENT };
        fill(pages, count, (struct page_range){ 0, count }, not_installed);
        struct page_range run = { 0, 0 };
        while (memory_map_run(boot->map, run.end, &run))
                fill(pages, count, run, normal);
        for (size_t i = 0; i < boot->module_count; i++)
                mark_module(pages, count, boot->modules[i]);
        fill(pages, count, boot->image, kernels);
        fill(pages, count, boot->environment, kernels);
        for (size_t i = 0; i < boot->table_count; i++)
                pages[boot->tables[i].value >> PAGE_LOG2] = (struct page){
                        .status = STATUS_PAGE_TABLE,
                        .pinned = 1,
                };
        pages[boot->directory.value >> PAGE_LOG2] = (struct page){
                .status = STATUS_PAGE_DIRECTORY,
                .pinned = 1,
        };
        return PAGE_OK;
        // H4-STUB 2.1
        //| H4_TODO("2.1", boot, pages, count);
        // H4-END 2.1
}
