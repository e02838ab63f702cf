// SPDX-License-Identifier: MIT
// The contract is in memory_list.h. Source: l4/README.md, "The kernel interface page": a
// later descriptor overrides an earlier one.
#include "memory_list.h"

#include "panic.h"
#include "pool.h"

#define MOST_REGIONS 64

static struct memory_descriptor list[KIP_MEMORY_MOST];
static size_t count;

static void
add(enum kip_memory type, bool is_virtual, uint32_t first, uint32_t last)
{
        if (count < KIP_MEMORY_MOST)
                list[count++] = (struct memory_descriptor){
                        type,
                        is_virtual,
                        first,
                        last,
                };
}

static void
add_regions(enum kip_memory type, const struct h_region *regions, size_t number)
{
        for (size_t i = 0; i < number; i++) {
                uint32_t first = h_pfpage_first(regions[i].pages).value;
                uint32_t bytes = 1u << h_pfpage_log2(regions[i].pages);
                add(type, false, first, first + (bytes - 1));
        }
}

// Each in one piece, to the end of its last page, so that who looks for them can tell them
// apart.
static void
add_modules(void)
{
        for (size_t i = 0; i < h_module_count(); i++) {
                struct h_module module;
                must(h_module(i, &module), "h_module");
                uint32_t last = module.first.value + (module.bytes - 1);
                add(MEMORY_BOOT_LOADER, false,
                    module.first.value & ~(H_PAGE_SIZE - 1),
                    last | (H_PAGE_SIZE - 1));
        }
}

void
memory_list(struct kip_contents *contents)
{
        static struct h_region regions[MOST_REGIONS];
        const struct pool_range *pool;
        size_t number;

        count = 0;
        add(MEMORY_CONVENTIONAL, true, 0, H_KERNEL_SPACE - 1);
        must(h_initial_regions(regions, MOST_REGIONS, &number),
             "h_initial_regions");
        add_regions(MEMORY_CONVENTIONAL, regions, number);
        number = pool_ranges(&pool);
        for (size_t i = 0; i < number; i++)
                add(MEMORY_RESERVED, false, pool[i].first,
                    pool[i].first + (pool[i].pages * H_PAGE_SIZE - 1));
        add_modules();
        contents->memory = list;
        contents->memory_count = count;
}
