# SPDX-License-Identifier: MIT
"""Mistakes in what l4/ does but for messages, and which trial of user/trial5_api or
user/trial6_api sees each."""

from __future__ import annotations

from given_mistakes import Mistake

MISTAKES = {
    # l4/kip.c, l4/instruction.c, l4/calls.c
    "other_sizes_of_pages": Mistake(
        "l4/kip.c",
        "(6u | 1u << H_PAGE_LOG2 | 1u << H_SUPERPAGE_LOG2)",
        "(7u | 1u << H_PAGE_LOG2 | 1u << H_SUPERPAGE_LOG2)",
        "the_page_has_its_fields",
    ),
    "the_stack_is_where_it_begins": Mistake(
        "l4/kip.c",
        "        put(page, offset, server->sp);\n",
        "        put(page, offset, server->ip);\n",
        "the_page_names_the_root_server",
    ),
    "memory_with_more_bits": Mistake(
        "l4/kip.c",
        "put(page, at + 4, one->last & ~0x3FFu);",
        "put(page, at + 4, one->last);",
        "the_page_lists_memory",
    ),
    "int_told_behind_itself": Mistake(
        "l4/calls.c",
        "        set_register(self, H_EIP, ip - INT_BYTES);\n",
        "",
        "exception_call_from_nowhere",
    ),
    "success_is_told_as_an_error": Mistake(
        "l4/calls.c",
        "        if (error != CALL_OK)\n"
        "                utcb_write(self, UTCB_ERROR, error);\n",
        "        utcb_write(self, UTCB_ERROR, error);\n",
        "a_change_of_nothing_succeeds",
    ),
    "the_page_of_the_first_space": Mistake(
        "l4/instruction.c",
        "set_register(thread, H_EAX, thread->space->kip);",
        "set_register(thread, H_EAX, 0xBFF00000);",
        "a_child_finds_its_page_and_utcb",
    ),
    "breakpoints_are_never_told": Mistake(
        "l4/instruction.c",
        "        if (utcb_read(thread, UTCB_EXCEPTION_HANDLER) != ID_NIL)\n"
        "                return false;\n",
        "",
        "exception_breakpoint",
    ),
    # l4/utcb.c, l4/space*.c
    "utcbs_are_not_cleared": Mistake(
        "l4/utcb.c",
        "        clear_utcb(thread);\n",
        "",
        "a_new_thread_has_these_values",
    ),
    "utcbs_may_be_anywhere_in_a_page": Mistake(
        "l4/utcb.c",
        "if (address % UTCB_SIZE != 0 ||\n"
        "            address - ",
        "if (address % 4 != 0 ||\n"
        "            address - ",
        "thread_control_wants_a_utcb",
    ),
    "two_threads_with_one_utcb": Mistake(
        "l4/utcb.c",
        "if (page && page->threads[place])",
        "if (page && page->threads[place] && place == 99)",
        "thread_control_wants_a_utcb",
    ),
    "utcbs_are_lost": Mistake(
        "l4/utcb.c",
        "        page->threads[address % H_PAGE_SIZE / UTCB_SIZE] = NULL;\n",
        "",
        "utcbs_are_used_again",
    ),
    "areas_beyond_user_space": Mistake(
        "l4/space_areas.c",
        "return area->first < H_KERNEL_SPACE &&\n"
        "               area->bytes <= H_KERNEL_SPACE - area->first;",
        "return area->first < H_KERNEL_SPACE;",
        "space_control_wants_a_kip_area",
    ),
    "areas_may_overlap": Mistake(
        "l4/space_areas.c",
        "        if (overlap(*kip, *utcbs))\n"
        "                return CALL_BAD_KIP_AREA;\n",
        "",
        "space_control_keeps_areas_apart",
    ),
    "utcbs_move_under_threads": Mistake(
        "l4/space_areas.c",
        "        if (space->active > 0 && utcbs_move)\n"
        "                return CALL_BAD_UTCB_AREA;\n",
        "",
        "areas_move_while_nobody_is_active",
    ),
    "anybody_controls_spaces": Mistake(
        "l4/space_control.c",
        "        if (!self->space->privileged)\n"
        "                return CALL_NO_PRIVILEGE;\n",
        "",
        "a_child_has_no_privilege",
    ),
    "a_redirector_that_is_an_error": Mistake(
        "l4/space_control.c",
        "return id == ID_NIL;",
        "return true;",
        "space_control_wants_a_redirector",
    ),
    # l4/thread*.c
    "anybody_controls_threads": Mistake(
        "l4/thread_control.c",
        "        if (!self->space->privileged)\n"
        "                return CALL_NO_PRIVILEGE;\n",
        "",
        "a_child_has_no_privilege",
    ),
    "the_scheduler_is_looked_at_late": Mistake(
        "l4/thread_control.c",
        "        if (in->edx != ID_NIL &&\n"
        "            (!request.scheduler || !request.scheduler->space))\n"
        "                return CALL_BAD_SCHEDULER;\n"
        "        return thread ? modify(thread, &request) : create(&request);",
        "        enum call_error error =\n"
        "                thread ? modify(thread, &request) : create(&request);\n"
        "        if (in->edx != ID_NIL &&\n"
        "            (!request.scheduler || !request.scheduler->space))\n"
        "                return CALL_BAD_SCHEDULER;\n"
        "        return error;",
        "a_change_that_fails_changes_nothing",
    ),
    "inactive_threads_lose_their_place": Mistake(
        "l4/thread_control.c",
        "                        thread->utcb_wanted = wanted;\n",
        "                        (void)wanted;\n"
        "                        thread->utcb_wanted = 0;\n",
        "an_inactive_thread_s_utcb_is_not_looked_at",
    ),
    "local_pagers_stay_local": Mistake(
        "l4/thread_control.c",
        ".pager = pager_id(self, in->ecx),",
        ".pager = pager_id(self, in->ecx) ? in->ecx : 0,",
        "local_ids_are_as_good",
    ),
    "one_may_end_oneself": Mistake(
        "l4/thread_control.c",
        "if (!thread || thread == self)",
        "if (!thread)",
        "thread_control_ends_by_number",
    ),
    "any_line_will_do": Mistake(
        "l4/thread_control.c",
        "struct thread *line = thread_find(id);",
        "struct thread *line = thread_numbered(id_number(id));",
        "lines_that_there_are_not",
    ),
    "a_moved_thread_waits_on": Mistake(
        "l4/thread.c",
        "        if (thread->role != ROLE_START)\n"
        "                ipc_end(thread, IPC_CANCELLED);\n"
        "        else if (starter)\n",
        "        if (thread->role == ROLE_START && starter)\n",
        "a_thread_moves_to_another_space",
    ),
    "a_moved_thread_forgets": Mistake(
        "l4/thread.c",
        "before.mr0 - UTCB_MR0 / 4, UTCB_SIZE / 4",
        "before.mr0 - UTCB_MR0 / 4, UTCB_SIZE / 16",
        "a_thread_moves_to_another_space",
    ),
    "renaming_is_not_told": Mistake(
        "l4/thread.c",
        "        partners_tell(thread, ID_NIL);\n",
        "",
        "who_waits_for_one_that_is_renamed_is_told",
    ),
    "ended_threads_are_sent_to": Mistake(
        "l4/partners.c",
        "                ipc_end(partner, IPC_NO_PARTNER);\n",
        "                if (last_sender)\n"
        "                        ring_leave(partner);\n"
        "                else\n"
        "                        ipc_end(partner, IPC_NO_PARTNER);\n",
        "who_waits_for_one_that_ends_is_told",
    ),
    # l4/partners.c, and what calls it
    "interrupts_wait_for_all_to_be_told": Mistake(
        "l4/partners.c",
        "        tell(current == NULL);\n",
        "        tell(true);\n",
        "partners_are_told_one_by_one",
    ),
    "an_ended_thread_is_found": Mistake(
        "l4/thread.c",
        "        thread->id = ID_NIL;\n",
        "",
        "partners_are_told_one_by_one",
    ),
    "new_senders_are_told": Mistake(
        "l4/meet.c",
        "        partners_sender_leaves(thread);\n",
        "",
        "new_partners_are_not_told",
    ),
    "who_leaves_is_waited_for": Mistake(
        "l4/partners.c",
        "last_sender = sender == thread->senders ? NULL : sender->last_in_ring;",
        "last_sender = sender->last_in_ring;",
        "new_partners_are_not_told_though_all_others_leave",
    ),
    "new_receivers_are_told": Mistake(
        "l4/partners.c",
        "waiter && waiter->partner != thread->id ? waiter : NULL",
        "waiter",
        "new_partners_are_not_told",
    ),
    "a_number_is_taken_too_early": Mistake(
        "l4/calls.c",
        "call == CALL_THREAD_CONTROL && partners_left()",
        "false && partners_left()",
        "who_calls_thread_control_tells_the_rest",
    ),
    # l4/notice.c
    "what_has_been_said_stays": Mistake(
        "l4/notice.c",
        "                notices_init();\n",
        "                said = count;\n",
        "what_there_is_no_room_for_is_not_said",
    ),
    "digits_are_lost": Mistake(
        "l4/notice.c", "unsigned shift = 32;", "unsigned shift = 28;",
        "a_halted_thread_is_told_of",
    ),
    # l4/exchange.c
    "inactive_threads_have_registers": Mistake(
        "l4/exchange.c",
        "!thread->space || thread->state == THREAD_INACTIVE ||",
        "!thread->space ||",
        "exchange_registers_wants_a_thread",
    ),
    "anybody_exchanges": Mistake(
        "l4/exchange.c",
        "return pager && pager->space == self->space;",
        "return pager || self->space;",
        "who_may_exchange_registers",
    ),
    "either_bit_cancels": Mistake(
        "l4/exchange.c",
        "(control & bit) == 0",
        "(control & (bit | 6)) == 0",
        "receiving_is_cancelled",
    ),
    "any_flag_may_be_set": Mistake(
        "l4/exchange.c",
        "(in->edi & EXCHANGE_EFLAGS);",
        "(in->edi & (EXCHANGE_EFLAGS | 0x400));",
        "exchange_registers_tells_and_sets",
    ),
    "registers_are_told_afterwards": Mistake(
        "l4/exchange.c",
        "        cancel(thread, in->ecx);\n"
        "        write_some(self, thread, in);\n"
        "        halt",
        "        write_some(self, thread, in);\n"
        "        cancel(thread, in->ecx);\n"
        "        out = read_all(thread);\n"
        "        answer(self, other, &out);\n"
        "        halt",
        "exchange_registers_tells_and_sets",
    ),
    "who_is_halted_is_cancelled": Mistake(
        "l4/exchange.c",
        "                thread_stop(thread, STOPPED_HALTED);\n"
        "        else",
        "                thread_ready(thread), thread_stop(thread, STOPPED_HALTED);\n"
        "        else",
        "a_halted_thread_receives",
    ),
    # l4/schedule_call.c, l4/slice.c
    "the_scheduler_alone": Mistake(
        "l4/schedule_call.c",
        "scheduler->space == self->space;",
        "scheduler == self;",
        "a_dead_scheduler_leaves_nobody",
    ),
    "points_are_periods": Mistake(
        "l4/schedule_call.c",
        "((word & 0x8000) == 0 && time_period(word) > 0);",
        "time_period(word) > 0;",
        "schedule_wants_good_values",
    ),
    "any_sensitive_priority": Mistake(
        "l4/schedule_call.c",
        "(in->edi != UNCHANGED && sensitive > self->priority) ||\n",
        "(in->edi != UNCHANGED && sensitive > self->priority && false) ||\n",
        "schedule_wants_good_values",
    ),
    "half_a_time_is_all": Mistake(
        "l4/schedule_call.c",
        "        if (quantum != TIME_UNCHANGED) {",
        "        if (quantum != TIME_UNCHANGED || slice != TIME_UNCHANGED) {",
        "schedule_leaves_halves_of_the_time",
    ),
    "the_message_about_the_quantum_stays": Mistake(
        "l4/schedule_call.c",
        "                        ipc_end(thread, IPC_CANCELLED);\n",
        "                        ;\n",
        "a_new_quantum_takes_the_message_back",
    ),
    "preemption_is_put_off_for_ever": Mistake(
        "l4/slice.c",
        "thread->delay_left == 0 ||",
        "",
        "preemption_is_put_off",
    ),
    "more_urgent_ones_are_put_off": Mistake(
        "l4/slice.c",
        "rival->priority > thread->sensitive)",
        "rival->priority == 0)",
        "preemption_is_not_put_off_by_more_urgent_ones",
    ),
    "pending_is_not_told": Mistake(
        "l4/slice.c",
        "        utcb_write(thread, UTCB_FLAGS, flags | PREEMPT_PENDING);\n",
        "",
        "preemption_is_put_off",
    ),
    "who_gives_time_pays_nothing": Mistake(
        "l4/slice.c",
        "payer = payer ? payer : thread;",
        "payer = NULL;",
        "thread_switch_gives_a_period",
    ),
}  # fmt: skip
