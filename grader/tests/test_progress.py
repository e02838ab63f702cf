# SPDX-License-Identifier: MIT
"""`make progress`, and the verdicts that it remembers."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from test_watch import verdict

from h4 import grading
from h4.course import Course
from h4.endings import FAIL, MISSING
from h4.last_verdicts import FOLDER, counts, keep, left_behind, recall
from h4.progress import BEGUN, RIGHT, UNKNOWN, WAITING, Progress, look, page, summary
from h4.score import LabResult

COMMAND = [sys.executable, str(ROOT / "grader/grade"), "grade", "--lab", "0"]


@pytest.fixture
def away(tmp_path: Path) -> Course:
    """The course, with what is remembered of it in a folder of its own."""
    course = Course(ROOT)
    course.root = tmp_path
    return course


def shown(away: Course, texts: Mapping[str, bytes]) -> Progress:
    return look(away, [lab for lab in away.labs if lab.tests], texts)


def told(away: Course, *results: LabResult) -> Progress:
    texts = {path: b"mine" for path in away.exercise_files}
    keep(away, list(results), texts)
    return shown(away, texts)


def test_states_points_and_hours(away: Course) -> None:
    lab = away.lab(0)
    names = {t.name: MISSING for t in lab.tests_of(lab.exercise("0.3"))}
    progress = told(away, verdict(away, putc_waits_for_a_full_line=FAIL, **names))
    part = progress.labs[0]
    assert [row.state for row in part.rows] == [BEGUN, RIGHT, WAITING]
    assert {row.state for row in progress.labs[1].rows} == {UNKNOWN}
    first, second, third = part.rows
    assert 0 < first.score < 30 and (second.score, third.score) == (40, 0)
    assert part.score == progress.whole.score == first.score + 40
    hours = [e.hours or 0 for e in lab.exercises]
    assert part.hours == sum(hours)
    assert part.hours_done == hours[0] * first.score / 30 + hours[1]
    assert progress.next.startswith("Next: exercise 0.1")
    assert f"{part.score} of 800 points" in summary(progress.whole)


def test_the_instructors_guide_has_the_same_hours(away: Course) -> None:
    """It tells each lab's from and to; the sum of the exercises lies between."""
    text = (ROOT / "handouts/instructors.md").read_text()
    for part in shown(away, {}).labs:
        assert part.lab
        row = rf"^\| {part.lab.number} .*\| (\d+) to (\d+) \|"
        found = re.search(row, text, re.M)
        assert found and int(found[1]) <= part.hours <= int(found[2]), part.title


def test_hidden_tests_are_not_waited_for(away: Course) -> None:
    """In a student's tree, where their points are counted and they are not there."""
    lab = away.lab(0)
    secret = next(t for t in lab.tests if t.exercise == "0.3" and t.points == 4)
    exercises = [
        replace(e, hidden=4) if e.id == "0.3" else e for e in lab.exercises
    ]
    tests = [t for t in lab.tests if t is not secret]
    there = replace(lab, exercises=tuple(exercises), tests=tuple(tests))
    told(away, verdict(away))
    row = look(away, [there], {p: b"mine" for p in away.exercise_files}).labs[0].rows[2]
    assert (row.state, row.score, row.most) == (RIGHT, 26, 26)
    assert row.hours_done == row.hours


def test_nothing_is_known_without_a_verdict(away: Course) -> None:
    progress = shown(away, {})
    assert progress.whole.score == 0 and "LAB=0" in progress.next


def test_a_file_that_has_changed_since(away: Course) -> None:
    texts = {path: b"mine" for path in away.exercise_files}
    keep(away, [verdict(away)], texts)
    progress = shown(away, texts | {"kernel/multiboot.c": b"other"})
    assert [row.old for row in progress.labs[0].rows] == [False, True, False]
    assert progress.next == "Changed since it was graded: make grade LAB=0"
    assert "changed since" in page(away, progress)


