// SPDX-License-Identifier: MIT
// Tests of the heap of timeouts from inside: where each thread is in it, and how much is
// moved. No program is needed.
#include <h4/test.h>
#include <l4/timeout.h>
#include <l4/units.h>

#define THREADS 32u
#define FEW 14u
#define MARK 0xA5A5A5A5u

static struct unit room[THREADS];
static struct thread threads[THREADS];
static struct thread before[THREADS];
static uint64_t wakes[THREADS];
static uint32_t numbers[THREADS]; // the order of adding
static uint32_t added;
static bool has[THREADS];

// How many children each place of the heap may have, as far as has been seen: one bit
// for each number. Two is the usual one.
#define MOST_CHILDREN 8u

static uint32_t heaps;

static void
fill(void *memory, uint32_t bytes)
{
        uint32_t *words = memory;

        for (uint32_t i = 0; i < bytes / 4; i++)
                words[i] = MARK;
}

static void
begin(void)
{
        fill(room, sizeof(room));
        units = room;
        unit_count = THREADS;
        timeouts_init();
        added = 0;
        heaps = 0x1FC; // 2 to MOST_CHILDREN
        fill(threads, sizeof(threads));
        for (uint32_t i = 0; i < THREADS; i++) {
                threads[i].id = id_make(100 + i, 1);
                threads[i].wake_place = 0;
                before[i] = threads[i];
                has[i] = false;
        }
}

static void
add(uint32_t number, uint64_t wake)
{
        wakes[number] = wake;
        numbers[number] = added++;
        has[number] = true;
        timeout_add(&threads[number], wake);
}

static uint32_t
count(void)
{
        uint32_t there = 0;

        for (uint32_t i = 0; i < THREADS; i++)
                there += has[i];
        return there;
}

static bool
earlier(uint32_t a, uint32_t b)
{
        return wakes[a] != wakes[b] ? wakes[a] < wakes[b]
                                    : numbers[a] < numbers[b];
}

// --- Places ---------------------------------------------------------------------------------

static void
check_place(uint32_t i, uint32_t there, uint32_t step)
{
        uint32_t place = threads[i].wake_place;

        if (!has[i]) {
                expect_number(0, place,
                              "step %u: wake_place of a thread that has no "
                              "timeout",
                              step);
                return;
        }
        if (place < 1 || place > there)
                fail("step %u: of %u threads with timeouts one has wake_place "
                     "%u",
                     step, there, place);
        if (room[place - 1].timeout != &threads[i])
                fail("step %u: a thread has wake_place %u, and "
                     "units[%u].timeout is another one",
                     step, place, place - 1);
        expect_bool(true, threads[i].wake == wakes[i],
                    "step %u: wake is when the timeout ends", step);
        for (uint32_t of = 2; of <= MOST_CHILDREN && place > 1; of++) {
                uint32_t parent = (place - 2) / of;
                uint32_t above = (uint32_t)(room[parent].timeout - threads);
                if (above >= THREADS || earlier(i, above))
                        heaps &= ~(1u << of);
        }
        if (heaps == 0)
                fail("step %u: the timeouts in the array `units` are no heap, "
                     "neither one with two children each nor one with up to "
                     "%u: the one at place %u ends before one that would be "
                     "above it",
                     step, MOST_CHILDREN, place);
}

static void
check_places(uint32_t step)
{
        uint32_t there = count();

        for (uint32_t i = 0; i < FEW; i++)
                check_place(i, there, step);
        expect_bool(there > 0, timeouts_any(), "step %u: timeouts_any", step);
}

static void
take(uint32_t step)
{
        const struct thread *taken = timeout_take(1000 + random_below(50));

        if (!taken)
                return;
        if (taken < threads || taken >= threads + FEW || !has[taken - threads])
                fail("step %u: timeout_take returns a thread that has no "
                     "timeout",
                     step);
        has[taken - threads] = false;
}

// Of a thread three fields are written, of a unit one.
static void
expect_nothing_else(void)
{
        for (uint32_t i = 0; i < THREADS; i++) {
                before[i].wake = threads[i].wake;
                before[i].wake_order = threads[i].wake_order;
                before[i].wake_place = threads[i].wake_place;
                const uint32_t *due = (const uint32_t *)&before[i];
                const uint32_t *found = (const uint32_t *)&threads[i];
                for (uint32_t at = 0; at < sizeof(before[i]) / 4; at++)
                        if (due[at] != found[at])
                                fail("word %u of a thread, which is no part of "
                                     "its timeout, has been written",
                                     at);
                room[i].timeout = NULL;
                const uint32_t *unit = (const uint32_t *)&room[i];
                for (uint32_t at = 0; at < sizeof(room[i]) / 4; at++)
                        if (unit[at] != MARK &&
                            &unit[at] != (const uint32_t *)&room[i].timeout)
                                fail("word %u of a unit, which is not "
                                     "`timeout`, has been written",
                                     at);
        }
}

TEST(threads_know_their_places)
{
        begin();
        for (uint32_t step = 0; step < 220; step++) {
                uint32_t number = random_below(FEW);
                uint32_t what = random_below(8);
                trying("step %u, of timeout_take, timeout_remove and "
                       "timeout_add",
                       step);
                if (what == 0) {
                        take(step);
                } else if (has[number] || what == 1) {
                        timeout_remove(&threads[number]);
                        has[number] = false;
                } else {
                        add(number, 1000 + random_below(60));
                }
                check_places(step);
        }
        trying_over();
        expect_nothing_else();
}

// --- That it is logarithmic -------------------------------------------------------------------

#define MOST_MOVED 6u // 2^5 is the number of threads; and the last one

static uint32_t places[THREADS];

static void
note_places(void)
{
        for (uint32_t i = 0; i < THREADS; i++)
                places[i] = threads[i].wake_place;
}

static void
expect_few_moved(const char *what)
{
        uint32_t moved = 0;

        for (uint32_t i = 0; i < THREADS; i++)
                moved += threads[i].wake_place != places[i];
        if (moved > MOST_MOVED)
                fail("%s, %u under way: the places of %u threads are others "
                     "now; in a heap of so many they are %u at most",
                     what, count(), moved, MOST_MOVED);
}

static uint64_t
time_of(uint32_t pattern, uint32_t number)
{
        switch (pattern) {
        case 0:
                return 1000 + number;
        case 1:
                return 1000 - number;
        default:
                return random_below(1000);
        }
}

TEST(few_timeouts_are_moved)
{
        for (uint32_t pattern = 0; pattern < 3; pattern++) {
                begin();
                for (uint32_t i = 0; i < THREADS; i++) {
                        note_places();
                        add(i, time_of(pattern, i));
                        expect_few_moved("one has been added");
                }
                for (uint32_t i = 0; i < THREADS; i++) {
                        uint32_t number = i * 29 % THREADS;
                        note_places();
                        timeout_remove(&threads[number]);
                        has[number] = false;
                        expect_few_moved("one has been taken off");
                }
        }
}
