// SPDX-License-Identifier: MIT
// The model: the client's mappings in kernel space. See model.h.
#include "model.h"

refusals
model_add_kernel_mapping(struct h_region region, struct h_vfpage pages,
                         unsigned rights, bool user,
                         struct h_kernel_mapping **handle)
{
        struct range at, memory;
        unsigned index = 0, live = 0;

        if (!model_flexpage(pages.word, &at))
                return REFUSE(H_BAD_FLEXPAGE);
        if (!model_region(region, &memory))
                return REFUSE(H_BAD_REGION);
        if (at.count != memory.count)
                return REFUSE(H_BAD_SIZE);
        if (at.first < MODEL_CLIENT_FIRST ||
            at.first + at.count > MODEL_CLIENT_FIRST + MODEL_CLIENT_PAGES)
                return REFUSE(H_BAD_ADDRESS);
        if ((rights & (H_R | H_W | H_X)) == 0)
                return REFUSE(H_NO_RIGHTS);
        if (!model_all_normal(memory))
                return REFUSE(H_NOT_NORMAL);
        at.first -= MODEL_CLIENT_FIRST;
        for (uint32_t i = 0; i < at.count; i++)
                if (model.addresses[at.first + i].use != UNUSED)
                        return REFUSE(H_ADDRESS_USED);
        if (model_any_full(memory))
                return REFUSE(H_COUNT_FULL);
        for (unsigned i = 0; i < MODEL_MAPPINGS; i++)
                live += model.mappings[i].live;
        if (live >= model.mapping_slots)
                return REFUSE(H_HANDLES_USED);

        while (model.mappings[index].live)
                index++;
        struct model_mapping *mapping = &model.mappings[index];
        *mapping = (struct model_mapping){
                .live = true,
                .first = at.first,
                .page = memory.first,
                .pages = memory.count,
                .rights = rights & (H_R | H_W | H_X),
                .user = user,
        };
        for (uint32_t i = 0; i < at.count; i++)
                model.addresses[at.first + i] =
                        (struct model_address){ MAPPED, memory.first + i,
                                                mapping };
        model_changed_addresses(at);
        model_count(memory, 1);
        *handle = &mapping->handle;
        return 0;
}

refusals
model_remove_kernel_mapping(struct h_kernel_mapping handle)
{
        struct model_mapping *mapping = model_mapping(handle);
        if (!mapping)
                return REFUSE(H_BAD_HANDLE);

        for (uint32_t i = 0; i < mapping->pages; i++)
                model.addresses[mapping->first + i] =
                        (struct model_address){ UNUSED, 0, NULL };
        model_changed_addresses(
                (struct range){ mapping->first, mapping->pages });
        model_count((struct range){ mapping->page, mapping->pages }, -1);
        mapping->live = false;
        return 0;
}

// The word of a flexpage.
static uint32_t
flexpage_word(uint32_t first, uint32_t count)
{
        uint32_t log2_size = 12;

        while (count > 1) {
                count /= 2;
                log2_size++;
        }
        return first * PAGE_SIZE + log2_size;
}

refusals
model_kernel_mapping_parts(struct h_kernel_mapping handle,
                           struct h_vfpage *pages, struct h_region *region,
                           unsigned *rights)
{
        const struct model_mapping *mapping = model_mapping(handle);
        if (!mapping)
                return REFUSE(H_BAD_HANDLE);

        pages->word = flexpage_word(MODEL_CLIENT_FIRST + mapping->first,
                                    mapping->pages);
        region->pages.word = flexpage_word(mapping->page, mapping->pages);
        *rights = mapping->rights;
        return 0;
}
