# SPDX-License-Identifier: MIT
"""Mistakes in what both forms of execution share: the processor, segments, ports, the
floating-point unit, interrupts and time; and which test in grader/tests/bound sees
each."""

from __future__ import annotations

from given_mistakes import BOTH, Mistake

__all__ = ["MISTAKES", "REPORTED"]

MISTAKES = {
    # h/execution.c
    "bits_of_cr4_left": Mistake(
        "h/execution.c", "write_cr4(CR4_PSE |", "write_cr4(read_cr4() | CR4_PSE |",
        "the_processor_is_what_ring_3_needs",
    ),
    "bits_of_cr0_left": Mistake(
        "h/execution.c", "write_cr0(CR0_PG |", "write_cr0(read_cr0() | CR0_PG |",
        "the_processor_is_what_ring_3_needs",
    ),
    "machine_checks_off": Mistake(
        "h/execution.c", "features & CPUID_MCE ? CR4_MCE : 0;", "0 & features;",
        "the_processor_is_what_ring_3_needs",
    ),
    "local_table_left": Mistake(
        "h/execution.c", "        lldt(0);\n", "",
        "the_processor_is_what_ring_3_needs",
    ),
    "breakpoints_left": Mistake(
        "h/execution.c", "        write_dr7(0);\n", "",
        "the_processor_is_what_ring_3_needs",
    ),
    # h/gates.c, kernel
    "nmi_on_the_program_s_stack": Mistake(
        "h/gates.c", "        set_task_gate(TRAP_NMI, NMI_TSS);\n", "",
        "a_real_nmi_changes_tasks",
    ),
    "nmi_in_another_task": Mistake(
        "h/gates.c", "set_task_gate(TRAP_NMI, NMI_TSS);",
        "set_task_gate(TRAP_NMI, MACHINE_CHECK_TSS);",
        "a_real_nmi_at_sysenter", BOTH,
    ),
    "machine_check_in_another_task": Mistake(
        "h/gates.c", "set_task_gate(TRAP_MACHINE_CHECK, MACHINE_CHECK_TSS);",
        "set_task_gate(TRAP_MACHINE_CHECK, NMI_TSS);",
        "gates_to_tasks_lead_there",
    ),
    # h/access.c, h/enter.c: GS
    "gs_can_be_written": Mistake(
        "h/access.c", "TYPE_READ_ONLY_DATA | TYPE_RING_3", "TYPE_DATA | TYPE_RING_3",
        "gs_shows_what_was_asked_for",
    ),
    "gs_shows_a_byte_more": Mistake(
        "h/access.c", "segment_descriptor(base, bytes - 1,",
        "segment_descriptor(base, bytes,",
        "gs_shows_what_was_asked_for",
    ),
    "gs_shows_a_page_more": Mistake(
        "h/access.c", "bytes / PAGE_SIZE - 1,", "bytes / PAGE_SIZE,",
        "gs_shows_what_was_asked_for",
    ),
    "gs_in_bytes_for_too_long": Mistake(
        "h/access.c", "#define BYTE_LIMIT 0x100000u", "#define BYTE_LIMIT 0x101000u",
        "gs_shows_what_was_asked_for",
    ),
    "gs_s_last_page_not_looked_at": Mistake(
        "h/access.c", "            segment_bytes(bytes) > KERNEL_BASE - base.value)",
        "            bytes > KERNEL_BASE - base.value)",
        "gs_shows_what_was_asked_for",
    ),
    "gs_loaded_for_another_one_only": Mistake(
        "h/enter.c", "        load_gs((uint16_t)slot->gs);\n",
        "        static const struct context_slot *last;\n"
        "        if (last != slot)\n"
        "                load_gs((uint16_t)slot->gs);\n"
        "        last = slot;\n",
        "gs_is_loaded_at_each_entry",
    ),
    "descriptor_of_the_last_gs": Mistake(
        "h/enter.c",
        "        descriptors_set_gs((struct descriptor){ slot->gs_low, slot->gs_high });\n",
        "        if (slot->gs)\n"
        "                descriptors_set_gs(\n"
        "                        (struct descriptor){ slot->gs_low, slot->gs_high });\n",
        "a_program_finds_no_other_gs",
    ),
    "short_way_with_the_last_gs": Mistake(
        "h/handoff.c",
        "        descriptors_set_gs((struct descriptor){ slot->gs_low, slot->gs_high });\n",
        "        if (slot->gs)\n"
        "                descriptors_set_gs(\n"
        "                        (struct descriptor){ slot->gs_low, slot->gs_high });\n",
        "a_program_takes_no_other_gs",
    ),
    "short_way_keeps_gs": Mistake(
        "h/run.S", "        mov CONTEXT_GS(%eax), %gs\n",
        "        mov %gs, %edx\n"
        "        test %edx, %edx\n"
        "        jnz 1f\n"
        "        mov CONTEXT_GS(%eax), %gs\n"
        "1:\n",
        "gs_is_loaded_behind_each_call",
    ),
    # h/access.c, h/enter.c: ports
    "ports_of_another_one_stay_open": Mistake(
        "h/enter.c",
        "                if (execution.ports_owner)\n"
        "                        for_ports(execution.ports_owner, forbid_port);\n",
        "",
        "ports_open_and_close",
    ),
    "ports_forgotten_stay_open": Mistake(
        "h/enter.c",
        "        for_ports(slot, forbid_port);\n        execution.ports_owner = NULL;",
        "        execution.ports_owner = NULL;",
        "ports_open_and_close",
    ),
    "ports_of_a_freed_one_stay_open": Mistake(
        "h/enter.c", "        context_forget_ports(slot);\n", "",
        "ports_open_and_close",
    ),
    "ports_replaced_stay_open": Mistake(
        "h/access.c", "        context_forget_ports(slot);\n", "",
        "a_single_port_opens",
    ),
    "ports_opened_by_eights": Mistake(
        "h/enter.c", "kernel_ports[port / 8] &= (uint8_t) ~(1u << port % 8);",
        "kernel_ports[port / 8] = 0;",
        "a_single_port_opens",
    ),
    "ports_eight_further": Mistake(
        "h/enter.c", "kernel_tss.io_map = sizeof(struct tss);",
        "kernel_tss.io_map = sizeof(struct tss) + 1;",
        "a_single_port_opens",
    ),
    "ports_taken_before_all_are_looked_at": Mistake(
        "h/access.c", "                copy[i] = ports[i];\n",
        "                copy[i] = slot->ports[i] = ports[i];\n",
        "ports_that_are_refused_stay_closed",
    ),
    # h/fpu.c, h/enter.c
    "mxcsr_not_saved": Mistake(
        "h/fpu.c", "                fxsave(area_of(execution.fpu_owner));\n",
        "                *(uint32_t *)(area_of(execution.fpu_owner)->bytes + MXCSR) =\n"
        "                        (fxsave(area_of(execution.fpu_owner)), MXCSR_RESET);\n",
        "executions_keep_sse",
    ),
    "sse_registers_not_saved": Mistake(
        "h/fpu.c", "                fxsave(area_of(execution.fpu_owner));\n",
        "                fxsave(area_of(execution.fpu_owner)),\n"
        "                        memset(area_of(execution.fpu_owner)->bytes + 160, 0, "
        "128);\n",
        "programs_keep_sse",
    ),
    "unit_of_the_last_one_of_the_slot": Mistake(
        "h/enter.c", "        fpu_forget(slot);\n", "", "a_freed_owner_leaves_nothing",
    ),
    "mxcsr_begins_as_0": Mistake(
        "h/fpu.c", "#define MXCSR_RESET 0x1F80u", "#define MXCSR_RESET 0u",
        "a_freed_owner_leaves_nothing",
    ),
    # h/wait.c, h/clock.c
    "spurious_interrupts_end_waiting": Mistake(
        "h/wait.c", "while (!irq_arrived(vector - H_VECTOR_IRQ));",
        "while (!irq_arrived(vector - H_VECTOR_IRQ) && false);",
        "waiting_does_not_tell_spurious_interrupts", ("qemu",),
    ),
    "waiting_acknowledges_nothing": Mistake(
        "h/wait.c", "while (!irq_arrived(vector - H_VECTOR_IRQ));", "while (false);",
        "waiting_tells_lines",
    ),
    "waiting_tells_the_line_as_vector": Mistake(
        "h/wait.c", "interrupt_decode((uint8_t)vector, 0, vaddr(0));",
        "interrupt_decode((uint8_t)vector - 32, 0, vaddr(0));",
        "waiting_tells_the_timer",
    ),
    "pending_what_is_masked": Mistake(
        "h/wait.c", "raised & (uint8_t)~inb(pic + PIC_MASK);", "raised;",
        "pending_is_what_would_come",
    ),
    "pending_asks_the_first_controller_alone": Mistake(
        "h/wait.c", "(first != 0 && requests(PIC2) != 0);", "first != 0;",
        "pending_is_what_would_come", emulators=("qemu",),
    ),
    "pending_asks_the_second_controller_alone": Mistake(
        "h/wait.c", "(first & (uint8_t)~cascade) != 0 ||", "false ||",
        "pending_is_what_would_come",
    ),
    "pending_what_is_in_service": Mistake(
        "h/wait.c", "PIC_READ_REQUESTS", "PIC_READ_SERVICE",
        "pending_is_what_would_come",
    ),
    "clock_goes_back": Mistake(
        "h/clock.c", "        if (now > last)\n                last = now;\n",
        "        last = now;\n",
        "the_clock_goes_as_time_does",
    ),
    "clock_of_32_bits": Mistake(
        "h/clock.c", "(ticks >> 32) * per_tick;", "0;", "the_clock_goes_as_time_does",
    ),
    "clock_goes_by_another_count": Mistake(
        "h/clock.c", "outb(PIT_COUNTER_2, COMPARED >> 8);",
        "outb(PIT_COUNTER_2, COMPARED >> 9);",
        "a_period_is_what_the_clock_says",
    ),
    # h/handoff.c, h/bind.c, h/run.S, h/sysenter.S, h/entry.S
    "any_space_of_the_slot_will_do": Mistake(
        "h/handoff.c", "return slot->space->generation == slot->space_generation;",
        "return slot->space->generation != 0;",
        "bound_to_what_is_freed",
    ),
    "any_mapping_of_the_slot_will_do": Mistake(
        "h/handoff.c", "if (slot->mapping->generation != slot->mapping_generation)",
        "if (slot->mapping->generation == 0)",
        "bound_to_what_is_freed",
    ),
    "slot_asked_for_behind_the_handler": Mistake(
        "h/run.S",
        "        sub $8, %esp\n        push %esi\n        push %edi\n",
        "        sub $8, %esp\n        push %esi\n        push CONTEXT_INDEX(%ebx)\n",
        "a_handler_frees_its_context",
    ),
    "short_way_loses_direction": Mistake(
        "h/handoff.c", "(EFLAGS_TF | EFLAGS_DF | EFLAGS_AC | EFLAGS_ID)",
        "(EFLAGS_TF | EFLAGS_AC | EFLAGS_ID)",
        "programs_keep_their_flags",
    ),
    "short_way_loses_id": Mistake(
        "h/handoff.c", "(EFLAGS_TF | EFLAGS_DF | EFLAGS_AC | EFLAGS_ID)",
        "(EFLAGS_TF | EFLAGS_DF | EFLAGS_AC)",
        "programs_keep_their_flags",
    ),
    "steps_leave_a_link": Mistake(
        "h/sysenter.S", "        movl $0, %ss:kernel_tss\n", "",
        "steps_behind_mov_ss",
    ),
    "steps_go_on_in_ring_0": Mistake(
        "h/vectors.S", "        andl $~EFLAGS_TF, 8(%esp)\n", "",
        "programs_step_behind_mov_ss",
    ),
    "flags_stay_by_gates": Mistake(
        "h/entry.S", "        push $EFLAGS_FIXED\n        popf\n", "",
        "events_take_flags_away",
    ),
}  # fmt: skip

# Where the machine stops, by the test: the report is another one, or none.
REPORTED = {
    one.seen_by: one
    for one in (
        Mistake(
            "h/gates.c", "        set_task_gate(TRAP_NMI, NMI_TSS);\n", "",
            "stops_at_a_real_nmi",
        ),
        Mistake(
            "h/gates.c", "set_task_gate(TRAP_MACHINE_CHECK, MACHINE_CHECK_TSS);",
            "set_task_gate(TRAP_MACHINE_CHECK, NMI_TSS);",
            "stops_at_a_real_machine_check",
        ),
    )
}  # fmt: skip
