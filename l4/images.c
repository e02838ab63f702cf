// SPDX-License-Identifier: MIT
// The contract is in images.h. Source: l4/README.md, "Loading".
//
// The loader has a space of its own, in which every page is at its own address: the
// module, which can only be read, and what the program is to have. It is no more when
// the program has been copied.
#include "images.h"

#include "elf.h"
#include "panic.h"
#include "pool.h"

#define MOST_FREED 1024

// Where zeros can be read in the loader's space.
#define ZEROS 0xA0000000u

struct file {
        struct h_pagemap space;
        uint32_t first;
        struct h_region zeros;
        struct h_kernel_mapping zeros_mapping;
};

static struct h_pagemap
make_space(void)
{
        struct h_pagemap_page page;
        struct h_pagemap space;

        if (!pool_take(&page))
                l4_panic("no page to load programs with");
        must(h_alloc_pagemap(page, &space), "h_alloc_pagemap");
        return space;
}

static void
end_space(struct h_pagemap space)
{
        static struct h_region freed[MOST_FREED];
        size_t count;

        must(h_free_pagemap(space, freed, MOST_FREED, &count),
             "h_free_pagemap");
        for (size_t i = 0; i < count; i++)
                pool_give(freed[i]);
}

static void
map_page(struct h_pagemap space, uint32_t address, unsigned rights)
{
        struct h_region page = { h_pfpage((struct h_paddr){ address },
                                          H_PAGE_LOG2) };

        enum h_error error = pool_map(space, address, page, rights);
        if (error == H_TABLE_NEEDED)
                l4_panic("no page-table to load programs with");
        if (error != H_OK || (rights != H_R && pool_has(address)))
                l4_panic("a program wants memory that is not for programs");
}

// All pages of these bytes, each at its own address; those that are mapped stay.
static void
map_range(struct h_pagemap space, uint32_t first, uint32_t bytes,
          unsigned rights)
{
        uint32_t page = first & ~(H_PAGE_SIZE - 1);

        for (; page - first < bytes || page < first; page += H_PAGE_SIZE) {
                struct h_mapping_info info;
                if (h_read_mapping(space, (struct h_vaddr){ page }, &info) !=
                    H_OK)
                        map_page(space, page, rights);
        }
}

static bool
read_file(const void *from, uint32_t offset, void *to, uint32_t count)
{
        const struct file *file = from;
        uint8_t *out = to;
        uint32_t word = 0;

        for (uint32_t i = 0; i < count; i++) {
                uint32_t address = file->first + offset + i;
                struct h_vaddr aligned = { address & ~3u };
                if ((i == 0 || address == aligned.value) &&
                    h_read_user_word(file->space, aligned, &word) != H_OK)
                        return false;
                out[i] = (uint8_t)(word >> address % 4 * 8);
        }
        return true;
}

static void
copy(const struct file *file, uint32_t to, uint32_t from, uint32_t bytes)
{
        uint32_t done;

        must(h_copy_user(file->space, (struct h_vaddr){ to }, file->space,
                         (struct h_vaddr){ from }, bytes, &done),
             "h_copy_user of a program");
}

static void
fill_with_zeros(const struct file *file, uint32_t to, uint32_t bytes)
{
        while (bytes > 0) {
                uint32_t some = bytes < H_PAGE_SIZE ? bytes : H_PAGE_SIZE;
                copy(file, to, ZEROS, some);
                to += some;
                bytes -= some;
        }
}

static void
load_segment(const struct file *file, const struct elf_segment *segment,
             struct kip_server *server)
{
        uint32_t copied = segment->file_bytes;
        uint32_t end = segment->address + segment->memory_bytes;

        map_range(file->space, segment->address, segment->memory_bytes,
                  H_R | H_W);
        copy(file, segment->address, file->first + segment->offset, copied);
        fill_with_zeros(file, segment->address + copied,
                        segment->memory_bytes - copied);
        if (server->end == 0 || segment->address < server->first)
                server->first = segment->address;
        if (end > server->end)
                server->end = end;
}

static void
open_module(size_t number, struct file *file, struct h_module *module)
{
        if (h_module(number, module) != H_OK)
                l4_panic("the boot loader has brought no program");
        file->space = make_space();
        file->first = module->first.value;
        map_range(file->space, file->first, module->bytes, H_R);
        if (!pool_take_mapped(&file->zeros, &file->zeros_mapping) ||
            pool_map(file->space, ZEROS, file->zeros, H_R) != H_OK)
                l4_panic("no page to load programs with");
}

static void
close_module(const struct file *file)
{
        end_space(file->space);
        pool_give_mapped(file->zeros, file->zeros_mapping);
}

void
images_load(size_t number, struct kip_server *server)
{
        struct h_module module;
        struct elf_program program;
        struct file file;

        open_module(number, &file, &module);
        const struct elf_file elf = { module.bytes, read_file, &file };
        enum elf_result result = elf_parse(&elf, &program);
        if (result != ELF_OK)
                l4_panic(elf_reason(result));

        *server = (struct kip_server){ .ip = program.entry };
        for (size_t i = 0; i < program.count; i++)
                load_segment(&file, &program.segments[i], server);
        close_module(&file);
}
