# SPDX-License-Identifier: MIT
"""Schedules: the timer's interrupts come where a seed says (grader/guest/jitter.h), and
a right solution passes all the same."""

from __future__ import annotations

from collections.abc import Iterator

from h4.course import Course
from h4.endings import PASS, Outcome
from h4.manifest import Lab, Test
from h4.processors import processors
from h4.stage import Recipe, Stage, StageBuilder
from h4.verdict import Machine, run_tests

DISTURBED = (4, 5, 6, 7)  # labs: before them there are no interrupts


def with_schedule(
    course: Course, stage: Stage, tests: list[Test], seed: int
) -> dict[str, Outcome]:
    """What becomes of tests with this seed."""
    machine = Machine(jobs=processors(), jitter=seed, direct=True)
    return run_tests(stage, stage.lab, tests, course.secret, machine)


def disturb(course: Course, lab: Lab, first: int, seeds: int) -> Iterator[str]:
    """The complete system under so many schedules. Yields the command that repeats a
    failure, for each, and in the end what was tried.

    A test that has no schedule with the first seed has none with any other, and is run
    once.
    """
    stage = StageBuilder(course, course.root / "build").stage(lab, Recipe())
    tests = list(lab.tests)
    failed = runs = 0
    for seed in range(first, first + seeds):
        outcomes = with_schedule(course, stage, tests, seed)
        runs += len(outcomes)
        for name, outcome in outcomes.items():
            if outcome.status != PASS:
                failed += 1
                words = "; ".join(outcome.message)
                yield (
                    f"again: make grade LAB={lab.number} TEST={name} JITTER={seed}"
                    f" # {outcome.status}: {words}"
                )
        if seed == first:
            tests = [
                test for test in tests
                if outcomes[test.name].schedule or outcomes[test.name].status != PASS
            ]  # fmt: skip
    yield (
        f"lab {lab.number}: {seeds} schedules from seed {first} on, {len(tests)} of "
        f"{len(lab.tests)} tests have one: {runs} runs, {failed} failed"
    )
