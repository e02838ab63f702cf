// SPDX-License-Identifier: MIT
// The trials of user/trial5_api that look at the clock: whatever else the host does, they
// want the machine to run at its own speed.
#include "api.h"

#define PROGRAM "trial5_api"

// turns.c
RUN(schedule_wants_a_thread)
RUN(schedule_wants_good_values)
RUN(schedule_changes_all_or_nothing)
RUN(schedule_leaves_halves_of_the_time)
RUN(time_that_is_left_is_told)
RUN(a_slice_without_an_end_does_not_end)
RUN(a_lower_priority_waits)
RUN(a_total_quantum_is_used_up)
RUN(states_are_told)
RUN(a_dead_scheduler_leaves_nobody)
RUN(preemption_at_the_end_of_a_slice_is_put_off)
