// SPDX-License-Identifier: MIT
// The trials of user/trial6_api: messages between programs.
#include "api.h"

#define PROGRAM "trial6_api"

// words.c
RUN(each_number_of_words_arrives)
RUN(words_arrive_in_another_space)
RUN(the_sender_may_come_first)
RUN(calls_are_answered)
RUN(nobody_and_nobody)
RUN(flags_of_the_sender_are_cleared)
RUN(too_many_words_are_an_error_of_both)
RUN(too_many_words_of_one_who_waits)
RUN(typed_words_are_dropped)
RUN(registers_after_a_message)
RUN(registers_after_an_error)
RUN(registers_after_sending)
RUN(lipc_is_ipc)

// partners.c
RUN(nobody_can_be_sent_to)
RUN(nobody_can_be_received_from)
RUN(sending_comes_before_receiving)
RUN(an_error_in_sending_is_the_end)
RUN(local_ids_are_told_in_one_space)
RUN(local_ids_are_the_own_space_s)
RUN(senders_are_served_in_turn)
RUN(one_sender_of_several_is_received)
RUN(one_waits_for_one_only)
RUN(any_local_is_of_the_same_space)
RUN(oneself_is_never_there)
RUN(an_inactive_thread_is_sent_to)
RUN(who_runs_after_a_message)

// equals.c
RUN(equals_are_served)
RUN_ALL_BACK(equals_call_by_local_ids)
RUN_ALL_BACK(equals_wait_no_longer)
RUN(the_former_partner_has_another_name)
RUN(local_ids_of_the_former_partner_s_space)

// equals_special.c
RUN(equals_call_with_typed_items)
RUN(equals_call_in_other_names)
RUN(equals_wait_for_others)
RUN(equals_receive_from_those_who_send)
RUN(equals_pass_on)
RUN(equals_look_first)
RUN(equals_are_redirected)
RUN(equals_are_halted)
RUN(equals_are_started)

// equals_run.c
RUN(unequals_call)
RUN(equals_wait_both)
RUN(equals_give_up_their_turns)

// propagation.c
RUN(a_message_in_another_s_name)
RUN(names_may_be_local_or_inactive)
RUN(a_name_of_the_own_space)
RUN(a_name_of_another_space)
RUN(names_that_are_not_allowed)
RUN(a_name_without_the_flag)
RUN(a_name_is_waited_for)
RUN(a_name_is_found)
RUN(a_sender_is_not_found_by_its_own_name)
RUN(an_answer_comes_from_somebody_else)
RUN(a_name_stays_where_nothing_arrives)
RUN(a_name_that_is_no_more)
RUN(any_local_goes_by_the_name)

// redirection.c
RUN(a_message_is_redirected)
RUN(an_answer_comes_from_the_redirector)
RUN(some_messages_are_not_redirected)
RUN(a_redirector_of_its_own_space)
RUN(a_redirector_passes_on)
RUN(redirectors_in_a_row)
RUN(redirectors_in_a_ring)
RUN(a_redirector_that_is_no_more)
RUN(a_redirector_ends_before_it_receives)
RUN(the_kernel_s_messages_are_not_redirected)

// cancelling.c
RUN(receiving_is_cancelled)
RUN(sending_is_cancelled)
RUN(what_is_cancelled_does_not_arrive)
RUN(a_halted_thread_receives)
RUN(a_halted_thread_sends)
RUN(a_halted_thread_is_cancelled)
RUN(a_waiting_thread_is_sent_elsewhere)
RUN(a_cancelled_thread_is_sent_elsewhere)
RUN(the_start_is_cancelled)
RUN(who_may_exchange_registers)
RUN(a_child_may_not_exchange_its_parent_s)

// ending.c
RUN_ALL_BACK(who_waits_for_one_that_ends_is_told)
RUN_ALL_BACK(who_waits_for_one_that_is_renamed_is_told)
RUN_ALL_BACK(who_waits_for_an_inactive_one_is_told)
RUN(a_renamed_thread_goes_on)
RUN(a_renamed_sender_is_told_by_its_new_name)
RUN_ALL_BACK(threads_end_in_every_state)
RUN_ALL_BACK(a_space_goes_with_its_last_thread)
RUN_ALL_BACK(a_thread_moves_to_another_space)

// privilege.c
RUN(a_child_has_no_privilege)
RUN(a_child_schedules_what_is_its_own)
RUN(a_child_finds_its_page_and_utcb)
RUN(pages_are_where_each_space_wants_them)
RUN(gs_is_each_thread_s_own)
RUN(utcbs_are_the_space_s)
RUN_ALL_BACK(a_child_that_jumps_away)
