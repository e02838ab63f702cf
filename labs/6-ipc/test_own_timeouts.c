// SPDX-License-Identifier: MIT
// Tests of exercise 6.10, a student's test of 6.4: it runs on the right solution, and
// on ten wrong ones, of which there are only objects.
#include "own_timeouts.h"

#include <h4/own.h>
#include <h4/test.h>
#include <l4/units.h>

#define VERSION(version)                                                       \
        void version##__timeouts_init(void);                                   \
        void version##__timeout_add(struct thread *thread, uint64_t wake);     \
        void version##__timeout_remove(struct thread *thread);                 \
        bool version##__timeouts_any(void);                                    \
        struct thread *version##__timeout_take(uint64_t now);

VERSION(right)
VERSION(wrong_1)
VERSION(wrong_2)
VERSION(wrong_3)
VERSION(wrong_4)
VERSION(wrong_5)
VERSION(wrong_6)
VERSION(wrong_7)
VERSION(wrong_8)
VERSION(wrong_9)
VERSION(wrong_10)

#define FUNCTIONS(version)                                                     \
        {                                                                      \
                version##__timeouts_init, version##__timeout_add,              \
                        version##__timeout_remove, version##__timeouts_any,    \
                        version##__timeout_take                                \
        }

static const struct {
        void (*init)(void);
        void (*add)(struct thread *thread, uint64_t wake);
        void (*remove)(struct thread *thread);
        bool (*any)(void);
        struct thread *(*take)(uint64_t now);
} versions[] = {
        FUNCTIONS(right),   FUNCTIONS(wrong_1),  FUNCTIONS(wrong_2),
        FUNCTIONS(wrong_3), FUNCTIONS(wrong_4),  FUNCTIONS(wrong_5),
        FUNCTIONS(wrong_6), FUNCTIONS(wrong_7),  FUNCTIONS(wrong_8),
        FUNCTIONS(wrong_9), FUNCTIONS(wrong_10),
};

static unsigned chosen;

// The heap of the version, and the threads that are on it.
static struct unit room[TESTED_THREADS];
struct thread tested_threads[TESTED_THREADS];

static void
choose(unsigned version)
{
        chosen = version;
        units = room;
        unit_count = TESTED_THREADS;
        for (uint32_t i = 0; i < TESTED_THREADS; i++)
                tested_threads[i] =
                        (struct thread){ .id = id_make(100 + i, 1) };
        versions[version].init();
}

void
tested_add(struct thread *thread, uint64_t wake)
{
        versions[chosen].add(thread, wake);
}

void
tested_remove(struct thread *thread)
{
        versions[chosen].remove(thread);
}

bool
tested_any(void)
{
        return versions[chosen].any();
}

struct thread *
tested_take(uint64_t now)
{
        return versions[chosen].take(now);
}

static const struct own_test own_test = { own_test_of_timeouts, choose };

TEST(own_test_accepts_the_reference)
{
        own_accepts(&own_test);
}

TEST(own_test_finds_wrong_ends)
{
        OWN_FINDS(&own_test, { 1, "a timeout ends too early" },
                  { 2, "a timeout ends too late" });
}

TEST(own_test_finds_wrong_comparisons)
{
        OWN_FINDS(
                &own_test,
                { 3, "of two timeouts the one that ends later can come first" },
                { 4, "of two timeouts the one added later can come first" });
}

TEST(own_test_finds_wrong_orders)
{
        OWN_FINDS(&own_test, { 5, "one of many timeouts can come out of turn" },
                  { 6,
                    "behind the first of many timeouts a wrong one can come" });
}

TEST(own_test_finds_lost_places)
{
        OWN_FINDS(
                &own_test,
                { 7, "when one is taken off another one can come too late" },
                { 8, "when one is taken off another one can come too early" });
}

TEST(own_test_finds_miscounts)
{
        OWN_FINDS(&own_test,
                  { 9, "taking off who has no timeout takes off another one" },
                  { 10, "it is not always told that one is under way" });
}
