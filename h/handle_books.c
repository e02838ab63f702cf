// SPDX-License-Identifier: MIT
// Whether the slots behind handles are sound: those of address spaces and of the
// client's own mappings. The contracts are in <h/internal/wellformed.h>.
#include <h/internal/state.h>
#include <h/internal/wellformed.h>
#include <kernel/status.h>

#define NOWHERE vaddr(0)

static struct slot_state
pagemap_state(uint32_t index)
{
        const struct pagemap_slot *slot = &h_state.pagemaps[index];

        return (struct slot_state){ slot->generation, slot->last,
                                    slot->next_free };
}

static struct slot_state
kernel_mapping_state(uint32_t index)
{
        const struct kernel_mapping_slot *slot =
                &h_state.kernel_mappings[index];

        return (struct slot_state){ slot->generation, slot->last,
                                    slot->next_free };
}

// The list is as long as there are free slots that may have another generation.
bool
slots_are_sound(struct slot_state (*state)(uint32_t index), uint32_t count,
                uint32_t first, struct violation *found)
{
        uint32_t free = 0;
        for (uint32_t i = 0; i < count; i++) {
                struct slot_state slot = state(i);
                if (slot.generation == 0 && slot.last != UINT32_MAX)
                        free++;
        }

        uint32_t next = first;
        while (next != SLOT_NONE && free > 0) {
                if (next >= count || state(next).generation != 0)
                        break;
                next = state(next).next_free;
                free--;
        }
        return (next == SLOT_NONE && free == 0) ||
               violated(found, HANDLES_ARE_SOUND, paddr(0), NOWHERE);
}

bool
handles_are_sound(struct violation *found)
{
        for (uint32_t i = 0; i < h_state.pagemap_count; i++) {
                const struct pagemap_slot *slot = &h_state.pagemaps[i];
                const struct page *page = page_at(slot->directory);
                if (slot->generation == 0)
                        continue;
                if (!page || page->status != STATUS_PAGE_DIRECTORY ||
                    page->pinned || page->unused) {
                        unmark_pages();
                        return violated(found, HANDLES_ARE_SOUND,
                                        slot->directory, NOWHERE);
                }
                page_at(slot->directory)->unused = 1; // no other slot's
        }
        unmark_pages();
        return slots_are_sound(pagemap_state, h_state.pagemap_count,
                               h_state.free_pagemap, found) &&
               slots_are_sound(kernel_mapping_state,
                               h_state.kernel_mapping_count,
                               h_state.free_kernel_mapping, found);
}
