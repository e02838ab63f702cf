# SPDX-License-Identifier: MIT
"""The bound form of execution, on the machine: grader/tests/bound/*.c are run in the
place of lab 4's own tests, and see each of the mistakes in bound_mistakes.py."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from bound_mistakes import BOTH, MISTAKES
from conftest import ROOT

from h4.course import Course
from h4.endings import PASS, Outcome
from h4.manifest import Lab, Test
from h4.mutants import KILLED
from h4.stage import Recipe, Stage, StageBuilder
from h4.submission import listing
from h4.verdict import Machine, run_tests

LAB = 4
FOLDER = "grader/tests/bound/"
TEST = re.compile(r"^TEST\((\w+)\)", re.M)
LIMIT = 40_000_000  # instructions; the longest needs a quarter


class Bound(Course):
    """The course with tests of the bound form in lab 4."""

    def tests_of(self, lab: Lab) -> list[str]:
        kept = [p for p in super().tests_of(lab) if "/test_" not in p]
        if lab.number != LAB:
            return kept
        return kept + listing(self.root, FOLDER, (".c", ".h"))

    def bound_lab(self) -> Lab:
        """The lab with these tests; whose exercise each is said to be of does not
        matter, as all exercises are done."""
        lab = self.lab(LAB)
        texts = [self.text(p) for p in self.tests_of(lab) if "/test_" in p]
        names = [name for text in texts for name in TEST.findall(text)]
        return replace(
            lab, tests=tuple(Test(n, "4.1", "works", 1, LIMIT) for n in names)
        )


@pytest.fixture(scope="module")
def bound() -> Bound:
    return Bound(ROOT)


def run(
    course: Bound, stage: Stage, names: list[str], emulator: str
) -> dict[str, Outcome]:
    """Runs tests of a stage by their names."""
    tests = [test for test in stage.lab.tests if test.name in names]
    assert len(tests) == len(names)
    machine = Machine(emulator, jobs=1)
    return run_tests(stage, stage.lab, tests, course.secret, machine)


@pytest.mark.parametrize("emulator", BOTH)
def test_the_bound_form(emulator: str, bound: Bound) -> None:
    lab = bound.bound_lab()
    stage = StageBuilder(bound, ROOT / "build").stage(lab, Recipe())
    outcomes = run(bound, stage, [test.name for test in lab.tests], emulator)
    wrong = {
        name: [one.status, *one.message, *map(str, one.backtrace)]
        for name, one in outcomes.items()
        if one.status != PASS
    }
    assert not wrong, "\n".join(f"{n}: " + "\n  ".join(w) for n, w in wrong.items())


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_seen(name: str, bound: Bound) -> None:
    mistake = MISTAKES[name]
    text = bound.text(mistake.file)
    assert text.count(mistake.find) == 1
    texts = {mistake.file: text.replace(mistake.find, mistake.replace)}
    stage = StageBuilder(bound, ROOT / "build").stage(
        bound.bound_lab(), Recipe(texts=texts, jobs=1)
    )
    outcome = run(bound, stage, [mistake.seen_by], "bochs")[mistake.seen_by]
    assert outcome.status in KILLED, outcome.status
