# SPDX-License-Identifier: MIT
"""Where a program's thread is, a message says by function and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from h4.compiling import COMPILERS
from h4.program_places import by_name
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests


@pytest.mark.parametrize("compiler", COMPILERS)
def test_where_a_trial_stands_is_told(builder: StageBuilder, compiler: str) -> None:
    """Of time slices that never end: a thread counts for ever."""
    lab, file = builder.course.lab(5), "l4/slice.c"
    text = builder.course.solved(file)
    begin = "        struct thread *who = thread;\n"
    wrong = text.replace(begin, f"        return;\n{begin}", 1)
    test = next(test for test in lab.tests if test.name == "time_slices_end")
    stage = builder.stage(lab, Recipe(texts={file: wrong}, jobs=1, compiler=compiler))
    machine = Machine(jobs=1, direct=True)
    found = run_tests(stage, lab, [test], builder.course.secret, machine)[test.name]
    assert wrong != text and len(found.message) == 1
    assert "(count_for_ever, user/trial5/threads.c:" in found.message[0]


def test_only_what_one_program_has_is_named(builder: StageBuilder, tmp_path: Path) -> None:
    programs = builder.stage(builder.course.lab(7), Recipe(jobs=1)).tested
    first, second = (Image(Path(f"{path}.elf")) for _, path in programs)
    start = first.address("start")
    line = f"thread 0x{start:08x}, at 0x{start:08x}. There was one at 0x{start:08x}"
    named = by_name([line, "at 0x00000000, at 0xffffffff", "at 0x1"], programs)
    assert named[0].count(" (start") == 2 and named[1:] == [
        "at 0x00000000, at 0xffffffff", "at 0x1",
    ]  # fmt: skip
    assert str(builder.build) not in named[0]  # another folder each time
    assert by_name(named, programs) == named
    assert by_name([line], [*programs, programs[0]]) == [line]  # by two
    assert by_name([line], [("gone", tmp_path / "gone")]) == [line]
    assert second.function_begin(start) < 0
