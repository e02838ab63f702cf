// SPDX-License-Identifier: MIT
// Messages between the threads of one program: trials of user/trial6.
#include <h4/system.h>
#include <h4/test.h>

#define RUN(trial)                                                             \
        TEST(trial)                                                            \
        {                                                                      \
                system_begin("trial6");                                        \
                system_run(#trial);                                            \
        }

RUN(one_waits_for_one_only)
RUN(who_runs_after_a_message)
