# SPDX-License-Identifier: MIT
"""The sources themselves: format, static analysis, host tests, the course's
marks and manifests."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from h4.course import Course
from h4.manifest import Exercise, load_mutants


def run(*command: str) -> None:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


def test_formatting() -> None:
    run("grader/check", "format")


def test_static_analysis() -> None:
    run("grader/check", "tidy")


# A test for each folder, so that they run side by side.
@pytest.mark.parametrize(
    "folder",
    ["kernel/tests", "h/tests", "labs/4-contexts/tests", "l4/tests", "user/tests"],
)
def test_host_tests(folder: str, tmp_path: Path) -> None:
    run("make", "-C", folder, f"BUILD={tmp_path}")
    reports = sorted(tmp_path.rglob("*.tap"))
    assert {path.stem for path in (ROOT / folder).glob("test_*.c")} == {
        report.stem for report in reports
    }
    for report in reports:
        lines = report.read_text().splitlines()
        passed = [line for line in lines if line.startswith("ok ")]
        assert passed and f"1..{len(passed)}" in lines, report.name
        assert not [line for line in lines if line.startswith("not ok")]
    if folder == "h/tests":
        assert operations(tmp_path / "watched/test_model.tap") >= 10**5
        assert operations(tmp_path / "fast/test_model.tap") >= 10**6
    if folder == "l4/tests":
        assert operations(tmp_path / "small/test_mapdb.tap") >= 5 * 10**4
        assert operations(tmp_path / "fast/test_mapdb.tap") >= 10**6


def operations(report: Path) -> int:
    """How many H or the mapping database did, and its specification with it. How
    fast: a figure of this machine, printed beside, which proves nothing."""
    text = report.read_text()
    done = re.search(r"^# (\d+) operations in ", text, re.M)
    return int(done[1]) if done else 0


def test_manifests_marks_and_mutants(course: Course) -> None:
    course.check()
    for lab in course.labs:
        load_mutants(ROOT, lab)


LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", ["README.md", *(
    str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("handouts/*.md"))
)])  # fmt: skip
def test_links_and_figures_resolve(page: str) -> None:
    path = ROOT / page
    for target in LINK.findall(path.read_text()):
        assert (path.parent / target).exists(), f"{page}: {target}"


def test_handouts_agree_with_manifests(course: Course) -> None:
    for lab in course.labs:
        if not lab.tests:
            continue
        text = (ROOT / lab.handout).read_text()
        for exercise in lab.exercises:
            assert f"## {exercise.id} {exercise.title}" in text, exercise.id
            section = text.split(f"## {exercise.id} ", 1)[1].split("\n## ", 1)[0]
            size = re.search(r"about (\d+) lines", section)
            assert size and int(size[1]) == exercise.lines, exercise.id
            hours = re.search(r"About ([\d.]+) hours?\.", section)
            assert (float(hours[1]) if hours else None) == exercise.hours, exercise.id


@pytest.mark.parametrize(
    "exercise", Course(ROOT).manifest.exercises, ids=lambda one: one.id
)
def test_handouts_tell_points_and_needs(course: Course, exercise: Exercise) -> None:
    """What stands below an exercise's heading: its file, its points, and which of the
    lab's other exercises it needs. Of those that stand on others the last suffice."""
    number = int(exercise.id.partition(".")[0])
    text = (ROOT / course.lab(number).handout).read_text()
    section = text.split(f"\n## {exercise.id} ", 1)[1]
    head = section.split("\n\n")[1]
    begin, _, rest = head.partition("Needs ")
    assert re.findall(r"^File: `(.*?)`", begin) == [exercise.file]
    assert re.findall(r"(\d+)\spoints\.", begin) == [str(exercise.points)]
    told = set(re.findall(r"\d+\.\d+\b(?! hours)", rest))
    for name in list(told):
        told |= {e.id for e in course.prerequisites(course.exercise(name))}
    needed = {e.id for e in course.prerequisites(exercise)}
    own = {e.id for e in course.lab(number).exercises}
    assert told <= needed and told & own == needed & own


@pytest.mark.parametrize("path", sorted(Course(ROOT).exercise_files))
def test_manifests_tell_the_size_of_solutions(course: Course, path: str) -> None:
    """Lines of code between the marks: without comments and blanks."""
    for exercise in course.exercise_files[path]:
        mark = rf"// H4-BEGIN {re.escape(exercise.id)}\n(.*?)// H4-STUB"
        text = "".join(re.findall(mark, course.text(path), re.S))
        lines = [line.strip() for line in text.splitlines()]
        code = [line for line in lines if line and not line.startswith("//")]
        assert len(code) == exercise.lines, exercise.id
