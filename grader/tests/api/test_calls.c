// SPDX-License-Identifier: MIT
// The trials of user/trial5_api: what needs no messages.
#include "api.h"

#define PROGRAM "trial5_api"

// page.c
RUN(the_page_has_its_fields)
RUN(the_page_has_no_other_fields)
RUN(the_page_describes_the_kernel)
RUN(the_page_describes_the_processor)
RUN(the_page_names_the_root_server)
RUN(the_page_names_the_calls)
RUN(the_page_lists_memory)
RUN(the_page_names_no_other_server)

// registers.c
RUN(the_clock_leaves_registers_alone)
RUN(thread_switch_leaves_registers_alone)
RUN(controls_leave_registers_alone)
RUN(good_controls_leave_registers_alone)
RUN(nothing_can_be_set)
RUN(unmap_leaves_registers_alone)
RUN(flags_stay_by_int)

// making.c
RUN(thread_control_refuses_what_is_no_id)
RUN(thread_control_refuses_numbers_of_the_system)
RUN(thread_control_ends_by_number)
RUN(thread_control_wants_a_space)
RUN(thread_control_wants_a_scheduler)
RUN(thread_control_looks_in_this_order)
RUN_ALL_BACK(thread_control_wants_a_utcb)
RUN(an_inactive_thread_s_utcb_is_not_looked_at)
RUN(a_new_thread_has_these_values)
RUN_ALL_BACK(utcbs_are_used_again)

// changing.c
RUN(a_change_of_nothing_succeeds)
RUN(an_active_thread_keeps_its_utcb)
RUN(a_pager_is_only_a_word)
RUN(a_change_that_fails_changes_nothing)
RUN_ALL_BACK(a_thread_that_fails_is_not_there)
RUN(a_thread_gets_another_version)
RUN(local_ids_are_as_good)
RUN_ALL_BACK(threads_until_there_is_no_room)
RUN_ALL_BACK(spaces_until_there_is_no_room)
RUN_ALL_BACK(active_threads_until_there_is_no_room)

// spaces.c
RUN(space_control_wants_a_space)
RUN(space_control_wants_a_redirector)
RUN_ALL_BACK(space_control_wants_a_kip_area)
RUN(space_control_wants_a_utcb_area)
RUN(space_control_keeps_areas_apart)
RUN(space_control_may_leave_areas)
RUN(areas_move_while_nobody_is_active)
RUN(space_control_of_the_own_space)
RUN(spaces_do_not_share_utcbs)

// exchanging.c
RUN(exchange_registers_wants_a_thread)
RUN(exchange_registers_tells_the_other_id)
RUN(exchange_registers_tells_and_sets)
RUN(exchange_registers_sets_one_by_one)
RUN(a_thread_is_halted_and_let_go)
RUN(a_thread_halts_itself)
RUN(a_running_thread_is_sent_elsewhere)
RUN(a_thread_sends_itself_elsewhere)
