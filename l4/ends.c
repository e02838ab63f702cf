// SPDX-License-Identifier: MIT
// The spaces that end are in a list, in their order. All who have work with them go on with
// the first of it: it is nobody's in particular.
//
// The contracts are in ends.h and typed.h. Source: the dissertation, 7.3.
#include "ends.h"

#include "mapdb.h"
#include "ports.h"
#include "schedule.h"
#include "space.h"
#include "typed.h"

static struct space *first_end;

static bool loses_ports; // the first one: that has begun

void
ends_init(void)
{
        first_end = NULL;
        loses_ports = false;
}

bool
typed_forget(struct space *space)
{
        struct space **last = &first_end;

        while (*last)
                last = &(*last)->next_free;
        space->next_free = NULL;
        *last = space;
        current->work = WORK_LEAVE;
        return false;
}

// False: it has no ports any more, nor has anybody from it.
static bool
ports_step(struct space *space)
{
        const struct port_row all = { true, 0, UINT16_MAX };

        if (ports_go_on())
                return true;
        if (loses_ports || (space->port_count == 0 && !space->has_all_ports)) {
                loses_ports = false;
                return false;
        }
        space->has_all_ports = false;
        ports_take_away(space, all, true);
        loses_ports = true;
        return true;
}

// One step. False: there is none any more that ends, and nothing that was broken off.
static bool
step(void)
{
        struct space *space = first_end;

        if (!space)
                return ports_go_on();
        if (!mapdb_leave(space) && !ports_step(space)) {
                first_end = space->next_free;
                space_end(space);
        }
        return true;
}

struct thread *
ends_go_on(struct thread *thread)
{
        do {
                if (!step()) {
                        thread->work = WORK_NONE;
                        return thread;
                }
        } while (!h_interrupt_pending());
        return thread;
}

void
ends_break(struct thread *thread)
{
        thread->work = WORK_NONE;
        if (current != thread)
                ends_hand_on();
}

// Only a thread breaks off what takes long, by a call of its own: it has no other work.
void
ends_hand_on(void)
{
        if (current && current->state == THREAD_READY &&
            current->work == WORK_NONE)
                current->work = WORK_LEAVE;
}
