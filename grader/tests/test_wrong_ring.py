# SPDX-License-Identifier: MIT
"""RET where IRET is due: a program's instructions, executed in ring 0, are no crash of a
program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from h4.endings import CRASH, HANG, Outcome, read_notes
from h4.faults import WRONG_RING, in_kernels_ring
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

FILE = "h/entry.S"
# How it ends depends on what the program does first.
TESTS = {
    "entering_gives_all_registers": CRASH,  # INT 0x80, by a gate
    "entering_takes_single_steps": HANG,  # HLT
    "executing_ends_endless_loops": HANG,  # JMP
}


@pytest.fixture(scope="module")
def outcomes(builder: StageBuilder) -> dict[str, Outcome]:
    lab = builder.course.lab(4)
    text = builder.course.solved(FILE)
    wrong = text.replace("        iret\n", "        ret\n")
    assert wrong != text
    stage = builder.stage(lab, Recipe(texts={FILE: wrong}, jobs=1))
    tests = [replace(t, limit=min(t.limit, 2_000_000)) for t in lab.tests if t.name in TESTS]
    machine = Machine(jobs=1, direct=True)
    return run_tests(stage, lab, tests, builder.course.secret, machine)


@pytest.mark.parametrize("name", TESTS)
def test_the_ring_is_told(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert outcome.status == TESTS[name]
    assert WRONG_RING in outcome.message
    assert not [line for line in outcome.message if line.startswith("user code runs on")]
    assert outcome.backtrace[0].function.endswith(", in user space")


def test_a_call_of_nothing_is_no_program(builder: StageBuilder) -> None:
    """Nor any other jump to where nothing is."""
    stage = builder.stage(builder.course.lab(1), Recipe(jobs=1))
    outcome = Outcome(stage.lab.tests[0], CRASH)
    read_notes(outcome, ["fault 0xe 0x0 0x00000000 0x00000000 0x8"], stage.image, 32)
    assert WRONG_RING not in outcome.message
    read_notes(outcome, ["fault 0x6 0x0 0x40000000 0x00000000 0x8"], stage.image, 32)
    assert WRONG_RING in outcome.message


@pytest.mark.parametrize(
    ("eip", "cs", "wrong"),
    [
        (0x40000000, 0x08, True),
        (0x40000000, 0x1B, False),
        (0x40000000, 0, False),  # not known
        (0xC0100000, 0x08, False),
    ],
)
def test_which_segment_belongs_there(eip: int, cs: int, wrong: bool) -> None:
    assert in_kernels_ring(eip, cs) == wrong
