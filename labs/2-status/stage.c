// SPDX-License-Identifier: MIT
// The stage of lab 2: the kernel in which every page has a status.
//
// Where the command line asks for tests, they run and nothing else does.
// Otherwise the stage divides the memory of the machine, shows what came of it,
// and leads a page through its transitions, there and back.
#include <h4/memory.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/image.h>
#include <kernel/memory.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/stage.h>

static void
show_memory_map(void)
{
        static struct memory_map map;
        enum memory_map_result result = bootinfo_memory_map(&map);

        printk("The memory map:\n");
        for (size_t i = 0; i < map.count; i++)
                printk("  0x%08x to 0x%08x  %s\n", map.ranges[i].first.value,
                       map.ranges[i].last.value,
                       memory_kind_name(map.ranges[i].kind));
        if (result != MEMORY_MAP_OK)
                printk("  %s\n", memory_map_result_name(result));
}

// One line: physical addresses, how much, and what.
static void
show_pages(struct page_range pages, const char *kind, const char *name)
{
        uint32_t count = pages.end - pages.first;
        if (count == 0)
                return;

        printk("  0x%08x to 0x%08x  %5u pages  %s%s\n",
               pages.first << PAGE_LOG2,
               (pages.end - 1) * PAGE_SIZE + (PAGE_SIZE - 1), count, kind,
               name);
}

static void
show_parts(void)
{
        const struct page_range image = {
                .first = image_frame(kernel_image_begin).value >> PAGE_LOG2,
                .end = image_frame(kernel_image_end).value >> PAGE_LOG2,
        };

        printk("\nIn use:\n");
        show_pages(image, "kernel image", "");
        for (size_t i = 0; i < bootinfo_module_count(); i++)
                show_pages(module_pages(i), "module ",
                           bootinfo_module(i)->name);
        show_pages(environment.tables,
                   "environment: ", "tables of the client's addresses");
        show_pages(environment.handles, "environment: ", "handles");
        show_pages(environment.contexts, "environment: ", "fault contexts");
        show_pages(environment.views, "environment: ", "where H sees tables");
        show_pages(environment.status, "environment: ", "status of all pages");
        show_pages(environment.heap, "environment: ", "the client's heap");
        printk("  The environment is mapped from 0x%08x on.\n",
               ENVIRONMENT_BASE);
}

static void
show_status_counts(void)
{
        uint32_t normal = 0, with_module = 0, environment_pages = 0, tables = 0;
        uint32_t directories = 0, not_installed = 0, other = 0;

        for (uint32_t i = 0; i < page_array.count; i++) {
                const struct page *page = &page_array.pages[i];
                if (page->status >= 0 && page->module)
                        with_module++;
                else if (page->status >= 0)
                        normal++;
                else if (page->status == STATUS_ENVIRONMENT)
                        environment_pages++;
                else if (page->status == STATUS_PAGE_TABLE)
                        tables++;
                else if (page->status == STATUS_PAGE_DIRECTORY)
                        directories++;
                else if (page->status == STATUS_NOT_INSTALLED)
                        not_installed++;
                else
                        other++;
        }

        printk("\nThe status of %u pages:\n", page_array.count);
        printk("  %7u  normal\n", normal);
        printk("  %7u  normal, with a module\n", with_module);
        printk("  %7u  environment\n", environment_pages);
        printk("  %7u  page-table\n", tables);
        printk("  %7u  page-directory\n", directories);
        printk("  %7u  not installed\n", not_installed);
        if (other)
                printk("  %7u  undefined\n", other);
}

static void
show_regions(void)
{
        printk("\n%zu initial regions:\n", region_table.count);
        for (size_t i = 0; i < region_table.count; i++) {
                struct fpage range = region_table.regions[i].range;
                printk("  0x%08x  %7u KB\n", fpage_first(range),
                       1u << (fpage_log2(range) - 10));
        }
}

// Says what an operation on a page answers, and what the page is afterwards.
static void
step(const char *call, struct paddr frame, enum page_result result)
{
        const struct page *page = page_at(frame);

        printk("  %-28s %-19s ", call, page_result_name(result));
        if (!page) {
                printk("beyond the array\n");
                return;
        }
        printk("%s", status_name(page->status));
        if (page->status >= 0)
                printk("(%d)", page->status);
        if (page->status == STATUS_PAGE_TABLE)
                printk(", %u entries", page->entries);
        printk("%s\n", page->pinned ? ", pinned" : "");
}

static void
show_transitions(void)
{
        if (region_table.count == 0) {
                printk("\nThere is no initial region to try them on.\n");
                return;
        }

        struct pfpage region = region_table.regions[region_table.count - 1];
        struct paddr frame = paddr(fpage_first(region.range));
        struct paddr refused = frame;

        printk("\nThe page 0x%08x, first of the last region:\n", frame.value);
        step("page_make_directory", frame, page_make_directory(frame));
        step("page_make_table", frame, page_make_table(frame));
        step("page_free_directory", frame, page_free_directory(frame));
        step("page_make_table", frame, page_make_table(frame));
        step("table_count_entries, 3", frame, table_count_entries(frame, 3));
        step("page_free_table", frame, page_free_table(frame));
        step("table_uncount_entries, 3", frame,
             table_uncount_entries(frame, 3));
        step("page_free_table", frame, page_free_table(frame));
        step("page_count_mapping", frame, page_count_mapping(frame));
        step("page_make_directory", frame, page_make_directory(frame));
        step("region_count_mapping", frame,
             region_count_mapping(region, &refused));
        step("region_uncount_mapping", frame,
             region_uncount_mapping(region, &refused));
        step("page_uncount_mapping", frame, page_uncount_mapping(frame));
        step("page_uncount_mapping", frame, page_uncount_mapping(frame));

        struct paddr directory = image_frame(reference_directory);
        printk("\nThe kernel's own page-directory, 0x%08x:\n", directory.value);
        step("page_free_directory", directory, page_free_directory(directory));
        step("page_make_table", directory, page_make_table(directory));
}

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();

        printk("H4, lab 2: page status\n\n");
        show_memory_map();

        printk("\nFrom here on the stage needs what this lab asks for. The "
               "first exercise that\nis missing stops the machine and says "
               "so.\n");
        memory_init();
        memory_report("boot");

        show_parts();
        show_status_counts();
        show_regions();
        show_transitions();
        power_off(POWER_OFF_DONE);
}
