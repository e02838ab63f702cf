// SPDX-License-Identifier: MIT
// The model: user space. See model.h.
#include "model_space.h"

static void
map(struct model_pagemap *pagemap, struct range range, uint32_t page,
    unsigned rights)
{
        FOR_SLOTS(i, range)
        {
                struct model_slot *slot = &pagemap->slots[i];
                struct model_entry entry = {
                        .page = page,
                        .rights = told(rights),
                        .mapped = true,
                };
                model_changed(slot);
                if (range.count >= 1024) {
                        entry.page = page + (i - range.first / 1024) * 1024;
                        slot->kind = SUPERPAGE;
                        slot->superpage = entry;
                        continue;
                }
                struct range part = in_slot(range, i);
                for (uint32_t n = 0; n < part.count; n++, entry.page++)
                        slot->pages[part.first + n] = entry;
                count_entries(slot, part.count);
        }
}

refusals
model_add_mapping(const struct h_pagemap_page *table, struct h_pagemap handle,
                  struct h_vfpage vpages, struct h_region region,
                  unsigned rights, bool *table_used)
{
        struct model_pagemap *pagemap = model_pagemap(handle);
        struct range at, memory;
        uint32_t frame = 0, address = 0;

        if (!pagemap)
                return REFUSE(H_BAD_HANDLE);
        if (!model_flexpage(vpages.word, &at))
                return REFUSE(H_BAD_FLEXPAGE);
        if (!model_region(region, &memory))
                return REFUSE(H_BAD_REGION);
        if (at.count != memory.count)
                return REFUSE(H_BAD_SIZE);
        if (at.first + at.count > USER_SLOTS * 1024)
                return REFUSE(H_BAD_ADDRESS);
        if (told(rights) == 0)
                return REFUSE(H_NO_RIGHTS);
        if (!model_all_normal(memory))
                return REFUSE(H_NOT_NORMAL);
        if (is_piece_of_superpage(pagemap, at))
                return REFUSE(H_SUPERPAGE);
        if (range_mapped(pagemap, at, false))
                return REFUSE(H_MAPPED);

        struct model_slot *slot = &pagemap->slots[at.first / 1024];
        bool needed = at.count < 1024 && slot->kind == EMPTY;
        if (needed && !table)
                return REFUSE(H_TABLE_NEEDED);
        if (needed) {
                refusals set = model_table_page(*table, &frame, &address);
                if (set != 0)
                        return set;
                if (memory.first <= frame &&
                    frame < memory.first + memory.count)
                        return REFUSE(H_TABLE_INSIDE);
        }
        if (model_any_full(memory))
                return REFUSE(H_COUNT_FULL);

        if (needed) {
                model_lend(frame, address, STATUS_PAGE_TABLE);
                become_pages(slot, frame);
        }
        map(pagemap, at, memory.first, rights);
        model_count(memory, 1);
        *table_used = needed;
        return 0;
}

refusals
model_modify_mapping(struct h_pagemap handle, struct h_vfpage pages,
                     unsigned rights)
{
        struct model_pagemap *pagemap;
        struct range range;
        refusals set = check_range(handle, pages, &pagemap, &range);

        if (told(rights) == 0)
                set |= REFUSE(H_NO_RIGHTS);
        if (set != 0)
                return set;
        if (is_piece_of_superpage(pagemap, range))
                return REFUSE(H_SUPERPAGE);
        if (!range_mapped(pagemap, range, true))
                return REFUSE(H_NOT_MAPPED);

        FOR_SLOTS(i, range)
        {
                struct model_slot *slot = &pagemap->slots[i];
                struct range part = in_slot(range, i);
                model_changed(slot);
                if (slot->kind == SUPERPAGE)
                        slot->superpage.rights = told(rights);
                else
                        for (uint32_t n = 0; n < part.count; n++)
                                slot->pages[part.first + n].rights =
                                        told(rights);
        }
        return 0;
}

