// SPDX-License-Identifier: MIT
// Tests by user code: running the trials of user/trial5, and looking at their threads.
#ifndef LAB5_TRIALS_H
#define LAB5_TRIALS_H

#include <h4/system.h>
#include <h4/test.h>
#include <l4/thread.h>

#define PROGRAM "trial5"

#define RUN(trial)                                                             \
        TEST(trial)                                                            \
        {                                                                      \
                system_begin(PROGRAM);                                         \
                system_run(#trial);                                            \
        }

// Programs in other spaces have page faults, before they have their pages.
#define RUN_IN_SPACES(trial)                                                   \
        TEST(trial)                                                            \
        {                                                                      \
                system_begin(PROGRAM);                                         \
                system_allow_exceptions();                                     \
                system_run(#trial);                                            \
        }

// The n-th thread that the trial has made.
static inline struct thread *
numbered(uint32_t n)
{
        struct thread *thread = thread_numbered(NUMBER_USER + 2 + n);

        if (!thread)
                fail("the %u. thread is not in the table", n);
        return thread;
}

// A line's thread, as there are in lab 6.
static inline const struct thread *
line_taken(unsigned line)
{
        struct thread *thread = thread_take(id_interrupt(line));

        if (!thread)
                fail("there is no room for the thread of line %u", line);
        thread->line = (uint8_t)line;
        thread->state = THREAD_READY;
        thread->role = ROLE_INTERRUPT;
        return thread;
}

static inline void
expect_same(const struct thread *before, const struct thread *now,
            const char *what)
{
        const uint32_t *due = (const uint32_t *)before;
        const uint32_t *found = (const uint32_t *)now;

        for (uint32_t word = 0; word < sizeof(*now) / 4; word++)
                expect_hex(
                        due[word], found[word],
                        "word %u of struct thread (4 bytes each) of %s, after nothing but "
                        "errors",
                        word, what);
}

#endif
