// SPDX-License-Identifier: MIT
// What is true of threads that wait for each other: the rings of senders and waiters, and
// the two ends of a message that is being carried.
#include "fuzz.h"

#include <l4/partners.h>
#include <l4/units.h>

// All in one ring of a thread's. Returns how many, and how many of them send in somebody
// else's name.
static uint32_t
check_ring(struct thread *of, struct thread *const *ring,
           enum thread_state state, uint32_t *deputies)
{
        const struct thread *at = *ring;
        uint32_t count = 0;

        if (!at)
                return 0;
        do {
                FUZZ_HOLDS(at->id != ID_NIL && at->ring == ring &&
                                   at->state == state,
                           "thread 0x%08x in a ring of 0x%08x", at->id, of->id);
                FUZZ_HOLDS(at->next_in_ring->last_in_ring == at,
                           "a ring of thread 0x%08x is torn", of->id);
                if (state == THREAD_SENDING) {
                        FUZZ_HOLDS(at->receiver == of,
                                   "thread 0x%08x does not send to 0x%08x",
                                   at->id, of->id);
                        *deputies += at->sent_as != at->id;
                } else {
                        FUZZ_HOLDS(at->partner == of->id,
                                   "thread 0x%08x does not wait for 0x%08x",
                                   at->id, of->id);
                }
                at = at->next_in_ring;
                FUZZ_HOLDS(++count <= unit_count,
                           "a ring of thread 0x%08x has no end", of->id);
        } while (at != *ring);
        return count;
}

static void
check_carried(struct thread *thread)
{
        struct thread *to = thread->under_way.receiver;
        struct thread *from = thread->carried_by
                                      ? thread->carried_by
                                      : thread->under_way.before.carried_by;

        FUZZ_HOLDS(!to || to->carried_by == thread ||
                           to->under_way.before.carried_by == thread,
                   "thread 0x%08x carries a message to 0x%08x, which does not "
                   "know",
                   thread->id, to ? to->id : 0);
        FUZZ_HOLDS(!from || from->under_way.receiver == thread,
                   "thread 0x%08x waits for a message of 0x%08x's, which does "
                   "not know",
                   thread->id, from ? from->id : 0);
}

static bool
is_in_ring(const struct thread *thread)
{
        return thread->ring != NULL;
}

void
check_waiting(void)
{
        uint32_t in_rings = 0;
        uint32_t found = 0;

        // Some still stand in the rings of one whom they do not find any more.
        if (partners_left())
                return;
        for (uint32_t i = 0; i < unit_count; i++) {
                struct thread *thread = &units[i].thread;
                uint32_t deputies = 0;
                if (thread->id == ID_NIL)
                        continue;
                found += check_ring(thread, &thread->senders, THREAD_SENDING,
                                    &deputies);
                found += check_ring(thread, &thread->waiters, THREAD_RECEIVING,
                                    &deputies);
                FUZZ_HOLDS(deputies == thread->deputies,
                           "thread 0x%08x has %u deputies, and counts %u",
                           thread->id, deputies, thread->deputies);
                in_rings += is_in_ring(thread);
                check_carried(thread);
        }
        FUZZ_HOLDS(found == in_rings, "%u threads in rings, and %u found there",
                   in_rings, found);
}
