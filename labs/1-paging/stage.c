// SPDX-License-Identifier: MIT
// The stage of lab 1: the kernel with paging.
//
// Where the command line asks for tests, they run and nothing else does.
// Otherwise the stage shows what there is: it says what the boot loader said,
// builds the reference page-directory, runs on it, and walks through it.
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/power.h>
#include <kernel/reference.h>
#include <kernel/stage.h>
#include <kernel/walk.h>
#include <kernel/window.h>

#define VGA_TEXT 0xB8000u

// The pages of the reference page-directory.
static uint32_t directory[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint32_t image_table[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint32_t client_table[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

static struct pagemap_page
pagemap_page(uint32_t *page)
{
        return (struct pagemap_page){ image_frame(page), page };
}

static void
show_boot_information(void)
{
        static struct memory_map map;
        enum memory_map_result result = bootinfo_memory_map(&map);

        printk("command line: %s\n", bootinfo_command_line());
        printk("memory:\n");
        for (size_t i = 0; i < map.count; i++)
                printk("  0x%08x to 0x%08x  %s\n", map.ranges[i].first.value,
                       map.ranges[i].last.value,
                       memory_kind_name(map.ranges[i].kind));
        if (result != MEMORY_MAP_OK)
                printk("  %s\n", memory_map_result_name(result));

        printk("modules: %zu\n", bootinfo_module_count());
        for (size_t i = 0; i < bootinfo_module_count(); i++) {
                const struct boot_module *module = bootinfo_module(i);
                printk("  0x%08x, %u bytes  %s\n", module->first.value,
                       module->size, module->name);
        }
        printk("kernel: 0x%08x to 0x%08x, not writable up to 0x%08x\n\n",
               image_frame(kernel_image_begin).value,
               image_frame(kernel_image_end).value - 1,
               image_frame(kernel_read_only_end).value - 1);
}

static enum paging_result
build(void)
{
        const struct pagemap_page client = pagemap_page(client_table);
        const struct reference_plan plan = {
                .directory = pagemap_page(directory),
                .image_table = pagemap_page(image_table),
                .read_only_first = image_frame(kernel_read_only_begin),
                .read_only_end = image_frame(kernel_read_only_end),
                .guard = image_frame(boot_stack_guard),
                .window_table = window_table(),
                .client_tables = &client,
                .client_table_count = 1,
        };
        return reference_build(&plan);
}

static void
show_walk(const char *what, uint32_t address)
{
        struct translation found;
        enum paging_result result =
                page_walk(image_frame(directory), vaddr(address), &found);

        printk("  0x%08x  %-18s", address, what);
        if (result != PAGING_OK) {
                printk("%s\n", paging_result_name(result));
                return;
        }
        printk("-> 0x%08x  %s  %s%s%s %s%s\n", found.physical.value,
               found.log2_size == PAGE_LOG2 ? "4 KB" : "4 MB",
               found.perms & PERM_R ? "r" : "-",
               found.perms & PERM_W ? "w" : "-",
               found.perms & PERM_X ? "x" : "-", found.user ? "user" : "kernel",
               found.global ? " global" : "");
}

static void
show_walks(void)
{
        printk("the page walk finds there:\n");
        show_walk("user space", 0x00000000);
        show_walk("the screen", KERNEL_BASE + VGA_TEXT);
        show_walk("this function", (uintptr_t)show_walks);
        show_walk("the stack", (uintptr_t)__builtin_frame_address(0));
        show_walk("the stack's guard", (uintptr_t)boot_stack_guard);
        show_walk("client-controlled", CLIENT_BASE);
        show_walk("the window", WINDOW_BASE);
}

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();

        printk("H4, lab 1: paging\n\n");
        show_boot_information();

        printk("From here on the stage needs what this lab asks for. The first "
               "exercise that\nis missing stops the machine and says so.\n\n");
        enum paging_result result = build();
        printk("reference_build answers %s\n", paging_result_name(result));
        if (result != PAGING_OK)
                power_off(POWER_OFF_FATAL);

        write_cr3(image_frame(directory).value);
        printk("the kernel runs on the reference page-directory, in frame "
               "0x%08x\n",
               image_frame(directory).value);
        show_walks();
        power_off(POWER_OFF_DONE);
}
