# SPDX-License-Identifier: MIT
"""Mistakes in calls that are refused: something has changed all the same. Which trial of
user/trial7 sees each."""

from __future__ import annotations

from given_mistakes import Mistake

IS_REFUSED = "                utcb_write(self, UTCB_ERROR, CALL_BAD_THREAD);\n"
IS_LOOKED_AT = "                error = check(self, thread, in);\n"


def exchanged(what: str) -> Mistake:
    """Refused, with this done to the thread first, if there is one."""
    return Mistake(
        "l4/exchange.c",
        IS_REFUSED,
        "                if (thread && thread->space)\n"
        f"                        {what};\n{IS_REFUSED}",
        "exchange_registers_refused_changes_nothing",
    )


def scheduled(what: str) -> Mistake:
    """Looked at when this has been done."""
    return Mistake(
        "l4/schedule_call.c",
        IS_LOOKED_AT,
        f"                {what}, error = check(self, thread, in);\n",
        "schedule_refused_changes_nothing",
    )


CONTROL = {
    "a_pager_before_all_has_been_looked_at": Mistake(
        "l4/thread_control.c",
        "        if (request->utcb != UNCHANGED && "
        "request->utcb != thread->utcb_wanted)\n"
        "                return CALL_BAD_UTCB_AREA;\n"
        "        if (to",
        "        if (request->pager != ID_NIL)\n"
        "                utcb_write(thread, UTCB_PAGER, request->pager);\n"
        "        if (request->utcb != UNCHANGED && "
        "request->utcb != thread->utcb_wanted)\n"
        "                return CALL_BAD_UTCB_AREA;\n"
        "        if (to",
        "thread_control_refused_changes_nothing",
    ),
    "memory_control_takes_a_register_along": Mistake(
        "l4/memory_control.c",
        "        return call_answer(self, control(self, in));",
        "        utcb_write(self, 1, 0);\n"
        "        return call_answer(self, control(self, in));",
        "memory_control_refused_changes_nothing",
    ),
    "a_page_that_moves_under_threads": Mistake(
        "l4/space_areas.c",
        "        if (space->active > 0 && kip_differs)\n"
        "                return CALL_BAD_KIP_AREA;\n",
        "",
        "space_control_refused_changes_nothing",
    ),
}

EXCHANGE_REGISTERS = {
    "anybody_halts": exchanged("halt(thread, in->ecx)"),
    "anybody_cancels": exchanged("cancel(thread, in->ecx)"),
    "anybody_says_where_to_go_on": exchanged("write_some(self, thread, in)"),
    "anybody_is_told": exchanged("out = read_all(thread)"),
}

SCHEDULE = {
    "time_before_all_has_been_looked_at": scheduled("set_time(thread, in->edx)"),
    "priority_before_all_has_been_looked_at": scheduled(
        "set_order(thread, in->ecx, UNCHANGED)"
    ),
    "delay_before_all_has_been_looked_at": scheduled(
        "set_order(thread, UNCHANGED, in->edi)"
    ),
}

UNMAP = {
    "ports_go_by_no_right": Mistake(
        "l4/unmap.c",
        "bool takes = (word & FPAGE_RIGHTS) != 0;",
        "bool takes = word != 0;",
        "unmap_of_nothing_changes_nothing",
    ),
    "less_than_a_flexpage_is_one": Mistake(
        "l4/fpage_range.c",
        "if (log2 < FPAGE_LEAST_LOG2 ||",
        "if (log2 < FPAGE_LEAST_LOG2 - 1 ||",
        "unmap_of_nothing_changes_nothing",
    ),
    "nothing_is_an_error": Mistake(
        "l4/unmap.c",
        "        else\n                finish(thread, 0);\n",
        "        else\n"
        "                utcb_write(thread, UTCB_ERROR, 5), finish(thread, 0);\n",
        "unmap_of_nothing_changes_nothing",
    ),
}

PROCESSOR_CONTROL = {
    "a_frequency_is_kept": Mistake(
        "l4/calls.c",
        "        (void)in;\n        return call_answer(self, self->space->privileged",
        "        utcb_write(self, UTCB_USER_HANDLE, in->ecx);\n"
        "        return call_answer(self, self->space->privileged",
        "processor_control_refused_changes_nothing",
    ),
}

MISTAKES = CONTROL | EXCHANGE_REGISTERS | SCHEDULE | UNMAP | PROCESSOR_CONTROL
