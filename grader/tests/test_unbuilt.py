# SPDX-License-Identifier: MIT
"""Who runs, debugs or draws a stage is told which file of it cannot be built: else what
runs is silently another."""

from __future__ import annotations

from pathlib import Path

import pytest

from h4 import cli, debugging
from h4.course import Course

FILE = "kernel/split.c"


@pytest.mark.parametrize("command", ["run", "debug", "memory"])
def test_it_is_said(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str], command: str,
) -> None:  # fmt: skip
    for path in course.exercise_files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(course.solved(path))
    (tmp_path / FILE).write_text("")
    monkeypatch.setattr(debugging, "with_gdb", lambda *_: 0)
    cli.main([command, "--lab", "2", "--submission", str(tmp_path)])
    err = capfd.readouterr().err
    assert f"{FILE} cannot be built, and is as it was given here:\n  is empty. `git" in err
    assert err.count("cannot be built") == 1
