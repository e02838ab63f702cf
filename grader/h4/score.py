# SPDX-License-Identifier: MIT
"""Points.

A test that passes has its points, but the points for refusing and for
invariants count only where all of the exercise's `works` tests pass: a function
that refuses everything refuses the right things too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from h4.endings import ERROR, MISSING, PASS, Outcome
from h4.manifest import Exercise, Lab, Test
from h4.printable import printable

if TYPE_CHECKING:
    from h4.evidence import Evidence
    from h4.stage import Stage

WORKS = "works"


@dataclass
class Scored:
    """A test with its points."""

    test: Test
    outcome: Outcome
    score: int
    note: str = ""  # why a test that passed has no points

    def explanation(self) -> str:
        """What is to be said of it, line by line, printable; empty for a pass."""
        lines = [
            *self.outcome.message,
            *(f"in {place}" for place in self.outcome.backtrace),
            *([self.note] if self.note else []),
        ]
        return printable("\n".join(lines))


def all_right(scored: list[Scored]) -> bool:
    """Has each of these tests all of its points? One that has none has to pass."""
    return all(
        one.score == one.test.points and (one.score > 0 or one.outcome.status == PASS)
        for one in scored
    )


@dataclass
class LabResult:
    """One lab's verdict."""

    lab: Lab
    tests: list[Scored] = field(default_factory=list)
    warnings: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)  # changes that do not count
    without: list[str] = field(default_factory=list)  # taken from the reference
    selected: bool = False
    stage: Stage | None = None  # what was booted
    evidence: Evidence | None = None  # gathered where a form shows it

    @property
    def score(self) -> int:
        return sum(scored.score for scored in self.tests)

    @property
    def max_score(self) -> int:
        return sum(scored.test.points for scored in self.tests)

    @property
    def hidden(self) -> int:
        """Points beside `max_score`, of tests that this tree does not have. Of tests that
        were chosen nothing is said to be all."""
        return 0 if self.selected else sum(e.hidden for e in self.lab.exercises)

    def hidden_words(self) -> str:
        """A sentence about them; empty where there are none."""
        if not self.hidden:
            return ""
        return f"{self.hidden} points more are given by tests that are not in this tree."

    @property
    def errors(self) -> list[Scored]:
        """Tests of which the grader itself could not say anything."""
        return [scored for scored in self.tests if scored.outcome.status == ERROR]

    def of(self, exercise: Exercise) -> list[Scored]:
        return [s for s in self.tests if s.test.exercise == exercise.id]

    def missing(self, exercise: Exercise) -> bool:
        mine = self.of(exercise)
        return bool(mine) and all(s.outcome.status == MISSING for s in mine)


def score_lab(
    lab: Lab, outcomes: dict[str, Outcome], without: list[str], selected: bool
) -> LabResult:
    """Turns outcomes into points. `without`: exercises taken from the reference."""
    result = LabResult(lab, without=without, selected=selected)
    broken = {
        test.exercise
        for test in lab.tests
        if test.kind == WORKS
        and test.name in outcomes
        and outcomes[test.name].status != PASS
    }
    for test in lab.tests:
        outcome = outcomes.get(test.name)
        if outcome is None:
            continue
        score, note = test.points, ""
        if outcome.status != PASS:
            score = 0
        elif test.exercise in without:
            score, note = 0, "taken from the reference, so without points"
        elif test.kind != WORKS and test.exercise in broken:
            score = 0
            note = f"counts when all `works` tests of {test.exercise} pass"
        result.tests.append(Scored(test, outcome, score, note))
    return result
