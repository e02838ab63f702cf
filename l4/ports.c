// SPDX-License-Identifier: MIT
// Ports that are handed on and taken away.
//
// The contracts are in ports.h. Source: L4 X.2, IO flexpages; h/README.md for the ports.
#include "ports.h"

#include "panic.h"
#include "port_holders.h"
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

// What is taken away.
static struct {
        struct space *from; // null: nothing
        struct space *to;   // whose they are then, or null
        struct port_row row;
        bool own;
        uint32_t holder; // the next one
        bool again;      // some have lost ports since the first one
} taking;

// Perhaps threads from this unit on have ports that their spaces have lost.
static bool unsettled;
static uint32_t next_unit;

void
ports_init(void)
{
        port_holders_init();
        taking.from = NULL;
        unsettled = false;
}

// --- Giving ----------------------------------------------------------------------------

bool
ports_share(struct space *from, struct space *to, struct port_row row)
{
        uint32_t count = from->has_all_ports ? LENT : from->port_count;
        bool any = false;

        if (from == to || to->has_all_ports)
                return false;
        for (uint32_t i = 0; i < count; i++) {
                struct port_row own =
                        from->has_all_ports ? lent[i] : ports_row(from, i);
                any |= port_holder_gets(to, from, ports_common(own, row));
        }
        return any;
}

// What the space has the other one gets, from who has given it.
static void
give(const struct space *from, struct space *to, struct port_row row)
{
        for (uint32_t i = 0; !to->has_all_ports && i < from->port_count; i++)
                port_holder_gets(to, from->port_givers[i],
                                 ports_common(ports_row(from, i), row));
}

// --- Taking away ---------------------------------------------------------------------------

static void
begin(struct space *from, struct space *to, struct port_row row, bool own)
{
        taking.from = from;
        taking.to = to;
        taking.row = row;
        taking.own = own;
        taking.holder = 0;
        taking.again = false;
}

void
ports_grant(struct space *from, struct space *to, struct port_row row)
{
        if (from->has_all_ports)
                ports_share(from, to, row);
        else if (from != to)
                begin(from, to, row, true);
}

void
ports_take_away(struct space *space, struct port_row row, bool own)
{
        begin(space, NULL, row, own);
}

static bool
note_loss(bool any)
{
        if (any) {
                unsettled = true;
                next_unit = 0;
        }
        return any;
}

// Nobody has them from the space any more.
static void
take_own(void)
{
        if (taking.to)
                give(taking.from, taking.to, taking.row);
        if (taking.own)
                note_loss(port_holder_loses_all(taking.from, taking.row));
        taking.from = NULL;
        port_holders_forget();
}

static void
take_step(void)
{
        struct space *holder = port_holder(taking.holder);

        if (holder &&
            note_loss(port_holder_loses(holder, taking.from, taking.row) ||
                      port_holder_loses_lost(holder))) {
                taking.again = true;
        } else if (holder) {
                taking.holder++;
        } else if (taking.again) {
                taking.again = false;
                taking.holder = 0;
        } else {
                take_own();
        }
}

static void
settle_step(void)
{
        uint32_t end = next_unit + THREADS_AT_ONCE;

        for (; next_unit < end && next_unit < unit_count; next_unit++) {
                struct thread *thread = &units[next_unit].thread;
                if (thread->id == ID_NIL || thread->port_version == 0 ||
                    thread->port_version == thread->space->port_version)
                        continue;
                must(h_set_ports(thread->context, NULL, 0), "h_set_ports");
                thread->port_version = 0;
        }
        unsettled = next_unit < unit_count;
}

bool
ports_go_on(void)
{
        if (taking.from)
                take_step();
        else if (unsettled)
                settle_step();
        else
                return false;
        return true;
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

        port_holder_gets(space, NULL, com1);
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
