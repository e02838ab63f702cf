// SPDX-License-Identifier: MIT
// What is true of L4's threads whenever nothing is being done for them: where they are
// found, where they run, and whether they are among the ready ones and the timeouts.
#include "fuzz.h"

#include <l4/mapdb.h>
#include <l4/pool.h>
#include <l4/schedule.h>
#include <l4/timeout.h>
#include <l4/units.h>

static bool
is_used(const struct thread *thread)
{
        return thread->id != ID_NIL;
}

bool
hostile_runs(void)
{
        return current && current->space && !current->space->privileged;
}

bool
keeper_runs(void)
{
        return current && current->id == ID_ROOT;
}

bool
kernel_is_at_work(void)
{
        for (uint32_t i = 0; i < unit_count; i++)
                if (is_used(&units[i].thread) &&
                    (units[i].thread.work != WORK_NONE ||
                     thread_carries(&units[i].thread)))
                        return true;
        return false;
}

void
books_of_l4(uint32_t books[BOOKS])
{
        books[BOOK_POOL] = pool_left();
        books[BOOK_MAPPINGS] = mapdb_used();
        for (uint32_t i = 0; i < unit_count; i++) {
                const struct unit *unit = &units[i];
                books[BOOK_THREADS] += is_used(&unit->thread);
                books[BOOK_TIMEOUTS] +=
                        is_used(&unit->thread) && unit->thread.wake_place != 0;
                books[BOOK_SPACES] += unit->space.threads != 0;
                books[BOOK_UTCB_PAGES] += unit->utcb_page.used != 0;
        }
}

static void
check_place(const struct thread *thread)
{
        bool active = thread->state != THREAD_INACTIVE;
        uint32_t ip;

        FUZZ_HOLDS(thread_find(thread->id) == thread,
                   "thread 0x%08x is not found", thread->id);
        FUZZ_HOLDS(thread->state <= THREAD_RECEIVING &&
                           thread->role <= ROLE_PORT_FAULT,
                   "thread 0x%08x is in no state", thread->id);
        if (!thread->space) {
                FUZZ_HOLDS(id_number(thread->id) < NUMBER_SYSTEM,
                           "thread 0x%08x has no space", thread->id);
                return;
        }
        FUZZ_HOLDS(thread->space->threads != 0,
                   "thread 0x%08x is in a space that is no more", thread->id);
        FUZZ_HOLDS(active == (thread->local != 0),
                   "thread 0x%08x: active and its UTCB", thread->id);
        FUZZ_HOLDS(!active || utcb_find(thread->space, thread->local) == thread,
                   "thread 0x%08x is not found by its UTCB", thread->id);
        FUZZ_HOLDS(!active ||
                           h_read_register(thread->context, H_EIP, &ip) == H_OK,
                   "thread 0x%08x has no context", thread->id);
}

static void
check_ready(const struct thread *thread)
{
        bool runs = thread->state == THREAD_READY && thread->stopped == 0;
        bool works = thread->state == THREAD_READY && thread->work != WORK_NONE;
        bool wanted = thread->space && (runs || works || thread->looks);

        FUZZ_HOLDS(wanted == ready_is(thread),
                   "thread 0x%08x, state %u, stopped %u, work %u: %s ready",
                   thread->id, thread->state, thread->stopped, thread->work,
                   wanted ? "is not" : "is");
        if (!wanted)
                return;
        FUZZ_HOLDS(thread->next_ready->last_ready == thread &&
                           thread->last_ready->next_ready == thread &&
                           thread->next_ready->priority == thread->priority,
                   "thread 0x%08x: its ring of ready ones", thread->id);
        FUZZ_HOLDS(ready_first() && ready_first()->priority >= thread->priority,
                   "thread 0x%08x: nobody is ready before it", thread->id);
}

// Places in the heap of timeouts; `last` is the highest one so far.
static void
check_timeout(const struct thread *thread, uint32_t *last)
{
        uint32_t place = thread->wake_place;

        if (place == 0)
                return;
        if (place > *last)
                *last = place;
        FUZZ_HOLDS(place <= unit_count && units[place - 1].timeout == thread,
                   "thread 0x%08x: its place among the timeouts", thread->id);
        FUZZ_HOLDS(place == 1 ||
                           units[place / 2 - 1].timeout->wake <= thread->wake,
                   "thread 0x%08x: the heap of timeouts", thread->id);
}

void
check_threads(void)
{
        uint32_t timeouts = 0;
        uint32_t last = 0;

        // The kernel does so too, when it begins behind this.
        ready_settle();
        seated = current;
        for (uint32_t i = 0; i < unit_count; i++) {
                const struct thread *thread = &units[i].thread;
                if (!is_used(thread))
                        continue;
                check_place(thread);
                check_ready(thread);
                check_timeout(thread, &last);
                timeouts += thread->wake_place != 0;
        }
        FUZZ_HOLDS(timeouts == last, "%u timeouts in %u places", timeouts,
                   last);
        FUZZ_HOLDS(timeouts_any() == (timeouts != 0), "%u timeouts", timeouts);
}
