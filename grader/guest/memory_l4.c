// SPDX-License-Identifier: MIT
// Looks at L4's mapping database, without its functions, which are exercises.
//
// The contracts are in memory_tree.h.
#include "memory_tree.h"

#include <l4/units.h>

#pragma weak units
#pragma weak unit_count
#pragma weak mapdb_used
#pragma weak h_read_mapping

bool
tree_there(void)
{
        return mapdb_used && &units && units;
}

uint32_t
tree_used(void)
{
        return mapdb_used();
}

uint32_t
tree_room(void)
{
        return unit_count * UNIT_MAPPINGS;
}

// In which unit something is. Not below tree_room: in none.
static uint32_t
unit_of(const void *part)
{
        uintptr_t offset = (uintptr_t)part - (uintptr_t)units;

        return (uint32_t)(offset / sizeof(struct unit));
}

static uint32_t
number_of(const struct mapping *mapping)
{
        uint32_t unit = unit_of(mapping);

        if (!mapping || unit >= unit_count)
                return TREE_NOBODY;
        return unit * UNIT_MAPPINGS +
               (uint32_t)(mapping - units[unit].mappings);
}

static uint32_t
rights_of(const struct mapping *mapping)
{
        uint32_t bytes = 1u << mapping->log2;

        for (uint32_t done = 0; done < bytes; done += H_PAGE_SIZE) {
                struct h_vaddr at = { mapping->address + done };
                struct h_mapping_info info;
                if (h_read_mapping(mapping->space->pagemap, at, &info) != H_OK)
                        continue;
                uint32_t inside =
                        at.value & ((1u << info.log2_size) - H_PAGE_SIZE);
                if (info.physical.value + inside == mapping->frame + done)
                        return info.rights;
        }
        return 0;
}

bool
tree_mapping(uint32_t number, struct tree_mapping *out)
{
        const struct mapping *mapping =
                &units[number / UNIT_MAPPINGS].mappings[number % UNIT_MAPPINGS];

        if (!mapping->space)
                return false;
        *out = (struct tree_mapping){
                .parent = number_of(mapping->parent),
                .space = unit_of(mapping->space),
                .address = mapping->address,
                .frame = mapping->frame,
                .log2 = mapping->log2,
                .used = mapping->used,
                .left = mapping->left,
        };
        if (out->space < unit_count && out->log2 < 32) {
                out->pagemap = mapping->space->pagemap.slot;
                out->rights = rights_of(mapping);
        }
        return true;
}

uint32_t
tree_space(uint32_t number)
{
        uint32_t first = ID_NIL;

        if (number >= unit_count || units[number].space.threads == 0)
                return ID_NIL;
        for (uint32_t i = 0; i < unit_count; i++) {
                const struct thread *thread = &units[i].thread;
                if (thread->id == ID_NIL ||
                    thread->space != &units[number].space)
                        continue;
                if (first == ID_NIL || id_number(thread->id) < id_number(first))
                        first = thread->id;
        }
        return first;
}
