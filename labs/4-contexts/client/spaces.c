// SPDX-License-Identifier: MIT
#include "spaces.h"

#include "files.h"
#include "pool.h"
#include "say.h"

#define TABLES 32 // that a space may have

static void
give_all(const struct h_region *pages, size_t count)
{
        for (size_t i = 0; i < count; i++)
                pool_give(pages[i]);
}

bool
space_begin(struct h_pagemap *out)
{
        struct h_pagemap_page directory;

        if (!pool_table(&directory))
                return false;
        if (worked("h_alloc_pagemap", h_alloc_pagemap(directory, out)))
                return true;
        pool_give(directory.page);
        return false;
}

bool
space_map(struct h_pagemap space, struct h_vaddr address,
          struct h_region region, unsigned rights)
{
        struct h_pagemap_page table;
        struct h_vfpage pages = h_vfpage(address, h_pfpage_log2(region.pages));
        bool used = false;

        if (!pool_table(&table))
                return false;
        enum h_error error =
                h_add_mapping(&table, space, pages, region, rights, &used);
        if (error != H_OK || !used)
                pool_give(table.page);
        return worked("h_add_mapping", error);
}

// Pages keep what was in them before.
static bool
clear(struct h_pagemap space, struct h_vaddr address)
{
        uint32_t done;

        return worked("h_copy_user",
                      h_copy_user(space, address, files_space(), files_zeros(),
                                  H_PAGE_SIZE, &done));
}

bool
space_add_page(struct h_pagemap space, struct h_vaddr address)
{
        struct h_region page;

        if (!pool_take(&page))
                return false;
        if (!space_map(space, address, page, H_R | H_W)) {
                pool_give(page);
                return false;
        }
        return clear(space, address);
}

bool
space_protect(struct h_pagemap space, struct h_vaddr address, unsigned rights)
{
        return worked("h_modify_mapping",
                      h_modify_mapping(space, h_vfpage(address, H_PAGE_LOG2),
                                       rights));
}

bool
space_take_page(struct h_pagemap space, struct h_vaddr address)
{
        struct h_mapping_info info;
        struct h_region table[1];
        size_t count = 0;

        // What is mapped where, H knows.
        if (h_read_mapping(space, address, &info) != H_OK)
                return false;
        if (!worked("h_remove_mapping",
                    h_remove_mapping(space, h_vfpage(address, H_PAGE_LOG2),
                                     table, 1, &count)))
                return false;
        give_all(table, count);
        pool_give((struct h_region){ h_pfpage(info.physical, H_PAGE_LOG2) });
        return true;
}

bool
space_end(struct h_pagemap space)
{
        struct h_region freed[TABLES];
        size_t count = 0;

        if (!worked("h_free_pagemap",
                    h_free_pagemap(space, freed, TABLES, &count)))
                return false;
        give_all(freed, count);
        return true;
}
