// SPDX-License-Identifier: MIT
// The trials of user/trial6_api: the kernel's messages, and programs that mean no good.
#include "api.h"

#define PROGRAM "trial6_api"

// starting.c
RUN(a_pager_starts_a_thread)
RUN(a_start_message_may_say_more)
RUN(a_start_message_may_say_less)
RUN(nobody_else_starts_a_thread)
RUN(a_start_message_may_come_first)
RUN(a_pager_may_come_later)
RUN(a_thread_that_has_not_begun)
RUN(a_start_message_that_is_too_long)
RUN(a_start_leaves_message_registers_alone)

// faults.c
RUN(a_fault_by_reading)
RUN(a_fault_by_writing)
RUN(faults_of_each_kind)
RUN(a_fault_in_another_space)
RUN(a_fault_leaves_registers_alone)
RUN(a_fault_that_stays)
RUN(the_page_cannot_be_written)
RUN(kernel_space_is_nobody_s)

// pagers.c
RUN(a_fault_without_a_pager)
RUN(a_fault_with_nil_for_a_pager)
RUN(a_pager_that_ends_first)
RUN(a_pager_that_ends_before_it_answers)
RUN(only_the_pager_answers)
RUN_ALL_BACK(a_pager_of_its_own)
RUN(a_fault_is_cancelled)
RUN(a_fault_is_cancelled_before_it_is_told)

// exceptions.c
RUN(the_answer_is_all_registers)
RUN(a_short_answer_leaves_registers)
RUN(an_answer_of_one_word)
RUN(an_answer_without_words)
RUN(an_exception_without_a_handler)
RUN(a_handler_that_is_nobody)
RUN(a_handler_that_ends)
RUN(a_breakpoint_without_a_handler)
RUN(an_exception_leaves_registers_alone)
RUN(an_exception_is_cancelled)
RUN(no_exceptions_of_the_unit)
RUN(exceptions_of_each_kind)
RUN(exception_undefined_instruction)
RUN(exception_breakpoint)
RUN(exception_overflow)
RUN(exception_out_of_bounds)
RUN(exception_halt)
RUN(exception_disable_interrupts)
RUN(exception_closed_gate)
RUN(exception_port)
RUN(exception_call_from_nowhere)

// interrupts.c
RUN(an_interrupt_is_a_message)
RUN(an_interrupt_waits_for_its_answer)
RUN(an_interrupt_waits_in_the_queue)
RUN(an_interrupt_is_no_local_thread)
RUN(a_line_gets_another_handler)
RUN(the_same_handler_again)
RUN(a_line_without_a_handler)
RUN(an_answer_that_is_not_due)

// handlers.c
RUN_ALL_BACK(a_handler_of_interrupts_ends)
RUN(a_handler_is_renamed)
RUN_ALL_BACK(a_handler_ends_before_it_receives)
RUN(lines_that_there_are_not)
RUN(a_handler_in_another_space)

// hostile.c
RUN(sysenter_from_anywhere)
RUN(sysenter_with_any_edi)
RUN(sysenter_to_nowhere)
RUN(a_utcb_full_of_nonsense)
RUN_ALL_BACK(pagers_and_handlers_that_are_no_ids)
RUN_ALL_BACK(a_pager_that_is_an_interrupt_line)
RUN_ALL_BACK(a_fault_does_not_answer_a_fault)
RUN_ALL_BACK(two_faults_do_not_answer_each_other)

// Seven threads send and receive whatever comes to mind, are cancelled and ended: the
// kernel goes on, and when all have ended nothing of them is left.
TEST(messages_at_random)
{
        api_begin(PROGRAM);
        system_limit(2000, 200000);
        system_give(random_word());
        system_start("messages_at_random");
        system_until_look(1);
        expect_bool(true, system_note(0, 0) < 300,
                    "%u messages of 400 have not been tried",
                    system_note(0, 0));
        system_expect_sound("after many messages");
        system_expect_all_back("after many messages");
        system_until_end();
}
