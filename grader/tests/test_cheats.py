# SPDX-License-Identifier: MIT
"""A zoo of cheats: submissions that want points for nothing, or harm. None gains a point
for what it fakes, none disturbs an honest submission that is graded beside it, and each is
told what happened. See cheats/cheats.toml."""

from __future__ import annotations

import io
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from h4.bodies import Stub, replace_body
from h4.course import Course
from h4.endings import PASS, Outcome
from h4.report import Report
from h4.score import LabResult, score_lab
from h4.stage import Recipe, Stage, StageBuilder
from h4.verdict import Machine, run_tests

ZOO = Path(__file__).parent / "cheats"
MACHINE = Machine(jobs=1, direct=True)
HONEST = ("1.3", 2)  # exercise, how many of its tests
TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # but for line ends


@dataclass(frozen=True)
class Cheat:
    name: str
    exercise: str
    tests: list[str]
    status: str
    words: str
    beside: bool = False

    def text(self, course: Course) -> str:
        """The exercise's file, with the cheat in it."""
        exercise = course.exercise(self.exercise)
        body = replace_body(
            course.text(exercise.file), exercise.file, exercise.id, _body
        )
        at = body.rindex("\n#include")
        at = body.index("\n", at + 1) + 1
        machine, own = (
            (ZOO / f"{name}.inc").read_text() for name in ("machine", self.name)
        )
        answer = "#ifndef ANSWER\n#define ANSWER 0\n#endif\n"
        return body[:at] + machine + own + answer + body[at:]


def _body(stub: Stub) -> str:
    used = "".join(f"(void)({argument}); " for argument in stub.arguments)
    if stub.returns == "void":
        return f"cheat(); {used}return;"
    if re.match(r"(?:const )?(?:struct|union) ", stub.returns) and "*" not in stub.returns:
        return f"cheat(); {used}return ({stub.returns}){{ ANSWER }};"
    return f"cheat(); {used}return ({stub.returns})(ANSWER);"


CHEATS = [
    Cheat(**entry)
    for entry in tomllib.loads((ZOO / "cheats.toml").read_text())["cheat"]
]


@pytest.fixture(scope="module")
def honest(builder: StageBuilder, course: Course) -> Stage:
    return builder.stage(course.lab(1), Recipe(jobs=1))


def verdict(course: Course, stage: Stage, names: list[str]) -> dict[str, Outcome]:
    tests = [test for test in stage.lab.tests if test.name in names]
    assert len(tests) == len(names)
    return run_tests(stage, stage.lab, tests, course.secret, MACHINE)


def honest_verdict(course: Course, stage: Stage) -> list[tuple[str, int | None]]:
    name, count = HONEST
    tests = course.lab(1).tests_of(course.exercise(name))[:count]
    found = verdict(course, stage, [test.name for test in tests])
    return [(outcome.status, outcome.instructions) for outcome in found.values()]


def shown(result: LabResult) -> str:
    """The report, as a terminal is given it."""
    out = io.StringIO()
    Report(Console(file=out, soft_wrap=True, no_color=True), "").lab(result)
    return out.getvalue()


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_it_gains_nothing(
    builder: StageBuilder, course: Course, honest: Stage, cheat: Cheat
) -> None:
    exercise = course.exercise(cheat.exercise)
    lab = course.lab(int(cheat.exercise.partition(".")[0]))
    stage = builder.stage(
        lab, Recipe(texts={exercise.file: cheat.text(course)}, jobs=1)
    )
    assert stage.failures == {} and stage.path is not None, stage.failures
    kernel = stage.path.read_bytes()
    with ThreadPoolExecutor(2) as both:
        mine = both.submit(verdict, course, stage, cheat.tests)
        beside = both.submit(honest_verdict, course, honest) if cheat.beside else None
        outcomes = mine.result()
    if beside:
        found = beside.result()
        assert {status for status, _ in found} == {PASS}
        assert found == honest_verdict(course, honest)
    assert stage.path.read_bytes() == kernel

    result = score_lab(lab, outcomes, [], selected=True)
    text = shown(result)
    print(text)
    assert result.score == 0, text
    assert not result.errors, text
    assert {o.status for o in outcomes.values()} <= set(cheat.status.split("|")), text
    assert cheat.words in text
    assert not TERMINAL.search(text)
    assert all(outcome.message for outcome in outcomes.values())
