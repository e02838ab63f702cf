// SPDX-License-Identifier: MIT
// Address spaces, from the first thread in each to the last one.
//
// The contracts are in space.h.
#include "space.h"

#include "panic.h"
#include "pool.h"
#include "thread.h"
#include "typed.h"
#include "units.h"

// Of an address space of H's, at most: its directory, and a table for each 4 MB of
// user space.
#define MOST_FREED (1 + H_KERNEL_SPACE / H_SUPERPAGE_SIZE)

static struct space *free_spaces;

void
spaces_init(void)
{
        free_spaces = NULL;
        for (uint32_t i = unit_count; i-- > 0;) {
                units[i].space.number = i;
                units[i].space.next_free = free_spaces;
                free_spaces = &units[i].space;
        }
}

struct space *
space_take(void)
{
        struct space *space = free_spaces;
        struct h_pagemap_page page;

        if (!space || !pool_take(&page))
                return NULL;
        struct h_pagemap pagemap;
        if (h_alloc_pagemap(page, &pagemap) != H_OK) {
                pool_give(page.page);
                return NULL;
        }
        free_spaces = space->next_free;
        *space = (struct space){
                .number = space->number,
                .pagemap = pagemap,
                .redirector = ID_ANY,
                .port_version = 1,
        };
        typed_begin(space);
        return space;
}

void
space_leave(struct space *space)
{
        if (--space->threads == 0 && typed_forget(space))
                space_end(space);
}

void
space_end(struct space *space)
{
        static struct h_region freed[MOST_FREED];
        size_t count;

        must(h_free_pagemap(space->pagemap, freed, MOST_FREED, &count),
             "h_free_pagemap");
        for (size_t i = 0; i < count; i++)
                pool_give(freed[i]);
        space->next_free = free_spaces;
        free_spaces = space;
}

void
space_ports_change(struct space *space)
{
        if (++space->port_version == 0)
                space->port_version = 1;
}
