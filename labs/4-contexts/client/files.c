// SPDX-License-Identifier: MIT
#include "files.h"

#include "pool.h"
#include "say.h"
#include "spaces.h"

#define REGIONS 64 // of one module

// Above all memory that there can be: modules are mapped at the addresses at which
// they lie.
#define ZEROS 0x80000000u

static struct h_pagemap space;
static struct h_region zeros;

struct h_pagemap
files_space(void)
{
        return space;
}

struct h_vaddr
files_zeros(void)
{
        return (struct h_vaddr){ ZEROS };
}

struct file
files_file(const struct h_module *module)
{
        return (struct file){ { module->first.value }, module->bytes };
}

static bool
map_module(size_t number)
{
        static struct h_region regions[REGIONS];
        size_t count = 0;
        bool fine = worked("h_module_regions",
                           h_module_regions(number, regions, REGIONS, &count));

        for (size_t i = 0; fine && i < count; i++) {
                struct h_paddr first = h_pfpage_first(regions[i].pages);
                fine = space_map(space, (struct h_vaddr){ first.value },
                                 regions[i], H_R);
        }
        return fine;
}

static bool
fill_with_zeros(struct h_region page)
{
        struct h_kernel_mapping window;
        bool fine =
                worked("h_add_kernel_mapping",
                       h_add_kernel_mapping(
                               page, h_vfpage(pool_address(page), H_PAGE_LOG2),
                               H_R | H_W, false, &window));

        if (!fine)
                return false;
        for (uint32_t i = 0; fine && i < H_PAGE_WORDS; i++)
                fine = worked("h_write_kernel_mapping",
                              h_write_kernel_mapping(window, i, 0));
        return worked("h_remove_kernel_mapping",
                      h_remove_kernel_mapping(window)) &&
               fine;
}

bool
files_begin(void)
{
        bool fine = space_begin(&space) && pool_take(&zeros) &&
                    fill_with_zeros(zeros) &&
                    space_map(space, files_zeros(), zeros, H_R);

        for (size_t i = 0; fine && i < h_module_count(); i++)
                fine = map_module(i);
        return fine;
}

bool
files_end(void)
{
        if (!space_end(space))
                return false;
        pool_give(zeros);
        return true;
}

bool
files_read(const void *from, uint32_t offset, void *to, uint32_t count)
{
        const struct file *file = from;
        uint8_t *out = to;
        uint32_t word = 0;

        for (uint32_t i = 0; i < count; i++) {
                uint32_t address = file->first.value + offset + i;
                struct h_vaddr aligned = { address & ~3u };
                if ((i == 0 || address % 4 == 0) &&
                    h_read_user_word(space, aligned, &word) != H_OK)
                        return false;
                out[i] = (uint8_t)(word >> address % 4 * 8);
        }
        return true;
}
