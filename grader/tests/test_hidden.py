# SPDX-License-Identifier: MIT
"""Hidden tests and dropped labs: what is left of them in a student's tree."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import tiny
from conftest import ROOT
from rich.console import Console

from h4 import result_gradescope, result_html, result_json, result_junit
from h4.course import Course
from h4.endings import PASS, Outcome
from h4.errors import GraderError
from h4.hidden import shown
from h4.manifest import load_course, load_mutants
from h4.ready_objects import reference_object
from h4.report import Report
from h4.result_gradescope import _test as gradescope_test
from h4.score import score_lab
from h4.student import write_student_tree

SCHEMA = ROOT / "grader/schemas/result.json"
TOML = "labs/1-tiny/lab.toml"
HIDDEN = """
[[test]]
name = "high_in_secret"
exercise = "1.2"
kind = "works"
points = 12
hidden = true
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "course")


def hide(root: Path) -> None:
    """12 of the 30 points of 1.2 become those of a test that students do not have."""
    path = root / TOML
    tiny.change(path, 'kind = "works"\npoints = 30\n\n[[test]]\nname = "third',
                'kind = "works"\npoints = 18\n\n[[test]]\nname = "third')  # fmt: skip
    path.write_text(path.read_text() + HIDDEN)
    (root / "labs/1-tiny/hidden_high.c").write_text("// high_in_secret\nint tiny_secret;\n")


def test_students_have_no_hidden_test(root: Path, tmp_path: Path) -> None:
    hide(root)
    course = Course(root)
    assert "labs/1-tiny/hidden_high.c" in course.units(course.lab(1))
    write_student_tree(root, tmp_path / "student")
    for file in (tmp_path / "student").rglob("*"):
        assert "hidden_" not in file.name
        if file.is_file():
            assert b"in_secret" not in file.read_bytes(), file
    theirs = Course(tmp_path / "student").lab(1)
    assert [t.name for t in theirs.tests if t.exercise == "1.2"] == ["high_pairs"]
    assert [(e.id, e.points, e.hidden) for e in theirs.exercises] == [
        ("1.1", 50, 0), ("1.2", 30, 12), ("1.3", 20, 0),
    ]  # fmt: skip


def test_students_are_told_that_there_are_more_points(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(root)
    ours = Course(root)
    write_student_tree(root, tmp_path / "student")
    theirs = Course(tmp_path / "student")
    for course, score in ((ours, 100), (theirs, 88)):
        lab = course.lab(1)
        outcomes = {test.name: Outcome(test.name, PASS) for test in lab.tests}
        result = score_lab(lab, outcomes, [], False)
        Report(Console(), "").lab(result)
        said = capsys.readouterr().out
        assert f"Lab 1: {score}/{score}" in said
        hidden = "12 points more are given by tests"
        assert (hidden in said) == (score == 88)
        for form in (result_html, result_gradescope):
            assert (hidden in form.draw(course, [result])) == (score == 88), form
        (told,) = json.loads(result_json.draw(course, [result]))["labs"]
        assert told.get("hidden_points") == (12 if score == 88 else None)
        jsonschema.validate({"release": 1, "labs": [told]}, json.loads(SCHEMA.read_text()))
        due = ['<property name="hidden_points" value="12"'] if score == 88 else []
        assert re.findall(r'<property name="hidden_points" value="\d+"',
                          result_junit.draw(course, [result])) == due  # fmt: skip
        result.selected = True
        assert not result.hidden_words() and "hidden" not in result_json.draw(course, [result])
        visible = {
            s.test.name: gradescope_test(result, s, False)["visibility"] for s in result.tests
        }
        assert visible["high_pairs"] == "visible"
        due = "after_published" if course is ours else None
        assert visible.get("high_in_secret") == due


def test_a_manifest_without_hidden_tests_stays_as_it_is(root: Path) -> None:
    lab = load_course(root).lab(1)
    text = (root / TOML).read_text()
    assert shown(text, lab) == text
    hide(root)
    text = (root / TOML).read_text()
    with pytest.raises(GraderError, match="are lines of their own"):
        shown(text.replace('name = "high_in_secret"', 'name="high_in_secret"'),
              load_course(root).lab(1))  # fmt: skip


def test_an_exercise_has_a_test_that_is_seen(root: Path) -> None:
    hide(root)
    tiny.change(root / TOML, 'name = "high_pairs"\n', 'name = "high_pairs"\nhidden = true\n')
    with pytest.raises(GraderError, match=r"1\.2: has no test of kind 'works' that is not"):
        load_course(root)


def more(root: Path) -> None:
    """A second lab, whose exercise needs one of the first."""
    (root / "labs/2-more").mkdir()
    text = tiny.THIRD.replace("third_next", "more_next").replace("1.3", "2.1")
    (root / "kernel/more.S").write_text(text)
    (root / "handouts/2-more.md").write_text("# More\n\n## 2.1 More\n")
    (root / "labs/2-more/stage.c").write_text("int more_stage;\n")
    (root / "labs/2-more/lab.toml").write_text(
        '[lab]\nnumber = 2\nname = "more"\ntitle = "More"\nversion = 1\n'
        'handout = "handouts/2-more.md"\nfiles = ["kernel/more.S"]\n\n'
        '[[exercise]]\nid = "2.1"\ntitle = "More"\nfile = "kernel/more.S"\n'
        'functions = ["more_next"]\npoints = 100\nlines = 3\nafter = ["1.2"]\n'
        'refuses = "none: no"\ninvariants = "none: no"\nhandout = "#21-more"\n'
        'hints = ["A.", "B.", "C."]\n\n'
        '[[test]]\nname = "more_adds"\nexercise = "2.1"\nkind = "works"\npoints = 100\n'
    )


def drop(root: Path, numbers: str) -> None:
    tiny.change(root / "labs/course.toml", "release = 1\n", f"release = 1\ndropped = {numbers}\n")


def test_a_dropped_lab_is_given_as_objects(root: Path, tmp_path: Path) -> None:
    more(root)
    drop(root, "[1]")
    course = Course(root)
    course.check()
    assert [(lab.number, lab.gradable) for lab in course.labs] == [(1, False), (2, True)]
    assert [e.id for e in course.manifest.exercises] == ["2.1"]
    assert course.exercise("2.1").after == ()
    assert [e.id for e in course.manifest.dropped] == ["1.1", "1.2", "1.3"]
    write_student_tree(root, tmp_path / "student")
    student = tmp_path / "student"
    theirs = Course(student)
    assert [e.id for e in theirs.manifest.exercises] == ["2.1"]
    assert not (student / "answers/1.md").exists() and (student / "handouts/1-tiny.md").exists()
    for path in ("kernel/low.c", "kernel/high.c", "kernel/third.S"):
        assert not (student / path).exists()
        assert reference_object(theirs, path).is_file()
    for file in student.rglob("*"):
        assert not file.is_file() or b"helped + value" not in file.read_bytes(), file


def test_a_lab_that_is_not_there_cannot_be_dropped(root: Path) -> None:
    drop(root, "[3]")
    with pytest.raises(GraderError, match="dropped: there is no lab 3"):
        load_course(root)


def test_without_dropping_nothing_changes(root: Path) -> None:
    more(root)
    course = load_course(root)
    assert course.dropped == () and course.exercise("2.1").after == ("1.2",)
    assert [m.name for m in load_mutants(root, course.lab(1))] == ["first-lost"]
