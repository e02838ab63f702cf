// SPDX-License-Identifier: MIT
// Tests of exercises 7.7 to 7.9: what takes long is done for two threads at once, in turns,
// as programs see it: trials of user/trial7.
#include <h4/system.h>
#include <h4/test.h>

#define RUN(trial)                                                             \
        TEST(trial)                                                            \
        {                                                                      \
                system_begin("trial7");                                        \
                system_allow_exceptions();                                     \
                system_limit(2000, 100000);                                    \
                system_run(#trial);                                            \
        }

RUN(items_at_once)
RUN(unmaps_at_once)
RUN(strings_at_once)
