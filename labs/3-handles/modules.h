// SPDX-License-Identifier: MIT
// A machine in which the boot loader has left two modules that touch, where the
// last initial region of 1 MB was:
//
//   0x00700000 - 0x0077FFFF   an initial region
//   0x00780000 - 0x007A4ABB   module 0: 37 pages, in regions of 32, 4 and 1
//   0x007A5000 - 0x007A7FFF   module 1: 3 pages, in regions of 1 and 2
//   0x007A8000 - 0x007FFFFF   initial regions of 8, 16 and 64 pages
#ifndef MODULES_H
#define MODULES_H

#include <h4/spaces.h>
#include <kernel/bootinfo.h>
#include <kernel/image.h>
#include <kernel/memory.h>

static const uint32_t module_regions[] = {
        0x00780000 | 17, 0x007A0000 | 14, 0x007A4000 | 12,
        0x007A5000 | 12, 0x007A6000 | 13,
};

#define MODULE_REGIONS (sizeof(module_regions) / sizeof(module_regions[0]))

// As the loader leaves it: see the Multiboot Specification 0.6.96, 3.3.
static uint32_t loaders_modules[] = {
        0x00780000, 0x007A4ABC, 0, 0, // first byte, the one behind the last
        0x007A5000, 0x007A8000, 0, 0,
};

static inline void
set_modules(uint32_t count)
{
        static uint32_t info[13];

        info[0] = 0x08; // there is a list of modules
        info[5] = count;
        info[6] = image_frame(loaders_modules).value;
        bootinfo_init(image_frame(info));
}

// The rest is as after spaces_begin_with(0x800). Followed by modules_end().
static inline void
modules_begin(void)
{
        static const uint32_t around[] = {
                0x00700000 | 19,
                0x007A8000 | 15,
                0x007B0000 | 16,
                0x007C0000 | 18,
        };

        spaces_begin_with(0x800);
        set_modules(2);
        region_table.count--;
        for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++)
                region_table.regions[region_table.count++].range.word =
                        around[i];
        for (uint32_t page = 0x00780000; page < 0x007A8000; page += H_PAGE_SIZE)
                due_page(region_of(page, H_PAGE_LOG2), MODULE(0));
        spaces_make();
}

// The boot loader's list is empty, as it is for all other tests.
static inline void
modules_end(void)
{
        set_modules(0);
}

#endif
