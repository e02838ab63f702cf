// SPDX-License-Identifier: MIT
// Map and grant items of ports, and Unmap of ports.
//
// The contracts are in map_item.h.
#include "ends.h"
#include "map_item.h"

// What somebody takes away comes first, and what a grant takes away too.
bool
map_ports_step(struct map_item *item)
{
        if (ports_go_on())
                return true;
        if (item->done > 0 || !item->row.any)
                return false;
        item->done++;
        item->mapped = item->grant;
        if (item->grant)
                ports_grant(item->from, item->to, item->row);
        else
                item->mapped = ports_share(item->from, item->to, item->row);
        return true;
}

// What others take away comes first.
bool
map_ports_take_step(struct map_item *item, struct space *space, bool own)
{
        if (ports_go_on())
                return true;
        if (item->done > 0)
                return false;
        ports_take_away(space, item->row, own);
        item->done++;
        return true;
}

void
map_ports_end(void)
{
        ends_hand_on();
}