def test_some_tests_leave_the_others_as_they_were(away: Course) -> None:
    told(away, verdict(away, putc_sends_text=FAIL, backtrace_prints_nothing=FAIL))
    part = verdict(away)
    part.tests = [s for s in part.tests if s.test.name == "putc_sends_text"]
    rows = told(away, part).labs[0].rows
    assert [row.state for row in rows] == [RIGHT, RIGHT, BEGUN]


def test_what_is_borrowed_is_not_done(away: Course) -> None:
    told(away, verdict(away, other=MISSING))
    result = verdict(away)
    result.without = ["0.1"]
    rows = told(away, result).labs[0].rows
    assert [row.state for row in rows] == [WAITING, RIGHT, RIGHT]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"putc_sends_text": 3}', "[" * 100000,
             '{"putc_sends_text": {"status": "fine", "message": [], "text": ""}}']
)  # fmt: skip
def test_what_is_damaged_is_not_known(away: Course, text: str) -> None:
    folder = away.root / FOLDER
    folder.mkdir(parents=True)
    (folder / "0.json").write_text(text)
    assert not recall(away.root, away.lab(0)).result.tests
    assert told(away, verdict(away)).labs[0].score == 100


def test_a_place_that_cannot_be_written_does_no_harm(
    away: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    (away.root / "build").write_text("no folder")
    told(away, verdict(away))
    assert "`make progress` will not know" in capsys.readouterr().err


def test_only_verdicts_on_the_tree_itself_count() -> None:
    usual = {"submission": None, "seed": None, "jitter": None, "emulator": "bochs",
             "compiler": "gcc", "memory": 32}  # fmt: skip
    assert counts(argparse.Namespace(**usual))
    for name, value in [("submission", "x"), ("seed", 0), ("jitter", 1),
                        ("emulator", "qemu"), ("compiler", "clang"), ("memory", 8)]:  # fmt: skip
        assert not counts(argparse.Namespace(**(usual | {name: value})))


def test_a_lab_that_is_complete_and_wrong_is_graded_on(
    away: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the one that its student is on, until a verdict has seen it right."""
    labs = [lab for lab in away.labs if lab.tests]
    monkeypatch.setattr(grading, "chosen_labs", lambda *_: [away.lab(1)])
    given = grading_options("--test", "*")
    use = grading.settings(away.root, away, given)

    def graded(**changed: object) -> list[int]:
        asked = argparse.Namespace(**(vars(given) | changed))
        return list(grading.chosen_of(away, labs, asked, use))

    assert graded() == [1]  # nothing is known
    names = {t.name: MISSING for t in away.lab(0).tests_of(away.lab(0).exercise("0.3"))}
    told(away, verdict(away, **names))
    assert graded() == [0, 1]
    assert graded(lab="1") == graded(seed=7) == [1]
    monkeypatch.setattr(grading, "chosen_labs", lambda *_: [away.lab(0)])
    assert graded() == [0]
    monkeypatch.undo()
    told(away, verdict(away))
    assert left_behind(away.root, labs, away.lab(1)) == []


def grading_options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    grading.options(parser)
    return parser.parse_args(words)


def test_the_page_escapes_and_needs_nothing(away: Course) -> None:
    text = page(away, told(away, verdict(away)))
    assert "100 of 800 points" in text and text.count("<h2 ") == 8
    assert not re.search(r"(src|href)=", text) and "<script" not in text


def test_a_verdict_is_remembered() -> None:
    """make grade, then make progress, in this tree."""
    subprocess.run([*COMMAND, "--test", "0.3"], check=True, capture_output=True)
    known = json.loads((ROOT / FOLDER / "0.json").read_text())
    assert known["backtrace_names_the_callers"]["status"] == "pass"
    done = subprocess.run(
        [sys.executable, COMMAND[1], "progress"], capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stderr == ""
    assert re.search(r"Lab 0: Boot .*\d+/100", done.stdout)
