// SPDX-License-Identifier: MIT
// Who has which ports, and from whom.
//
// The contracts are in port_holders.h. Source: L4 X.2, IO flexpages.
#include "port_holders.h"

static struct space *holders[PORT_HOLDERS];
static uint32_t holder_count;

void
port_holders_init(void)
{
        holder_count = 0;
}

struct space *
port_holder(uint32_t number)
{
        return number < holder_count ? holders[number] : NULL;
}

void
port_holders_forget(void)
{
        for (uint32_t i = 0; i < holder_count;)
                if (holders[i]->port_count == 0)
                        holders[i] = holders[--holder_count];
                else
                        i++;
}

// --- Getting ---------------------------------------------------------------------------

// The space is in the list, or there is no room.
static bool
is_holder(struct space *space)
{
        if (space->port_count > 0)
                return true;
        for (uint32_t i = 0; i < holder_count; i++)
                if (holders[i] == space)
                        return true;
        if (holder_count == PORT_HOLDERS)
                return false;
        holders[holder_count++] = space;
        return true;
}

// Ports that the space has not, all from one giver.
static bool
add(struct space *space, struct space *giver, struct port_row row)
{
        for (uint32_t i = 0; i < space->port_count; i++) {
                if (space->port_givers[i] != giver)
                        continue;
                if (space->ports[i].last + 1u == row.first) {
                        space->ports[i].last = (uint16_t)row.last;
                        return true;
                }
                if (row.last + 1 == space->ports[i].first) {
                        space->ports[i].first = (uint16_t)row.first;
                        return true;
                }
        }
        if (space->port_count == H_PORT_RANGES)
                return false;
        space->port_givers[space->port_count] = giver;
        space->ports[space->port_count++] =
                (struct h_port_range){ (uint16_t)row.first,
                                       (uint16_t)row.last };
        return true;
}

bool
port_holder_gets(struct space *space, struct space *giver, struct port_row row)
{
        bool any = false;

        while (row.any && row.first <= row.last && is_holder(space)) {
                bool has;
                uint32_t count = ports_alike(space, row, &has);
                struct port_row some = { true, row.first,
                                         row.first + count - 1 };
                any |= !has && add(space, giver, some);
                row.first += count;
        }
        if (any)
                space_ports_change(space);
        return any;
}

// --- Losing ----------------------------------------------------------------------------

// What is left of one of the space's rows: below, above, both, or nothing.
static void
cut(struct space *space, uint32_t i, struct port_row away)
{
        struct port_row own = ports_row(space, i);
        struct space *giver = space->port_givers[i];
        uint32_t last = space->port_count - 1;

        space_ports_change(space);
        if (own.first < away.first)
                space->ports[i].last = (uint16_t)(away.first - 1);
        else if (own.last > away.last)
                space->ports[i].first = (uint16_t)(away.last + 1);
        else {
                space->ports[i] = space->ports[last];
                space->port_givers[i] = space->port_givers[last];
                space->port_count--;
        }
        if (own.first < away.first && own.last > away.last &&
            space->port_count < H_PORT_RANGES) {
                space->port_givers[space->port_count] = giver;
                space->ports[space->port_count++] =
                        (struct h_port_range){ (uint16_t)(away.last + 1),
                                               (uint16_t)own.last };
        }
}

static bool
loses(struct space *space, struct space *giver, bool any_giver,
      struct port_row row)
{
        bool any = false;

        for (uint32_t i = 0; i < space->port_count;) {
                struct port_row away = ports_common(ports_row(space, i), row);
                if (away.any && (any_giver || space->port_givers[i] == giver)) {
                        cut(space, i, away);
                        any = true;
                        i = 0;
                } else {
                        i++;
                }
        }
        return any;
}

bool
port_holder_loses(struct space *space, struct space *giver, struct port_row row)
{
        return loses(space, giver, false, row);
}

bool
port_holder_loses_all(struct space *space, struct port_row row)
{
        return loses(space, NULL, true, row);
}

// The first part of a row that the giver has not (any more); sigma0 has all.
static struct port_row
lacking(const struct space *giver, struct port_row row)
{
        if (!giver || giver->has_all_ports)
                return (struct port_row){ .any = false };
        while (row.first <= row.last) {
                bool has;
                uint32_t count = ports_alike(giver, row, &has);
                if (!has)
                        return (struct port_row){ true, row.first,
                                                  row.first + count - 1 };
                row.first += count;
        }
        return (struct port_row){ .any = false };
}

bool
port_holder_loses_lost(struct space *space)
{
        for (uint32_t i = 0; i < space->port_count; i++) {
                struct port_row away =
                        lacking(space->port_givers[i], ports_row(space, i));
                if (away.any) {
                        cut(space, i, away);
                        return true;
                }
        }
        return false;
}
