# SPDX-License-Identifier: MIT
"""Mistakes in what l4/ does with messages, and which trial of
user/trial6 or user/trial6_api sees each."""

from __future__ import annotations

from given_mistakes import Mistake

MISTAKES = {
    # l4/send.c, l4/receive.c, l4/meet.c, l4/ipc_call.c
    "from_anybody_comes_first": Mistake(
        "l4/meet.c",
        "        return sender && ipc_fits(thread, partner, sender) ? sender : NULL;",
        "        return sender && partner ? thread->senders : NULL;",
        "one_sender_of_several_is_received",
    ),
    "the_last_sender_is_first": Mistake(
        "l4/meet.c",
        "        if (!thread->asked)\n"
        "                return thread->senders;",
        "        if (!thread->asked)\n"
        "                return thread->senders ? thread->senders->last_in_ring : NULL;",
        "senders_are_served_in_turn",
    ),
    "nobody_to_answer_is_a_timeout": Mistake(
        "l4/receive.c",
        "ipc_fail(thread, IPC_PHASE_RECEIVE, IPC_NO_PARTNER, 0);\n"
        "        } else {",
        "ipc_fail(thread, IPC_PHASE_RECEIVE, IPC_TIMEOUT, 0);\n"
        "        } else {",
        "sending_comes_before_receiving",
    ),
    "the_tag_with_its_error": Mistake(
        "l4/receive.c",
        "thread->tag & ~TAG_ERROR);",
        "thread->tag | TAG_ERROR);",
        "registers_after_sending",
    ),
    "a_name_is_not_handed_over": Mistake(
        "l4/receive.c",
        "                hand_over(thread, receiver);",
        "                (void)0;",
        "an_answer_comes_from_somebody_else",
    ),
    "local_is_anybody": Mistake(
        "l4/meet.c",
        "return partner == ID_ANY_LOCAL &&\n"
        "               shown(sender)->space == receiver->space;",
        "return partner == ID_ANY_LOCAL;",
        "any_local_is_of_the_same_space",
    ),
    "the_kernel_answers_itself": Mistake(
        "l4/meet.c",
        "        if (receiver->role != ROLE_USER && sender->role != ROLE_USER)\n"
        "                return false;\n",
        "",
        "a_fault_does_not_answer_a_fault",
    ),
    "timeouts_outlive_their_message": Mistake(
        "l4/meet.c",
        "        ring_leave(receiver);\n"
        "        timeout_remove(receiver);\n",
        "        ring_leave(receiver);\n",
        "a_message_takes_its_timeout_with_it",
    ),
    "both_timeouts_are_one": Mistake(
        "l4/ipc_call.c",
        "(uint16_t)(in->ecx >> 16);",
        "(uint16_t)in->ecx;",
        "sending_ends_by_a_period",
    ),
    "anybody_is_sent_to": Mistake(
        "l4/ipc_call.c",
        "        set_register(self, H_ESI, 0);\n",
        "",
        "nobody_and_nobody",
    ),
    "the_phase_is_always_sending": Mistake(
        "l4/ipc_end.c",
        "offset << 4 | (uint32_t)error << 1 | phase);",
        "offset << 4 | (uint32_t)error << 1 | (phase & 0));",
        "nobody_can_be_received_from",
    ),
    # l4/time.c, l4/timeout.c
    "the_past_is_waited_for": Mistake(
        "l4/timeout.c",
        "        if (end <= now)\n"
        "                return false;\n",
        "",
        "points_that_have_passed",
    ),
    "points_are_far_away": Mistake(
        "l4/time.c",
        "return point < now || point - now > furthest ? now : point;",
        "return point;",
        "points_that_have_passed",
    ),
    "exponents_of_four_bits": Mistake(
        "l4/time.c",
        "return word >> MANTISSA_BITS & 0x1F;",
        "return word >> MANTISSA_BITS & 0xF;",
        "long_periods_do_not_end_soon",
    ),
    "a_heap_out_of_order": Mistake(
        "l4/timeout.c",
        "                        child++;\n",
        "",
        "many_timeouts",
    ),
    "timeouts_end_a_period_late": Mistake(
        "l4/timeout.c",
        "units[0].timeout->wake > now)",
        "units[0].timeout->wake + 1000 > now)",
        "receiving_ends_by_a_period",
    ),
    # l4/transfer.c, l4/address.c
    "one_word_too_few": Mistake(
        "l4/transfer.c",
        "sender->mr0 + 1, count)",
        "sender->mr0 + 1, count - (count > 1))",
        "each_number_of_words_arrives",
    ),
    "one_word_too_many": Mistake(
        "l4/transfer.c",
        "tag_typed(sender->tag) > MOST_WORDS)",
        "tag_typed(sender->tag) > MOST_WORDS + 1)",
        "too_many_words_are_an_error_of_both",
    ),
    "the_actual_sender_is_not_told": Mistake(
        "l4/transfer.c",
        "                utcb_write(receiver, UTCB_ACTUAL,\n"
        "                           thread_name(sender, receiver));",
        "                (void)0;",
        "a_message_in_another_s_name",
    ),
    "any_name_is_allowed": Mistake(
        "l4/address.c",
        "            !may_send_as(thread, other, receiver)) {",
        "            !other->id) {",
        "names_that_are_not_allowed",
    ),
    "flags_of_programs_are_kept": Mistake(
        "l4/address.c",
        "~(TAG_REDIRECTED | TAG_CROSS | TAG_ERROR);",
        "~TAG_ERROR;",
        "flags_of_the_sender_are_cleared",
    ),
    "messages_within_a_space_are_redirected": Mistake(
        "l4/address.c",
        "redirector == thread || receiver->space == thread->space ||",
        "redirector == thread ||",
        "some_messages_are_not_redirected",
    ),
    "a_dead_redirector_is_gone_round": Mistake(
        "l4/address.c",
        "return redirector ? receiver : NULL;",
        "return receiver;",
        "a_redirector_that_is_no_more",
    ),
    "an_answer_of_the_intended_one": Mistake(
        "l4/address.c",
        "                thread->receive = redirector->id;",
        "                (void)0;",
        "an_answer_comes_from_the_redirector",
    ),
    "one_redirector_in_a_row": Mistake(
        "l4/address.c",
        "#define MOST_REDIRECTORS 8",
        "#define MOST_REDIRECTORS 1",
        "redirectors_in_a_row",
    ),
    # l4/protocol.c, l4/message.c, l4/interrupt.c
    "writing_is_reading": Mistake(
        "l4/protocol.c",
        "code & CODE_WRITE ? RIGHT_WRITE : RIGHT_READ",
        "code & CODE_WRITE ? RIGHT_READ : RIGHT_READ",
        "a_fault_by_writing",
    ),
    "nobody_is_told_and_it_goes_on": Mistake(
        "l4/ipc_end.c",
        "                thread_stop(thread, STOPPED_HALTED);\n",
        "",
        "an_exception_without_a_handler",
    ),
    "cancelled_faults_halt": Mistake(
        "l4/ipc_end.c",
        "                if (error == IPC_CANCELLED)\n"
        "                        break;\n",
        "",
        "a_fault_is_cancelled",
    ),
    "signals_wait": Mistake(
        "l4/protocol.c",
        "thread->scheduler, TIME_ZERO",
        "thread->scheduler, TIME_NEVER",
        "a_preemption_is_not_waited_for",
    ),
    "exceptions_without_a_code": Mistake(
        "l4/message.c",
        "        words[CODE_WORD] = thread->fault_code;\n",
        "        words[CODE_WORD] = 0;\n",
        "exception_closed_gate",
    ),
    "an_answer_sets_any_flag": Mistake(
        "l4/message.c",
        "word = flags | (word & EXCHANGE_EFLAGS);",
        "word = flags | (word & (EXCHANGE_EFLAGS | 0x400));",
        "the_answer_is_all_registers",
    ),
    "a_short_answer_is_a_long_one": Mistake(
        "l4/message.c",
        "i >= tag_untyped(sender->tag))",
        "i >= EXCEPTION_WORDS)",
        "a_short_answer_leaves_registers",
    ),
    "a_start_with_stale_words": Mistake(
        "l4/message.c",
        "return number <= tag_untyped(sender->tag)\n"
        "                       ? utcb_read(sender, (int)number)\n"
        "                       : 0;",
        "return utcb_read(sender, (int)number);",
        "a_start_message_may_say_less",
    ),
    "lines_stay_masked": Mistake(
        "l4/interrupt.c",
        '        must(h_enable_irq(line->line), "h_enable_irq");\n'
        "}",
        "        (void)line;\n"
        "}",
        "an_interrupt_waits_for_its_answer",
    ),
    "the_timer_can_be_had": Mistake(
        "l4/interrupt.c",
        "line->line == LINE_TIMER || line->line == LINE_CASCADE",
        "line->line == LINE_CASCADE",
        "lines_that_there_are_not",
    ),
    "the_old_handler_is_told": Mistake(
        "l4/interrupt.c",
        "        ring_leave(line);\n"
        "        line->state",
        "        line->state",
        "a_line_gets_another_handler",
    ),
    "handlers_are_not_forgotten": Mistake(
        "l4/interrupt.c",
        "                if (lines[i]->handler == handler->id)\n"
        "                        interrupt_handle(lines[i], NULL);",
        "                if (lines[i]->handler == ID_ANY)\n"
        "                        interrupt_handle(lines[i], NULL);\n"
        "        (void)handler;",
        "a_handler_of_interrupts_ends",
    ),
}  # fmt: skip
