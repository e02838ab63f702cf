// SPDX-License-Identifier: MIT
// Ports side by side.
//
// The contracts are in port_rows.h. Source: L4 X.2, IO flexpages.
#include "port_rows.h"

#define PORTS_LOG2 16u

struct port_row
ports_of(uint32_t fpage)
{
        uint32_t log2 = fpage >> 10 & 0x3F;

        if (fpage_log2(fpage) != FPAGE_PORTS_LOG2 || log2 > PORTS_LOG2)
                return (struct port_row){ .any = false };
        uint32_t first = fpage >> 16 >> log2 << log2;
        return (struct port_row){ true, first, first + (1u << log2) - 1 };
}

struct port_row
ports_common(struct port_row a, struct port_row b)
{
        uint32_t first = a.first > b.first ? a.first : b.first;
        uint32_t last = a.last < b.last ? a.last : b.last;

        return (struct port_row){ a.any && b.any && first <= last, first,
                                  last };
}

struct port_row
ports_fit(uint32_t sent, uint32_t window)
{
        return ports_common(ports_of(sent), ports_of(window));
}

struct port_row
ports_row(const struct space *space, uint32_t i)
{
        return (struct port_row){ true, space->ports[i].first,
                                  space->ports[i].last };
}

uint32_t
ports_alike(const struct space *space, struct port_row row, bool *has)
{
        uint32_t count = row.last - row.first + 1;

        *has = false;
        for (uint32_t i = 0; i < space->port_count; i++) {
                struct port_row own = ports_common(ports_row(space, i), row);
                if (!own.any)
                        continue;
                if (own.first == row.first) {
                        *has = true;
                        return own.last - own.first + 1;
                }
                if (own.first - row.first < count)
                        count = own.first - row.first;
        }
        return count;
}
