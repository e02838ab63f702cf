// SPDX-License-Identifier: MIT
// The model: its state, and making and ending address spaces. See model.h.
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include <h/internal/state.h>

struct model model;
uint32_t model_memory[MACHINE_PAGES][H_PAGE_WORDS];

// The pages of model_memory that may hold anything but zeros.
static bool written[MACHINE_PAGES];

void
model_write(uint32_t page)
{
        written[page] = true;
        machine_touch(paddr(page * PAGE_SIZE));
}

void
model_reset(void)
{
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                if (model.pagemaps[i].live)
                        model_clear(&model.pagemaps[i],
                                    (struct range){ 0, USER_SLOTS * 1024 },
                                    NULL);
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                model.pagemaps[i].live = false;
        while (model.changed_count > 0)
                model.changed[--model.changed_count]->changed = false;
        model.changed_pages_count = 0;
        model.changed_addresses_count = 0;
        for (unsigned i = 0; i < MODEL_MAPPINGS; i++)
                model.mappings[i].live = false;
        memset(model.view, 0, sizeof(model.view));
        memset(model.addresses, 0, sizeof(model.addresses));

        // What status_boot says is checked by the kernel's own tests.
        memcpy(model.pages, page_array.pages, sizeof(model.pages));
        for (uint32_t i = 0; i < MACHINE_PAGES; i++) {
                bool touched = machine_touched(paddr(i * PAGE_SIZE));
                if (touched)
                        memcpy(model_memory[i],
                               machine_frame(paddr(i * PAGE_SIZE)), PAGE_SIZE);
                else if (written[i])
                        memset(model_memory[i], 0, PAGE_SIZE);
                written[i] = touched;
                if (model.pages[i].pinned)
                        model.view[i] = h_state.seen_at[i].value;
        }
        model_find_regions();
        model.pagemap_slots = MODEL_PAGEMAPS;
        model.mapping_slots = MODEL_MAPPINGS;
        model.reference = model.current =
                machine_directory().value >> H_PAGE_LOG2;
}

bool
model_all_normal(struct range range)
{
        for (uint32_t i = 0; i < range.count; i++)
                if (model.pages[range.first + i].status < 0)
                        return false;
        return true;
}

bool
model_any_full(struct range range)
{
        for (uint32_t i = 0; i < range.count; i++)
                if (model.pages[range.first + i].status == PAGE_COUNT_MAX)
                        return true;
        return false;
}

void
model_count(struct range range, int change)
{
        model_changed_pages(range);
        for (uint32_t i = 0; i < range.count; i++)
                model.pages[range.first + i].status += change;
}

void
model_changed(struct model_slot *slot)
{
        if (!slot->changed)
                model.changed[model.changed_count++] = slot;
        slot->changed = true;
}

void
model_changed_pages(struct range range)
{
        const size_t most = sizeof(model.changed_pages) / sizeof(range);

        if (model.changed_pages_count < most)
                model.changed_pages[model.changed_pages_count++] = range;
}

void
model_changed_addresses(struct range range)
{
        const size_t most = sizeof(model.changed_addresses) / sizeof(range);

        if (model.changed_addresses_count < most)
                model.changed_addresses[model.changed_addresses_count++] =
                        range;
}

struct model_pagemap *
model_pagemap(struct h_pagemap handle)
{
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                if (model.pagemaps[i].live &&
                    model.pagemaps[i].handle.slot == handle.slot &&
                    model.pagemaps[i].handle.generation == handle.generation)
                        return &model.pagemaps[i];
        return NULL;
}

struct model_mapping *
model_mapping(struct h_kernel_mapping handle)
{
        for (unsigned i = 0; i < MODEL_MAPPINGS; i++)
                if (model.mappings[i].live &&
                    model.mappings[i].handle.slot == handle.slot &&
                    model.mappings[i].handle.generation == handle.generation)
                        return &model.mappings[i];
        return NULL;
}

refusals
model_table_page(struct h_pagemap_page page, uint32_t *frame, uint32_t *address)
{
        struct range range;
        uint32_t at = page.mapped.value / PAGE_SIZE - MODEL_CLIENT_FIRST;

        if (!model_region(page.page, &range))
                return REFUSE(H_BAD_REGION);
        if (range.count != 1)
                return REFUSE(H_BAD_SIZE);
        if (page.mapped.value % PAGE_SIZE != 0 || at >= MODEL_CLIENT_PAGES)
                return REFUSE(H_BAD_ADDRESS);
        if (model.pages[range.first].status != 0)
                return REFUSE(H_NOT_FREE);
        if (model.addresses[at].use != UNUSED)
                return REFUSE(H_ADDRESS_USED);
        *frame = range.first;
        *address = at;
        return 0;
}

void
model_lend(uint32_t frame, uint32_t address, int status)
{
        model_changed_pages((struct range){ frame, 1 });
        model.pages[frame].status = (int16_t)status;
        model.view[frame] = (MODEL_CLIENT_FIRST + address) * PAGE_SIZE;
        model.addresses[address] = (struct model_address){ VIEW, frame, NULL };
        model_changed_addresses((struct range){ address, 1 });
}

void
model_give_back(uint32_t frame)
{
        uint32_t address = model.view[frame] / PAGE_SIZE - MODEL_CLIENT_FIRST;

        model_changed_pages((struct range){ frame, 1 });
        model.pages[frame].status = 0;
        model.pages[frame].entries = 0;
        model.view[frame] = 0;
        model.addresses[address] = (struct model_address){ UNUSED, 0, NULL };
        model_changed_addresses((struct range){ address, 1 });
        memset(model_memory[frame], 0, PAGE_SIZE);
}

refusals
model_alloc_pagemap(struct h_pagemap_page page, struct h_pagemap **handle)
{
        uint32_t frame, address;
        unsigned index = 0, live = 0;
        refusals set = model_table_page(page, &frame, &address);

        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                live += model.pagemaps[i].live;
        if (live >= model.pagemap_slots)
                set |= REFUSE(H_HANDLES_USED);
        if (set != 0)
                return set;

        while (model.pagemaps[index].live)
                index++;
        model.pagemaps[index].live = true;
        model.pagemaps[index].fresh = true;
        model.pagemaps[index].directory = frame;
        model_lend(frame, address, STATUS_PAGE_DIRECTORY);
        *handle = &model.pagemaps[index].handle;
        return 0;
}

static size_t
count_tables(const struct model_pagemap *pagemap)
{
        size_t count = 0;

        for (unsigned i = 0; i < USER_SLOTS; i++)
                count += pagemap->slots[i].kind == PAGES;
        return count;
}

refusals
model_free_pagemap(struct h_pagemap handle, size_t capacity, uint32_t *freed,
                   size_t *count)
{
        struct model_pagemap *pagemap = model_pagemap(handle);
        if (!pagemap)
                return REFUSE(H_BAD_HANDLE);
        *count = 1 + count_tables(pagemap);
        if (*count > capacity)
                return REFUSE(H_CAPACITY);

        freed[0] = pagemap->directory;
        model_clear(pagemap, (struct range){ 0, USER_SLOTS * 1024 }, freed + 1);
        if (model.current == pagemap->directory)
                model.current = model.reference;
        model_give_back(pagemap->directory);
        pagemap->live = false;
        return 0;
}

void
model_run(uint32_t directory)
{
        model.current = directory;
}
