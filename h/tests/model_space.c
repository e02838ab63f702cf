// SPDX-License-Identifier: MIT
// The model: what an address space has mapped, in parts of 4 MB. See
// model_space.h.
#include "model_space.h"

#include <stdlib.h>

struct range
in_slot(struct range range, unsigned slot)
{
        if (range.count >= 1024)
                return (struct range){ 0, 1024 };
        return (struct range){ range.first - slot * 1024, range.count };
}

struct model_entry *
model_lookup(struct model_pagemap *pagemap, uint32_t at, uint32_t *page)
{
        struct model_slot *slot = &pagemap->slots[at / 1024];
        struct model_entry *entry = NULL;

        if (slot->kind == SUPERPAGE) {
                *page = slot->superpage.page + at % 1024;
                return &slot->superpage;
        }
        if (slot->kind == PAGES && slot->pages[at % 1024].mapped) {
                entry = &slot->pages[at % 1024];
                *page = entry->page;
        }
        return entry;
}

static void
become_empty(struct model_slot *slot)
{
        free(slot->pages);
        slot->pages = NULL;
        slot->kind = EMPTY;
        model_changed(slot);
}

void
become_pages(struct model_slot *slot, uint32_t table)
{
        slot->kind = PAGES;
        slot->table = table;
        slot->mapped = 0;
        slot->pages = calloc(1024, sizeof(*slot->pages));
        model_changed(slot);
}

uint32_t
mapped_in(const struct model_slot *slot, struct range part)
{
        uint32_t mapped = 0;

        for (uint32_t i = 0; i < part.count; i++)
                mapped += slot->pages[part.first + i].mapped;
        return mapped;
}

bool
range_mapped(struct model_pagemap *pagemap, struct range range, bool all)
{
        uint32_t mapped = 0;

        FOR_SLOTS(i, range)
        {
                struct range part = in_slot(range, i);
                if (pagemap->slots[i].kind == SUPERPAGE)
                        mapped += part.count;
                else if (pagemap->slots[i].kind == PAGES)
                        mapped += mapped_in(&pagemap->slots[i], part);
        }
        return all ? mapped == range.count : mapped > 0;
}

void
count_entries(struct model_slot *slot, uint32_t change)
{
        slot->mapped += change;
        model.pages[slot->table].entries += change;
        model_changed_pages((struct range){ slot->table, 1 });
}

bool
is_piece_of_superpage(struct model_pagemap *pagemap, struct range range)
{
        return range.count < 1024 &&
               pagemap->slots[range.first / 1024].kind == SUPERPAGE;
}

refusals
check_range(struct h_pagemap handle, struct h_vfpage pages,
            struct model_pagemap **pagemap, struct range *range)
{
        refusals set = 0;

        *pagemap = model_pagemap(handle);
        if (!*pagemap)
                set |= REFUSE(H_BAD_HANDLE);
        if (!model_flexpage(pages.word, range))
                set |= REFUSE(H_BAD_FLEXPAGE);
        else if (range->first + range->count > USER_SLOTS * 1024)
                set |= REFUSE(H_BAD_ADDRESS);
        return set;
}

uint8_t
told(unsigned rights)
{
        return (uint8_t)((rights & (H_R | H_W | H_X)) |
                         (rights & H_W ? H_R : 0));
}

static void
unmap(struct model_slot *slot, struct range part)
{
        uint32_t gone = 0;

        for (uint32_t i = part.first; i < part.first + part.count; i++) {
                if (!slot->pages[i].mapped)
                        continue;
                model_count((struct range){ slot->pages[i].page, 1 }, -1);
                slot->pages[i] = (struct model_entry){ .mapped = false };
                gone++;
        }
        count_entries(slot, -gone);
        model_changed(slot);
}

size_t
model_clear(struct model_pagemap *pagemap, struct range range, uint32_t *freed)
{
        size_t count = 0;

        FOR_SLOTS(i, range)
        {
                struct model_slot *slot = &pagemap->slots[i];
                if (slot->kind == SUPERPAGE) {
                        struct range memory = { slot->superpage.page, 1024 };
                        model_count(memory, -1);
                        become_empty(slot);
                        continue;
                }
                if (slot->kind == EMPTY)
                        continue;
                unmap(slot, in_slot(range, i));
                if (slot->mapped > 0)
                        continue;
                model_give_back(slot->table);
                become_empty(slot);
                if (freed)
                        freed[count] = slot->table;
                count++;
        }
        return count;
}
