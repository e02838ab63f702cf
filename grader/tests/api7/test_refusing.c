// SPDX-License-Identifier: MIT
// The trials of user/trial7: calls that are refused.
#include "../api/api.h"

#define PROGRAM "trial7"

// refusing.c
RUN_LONG_ALL_BACK(thread_control_refused_changes_nothing)
RUN_LONG_ALL_BACK(space_control_refused_changes_nothing)
RUN_LONG_ALL_BACK(memory_control_refused_changes_nothing)
RUN_LONG_ALL_BACK(processor_control_refused_changes_nothing)

// refusing_anybody.c
RUN_LONG_ALL_BACK(exchange_registers_refused_changes_nothing)
RUN_LONG_ALL_BACK(schedule_refused_changes_nothing)
RUN_LONG_ALL_BACK(unmap_of_nothing_changes_nothing)
