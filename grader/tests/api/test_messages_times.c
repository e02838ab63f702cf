// SPDX-License-Identifier: MIT
// The trials of user/trial6_api that look at the clock.
#include "api.h"

#define PROGRAM "trial6_api"

// timeouts.c
RUN(receiving_ends_by_a_period)
RUN(sending_ends_by_a_period)
RUN(no_time_at_all)
RUN(no_time_is_enough_for_who_waits)
RUN(never_does_not_end)
RUN(long_periods_do_not_end_soon)
RUN(points_in_time)
RUN(points_that_have_passed)
RUN(the_receive_phase_has_all_its_time)
RUN(many_timeouts)

// equals_special.c
RUN(equals_call_with_timeouts)

// equals_run.c
RUN(a_gift_ends_with_a_call)
RUN(equals_that_run_are_ready)
RUN_ALL_BACK(equals_have_their_turns)

// without.c
RUN(timeouts_end_with_their_message)
RUN(a_message_takes_its_timeout_with_it)
RUN(a_timeout_is_cancelled)

// preemption.c
RUN(a_scheduler_is_told_of_a_used_up_quantum)
RUN(a_new_quantum_takes_the_message_back)
RUN(a_message_of_preemption_waits)
RUN(a_scheduler_that_is_no_more)
RUN(who_waits_does_not_pay)
RUN(a_preemption_is_signalled)
RUN(a_preemption_is_not_signalled)
RUN(a_preemption_is_not_waited_for)
RUN(preemption_is_put_off)
RUN(preemption_is_not_put_off_by_more_urgent_ones)
RUN(preemption_is_not_put_off_without_time)
RUN(thread_switch_gives_a_period)
