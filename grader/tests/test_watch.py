# SPDX-License-Identifier: MIT
"""`make watch`: what is new and no more, one verdict at a time, an end by Ctrl-C."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from pathlib import Path

import pexpect
import pytest
from conftest import ROOT
from rich.console import Console

from h4.course import Course
from h4.endings import BLOCKED, FAIL, MISSING, PASS, Outcome
from h4.errors import GraderError
from h4.report import Report
from h4.score import LabResult, score_lab
from h4.watch import Changes, Texts, Verdicts, Watch, alone
from h4.watch_changes import changed, report_changes

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def verdict(course: Course, **ends: str) -> LabResult:
    """On lab 0: all tests pass but for those named, by test or as `other`."""
    lab = course.lab(0)
    outcomes = {}
    for test in lab.tests:
        end = ends.get(test.name, ends.get("other", PASS))
        words = [] if end == PASS else [f"{test.name} says so"]
        outcomes[test.name] = Outcome(test, end, words)
    return score_lab(lab, outcomes, [], False)


def said(before: LabResult | None, after: LabResult) -> str:
    out = io.StringIO()
    report = Report(Console(file=out, soft_wrap=True), "")
    report_changes(report, before, after)
    return out.getvalue()


def test_what_is_said_is_what_is_new(course: Course) -> None:
    before = verdict(course, putc_sends_text=FAIL, backtrace_prints_nothing=FAIL)
    after = verdict(course, putc_changes_no_setting=FAIL, backtrace_prints_nothing=FAIL)
    text = said(before, after)
    assert re.search(r"pass +putc_sends_text .*was: fail", text)
    assert re.search(r"fail +putc_changes_no_setting .*was: pass", text)
    assert "putc_changes_no_setting says so" in text
    assert "backtrace" not in text and "putc_waits_for_a_full_line" not in text
    assert re.search(r"Lab 0: \d+/100, [+-]\d+ points", text)


def test_another_message_is_new(course: Course) -> None:
    before, after = (verdict(course, putc_sends_text=FAIL) for _ in range(2))
    assert not changed(before, after)
    assert said(before, after) == f"Lab 0: {after.score}/100, nothing has changed\n"
    one = next(s for s in after.tests if s.test.name == "putc_sends_text")
    one.outcome.message = ["otherwise"]
    assert changed(before, after) == [one]
    text = said(before, after)
    assert "otherwise" in text and "was:" not in text
    assert f"{after.score}/100, as before" in text


def test_what_still_fails_beside_is_named(course: Course) -> None:
    before = verdict(course, putc_sends_text=FAIL, init_sets_115200_baud=FAIL)
    after = verdict(course, putc_sends_text=FAIL)
    text = said(before, after)
    assert "as before: putc_sends_text (fail)" in text
    assert "putc_sends_text says so" not in text


def test_an_exercise_that_is_right_takes_a_line(course: Course) -> None:
    text = said(verdict(course, other=MISSING), verdict(course))
    assert len(text.splitlines()) == 4 and "(30/30)" in text and "+100 points" in text


def test_first_passes_take_a_line_together(course: Course) -> None:
    names = {t.name: MISSING for t in course.lab(0).tests_of(course.exercise("0.3"))}
    now = dict.fromkeys(names, PASS) | {"backtrace_prints_nothing": FAIL}
    text = said(verdict(course, **names), verdict(course, **now))
    assert f"pass     {len(names) - 1} tests that could not run before" in text
    assert re.search(r"fail +backtrace_prints_nothing .*was: missing", text)
    assert "backtrace_names_the_callers" not in text


def test_nothing_is_known_at_first(course: Course) -> None:
    text = said(None, verdict(course, other=BLOCKED))
    assert text.count("blocked") == 3 and text.endswith("Lab 0: 0/100\n")


class Saves:
    """Somebody who saves files: what is there after each wait. Ctrl-C at the end."""

    def __init__(self, *texts: str) -> None:
        self.waiting = list(texts)
        self.now = "first"
        self.graded: list[str] = []
        self.running = False
        self.words: list[str] = []
        self.meanwhile = ""  # saved while the next verdict is made

    def read(self) -> Texts:
        return {"kernel/a.c": self.now.encode()}

    def wait(self) -> None:
        if not self.waiting:
            raise KeyboardInterrupt
        self.now = self.waiting.pop(0)

    def grade(self, texts: Texts) -> None:
        assert not self.running, "two at once"
        self.running = True
        self.graded.append(texts["kernel/a.c"].decode())
        if self.meanwhile:
            self.waiting.insert(0, self.meanwhile)
            self.meanwhile = ""
        self.running = False
        if "broken" in self.graded[-1]:
            raise GraderError("the grader could not")

    def run(self) -> list[str]:
        with pytest.raises(KeyboardInterrupt):
            Watch(self.read, self.grade, self.wait, self.words.append).run()
        return self.graded


def test_only_a_changed_text_is_graded() -> None:
    assert Saves("first", "first", "second", "second").run() == ["first", "second"]


def test_what_is_saved_meanwhile_is_graded_next() -> None:
    saves = Saves("third")
    saves.meanwhile = "second"
    assert saves.run() == ["first", "second", "third"]


def test_a_failure_of_the_grader_is_said_and_the_watch_goes_on() -> None:
    saves = Saves("broken", "third")
    assert saves.run() == ["first", "broken", "third"]
    assert "grader: the grader could not" in saves.words


def test_many_events_are_one_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("h4.watch.QUIET", 0)
    changes = Changes()
    for _ in range(100):
        changes.events.put(None)
    changes.wait()
    assert changes.events.empty()


def test_a_lab_stays_until_it_is_right(course: Course) -> None:
    """Also where the student is on the next one, since nothing is missing any more."""
    given = argparse.Namespace(test=None)
    verdicts = Verdicts(ROOT, given, Console(file=io.StringIO()), course)
    labs = list(course.labs)
    assert not verdicts.begun(labs)
    verdicts.last[0] = verdict(course, putc_sends_text=FAIL)
    assert verdicts.begun(labs) == {0: list(course.lab(0).tests)}
    verdicts.last[0] = verdict(course)
    assert not verdicts.begun(labs)


def test_one_watch_a_tree(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(GraderError, match="another `make watch`"):
        with alone(tmp_path):
            pass
    with alone(tmp_path):
        pass


def test_a_file_is_saved_twice(tmp_path: Path, course: Course) -> None:
    """The whole of it: a mistake, its end, and Ctrl-C."""
    for path in course.exercise_files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(course.starter(path))
    file = tmp_path / "kernel/backtrace.c"
    right = course.solved("kernel/backtrace.c")
    wrong = right.replace("address % sizeof(uint32_t) != 0", "address > 0xFFFFFFF0")
    assert wrong != right
    child = pexpect.spawn(
        sys.executable,
        [str(ROOT / "grader/grade"), "watch", "--lab", "0", "--test", "0.3",
         "--jobs", "1", "--submission", str(tmp_path)],
        encoding="utf-8", timeout=600, dimensions=(40, 200),
        env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip

    def answer() -> str:
        child.expect("Waiting for the next save")
        return CONTROL.sub("", str(child.before))

    try:
        assert "missing  0.3" in answer()
        file.with_suffix(".new").write_text(wrong)
        os.replace(file.with_suffix(".new"), file)  # as many editors save
        text = answer()
        assert re.search(r"fail +backtrace_refuses_misaligned_frames", text)
        assert "Next: exercise 0.3" in text
        file.unlink()
        assert "does not count: kernel/backtrace.c is missing" in answer()
        file.with_suffix(".new").write_text(right)
        os.replace(file.with_suffix(".new"), file)
        text = answer()
        assert "pass     0.3 Who called whom (30/30)" in text
        assert "refuses_misaligned" not in text and "is missing" not in text
        child.sendintr()
        child.expect("Ended.")
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0
