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

// Whoever was in a ring when all begins anew is in none.
static void
expect_anew(uint8_t before, uint8_t priority)
{
        begin();
        trying("priority %u alone, where priority %u was in use before "
               "ready_init",
               priority, before);
        threads[0].priority = before;
        ready_add(&threads[0]);
        ready_init();
        expect_hex(0, id_of(ready_first()), "ready_first after ready_init");
        threads[1].priority = priority;
        ready_add(&threads[1]);
        expect_hex(threads[1].id, id_of(ready_first()),
                   "ready_first of priority %u alone, where priority %u was "
                   "in use before ready_init",
                   priority, before);
        trying_over();
}

TEST(ready_first_is_of_the_highest_priority)
{
        static const uint8_t priorities[] = { 0, 31, 32, 63, 128, 255, 254, 1 };

        expect_anew(100, 100);
        expect_anew(100, 97);
        expect_anew(100, 60);
        expect_anew(0, 0);
        expect_anew(20, 10);
        expect_anew(255, 255);
        expect_anew(250, 230);
        begin();
        expect_hex(0, id_of(ready_first()), "ready_first of nobody");
        uint32_t best = 0;
        for (uint32_t i = 0; i < sizeof(priorities); i++) {
                threads[i].priority = priorities[i];
                trying("ready_add and ready_first of priority %u, the %u. of "
                       "some",
                       priorities[i], i + 1);
                ready_add(&threads[i]);
                if (priorities[i] > threads[best].priority)
                        best = i;
                expect_hex(threads[best].id, id_of(ready_first()),
                           "ready_first when a thread of priority %u has "
                           "become ready",
                           priorities[i]);
        }
        for (uint32_t left = sizeof(priorities); left > 0; left--) {
                trying("ready_first and ready_remove of whoever is first, %u "
                       "being left",
                       left);
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
        trying_over();
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
                trying("ready_add of priority %u, %u being ready",
                       thread->priority, count);
                ready_add(thread);
                order[count++] = thread;
        } else if (random_below(2) == 0) {
                trying("ready_remove of priority %u, %u being ready",
                       thread->priority, count);
                ready_remove(thread);
                drop(at);
        } else {
                trying("ready_last of priority %u, %u being ready",
                       thread->priority, count);
                ready_last(thread);
                drop(at);
                order[count++] = thread;
        }
        trying_over();
}

TEST(ready_rings_keep_their_order)
{
        begin();
        count = 0;
        for (uint32_t i = 0; i < 400; i++) {
                struct thread *thread = &threads[random_below(THREADS)];
                step(thread);
                expect_bool(place_of(thread) < count, ready_is(thread),
                            "step %u: ready_is", i);
                expect_hex(id_of(first_due()), id_of(ready_first()),
                           "step %u: ready_first", i);
        }
}

// Rings of one, two and three: each of them leaves, is replaced, becomes the last.
enum change {
        LEAVES,
        IS_REPLACED,
        COMES_BACK,
        BECOMES_LAST,
        CHANGES
};

static const char *const changes[CHANGES] = {
        "has left",
        "has been replaced",
        "has been replaced and is ready again",
        "has become the last",
};

static void
change_ring(uint32_t length, uint32_t at, enum change change, uint8_t priority)
{
        struct thread *ring[4];
        struct thread *one = &threads[at];
        uint32_t left = 0;

        begin();
        trying("a ring of %u, of priority %u, when the %u. %s", length,
               priority, at + 1, changes[change]);
        for (uint32_t i = 0; i < length; i++) {
                threads[i].priority = priority;
                ready_add(&threads[i]);
        }
        threads[9].priority = priority;
        for (uint32_t i = 0; i < length; i++)
                if (i != at)
                        ring[left++] = &threads[i];
                else if (change == IS_REPLACED || change == COMES_BACK)
                        ring[left++] = &threads[9];
        if (change == BECOMES_LAST)
                ring[left++] = one;

        if (change == LEAVES)
                ready_remove(one);
        else if (change == BECOMES_LAST)
                ready_last(one);
        else
                ready_replace(one, &threads[9]);
        expect_bool(change == BECOMES_LAST, ready_is(one),
                    "ready_is of the %u. of %u, which %s", at + 1, length,
                    changes[change]);
        if (change == COMES_BACK) { // the other one is in its ring as it was
                ready_add(one);
                ring[left++] = one;
        }
        for (uint32_t i = 0; i < left; i++) {
                expect_hex(id_of(ring[i]), id_of(ready_first()),
                           "who is the %u. when the %u. of %u %s", i + 1,
                           at + 1, length, changes[change]);
                expect_bool(true, ready_is(ring[i]), "ready_is of that one");
                ready_remove(ring[i]);
        }
        expect_hex(0, id_of(ready_first()), "ready_first, all removed");
        trying_over();
}

TEST(ready_rings_of_few)
{
        static const uint8_t priorities[] = { 31, 32, 255 };

        for (uint32_t p = 0; p < sizeof(priorities); p++)
                for (uint32_t length = 1; length <= 3; length++)
                        for (uint32_t at = 0; at < length; at++)
                                for (unsigned c = 0; c < CHANGES; c++)
                                        change_ring(length, at, (enum change)c,
                                                    priorities[p]);
}

TEST(ready_pairs_of_priorities)
{
        begin();
        for (uint32_t low = 0; low < 256; low += 3)
                for (uint32_t step = 1; low + step < 256; step *= 2) {
                        uint32_t high = low + step;
                        threads[0].priority = (uint8_t)low;
                        threads[1].priority = (uint8_t)high;
                        trying("two that are ready, of priorities %u and %u",
                               low, high);
                        ready_add(&threads[0]);
                        ready_add(&threads[1]);
                        expect_hex(threads[1].id, id_of(ready_first()),
                                   "ready_first of priorities %u and %u", low,
                                   high);
                        ready_remove(&threads[1]);
                        expect_hex(threads[0].id, id_of(ready_first()),
                                   "ready_first when priority %u is left", low);
                        ready_remove(&threads[0]);
                        expect_hex(0, id_of(ready_first()),
                                   "ready_first when nobody is left");
                }
        trying_over();
}

// Nothing of a thread but its two links is written.
TEST(ready_writes_links_only)
{
        begin();
        for (uint32_t i = 0; i < 3; i++)
                threads[i].priority = 40;
        struct thread before[3];
        for (uint32_t i = 0; i < 3; i++) {
                threads[i].slice_left = random_word();
                threads[i].mr0 = random_word();
                before[i] = threads[i];
        }
        ready_add(&threads[0]);
        ready_add(&threads[1]);
        ready_last(&threads[0]);
        ready_replace(&threads[1], &threads[2]);
        ready_remove(&threads[0]);
        ready_remove(&threads[2]);
        for (uint32_t i = 0; i < 3; i++) {
                before[i].next_ready = threads[i].next_ready;
                before[i].last_ready = threads[i].last_ready;
                const uint32_t *due = (const uint32_t *)&before[i];
                const uint32_t *found = (const uint32_t *)&threads[i];
                for (uint32_t word = 0; word < sizeof(before[i]) / 4; word++)
                        expect_hex(due[word], found[word],
                                   "word %u of a thread that was in a ring",
                                   word);
        }
}
