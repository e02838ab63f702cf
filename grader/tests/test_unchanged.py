# SPDX-License-Identifier: MIT
"""Files are read once as long as they stay as they are, and stages write to none of the
course's, which they are linked to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from h4 import unchanged
from h4.course import Course
from h4.stage import Recipe, StageBuilder
from h4.unchanged import content, digest

OLD = 1_000_000_000  # seconds, when a file may have been written


@pytest.mark.parametrize("read", [content, digest])
def test_what_has_changed_is_read_again(
    tmp_path: Path, read: Callable[[str], bytes]
) -> None:
    file, same = tmp_path / "file", tmp_path / "same"
    file.write_text("one")
    os.utime(file, (OLD, OLD))
    first = read(str(file))
    os.link(file, same)
    file.write_text("two")
    os.utime(file, (OLD, OLD))
    assert read(str(file)) == read(str(same)) == first  # nobody can see it any more
    os.utime(file, (OLD, OLD + 1))
    second = read(str(file))
    assert second != first
    file.write_text("more")
    os.utime(file, (OLD, OLD + 1))
    assert read(str(file)) not in (first, second)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        read(str(file))


@pytest.mark.parametrize("read", [content, digest])
def test_what_was_changed_just_now_is_read_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[str], bytes]
) -> None:
    file = tmp_path / "file"
    file.write_text("one")
    when = file.stat().st_mtime_ns
    now = SimpleNamespace(time_ns=lambda: when + unchanged._MOMENT)
    monkeypatch.setattr(unchanged, "time", now)
    first = read(str(file))
    file.write_text("two")
    os.utime(file, ns=(when, when))
    assert read(str(file)) != first


def test_a_stage_writes_to_none_of_the_course_s_files(
    builder: StageBuilder, course: Course, tmp_path: Path
) -> None:
    lab = course.lab(1)
    file, other = lab.exercise_files[:2]
    before = {path: (course.root / path).read_bytes() for path in course.exercise_files}
    (tmp_path / other).parent.mkdir(parents=True)
    (tmp_path / other).write_text(course.starter(other))
    for text in ("int x = ;\n", "int memcpy;\n", course.solved(file) + "// more\n"):
        recipe = Recipe(tmp_path, texts={file: text}, jobs=1)
        stage = builder.stage(lab, recipe)
        assert stage.path and bool(stage.failures) == ("more" not in text)
        assert {p: (course.root / p).read_bytes() for p in before} == before
