// SPDX-License-Identifier: MIT
// The trials of user/trial7: strings.
#include "api.h"

#define PROGRAM "trial7"

// strings.c
RUN(a_string_arrives)
RUN(a_string_waits_for_its_receiver)
RUN(a_string_of_no_bytes)
RUN(a_string_of_many_pages)
RUN(a_string_is_gathered)
RUN(a_string_is_scattered)
RUN(a_string_is_gathered_and_scattered)
RUN(several_strings_arrive)
RUN(as_many_strings_as_there_is_room_for)
RUN(hints_come_with_the_item)
RUN(a_string_nobody_accepts)
RUN(a_buffer_that_is_too_short)
RUN(buffers_that_are_too_short_together)
RUN(no_buffer_for_the_second_string)
RUN(a_string_is_cut_off)
RUN(a_string_has_not_as_many_addresses_as_it_says)
RUN(a_string_goes_on_behind_its_message)
RUN(a_buffer_goes_on_behind_its_registers)
RUN(a_buffer_has_not_as_many_addresses_as_it_says)
RUN(items_of_unknown_kinds)
RUN(a_string_in_kernel_space)
RUN(a_buffer_in_kernel_space)
