# SPDX-License-Identifier: MIT
"""Random programs in user space: the client has control again after each of them,
and the kernel's memory is what it was. `make soak ONLY=programs` runs ten times as
many."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from conftest import ROOT

from h4.stage import Stage, StageBuilder
from h4.trials import PROGRAMS, run_programs, stage_of

SEED = 1
RUNS = 10_000
EACH = 500  # all memory is looked at after so many
MISTAKE_RUNS = 1000

# What user code is left by, one way or another, in so many runs: system calls, the
# timer, and most exceptions. Stack faults do not come: segments are flat.
VECTORS = {0, 1, 3, 4, 5, 6, 13, 14, 16, 17, 32, 0x80, 0x81}


@dataclass(frozen=True)
class Mistake:
    """A text of H that is replaced by another one, and what is said then."""

    file: str
    text: str
    wrong: str
    words: str


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
}


@pytest.fixture(scope="module")
def stage(builder: StageBuilder) -> Stage:
    return stage_of(builder, PROGRAMS)


def test_all_is_well_after_random_programs(stage: Stage) -> None:
    assert not stage.warnings
    found = run_programs(stage, SEED, 0, RUNS, EACH)
    assert not found.broken, found
    assert VECTORS <= set(found.vectors)
    assert sum(found.vectors.values()) > RUNS


def test_a_run_is_the_same_alone(stage: Stage) -> None:
    """But for one, perhaps, that reads the time."""
    among = run_programs(stage, SEED, 770, 40, EACH, tell=True).digests
    assert len(among) == 40 and len(set(among.values())) > 30
    alone = {
        number: run_programs(stage, SEED, number, 1, EACH, tell=True).digests[number]
        for number in (771, 775, 790, 803, 809)
    }
    assert sum(among[number] == alone[number] for number in alone) >= len(alone) - 1


@pytest.mark.parametrize("name", MISTAKES)
def test_programs_find_a_way_that_is_open(name: str, builder: StageBuilder) -> None:
    mistake = MISTAKES[name]
    text = (ROOT / mistake.file).read_text()
    assert text.count(mistake.text) == 1, "the mistake cannot be put in"
    wrong = {mistake.file: text.replace(mistake.text, mistake.wrong)}
    found = run_programs(
        stage_of(builder, PROGRAMS, wrong), SEED, 0, MISTAKE_RUNS, 100
    )
    assert found.broken, "nobody has noticed"
    assert mistake.words in found.broken
