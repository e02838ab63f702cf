// SPDX-License-Identifier: MIT
// Compares H's slots with the handles that are expected to be good.
#include "spaces_model.h"

#include <h/internal/handles.h>
#include <h4/test.h>
#include <kernel/format.h>

#pragma weak h_state

// The free slots are a list, and are all that is not in use.
static void
check_slots(uint32_t in_use, uint32_t expected, uint32_t listed,
            uint32_t retired, uint32_t slots, const char *what)
{
        char due[16], found[16];

        format(due, sizeof(due), "%u", expected);
        format(found, sizeof(found), "%u", in_use);
        if (in_use != expected)
                fail_values(due, found, "%s: how many %s there are",
                            spaces_after, what);
        if (in_use + listed + retired != slots)
                fail("%s: of %u slots for %s %u are in use and %u are in the "
                     "list of free ones",
                     spaces_after, slots, what, in_use, listed);
}

static void
check_spaces(void)
{
        uint32_t in_use = 0, listed = 0, retired = 0;

        for (uint32_t i = 0; i < SPACES_PAGEMAPS; i++) {
                in_use += h_state.pagemaps[i].generation != 0;
                retired += h_state.pagemaps[i].generation == 0 &&
                           h_state.pagemaps[i].last == UINT32_MAX;
        }
        for (uint32_t i = h_state.free_pagemap;
             i < SPACES_PAGEMAPS && listed <= SPACES_PAGEMAPS;
             i = h_state.pagemaps[i].next_free)
                listed++;
        check_slots(in_use, spaces_due.space_count, listed, retired,
                    SPACES_PAGEMAPS, "address spaces");

        for (uint32_t i = 0; i < spaces_due.space_count; i++) {
                const struct space *space = &spaces_due.spaces[i];
                const struct pagemap_slot *slot = pagemap_slot(space->handle);
                if (!slot)
                        fail("%s: the handle of slot %u, generation %u, names "
                             "no address space",
                             spaces_after, space->handle.slot,
                             space->handle.generation);
                if (slot->directory.value != space->directory.value)
                        fail("%s: slot %u says that the page-directory is "
                             "0x%08x and not 0x%08x",
                             spaces_after, space->handle.slot,
                             slot->directory.value, space->directory.value);
        }
}

static void
check_kernel_mappings(void)
{
        uint32_t in_use = 0, listed = 0, retired = 0;

        for (uint32_t i = 0; i < SPACES_KERNEL_MAPPINGS; i++) {
                const struct kernel_mapping_slot *slot =
                        &h_state.kernel_mappings[i];
                in_use += slot->generation != 0;
                retired += slot->generation == 0 && slot->last == UINT32_MAX;
        }
        for (uint32_t i = h_state.free_kernel_mapping;
             i < SPACES_KERNEL_MAPPINGS && listed <= SPACES_KERNEL_MAPPINGS;
             i = h_state.kernel_mappings[i].next_free)
                listed++;
        check_slots(in_use, spaces_due.kernel_count, listed, retired,
                    SPACES_KERNEL_MAPPINGS, "kernel mappings");

        for (uint32_t i = 0; i < spaces_due.kernel_count; i++) {
                const struct kernel_space *due = &spaces_due.kernel[i];
                const struct kernel_mapping_slot *slot =
                        kernel_mapping_slot(due->handle);
                if (!slot)
                        fail("%s: the handle of slot %u, generation %u, names "
                             "no kernel mapping",
                             spaces_after, due->handle.slot,
                             due->handle.generation);
                if (slot->pages.range.word != due->pages.word ||
                    slot->frames.range.word != due->region.pages.word ||
                    slot->rights != due->rights)
                        fail("%s: slot %u does not describe the kernel mapping "
                             "of page 0x%08x at 0x%08x",
                             spaces_after, due->handle.slot,
                             region_first(due->region).value,
                             h_vfpage_first(due->pages).value);
        }
}

void
spaces_check_handles(void)
{
        check_spaces();
        check_kernel_mappings();
}
