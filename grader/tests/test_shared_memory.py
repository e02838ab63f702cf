# SPDX-License-Identifier: MIT
"""Bochs has the guest's memory where the grader reads it as its own."""

from __future__ import annotations

import mmap
import os

import pytest

from h4.bochs_memory import GuestMemory
from h4.course import Course
from h4.endings import PASS
from h4.shared_memory import SharedMemory
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("megabytes", [8, 13, 16, 32])
def test_the_debugger_has_nothing_to_print(
    course: Course, builder: StageBuilder, monkeypatch: pytest.MonkeyPatch, megabytes: int,
    direct: bool,
) -> None:  # fmt: skip
    """Whatever else of Bochs's is as large as the guest's memory."""
    found: list[bool] = []
    compare = GuestMemory.compare

    def remembered(memory: GuestMemory, probes: list[int]) -> None:
        compare(memory, probes)
        found.append(memory.is_shared)

    monkeypatch.setattr(GuestMemory, "compare", remembered)
    lab = course.lab(0)
    stage = builder.stage(lab, Recipe(jobs=1))
    test = lab.tests[0]
    machine = Machine("bochs", jobs=1, direct=direct, megabytes=megabytes)
    outcome = run_tests(stage, lab, [test], course.secret, machine)[test.name]
    assert outcome.status == PASS, outcome.message
    assert found == [True]


def test_what_is_not_there_is_not_read() -> None:
    with SharedMemory(8) as memory:
        piece = mmap.mmap(memory.file, 16)
        piece[:4] = b"abcd"
        assert memory.bytes[1:3] == b"bc"
        assert memory.bytes[12 << 20 :] == b""
        piece.close()
    assert memory.bytes == b""
    assert memory.passed == ()


def test_without_such_files_there_is_nothing_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> int:
        raise OSError

    monkeypatch.setattr(os, "memfd_create", none)
    with SharedMemory(8) as memory:
        assert memory.bytes == b""
        assert memory.passed == () and memory.settings == {"GUEST_MEMORY": "-1"}
