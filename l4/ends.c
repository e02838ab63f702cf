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

// How far the threads are asked that have ports from the first one.
static bool settling;
static uint32_t settled;

void
ends_init(void)
{
        first_end = NULL;
        settling = false;
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

        if (!settling) {
                bool had = space->port_count > 0 || space->has_all_ports;
                space->has_all_ports = false;
                settled = 0;
                settling = had && ports_take_away(space, all, true);
        } else {
                settling = ports_settle_step(&settled);
        }
        return settling;
}

// One step. False: there is none any more that ends.
static bool
step(void)
{
        struct space *space = first_end;

        if (!space)
                return false;
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
        if (first_end && current && current != thread)
                current->work = WORK_LEAVE;
}
