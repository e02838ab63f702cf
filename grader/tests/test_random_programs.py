# SPDX-License-Identifier: MIT
"""Random programs in user space: the client has control again after each of them,
and the kernel's memory is what it was. Every third batch of runs is in the bound
form: labs/4-contexts/random/bound.h. `make soak ONLY=programs` runs ten times as
many."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from conftest import ROOT

from h4.stage import Stage, StageBuilder
from h4.trials import PROGRAMS, run_programs, stage_of

SEED = 1
RUNS = 10_000
PARTS = 4  # boots, which do not take too long each
EACH = 500  # all memory is looked at after so many
BATCH = 500  # as in random.h
MISTAKE_RUNS = 1000
FIRST_BOUND = 2 * BATCH  # there begins one in the bound form

# What user code is left by, one way or another, in so many runs: system calls, the
# timer, and most exceptions. Stack faults do not come: segments are flat. Divisions
# by 0 are so few that a part may have none.
VECTORS = {1, 3, 4, 5, 6, 13, 14, 16, 17, 32, 0x80, 0x81}

# What is done in the bound form, and how often at least in one of its batches: there
# are 5,000 legs.
DONE = {
    "run": 2000, "handoff": 500, "return": 800, "short": 300, "refuse": 5000,
    "step": 1, "execute": 100, "wait": 50, "replace": 50, "rebind": 50,
    "unbind": 50, "buffer": 100, "space": 100,
}  # fmt: skip


@dataclass(frozen=True)
class Mistake:
    """A text of H that is replaced by another one, and what is said then."""

    file: str
    text: str
    wrong: str
    words: str
    first: int = 0  # run; to the end of its batch, if that is in the bound form


MISTAKES = {
    "all_ports_for_those_who_ask": Mistake(
        "h/context.c",
        "slot->registers[H_EFLAGS] = flags | EFLAGS_FIXED | EFLAGS_IF;",
        "slot->registers[H_EFLAGS] = flags | EFLAGS_FIXED | EFLAGS_IF |\n"
        "                (slot->registers[H_EFLAGS] & EFLAGS_IOPL);",
        "EFLAGS",
    ),
    "the_kernel_keeps_the_program_s_flags": Mistake(
        "h/entry.S",
        "        push $EFLAGS_FIXED\n        popf\n",
        "",
        "flags",
    ),
    "a_task_to_go_back_to_stays": Mistake(
        "h/sysenter.S", "        movl $0, %ss:kernel_tss\n", "", "task state"
    ),
    "ports_stay_open": Mistake(
        "h/enter.c",
        "        for_ports(slot, forbid_port);\n"
        "        execution.ports_owner = NULL;\n",
        "        execution.ports_owner = NULL;\n",
        "",
    ),
    "a_program_may_ask_for_every_gate": Mistake(
        "h/gates.c",
        "        if (vector == TRAP_BREAKPOINT || vector == TRAP_OVERFLOW ||\n"
        "            vector == SYSTEM_CALL_GATE)\n",
        "",
        "",
    ),
    "a_read_only_page_is_not": Mistake(
        "h/add_mapping.c",
        "first_frame(target),\n                          user_access(rights));",
        "first_frame(target),\n                          user_access(rights | H_W));",
        "not mapped writable",
    ),
    "the_short_way_with_another_one_s_ports": Mistake(
        "h/handoff.c",
        "execution.short_way = (slot->flags & CONTEXT_PORTS) == 0 &&\n"
        "                              execution.fpu_owner != slot;",
        "execution.short_way = execution.fpu_owner != slot;",
        "",
        first=FIRST_BOUND,
    ),
    "the_short_way_with_another_one_s_unit": Mistake(
        "h/handoff.c",
        "execution.short_way = (slot->flags & CONTEXT_PORTS) == 0 &&\n"
        "                              execution.fpu_owner != slot;",
        "execution.short_way = (slot->flags & CONTEXT_PORTS) == 0;",
        "",
        first=FIRST_BOUND,
    ),
    "the_short_way_stays_open": Mistake(
        "h/enter.c", "        execution.short_way = false;\n        sysenter_left",
        "        sysenter_left",
        "",
        first=FIRST_BOUND,
    ),
    "the_short_way_with_another_one_s_segment": Mistake(
        "h/handoff.c",
        "        descriptors_set_gs((struct descriptor){ slot->gs_low, "
        "slot->gs_high });\n",
        "",
        "",
        first=FIRST_BOUND,
    ),
    "the_short_way_out_of_no_call": Mistake(
        "h/handoff.c", "        slot->flags = CONTEXT_BOUND;\n", "", "",
        first=FIRST_BOUND,
    ),
    "the_short_way_for_any_generation": Mistake(
        "h/handoff.c",
        "return execution.contexts[handle.slot].generation == handle.generation;",
        "return execution.contexts[handle.slot].generation != handle.slot + 1000000;",
        "not refused",
        first=FIRST_BOUND,
    ),
    "a_space_that_is_another_one_by_now": Mistake(
        "h/handoff.c",
        "return slot->space->generation == slot->space_generation;",
        "return slot->space->generation != 0;",
        "not refused",
        first=FIRST_BOUND,
    ),
    "a_buffer_that_is_no_more": Mistake(
        "h/handoff.c",
        "        if (slot->mapping->generation != slot->mapping_generation)\n"
        "                return H_BAD_HANDLE;\n",
        "",
        "",
        first=FIRST_BOUND,
    ),
    "more_words_than_the_buffer_has": Mistake(
        "h/handoff.c",
        "        if (count > slot->buffer_words)\n                return H_OFFSET;\n",
        "        if (!slot->buffer)\n                return H_OFFSET;\n",
        "",
        first=FIRST_BOUND,
    ),
    "a_message_to_one_that_does_not_wait": Mistake(
        "h/handoff.c", "(sender->flags & receiver->flags & CONTEXT_CALL) == 0",
        "(sender->flags & CONTEXT_CALL) == 0",
        "not refused",
        first=FIRST_BOUND,
    ),
    "the_last_one_s_space": Mistake(
        "h/handoff.c", "        machine_load(slot->space->directory);\n", "", "CR3",
        first=FIRST_BOUND,
    ),
    "a_call_with_the_program_s_flags": Mistake(
        "h/sysenter.S", "        push $EFLAGS_FIXED\n        popf\n", "", "flags",
        first=FIRST_BOUND,
    ),
    "a_call_with_the_program_s_segments": Mistake(
        "h/run.S",
        "        push %eax\n        mov $USER_DATA, %eax\n"
        "        mov %eax, %ds\n        mov %eax, %es\n",
        "        push %eax\n",
        "",
        first=FIRST_BOUND,
    ),
    "a_call_by_the_wrong_handler": Mistake(
        "h/handoff.c",
        "(run_handlers.gate_call ? run_handlers.gate_call\n"
        "                                        : run_handlers.system_call)(",
        "(run_handlers.system_call)(",
        "told as a system call",
        first=FIRST_BOUND,
    ),
    "arguments_in_the_wrong_order": Mistake(
        "h/run.S", "        push %ecx\n        push %edx\n",
        "        push %edx\n        push %ecx\n",
        "arguments",
        first=FIRST_BOUND,
    ),
    "a_step_that_is_not_told": Mistake(
        "h/handoff.c",
        "        if ((slot->flags & CONTEXT_DEBUG) != 0)\n"
        "                tell_step(slot);\n",
        "",
        "single step",
        first=FIRST_BOUND,
    ),
    "a_step_told_by_the_plain_form_inside_the_call": Mistake(
        "h/execute.c",
        "~(uint32_t)(CONTEXT_DEBUG | CONTEXT_CALL | CONTEXT_SYSENTER);",
        "~(uint32_t)CONTEXT_DEBUG;",
        "not refused",
        first=FIRST_BOUND + 80,
    ),
}


@pytest.fixture(scope="module")
def stage(builder: StageBuilder) -> Stage:
    return stage_of(builder, PROGRAMS)


@pytest.mark.parametrize("part", range(PARTS))
def test_all_is_well_after_random_programs(part: int, stage: Stage) -> None:
    assert not stage.warnings
    runs = RUNS // PARTS
    found = run_programs(stage, SEED, part * runs, runs, EACH)
    assert not found.broken, found
    assert VECTORS <= set(found.vectors)
    assert sum(found.vectors.values()) > runs
    batches = range(part * runs // BATCH, (part + 1) * runs // BATCH)
    bound = sum(batch % 3 == 2 for batch in batches)
    few = {k: found.did.get(k) for k, n in DONE.items() if found.did[k] < bound * n}
    assert not few


@pytest.mark.parametrize("first", [770, FIRST_BOUND + 270])
def test_a_run_is_the_same_alone(first: int, stage: Stage) -> None:
    """But for one, perhaps, that reads the time."""
    found = run_programs(stage, SEED, first, 40, EACH, tell=True)
    among = found.digests
    assert not found.broken, found
    assert len(among) == 40 and len(set(among.values())) > 30
    alone = {
        number: run_programs(stage, SEED, number, 1, EACH, tell=True).digests[number]
        for number in (first + i for i in (1, 5, 20, 33, 39))
    }
    assert sum(among[number] == alone[number] for number in alone) >= len(alone) - 1


@pytest.mark.parametrize("name", MISTAKES)
def test_programs_find_a_way_that_is_open(name: str, builder: StageBuilder) -> None:
    mistake = MISTAKES[name]
    text = (ROOT / mistake.file).read_text()
    assert text.count(mistake.text) == 1, "the mistake cannot be put in"
    wrong = {mistake.file: text.replace(mistake.text, mistake.wrong)}
    stage = stage_of(builder, PROGRAMS, wrong)
    runs = FIRST_BOUND + BATCH - mistake.first if mistake.first else MISTAKE_RUNS
    found = run_programs(stage, SEED, mistake.first, runs, 100)
    assert found.broken, "nobody has noticed"
    assert mistake.words in found.broken
