// SPDX-License-Identifier: MIT
// The stage of lab 0: the kernel learns to speak.
//
// Where the command line asks for tests, they run and nothing else does.
// Otherwise the stage shows what there is: a greeting, the memory map in words,
// who called whom, and at the end a panic, on purpose.
#include <h4/test.h>
#include <kernel/backtrace.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/image.h>
#include <kernel/panic.h>
#include <kernel/stage.h>

#define KB 1024u
#define PAGES_IN_A_MB (1024u / 4u)

static void
greet(void)
{
        printk("H4, lab 0: boot\n\n");
        printk("If you can read this over COM1, exercise 0.1 is done.\n\n");
        printk("command line: \"%s\"\n", bootinfo_command_line());
        printk("modules: %zu\n", bootinfo_module_count());
        for (size_t i = 0; i < bootinfo_module_count(); i++) {
                const struct boot_module *module = bootinfo_module(i);
                printk("  0x%08x, %u bytes  %s\n", module->first.value,
                       module->size, module->name);
        }
        printk("kernel: 0x%08x to 0x%08x\n\n",
               image_frame(kernel_image_begin).value,
               image_frame(kernel_image_end).value - 1);
}

static void
show_range(const struct memory_range *range)
{
        uint64_t size = (uint64_t)range->last.value - range->first.value + 1;

        printk("  0x%08x to 0x%08x  %8llu KB", range->first.value,
               range->last.value, (unsigned long long)size / KB);
        if (size % KB)
                printk(" and %u bytes", (unsigned)(size % KB));
        printk("  %s\n", memory_kind_name(range->kind));
}

// What memory_map.c, which is given, makes of the ranges.
static void
show_pages(const struct memory_map *map)
{
        struct page_range run = { 0, 0 };
        uint32_t pages = 0;

        printk("\nusable from their first byte to their last:\n");
        while (memory_map_run(map, run.end, &run)) {
                printk("  page 0x%05x to 0x%05x  %8u pages\n", run.first,
                       run.end - 1, run.end - run.first);
                pages += run.end - run.first;
        }
        printk("  together %u pages, %u MB\n\n", pages, pages / PAGES_IN_A_MB);
}

static void
show_memory(void)
{
        static struct memory_map map;
        enum memory_map_result result = bootinfo_memory_map(&map);

        printk("the memory map:\n");
        for (size_t i = 0; i < map.count; i++)
                show_range(&map.ranges[i]);
        if (result != MEMORY_MAP_OK)
                panic("%s", memory_map_result_name(result));
        show_pages(&map);
}

// Three functions that call each other, as people do who have a question.
__attribute__((noinline)) static void
ask_the_stack(void)
{
        uint32_t frames[PANIC_FRAMES];
        uint32_t frame = (uint32_t)(uintptr_t)__builtin_frame_address(0);

        printk("who called ask_the_stack, at 0x%08x?\n",
               (uint32_t)(uintptr_t)ask_the_stack);
        print_callers(frames, backtrace(frame, frames, PANIC_FRAMES));
        printk("A function and a line are made of each, less 1, by\n"
               "    addr2line -f -e $(ls -t build/images/*.elf | head -1) "
               "ADDRESS\n\n");
}

__attribute__((noinline)) static void
ask_somebody(void)
{
        ask_the_stack();
        __asm__ volatile("");
}

__attribute__((noinline)) static void
wonder(void)
{
        ask_somebody();
        __asm__ volatile("");
}

__attribute__((noinline)) static _Noreturn void
give_up(void)
{
        panic("nothing is wrong: this is how the kernel would say it");
}

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();

        greet();
        show_memory();
        wonder();
        printk("The last thing to see is how the kernel gives up.\n");
        give_up();
}
