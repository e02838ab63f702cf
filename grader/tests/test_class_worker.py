# SPDX-License-Identifier: MIT
"""The worker of `make class`: which verdict counts, what is drawn, and its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from h4 import class_run, class_worker
from h4.class_watch import Ended
from h4.course import Course
from h4.endings import FAIL, PASS, Outcome
from h4.errors import GraderError
from h4.evidence import Evidence
from h4.manifest import Lab
from h4.score import LabResult, score_lab
from h4.stage import Recipe


def test_the_better_of_two(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = course.lab(1)
    ran: list[bool] = []

    def verdicts(own: str, reference: str) -> tuple[int, str]:
        def grade(work: class_worker.Work, lab: Lab, use: Any) -> LabResult:
            ran.append(use.recipe.base_reference)
            status = reference if use.recipe.base_reference else own
            outcomes = {test.name: Outcome(test, status) for test in lab.tests}
            return score_lab(lab, outcomes, [], False)

        ran.clear()
        monkeypatch.setattr(class_worker, "grade", grade)
        work = class_worker.Work(course, tmp_path, tmp_path, [lab], "best", None, 3600)  # type: ignore[arg-type]
        result = class_worker.best(work, lab, tmp_path, tmp_path)
        return result.score, work.bases[1]

    assert verdicts("fail", "pass") == (100, "reference") and ran == [False, True]
    assert verdicts("pass", "fail") == (100, "own") and ran == [False]
    assert verdicts("fail", "fail") == (0, "own") and ran == [False, True]
    assert verdicts("missing", "pass") == (0, "own") and ran == [False]


def test_pictures_are_of_the_verdict_that_counts(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of no other one, and one that cannot be drawn undoes no verdict."""
    lab, drawn = course.lab(2), list[bool]()

    def grade(work: class_worker.Work, lab: Lab, use: Any) -> LabResult:
        status = PASS if use.recipe.base_reference else FAIL
        return score_lab(lab, {t.name: Outcome(t, status) for t in lab.tests}, [], False)

    def gather(
        course: Course, result: LabResult, recipe: Recipe, machine: Any, seconds: float
    ) -> Evidence:
        assert seconds == pytest.approx(60 if left > 120 else left / 2, abs=20)
        drawn.append(recipe.base_reference)
        if result.score == 0:
            raise GraderError("the emulator is gone")
        return Evidence(pictures={"here": ["<svg/>"]})

    monkeypatch.setattr(class_worker, "grade", grade)
    monkeypatch.setattr(class_worker, "gather", gather)
    used = class_worker._processor_seconds()
    for base, score, left in (("best", 100, 3600), ("own", 0, 3600), ("own", 0, 80), ("own", 0, 0)):
        drawn.clear()
        work = class_worker.Work(course, tmp_path, tmp_path, [lab], base, None, used + left)  # type: ignore[arg-type]
        result = class_worker.best(work, lab, tmp_path, tmp_path)
        assert not drawn and not result.evidence  # all verdicts come first
        class_worker.show(work, result, tmp_path)
        assert result.score == score and drawn == [base == "best"]
        assert result.evidence and bool(result.evidence.pictures) == (base == "best")


@pytest.mark.parametrize(
    ("looked", "told", "seconds"),
    [(2.0, 2.4, 2.4), (2.0, 1.0, 2.0), (2.0, 1e9, 2.0), (2.0, "3", 2.0), (2.0, None, 2.0)],
)
def test_the_worker_knows_its_time_best(looked: float, told: Any, seconds: float) -> None:
    """As far as that can be true: it is confined because nobody vouches for it."""
    assert class_run._seconds(Ended(0, b"", "", "", looked), {"seconds": told}) == seconds
