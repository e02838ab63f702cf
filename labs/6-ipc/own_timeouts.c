// SPDX-License-Identifier: MIT
// A test of timeout_add, timeout_remove, timeouts_any and timeout_take.
//
// The contract is in own_timeouts.h.
#include "own_timeouts.h"

#include <h4/test.h>
#include <kernel/todo.h>

// H4-BEGIN 6.10
#define NOBODY TESTED_THREADS
#define MOST 15u

static void
taken(uint32_t due, uint64_t now, const char *when)
{
        const struct thread *thread = tested_take(now);

        expect_number(due,
                      thread ? (uint32_t)(thread - tested_threads) : NOBODY,
                      "%s: who is taken", when);
}

// Threads 0 to `count` - 1 wait until `wakes`; then `gone` does no more, and the others
// come in `order`.
struct example {
        const char *name;
        uint32_t count;
        uint32_t gone;
        uint64_t wakes[MOST];
        uint8_t order[MOST];
};

static void
come(const struct example *example)
{
        uint32_t left = example->count - (example->gone != NOBODY);

        for (uint32_t i = 0; i < example->count; i++)
                tested_add(&tested_threads[i], example->wakes[i]);
        if (example->gone != NOBODY)
                tested_remove(&tested_threads[example->gone]);
        for (uint32_t i = 0; i < left; i++)
                taken(example->order[i], UINT64_MAX, example->name);
        expect_bool(false, tested_any(), "%s: is any left", example->name);
}

// clang-format off
static const struct example examples[] = {
        { "beyond 32 bits", 2, NOBODY, { 0x100000001, 0xFFFFFFFF }, { 1, 0 } },
        { "from last to first", 9, NOBODY,
          { 9, 8, 7, 6, 5, 4, 3, 2, 1 },
          { 8, 7, 6, 5, 4, 3, 2, 1, 0 } },
        { "the gap is filled from another branch", 15, 3,
          { 1, 100, 2, 101, 102, 3, 4, 103, 104, 105, 106, 5, 6, 7, 8 },
          { 0, 2, 5, 6, 11, 12, 13, 14, 1, 4, 7, 8, 9, 10 } },
        { "the gap is filled by the latest", 8, 1,
          { 1, 2, 3, 4, 5, 6, 7, 20 },
          { 0, 2, 3, 4, 5, 6, 7 } },
};
// clang-format on
// H4-STUB 6.10
// H4-END 6.10

void
own_test_of_timeouts(void)
{
        // H4-BEGIN 6.10
        tested_add(&tested_threads[3], 1000);
        expect_bool(true, tested_any(), "is any under way");
        taken(NOBODY, 999, "too early");
        taken(3, 1000, "to the microsecond");

        // Of equal ones the first. One that has none is taken off for nothing.
        for (uint32_t i = 0; i < 8; i++)
                tested_add(&tested_threads[i], 500);
        tested_remove(&tested_threads[8]);
        for (uint32_t i = 0; i < 8; i++)
                taken(i, 500, "eight that end together");

        for (uint32_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
                come(&examples[i]);
        // H4-STUB 6.10
        //| H4_TODO("6.10");
        // H4-END 6.10
}
