// SPDX-License-Identifier: MIT
// Slots and the handles that name them. The contracts are in
// <h/internal/handles.h>.
//
// The free slots of a table are a list, the one freed last in front, so that
// neither taking one nor giving it back depends on how many there are.
#include <h/internal/handles.h>

void
handles_init(void)
{
        h_state.free_pagemap = SLOT_NONE;
        for (uint32_t i = h_state.pagemap_count; i-- > 0;) {
                h_state.pagemaps[i].next_free = h_state.free_pagemap;
                h_state.free_pagemap = i;
        }

        h_state.free_kernel_mapping = SLOT_NONE;
        for (uint32_t i = h_state.kernel_mapping_count; i-- > 0;) {
                h_state.kernel_mappings[i].next_free =
                        h_state.free_kernel_mapping;
                h_state.free_kernel_mapping = i;
        }
}

struct h_pagemap
pagemap_slot_take(void)
{
        uint32_t index = h_state.free_pagemap;
        struct pagemap_slot *slot = &h_state.pagemaps[index];

        h_state.free_pagemap = slot->next_free;
        slot->next_free = SLOT_NONE;
        slot->generation = slot->last + 1;
        return (struct h_pagemap){ index, slot->generation };
}

struct h_kernel_mapping
kernel_mapping_slot_take(void)
{
        uint32_t index = h_state.free_kernel_mapping;
        struct kernel_mapping_slot *slot = &h_state.kernel_mappings[index];

        h_state.free_kernel_mapping = slot->next_free;
        slot->next_free = SLOT_NONE;
        slot->generation = slot->last + 1;
        return (struct h_kernel_mapping){ index, slot->generation };
}

void
pagemap_slot_free(struct pagemap_slot *slot)
{
        slot->last = slot->generation;
        slot->generation = 0;

        // After the last generation the first would come again, and with it
        // handles that somebody may have kept.
        if (slot->last == UINT32_MAX)
                return;
        slot->next_free = h_state.free_pagemap;
        h_state.free_pagemap = (uint32_t)(slot - h_state.pagemaps);
}

void
kernel_mapping_slot_free(struct kernel_mapping_slot *slot)
{
        slot->last = slot->generation;
        slot->generation = 0;
        if (slot->last == UINT32_MAX)
                return;
        slot->next_free = h_state.free_kernel_mapping;
        h_state.free_kernel_mapping =
                (uint32_t)(slot - h_state.kernel_mappings);
}
