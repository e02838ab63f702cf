// SPDX-License-Identifier: MIT
// Tests of the ready threads: rings, one a priority. No program is needed.
#include <h4/test.h>
#include <l4/schedule.h>

#define THREADS 40u

static struct thread threads[THREADS];

static void
begin(void)
{
        ready_init();
        for (uint32_t i = 0; i < THREADS; i++)
                threads[i] = (struct thread){ .id = id_make(100 + i, 1) };
}

static uint32_t
id_of(const struct thread *thread)
{
        return thread ? thread->id : 0;
}

TEST(ready_first_is_of_the_highest_priority)
{
        static const uint8_t priorities[] = { 0, 31, 32, 63, 128, 255, 254, 1 };

        begin();
        expect_hex(0, id_of(ready_first()), "ready_first of nobody");
        uint32_t best = 0;
        for (uint32_t i = 0; i < sizeof(priorities); i++) {
                threads[i].priority = priorities[i];
                ready_add(&threads[i]);
                if (priorities[i] > threads[best].priority)
                        best = i;
                expect_hex(threads[best].id, id_of(ready_first()),
                           "ready_first when a thread of priority %u has "
                           "become ready",
                           priorities[i]);
        }
        for (uint32_t left = sizeof(priorities); left > 0; left--) {
                struct thread *first = ready_first();
                for (uint32_t i = 0; i < sizeof(priorities); i++)
                        if (ready_is(&threads[i]) &&
                            threads[i].priority > first->priority)
                                fail("ready_first has priority %u, and one of "
                                     "priority %u is ready",
                                     first->priority, threads[i].priority);
                ready_remove(first);
                expect_bool(false, ready_is(first),
                            "ready_is of one that was "
                            "removed");
        }
        expect_hex(0, id_of(ready_first()), "ready_first, all removed");
}

// The model: a list in the order in which threads came to the end of their rings.
static struct thread *order[THREADS];
static uint32_t count;

static void
drop(uint32_t at)
{
        count--;
        for (; at < count; at++)
                order[at] = order[at + 1];
}

static const struct thread *
first_due(void)
{
        const struct thread *best = NULL;

        for (uint32_t i = 0; i < count; i++)
                if (!best || order[i]->priority > best->priority)
                        best = order[i];
        return best;
}

static uint32_t
place_of(const struct thread *thread)
{
        uint32_t i = 0;

        while (i < count && order[i] != thread)
                i++;
        return i;
}

static void
step(struct thread *thread)
{
        uint32_t at = place_of(thread);

        if (at == count) {
                thread->priority = (uint8_t)(random_below(4) * 31 + 30);
                ready_add(thread);
                order[count++] = thread;
        } else if (random_below(2) == 0) {
                ready_remove(thread);
                drop(at);
        } else {
                ready_last(thread);
                drop(at);
                order[count++] = thread;
        }
}

TEST(ready_rings_keep_their_order)
{
        begin();
        count = 0;
        for (uint32_t i = 0; i < 1000; i++) {
                struct thread *thread = &threads[random_below(THREADS)];
                step(thread);
                expect_bool(place_of(thread) < count, ready_is(thread),
                            "step %u: ready_is", i);
                expect_hex(id_of(first_due()), id_of(ready_first()),
                           "step %u: ready_first", i);
        }
}
