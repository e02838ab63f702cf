# SPDX-License-Identifier: MIT
"""Mistakes in the bound form of execution, and in what it shares with the plain one,
and which test in grader/tests/bound sees each."""

from __future__ import annotations

from given_mistakes import BOTH, Mistake

__all__ = ["BOTH", "MISTAKES"]

MISTAKES = {
    # h/bind.c
    "bind_behind_the_mapping": Mistake(
        "h/bind.c", "if (offset >= mapping_words(slot))",
        "if (offset > mapping_words(slot))",
        "binding_refuses",
    ),
    "bind_what_is_read_only": Mistake(
        "h/bind.c",
        "        if (!mapping_writable(slot))\n                return H_READ_ONLY;\n", "",
        "binding_refuses",
    ),
    "bind_what_is_unreadable": Mistake(
        "h/bind.c",
        "        if (!mapping_readable(slot))\n                return H_UNREADABLE;\n", "",
        "binding_refuses",
    ),
    "bind_before_the_buffer_is_looked_at": Mistake(
        "h/bind.c",
        "        struct buffer found = { .mapping = NULL };\n",
        "        slot->space = space;\n        struct buffer found = { .mapping = NULL };\n",
        "binding_refuses",
    ),
    "bind_keeps_the_words_of_the_whole_mapping": Mistake(
        "h/bind.c", ".words = mapping_words(slot) - offset,",
        ".words = mapping_words(slot),",
        "words_arrive",
    ),
    "bind_from_the_first_word": Mistake(
        "h/bind.c", ".first = mapping_word(slot, offset),",
        ".first = mapping_word(slot, 0),",
        "words_may_overlap",
    ),
    "unbind_keeps_the_flag": Mistake(
        "h/bind.c", "        slot->flags &= ~(uint32_t)CONTEXT_BOUND;\n", "",
        "binding_refuses",
    ),
    "unbind_keeps_the_buffer": Mistake(
        "h/bind.c", "        slot->buffer_words = found.words;\n",
        "        if (found.words)\n                slot->buffer_words = found.words;\n",
        "messages_are_refused",
    ),
    "bind_forgets_the_index": Mistake(
        "h/bind.c", "        slot->index = context.slot;\n", "        slot->index = 0;\n",
        "handlers_may_return",
    ),
    # h/handoff.c
    "run_without_its_space": Mistake(
        "h/handoff.c", "return has_its_space(slot) ? H_OK : H_BAD_HANDLE;",
        "return H_OK;",
        "running_refuses",
    ),
    "short_way_without_its_space": Mistake(
        "h/handoff.c",
        "(slot->registers[H_EFLAGS] & LOST_BY_SYSEXIT) == 0 &&\n"
        "               has_its_space(slot);",
        "(slot->registers[H_EFLAGS] & LOST_BY_SYSEXIT) == 0;",
        "running_refuses",
    ),
    "short_way_for_any_generation": Mistake(
        "h/handoff.c",
        "return execution.contexts[handle.slot].generation == handle.generation;",
        "return execution.contexts[handle.slot].generation != 0 || handle.slot == 0;",
        "running_refuses",
    ),
    "short_way_behind_the_last_slot": Mistake(
        "h/handoff.c",
        "if (context.slot < execution.context_count && may_be(context)) {",
        "if (may_be((struct h_fault_context){ context.slot % "
        "execution.context_count, context.generation })) {\n"
        "                context.slot %= execution.context_count;",
        "running_refuses",
    ),
    "short_way_loses_flags": Mistake(
        "h/handoff.c", "(EFLAGS_TF | EFLAGS_DF | EFLAGS_AC | EFLAGS_ID)",
        "(EFLAGS_TF | EFLAGS_DF | EFLAGS_ID)",
        "programs_keep_their_flags",
    ),
    "short_way_of_what_is_still_called": Mistake(
        "h/handoff.c", "        slot->flags = CONTEXT_BOUND;\n", "",
        "messages_come_from_calls",
    ),
    "short_way_with_another_one_s_segment": Mistake(
        "h/handoff.c",
        "        descriptors_set_gs((struct descriptor){ slot->gs_low, slot->gs_high });\n",
        "",
        "each_program_has_its_gs",
    ),
    "short_way_with_ports_open": Mistake(
        "h/handoff.c",
        "execution.short_way = (slot->flags & CONTEXT_PORTS) == 0 &&\n"
        "                              execution.fpu_owner != slot;",
        "execution.short_way = execution.fpu_owner != slot;",
        "a_program_has_no_other_ports",
    ),
    "short_way_with_the_unit_open": Mistake(
        "h/handoff.c",
        "execution.short_way = (slot->flags & CONTEXT_PORTS) == 0 &&\n"
        "                              execution.fpu_owner != slot;",
        "execution.short_way = (slot->flags & CONTEXT_PORTS) == 0;",
        "each_program_has_its_unit",
    ),
    "esp0_stays": Mistake(
        "h/handoff.c", "        kernel_tss.esp0 = context_stack(slot);\n"
        "        execution.running = slot;\n}\n\nSHORT _Noreturn",
        "        execution.running = slot;\n}\n\nSHORT _Noreturn",
        "system_calls_carry_arguments",
    ),
    "step_not_told": Mistake(
        "h/handoff.c",
        "        if ((slot->flags & CONTEXT_DEBUG) != 0)\n                tell_step(slot);\n",
        "",
        "single_steps_over_sysenter",
    ),
    "step_told_for_ever": Mistake(
        "h/handoff.c", "~(uint32_t)(CONTEXT_DEBUG | CONTEXT_CALL | CONTEXT_SYSENTER);",
        "~(uint32_t)(CONTEXT_CALL | CONTEXT_SYSENTER);",
        "single_steps_over_sysenter",
    ),
    "one_word_too_many": Mistake(
        "h/handoff.c", "if (count > slot->buffer_words)",
        "if (count > slot->buffer_words + 1)",
        "words_arrive",
    ),
    "words_through_what_is_gone": Mistake(
        "h/handoff.c",
        "        if (slot->mapping->generation != slot->mapping_generation)\n"
        "                return H_BAD_HANDLE;\n",
        "",
        "messages_are_refused",
    ),
    "only_the_sender_is_looked_at": Mistake(
        "h/handoff.c",
        "        if (error == H_OK)\n                error = check_buffer(receiver, count);\n",
        "",
        "messages_are_refused",
    ),
    "only_the_receiver_is_looked_at": Mistake(
        "h/handoff.c", "enum h_error error = check_buffer(sender, count);",
        "enum h_error error = H_OK;",
        "messages_are_refused",
    ),
    "no_words_ask_for_a_buffer": Mistake(
        "h/handoff.c",
        "        if (count == 0)\n                return H_OK;\n", "",
        "no_words_need_no_buffer",
    ),
    "from_and_tag_exchanged": Mistake(
        "h/handoff.c", "receiver->registers[H_EAX] = from;\n"
        "        receiver->registers[H_ESI] = tag;",
        "receiver->registers[H_EAX] = tag;\n"
        "        receiver->registers[H_ESI] = from;",
        "words_arrive",
    ),
    "a_message_to_anyone": Mistake(
        "h/handoff.c", "(sender->flags & receiver->flags & CONTEXT_CALL) == 0",
        "(sender->flags & CONTEXT_CALL) == 0",
        "messages_are_refused",
    ),
    "a_message_from_what_has_halted": Mistake(
        "h/handoff.c", "(sender->flags & receiver->flags & CONTEXT_CALL) == 0",
        "(receiver->flags & CONTEXT_CALL) == 0",
        "messages_come_from_calls",
    ),
    "a_message_from_what_is_not_bound": Mistake(
        "h/handoff.c",
        "        if ((sender->flags & CONTEXT_BOUND) == 0)\n"
        "                return H_NOT_BOUND;\n",
        "",
        "messages_are_refused",
    ),
    "the_unit_s_trap_is_told": Mistake(
        "h/handoff.c", "                return !fpu_take();\n",
        "                return fpu_take();\n",
        "each_program_has_its_unit",
    ),
    "spurious_interrupts_told": Mistake(
        "h/handoff.c", "                return irq_arrived(vector - H_VECTOR_IRQ);\n",
        "                return irq_arrived(vector - H_VECTOR_IRQ) || true;\n",
        "spurious_interrupts_are_not_told",
    ),
    "fault_address_of_another_time": Mistake(
        "h/handoff.c",
        "        if (vector == H_VECTOR_PAGE_FAULT)\n"
        "                execution.fault_address = vaddr(read_cr2());\n",
        "",
        "events_keep_the_fault_address",
    ),
    "arguments_exchanged": Mistake(
        "h/handoff.c",
        "registers[H_ESI], registers[H_EDI],", "registers[H_EDI], registers[H_ESI],",
        "system_calls_carry_arguments",
    ),
    # h/run.S
    "arguments_exchanged_by_sysenter": Mistake(
        "h/run.S", "        push %edi\n        push %esi\n",
        "        push %esi\n        push %edi\n",
        "system_calls_carry_arguments",
    ),
    "stack_not_taken_from_the_top": Mistake(
        "h/run.S", "        mov $RUN_STACK, %esp\n", "",
        "events_begin_on_an_empty_stack",
    ),
    "stack_not_aligned": Mistake(
        "h/run.S", "mov $RUN_STACK - 12, %esp", "mov $RUN_STACK - 8, %esp",
        "events_begin_on_an_empty_stack",
    ),
    "segments_of_the_program": Mistake(
        "h/run.S",
        "        mov $USER_DATA, %eax\n"
        "        mov %eax, %ds\n"
        "        mov %eax, %es\n"
        "        mov execution + EXECUTION_RUNNING, %ebx\n",
        "        mov %ss:execution + EXECUTION_RUNNING, %ebx\n",
        "programs_may_have_null_segments",
    ),
    "gs_not_loaded": Mistake(
        "h/run.S", "        mov CONTEXT_GS(%eax), %gs\n", "",
        "a_program_has_no_other_gs",
    ),
    "interrupts_off_behind_sysexit": Mistake(
        "h/run.S", "        sti\n", "",
        "the_timer_ends_programs_behind_sysexit",
    ),
    "another_stack_behind_sysexit": Mistake(
        "h/run.S", "mov CONTEXT_ESP(%eax), %ecx", "mov EBX(%eax), %ecx",
        "programs_go_on_with_their_registers",
    ),
    "edi_lost": Mistake(
        "h/run.S", "        mov EDI(%eax), %edi\n", "",
        "handlers_may_return",
    ),
    "another_context_goes_on": Mistake(
        "h/run.S",
        "        sub $8, %esp\n        push %esi\n", "        sub $8, %esp\n        push %edi\n",
        "handlers_may_return",
    ),
    # h/sysenter.S
    "nested_task_and_the_rest_stay": Mistake(
        "h/sysenter.S", "        push $EFLAGS_FIXED\n        popf\n", "",
        "system_calls_carry_arguments",
    ),
    "sysenter_is_no_call": Mistake(
        "h/sysenter.S", "orl $CONTEXT_CALL + CONTEXT_SYSENTER,", "orl $CONTEXT_SYSENTER,",
        "words_arrive",
    ),
    "step_over_sysenter_forgotten": Mistake(
        "h/sysenter.S",
        "        orl $CONTEXT_DEBUG, CONTEXT_FLAGS - CONTEXT_END + 4 * 3(%esp)\n", "",
        "single_steps_over_sysenter",
    ),
    "trap_flag_lost": Mistake(
        "h/sysenter.S", "orl $EFLAGS_IF + EFLAGS_TF, (%esp)",
        "orl $EFLAGS_IF, (%esp)",
        "single_steps_over_sysenter",
    ),
    # h/enter.c
    "a_call_without_an_end": Mistake(
        "h/enter.c", "        slot->flags &= ~(uint32_t)(CONTEXT_CALL | CONTEXT_SYSENTER);\n",
        "",
        "messages_come_from_calls",
    ),
    "plain_form_leaves_the_short_way_open": Mistake(
        "h/enter.c",
        "        execution.short_way = false;\n        sysenter_left = leave_user;\n",
        "        execution.short_way = false;\n",
        "both_forms_go_together",
    ),
    "ports_stay_open": Mistake(
        "h/enter.c",
        "        if (slot->port_count == 0) {\n"
        "                kernel_tss.io_map = NO_IO_MAP;\n"
        "                return;\n        }\n",
        "        if (slot->port_count == 0)\n                return;\n",
        "a_program_has_no_other_ports",
    ),
    "gs_of_the_last_one": Mistake(
        "h/enter.c", "        load_gs((uint16_t)slot->gs);\n",
        "        if (slot->gs)\n                load_gs((uint16_t)slot->gs);\n",
        "a_program_has_no_other_gs",
    ),
    "freed_with_its_unit": Mistake(
        "h/enter.c", "        fpu_forget(slot);\n", "",
        "a_new_program_has_a_new_unit",
    ),
    # h/fpu.c
    "unit_not_saved": Mistake(
        "h/fpu.c", "                fxsave(area_of(execution.fpu_owner));\n",
        "                (void)0;\n",
        "each_program_has_its_unit",
    ),
    "unit_of_the_last_owner": Mistake(
        "h/fpu.c", "        execution.fpu_owner = execution.running;\n", "",
        "each_program_has_its_unit",
    ),
    "unit_open_for_all": Mistake(
        "h/fpu.c", "bool foreign = execution.fpu_owner != slot;",
        "bool foreign = !execution.fpu_owner && slot;",
        "each_program_has_its_unit",
    ),
    "gate_call_is_never_called": Mistake(
        "h/handoff.c", "(run_handlers.gate_call ? run_handlers.gate_call\n",
        "(run_handlers.gate_call ? run_handlers.system_call\n",
        "calls_by_int_have_a_handler_of_their_own",
    ),
    "gate_call_is_not_kept": Mistake(
        "h/bind.c", "run_handlers = given;",
        "run_handlers.system_call = given.system_call, run_handlers.event = given.event;",
        "calls_by_int_have_a_handler_of_their_own",
    ),
}  # fmt: skip