refusals
model_remove_mapping(struct h_pagemap handle, struct h_vfpage pages,
                     size_t capacity, uint32_t *freed, size_t *count)
{
        struct model_pagemap *pagemap;
        struct range range;
        refusals set = check_range(handle, pages, &pagemap, &range);
        if (set != 0)
                return set;
        if (is_piece_of_superpage(pagemap, range))
                return REFUSE(H_SUPERPAGE);

        *count = 0;
        FOR_SLOTS(i, range)
        {
                const struct model_slot *slot = &pagemap->slots[i];
                if (slot->kind == PAGES &&
                    mapped_in(slot, in_slot(range, i)) == slot->mapped)
                        ++*count;
        }
        if (*count > capacity)
                return REFUSE(H_CAPACITY);
        model_clear(pagemap, range, freed);
        return 0;
}

refusals
model_read_mapping(struct h_pagemap handle, struct h_vaddr address,
                   struct h_mapping_info *out)
{
        struct model_pagemap *pagemap = model_pagemap(handle);
        refusals set = 0;
        uint32_t page;

        if (!pagemap)
                set |= REFUSE(H_BAD_HANDLE);
        if (address.value >= H_KERNEL_SPACE)
                set |= REFUSE(H_BAD_ADDRESS);
        if (set != 0)
                return set;
        uint32_t at = address.value / PAGE_SIZE;
        const struct model_entry *entry = model_lookup(pagemap, at, &page);
        if (!entry)
                return REFUSE(H_NOT_MAPPED);

        bool superpage = pagemap->slots[at / 1024].kind == SUPERPAGE;
        *out = (struct h_mapping_info){
                .physical = { entry->page * PAGE_SIZE },
                .log2_size = superpage ? 22 : 12,
                .rights = entry->rights,
                .accessed = entry->accessed,
                .dirty = entry->dirty,
        };
        return 0;
}

static void
take_bits(struct model_entry *entry, bool *accessed, bool *dirty)
{
        *accessed |= entry->accessed;
        *dirty |= entry->dirty;
        entry->accessed = entry->dirty = false;
}

refusals
model_take_reference_bits(struct h_pagemap handle, struct h_vfpage pages,
                          bool *accessed, bool *dirty)
{
        struct model_pagemap *pagemap;
        struct range range;
        refusals set = check_range(handle, pages, &pagemap, &range);
        if (set != 0)
                return set;
        if (is_piece_of_superpage(pagemap, range))
                return REFUSE(H_SUPERPAGE);

        *accessed = *dirty = false;
        FOR_SLOTS(i, range)
        {
                struct model_slot *slot = &pagemap->slots[i];
                struct range part = in_slot(range, i);
                model_changed(slot);
                if (slot->kind == SUPERPAGE)
                        take_bits(&slot->superpage, accessed, dirty);
                else if (slot->kind == PAGES)
                        for (uint32_t n = 0; n < part.count; n++)
                                take_bits(&slot->pages[part.first + n],
                                          accessed, dirty);
        }
        return 0;
}

refusals
model_split_superpage(struct h_pagemap handle, struct h_vaddr address,
                      struct h_pagemap_page table)
{
        struct model_pagemap *pagemap = model_pagemap(handle);
        uint32_t frame, seen;
        refusals set = 0;

        if (!pagemap)
                set |= REFUSE(H_BAD_HANDLE);
        if (address.value >= H_KERNEL_SPACE)
                set |= REFUSE(H_BAD_ADDRESS);
        if (set != 0)
                return set;
        struct model_slot *slot = &pagemap->slots[address.value >> 22];
        if (slot->kind != SUPERPAGE)
                return REFUSE(H_NOT_SUPERPAGE);
        set = model_table_page(table, &frame, &seen);
        if (set != 0)
                return set;

        struct model_entry entry = slot->superpage;
        model_lend(frame, seen, STATUS_PAGE_TABLE);
        become_pages(slot, frame);
        for (uint32_t i = 0; i < 1024; i++, entry.page++)
                slot->pages[i] = entry;
        count_entries(slot, 1024);
        return 0;
}
