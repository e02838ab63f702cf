// SPDX-License-Identifier: MIT
// Who has which ports.
//
// The contracts are in ports.h. Source: L4 X.2, IO flexpages; h/README.md for the ports.
#include "ports.h"

#include "panic.h"
#include "thread.h"
#include "units.h"

#define COM1 0x3F8u
#define THREADS_AT_ONCE 32u

// What H lends, but for port 0x64, which no program gets: it would be the processor's
// reset.
static const struct port_row lent[] = {
        { true, 0x0060, 0x0060 }, { true, 0x0170, 0x0177 },
        { true, 0x01F0, 0x01F7 }, { true, 0x0278, 0x027F },
        { true, 0x02E8, 0x02EF }, { true, 0x02F8, 0x02FF },
        { true, 0x0300, 0x031F }, { true, 0x0376, 0x0376 },
        { true, 0x0378, 0x037F }, { true, 0x03B0, 0x03DF },
        { true, 0x03E8, 0x03EF }, { true, 0x03F6, 0x03F6 },
        { true, COM1, COM1 + 7 },
};

#define LENT (sizeof(lent) / sizeof(lent[0]))

static struct space *holders[PORT_HOLDERS];
static uint32_t holder_count;

void
ports_init(void)
{
        holder_count = 0;
}

// --- Giving ----------------------------------------------------------------------------

static bool
hold(struct space *space)
{
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
        if (!hold(space))
                return false;
        space_ports_change(space);
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

// Those of a row that the space has not yet.
static bool
add_missing(struct space *space, struct space *giver, struct port_row row,
            bool *more)
{
        bool all = true;

        while (row.first <= row.last) {
                bool has;
                uint32_t count = ports_alike(space, row, &has);
                struct port_row some = { true, row.first,
                                         row.first + count - 1 };
                if (!has && add(space, giver, some))
                        *more = true;
                else if (!has)
                        all = false;
                row.first += count;
        }
        return all;
}

bool
ports_share(struct space *from, struct space *to, struct port_row row,
            bool *more)
{
        uint32_t count = from->has_all_ports ? LENT : from->port_count;
        bool all = true;

        if (from == to || to->has_all_ports)
                return true;
        for (uint32_t i = 0; i < count; i++) {
                struct port_row own =
                        from->has_all_ports ? lent[i] : ports_row(from, i);
                struct port_row given = ports_common(own, row);
                if (given.any && !add_missing(to, from, given, more))
                        all = false;
        }
        return all;
}

bool
ports_grant(struct space *from, struct space *to, struct port_row row,
            bool *more)
{
        bool all = true;

        if (from->has_all_ports)
                return ports_share(from, to, row, more);
        for (uint32_t i = 0; i < from->port_count; i++) {
                struct port_row given = ports_common(ports_row(from, i), row);
                if (given.any && from != to &&
                    !add_missing(to, from->port_givers[i], given, more))
                        all = false;
        }
        return all;
}

// --- Taking away ---------------------------------------------------------------------------

// What is left of one of the space's rows: below, above, both, or nothing. Where there is
// no room for both the upper one goes too.
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

// Takes away from a holder what it has from nobody. Returns whether that was anything.
static bool
trim(struct space *space)
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

// Of one giver; null and `any_giver`: whoever it is.
static bool
cut_row(struct space *space, struct space *giver, bool any_giver,
        struct port_row row)
{
        bool lost = false;

        for (uint32_t i = 0; i < space->port_count;) {
                struct port_row away = ports_common(ports_row(space, i), row);
                if (away.any && (any_giver || space->port_givers[i] == giver)) {
                        cut(space, i, away);
                        lost = true;
                        i = 0;
                } else {
                        i++;
                }
        }
        return lost;
}

static void
forget_idle_holders(void)
{
        for (uint32_t i = 0; i < holder_count;)
                if (holders[i]->port_count == 0)
                        holders[i] = holders[--holder_count];
                else
                        i++;
}

bool
ports_take_away(struct space *space, struct port_row row, bool own)
{
        bool lost = row.any && own && cut_row(space, NULL, true, row);
        bool changed = row.any;

        for (uint32_t i = 0; row.any && i < holder_count; i++)
                lost |= cut_row(holders[i], space, false, row);
        while (changed) {
                changed = false;
                for (uint32_t i = 0; i < holder_count; i++)
                        while (trim(holders[i]))
                                changed = true;
                lost |= changed;
        }
        forget_idle_holders();
        return lost;
}

bool
ports_settle_step(uint32_t *at)
{
        uint32_t end = *at + THREADS_AT_ONCE;

        for (; *at < end && *at < unit_count; ++*at) {
                struct thread *thread = &units[*at].thread;
                if (thread->id == ID_NIL || thread->port_version == 0 ||
                    thread->port_version == thread->space->port_version)
                        continue;
                must(h_set_ports(thread->context, NULL, 0), "h_set_ports");
                thread->port_version = 0;
        }
        return *at < unit_count;
}

// --- The first programs ----------------------------------------------------------------------

void
ports_give_all(struct space *space)
{
        space->has_all_ports = true;
}

void
ports_give_console(struct space *space)
{
        const struct port_row com1 = { true, COM1, COM1 + 7 };

        add(space, NULL, com1);
}

// The context has one of the rows at a time.
bool
ports_use(struct thread *thread, struct port_row row)
{
        for (uint32_t i = 0; i < LENT && thread->space->has_all_ports; i++) {
                struct port_row own = ports_common(lent[i], row);
                if (!own.any || own.first != row.first || own.last != row.last)
                        continue;
                const struct h_port_range range = { (uint16_t)lent[i].first,
                                                    (uint16_t)lent[i].last };
                must(h_set_ports(thread->context, &range, 1), "h_set_ports");
                return true;
        }
        return false;
}
