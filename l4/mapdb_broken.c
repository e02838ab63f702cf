// SPDX-License-Identifier: MIT
// Superpages of which single pages go.
//
// The contracts are in mapdb_nodes.h.
#include "mapdb_nodes.h"

bool
mapping_split(struct mapping *mapping)
{
        mapping->broken = page_split(mapping->space, mapping->address);
        return mapping->broken;
}

void
mapping_lose(struct mapping *mapping, uint32_t pages)
{
        mapping->left = (uint16_t)(mapping->left - pages);
        if (mapping->left == 0)
                mapping_end(mapping);
}
