// SPDX-License-Identifier: MIT
// What the boot loader has put into the model's memory:
//
//   0x00130000   a module of three and a half pages: a program
//   0x00138000   a module of 100 bytes
#include "machine.h"

#include <string.h>

#include <kernel/bootinfo.h>

static const struct boot_module modules[MACHINE_MODULES] = {
        { { 0x00130000 }, 0x3800, "program with words" },
        { { 0x00138000 }, 100, "data" },
};

size_t
bootinfo_module_count(void)
{
        return MACHINE_MODULES;
}

const struct boot_module *
bootinfo_module(size_t index)
{
        return index < MACHINE_MODULES ? &modules[index] : NULL;
}

struct page_range
module_pages(size_t index)
{
        const struct boot_module *module = bootinfo_module(index);

        if (!module)
                return (struct page_range){ 0, 0 };
        uint32_t first = module->first.value >> PAGE_LOG2;
        uint32_t size = module->size + PAGE_SIZE - 1;
        return (struct page_range){ first, first + (size >> PAGE_LOG2) };
}

// The head of an ELF32 program for IA-32 whose entry point is 0x08048000.
void
machine_write_program(void)
{
        static const uint32_t head[13] = {
                0x464C457F, 0x00010101, 0,    0, 0x00030002,
                1,          0x08048000, 0x34, 0, 0,
                0x00200034, 1,          0,
        };
        static const uint32_t segment[8] = {
                1, 0, 0x08048000, 0x08048000, 0x3000, 0x3000, 5, 0x1000,
        };
        uint32_t *file = machine_frame(modules[0].first);

        memcpy(file, head, sizeof(head));
        memcpy(file + 13, segment, sizeof(segment));
        machine_touch(modules[0].first);
}
