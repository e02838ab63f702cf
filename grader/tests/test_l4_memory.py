# SPDX-License-Identifier: MIT
"""Programs that get their memory from sigma0 and hand it on, as they are started by
`make run`: in both emulators, with much memory and with little, and with H looking
after each of its operations."""

from __future__ import annotations

import pytest

from h4.course import Course
from h4.emulator import Ending
from h4.running import choose_root, run_stage
from h4.stage import Recipe, StageBuilder

LAB = 7

# Program, memory in MB, and lines that it says.
ASK = [
    "The same once more: 4 KB at 0x",
    "The kernel's: sigma0 refuses.",
    "64 KB, wherever they are: 64 KB at 0x",
    "The task has made 41 to 42, after 1 page faults there.",
    "Taken back: it has been written.",
    "The task has made 42 to 43, after 2 page faults there.",
    "Taken back for good: the task waits for it, page fault 3.",
    "The task is no more; the word is still 43.",
]
LARGE = ["yes: sigma0 has 4 MB in one piece", "yes: which gets it from sigma0 again"]
OTHERS = {
    "timer": "All have slept enough.",
    "catcher": "After 10 accidents all is well.",
    "console": "Both have said what they wanted to say.",
    "pingpong": "60",
}
END = "L4: no thread will ever run again."


def said(
    course: Course, builder: StageBuilder, program: str, megabytes: int,
    emulator: str = "bochs", paranoid: int = 0, lab: int = LAB,
) -> list[str]:  # fmt: skip
    stage = builder.stage(course.lab(lab), Recipe(paranoid=paranoid))
    choose_root(stage, program)
    result = run_stage(stage, megabytes, emulator)
    assert result.ending == Ending.POWER_OFF, result
    return [line.strip() for line in result.com1.decode("ascii").splitlines()]


def missing(lines: list[str], wanted: list[str]) -> list[str]:
    return [one for one in wanted if not any(x.startswith(one) for x in lines)]


@pytest.mark.parametrize(
    ("emulator", "megabytes", "paranoid"),
    [("bochs", 8, 1), ("bochs", 32, 0), ("qemu", 32, 1), ("qemu", 256, 0)],
)
def test_memory_is_lent_and_taken_back(
    course: Course, builder: StageBuilder, emulator: str, megabytes: int, paranoid: int
) -> None:
    lines = said(course, builder, "ask", megabytes, emulator, paranoid)
    assert missing(lines, ASK) == [] and lines[-1] == END, lines


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
def test_pieces_of_4_megabytes(
    course: Course, builder: StageBuilder, emulator: str
) -> None:
    lines = said(course, builder, "large", 32, emulator)
    assert missing(lines, LARGE) == [] and lines[-1] == END, lines
    assert not [line for line in lines if line.startswith("NO")], lines


@pytest.mark.parametrize("program", OTHERS)
@pytest.mark.parametrize("lab", [7, 8])
def test_programs_of_lab_6(
    course: Course, builder: StageBuilder, program: str, lab: int
) -> None:
    lines = said(course, builder, program, 32, lab=lab)
    assert missing(lines, [OTHERS[program]]) == [] and lines[-1] == END, lines
