# SPDX-License-Identifier: MIT
"""`make new-exercise`: where it writes, and what it refuses. That the tree builds and is
graded with what it has written, test_instructors_guide.py shows."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import copied_labs
import pytest
from conftest import ROOT

from h4 import new_exercise
from h4.course import Course
from h4.errors import GraderError
from h4.lint import lint
from h4.new_exercise import skeleton, with_exercise, with_section, write

LABS = [lab for lab in Course(ROOT).labs if lab.tests]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_labs.copy(tmp_path_factory.mktemp("labs"))


@pytest.mark.parametrize("number", [lab.number for lab in LABS])
def test_a_skeleton_is_one_more_exercise(copied: Path, number: int) -> None:
    """In every lab: the course can be read, and nothing but the skeleton is open."""
    before = Course(copied)
    lab = before.lab(number)
    new = skeleton(before, lab, f"newest_of_{lab.name}", "")
    assert new.title == f"Newest of {lab.name}"
    for path in write(before, lab, new):
        assert (copied / path).read_text().endswith("\n")
    after = Course(copied).lab(number)
    assert [e.id for e in after.exercises] == [*(e.id for e in lab.exercises), new.id]
    assert after.tests[:-1] == lab.tests and after.tests[-1].exercise == new.id
    found = lint(Course(copied))
    places = {line.split(":")[0] for line in found if new.name in line or new.id in line}
    assert {new.file, new.header, new.tests, lab.handout, f"{lab.folder}/lab.toml"} <= places
    unasked = [
        line for line in found
        if "to be filled in" not in line and "points = 0" not in line
        and "its contents have no" not in line and "exercises, about" not in line
        and "the table of exercises" not in line
    ]  # fmt: skip
    assert unasked == []


REFUSED = {
    "no name": ("", "", "is a function's name"),
    "capitals": ("LargestRun", "", "is a function's name"),
    "a path": ("../run", "", "is a function's name"),
    "too short": ("ab", "", "is a function's name"),
    "a quote": ("new_one", 'The "new" one', "is a heading"),
    "two lines": ("new_one", "The\nnew one", "is a heading"),
    "a file": ("serial", "", "there is kernel/serial.c already"),
    "a header": ("paging", "", "there is kernel/include/kernel/paging.h already"),
    "a function": ("fpage_split", "", "a function of another exercise"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_stands_in_the_way_is_named(course: Course, case: str) -> None:
    name, title, words = REFUSED[case]
    with pytest.raises(GraderError, match=words):
        skeleton(course, course.lab(1), name, title)


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("number", range(6))
def test_a_full_disk_leaves_everything_as_it_was(
    copied: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whichever of the six files it is that cannot be written."""
    before, calls = contents(copied), list[Path]()
    real = new_exercise.write_text

    def fills(path: Path, text: str) -> None:
        calls.append(path)
        if len(calls) > number:
            raise GraderError(f"{path}: No space left on device")
        real(path, text)

    monkeypatch.setattr(new_exercise, "write_text", fills)
    course = Course(copied)
    lab = course.lab(1)
    new = skeleton(course, lab, "never_written", "")
    with pytest.raises(GraderError, match="No space left on device; nothing was changed"):
        write(course, lab, new)
    assert len(calls) == number + 1 and contents(copied) == before


def test_what_is_refused_changes_nothing(copied: Path) -> None:
    """The whole command, with wrong words, and with a handout that has no place for it."""

    def refused(match: str, **given: str | None) -> None:
        before = contents(copied)
        words = {"lab": "1", "name": "never_written", "title": ""} | given
        with pytest.raises(GraderError, match=match):
            new_exercise.main(copied, Namespace(**words))
        assert contents(copied) == before

    refused("LAB=99: an exercise is one of a lab's", lab="99")
    refused("LAB=: an exercise is one of a lab's", lab=None)
    refused("NAME=: is a function's name", name=None)
    refused("there is kernel/serial.c already", name="serial")
    handout = copied / Course(copied).lab(1).handout
    text = handout.read_text()
    handout.write_text(text.replace("\n## ", "\n### "))
    try:
        refused("there is no section|handout")
    finally:
        handout.write_text(text)


def test_files_of_another_form_are_refused(course: Course) -> None:
    lab = LABS[0]
    new = skeleton(course, lab, "new_one", "")
    with pytest.raises(GraderError, match="a line each"):
        with_exercise('[lab]\nfiles = ["kernel/a.c"]\n\n[[test]]\n', new, "lab.toml")
    with pytest.raises(GraderError, match="there is no section `## 0.3"):
        with_section("# A handout\n", new, lab)
