// SPDX-License-Identifier: MIT
// Trials that judge themselves, and some after which the machine is looked at from
// outside.
#ifndef TESTS_API_H
#define TESTS_API_H

#include <h4/system.h>
#include <h4/test.h>

static inline void
api_begin(const char *program)
{
        system_begin(program);
        system_allow_exceptions();
}

// To its end.
static inline void
api_run(const char *program, const char *trial)
{
        api_begin(program);
        system_run(trial);
}

// It says by look(1) that all is as it was when it began.
static inline void
api_run_all_back(const char *program, const char *trial, uint32_t milliseconds)
{
        api_begin(program);
        system_limit(milliseconds, SYSTEM_EVENTS);
        system_start(trial);
        system_until_look(1);
        system_expect_all_back("all that was made has been ended");
        system_until_end();
        system_expect_sound("after the trial");
}

// Trials with much to do: that lasts while H looks after itself.
#define API_LONG 2000u // milliseconds

#define RUN_LONG(trial)                                                        \
        TEST(trial)                                                            \
        {                                                                      \
                api_begin(PROGRAM);                                            \
                system_limit(API_LONG, SYSTEM_EVENTS);                         \
                system_run(#trial);                                            \
        }
#define RUN(trial)                                                             \
        TEST(trial)                                                            \
        {                                                                      \
                api_run(PROGRAM, #trial);                                      \
        }
#define RUN_ALL_BACK(trial)                                                    \
        TEST(trial)                                                            \
        {                                                                      \
                api_run_all_back(PROGRAM, #trial, SYSTEM_TICKS);               \
        }
#define RUN_LONG_ALL_BACK(trial)                                               \
        TEST(trial)                                                            \
        {                                                                      \
                api_run_all_back(PROGRAM, #trial, API_LONG);                   \
        }

#endif
