// SPDX-License-Identifier: MIT
// Map and grant items of ports.
//
// The contract is in map_item.h.
#include "map_item.h"

// All at once, but for the threads of those who lose them by a grant.
bool
map_ports_step(struct map_item *item)
{
        if (item->done > 0)
                return ports_settle_step(&item->done);
        if (!item->row.any)
                return false;
        if (!(item->grant ? ports_grant : ports_share)(
                    item->from, item->to, item->row, &item->mapped))
                item->short_of_memory = true;
        return item->grant && item->from != item->to &&
               ports_take_away(item->from, item->row, true) &&
               ports_settle_step(&item->done);
}
