# SPDX-License-Identifier: MIT
"""Programs that judge L4 are compared with their files: in a machine that is made up, in
which they were loaded. That real ones are sound, and that cheats change them, is seen in
each verdict and in the zoo (cheats/patches-the-trial.inc)."""

from __future__ import annotations

from pathlib import Path

import pytest
from outside_memory import Memory

from h4.course import Course
from h4.outside_judge import judge
from h4.outside_program import NAME, ROOT, fixed_parts
from h4.snapshot import KERNEL_BASE
from h4.stage import Recipe, Stage, StageBuilder

PROGRAM = "trial7"


@pytest.fixture(scope="module")
def stage(course: Course, builder: StageBuilder) -> Stage:
    return builder.stage(course.lab(7), Recipe())


@pytest.fixture(scope="module")
def programs(stage: Stage) -> dict[str, Path]:
    return dict(stage.tested)


def address_of(stage: Stage, text: str) -> int:
    begin, data = stage.image.read_only
    return begin + data.index(b"\0" + text.encode() + b"\0") + 1


@pytest.fixture
def memory(stage: Stage, programs: dict[str, Path]) -> Memory:
    """A program was loaded, and its first thread runs."""
    found = Memory(stage.image)
    begin, constants = stage.image.read_only
    at = begin - KERNEL_BASE
    found.ram[at : at + len(constants)] = constants
    for name in (PROGRAM, "sigma0"):
        for at, data in fixed_parts(programs[name]):
            found.ram[at : at + len(data)] = data
    note(found, address_of(stage, PROGRAM))
    found.put("thread", found.place("thread"), {"id": ROOT})
    return found


def note(memory: Memory, address: int) -> None:
    """What the harness says of the program."""
    memory.put("outside_machine", memory.symbol("outside_machine"), {"program": address})


def found_in(memory: Memory, programs: dict[str, Path], *by_hand: str) -> str:
    return "\n".join(judge(memory.snapshot(), memory.image, by_hand, programs))


def test_a_program_that_is_sound(memory: Memory, programs: dict[str, Path]) -> None:
    assert found_in(memory, programs) == ""


@pytest.mark.parametrize("name", [PROGRAM, "sigma0"])
@pytest.mark.parametrize("last", [False, True])
def test_a_byte_that_was_changed(
    memory: Memory, programs: dict[str, Path], name: str, last: bool
) -> None:
    at, data = fixed_parts(programs[name])[0]
    place = at + len(data) - 1 if last else at
    memory.ram[place] ^= 1
    words = f"the program {name} is not what was built: at 0x{place:08x}"
    assert words in found_in(memory, programs)
    assert found_in(memory, programs, NAME) == ""


def test_a_program_that_is_hidden(memory: Memory, programs: dict[str, Path]) -> None:
    note(memory, 0)
    assert "says that there is none" in found_in(memory, programs)
    memory.put("thread", memory.place("thread"), {"id": ROOT + 0x4000})
    assert found_in(memory, programs) == ""


def test_a_program_with_another_name(
    memory: Memory, programs: dict[str, Path], stage: Stage
) -> None:
    note(memory, address_of(stage, PROGRAM) + 1)
    assert "'rial7' was loaded" in found_in(memory, programs)
    note(memory, 0xB0000000)
    assert "lead out of its memory" in found_in(memory, programs)
