# SPDX-License-Identifier: MIT
"""Submissions that are half done: exercises that are there get their points, whatever is
missing beside them, and tests that cannot run yet say what they wait for."""

from __future__ import annotations

import random
from collections.abc import Iterator

from h4.course import Course
from h4.endings import BLOCKED, MISSING, PASS, Outcome
from h4.manifest import Lab
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

RANDOM = 8  # submissions of a lab that follow from the seed


def outcomes_of(
    builder: StageBuilder, lab: Lab, done: frozenset[str], jobs: int = 1
) -> dict[str, Outcome]:
    """What becomes of a lab's tests where of its exercises these are done. The labs
    before are the course's own."""
    course = builder.course
    texts = {
        exercise.file: course.solved(exercise.file)
        if exercise.id in done
        else course.starter(exercise.file)
        for exercise in lab.exercises
    }
    stage = builder.stage(lab, Recipe(texts=texts, jobs=jobs))
    machine = Machine(jobs=jobs, direct=True)
    return run_tests(stage, lab, list(lab.tests), course.secret, machine)


def undue(
    course: Course, lab: Lab, done: frozenset[str], outcomes: dict[str, Outcome]
) -> Iterator[str]:
    """A line for each test that ended otherwise than is due."""
    own = {exercise.id for exercise in lab.exercises}
    for test in lab.tests:
        needed = {one.id for one in course.needed(test)} & own
        due = PASS if needed <= done else BLOCKED
        if test.exercise not in done:
            due = MISSING
        found = outcomes[test.name]
        if found.status != due:
            words = "; ".join(found.message)
            yield f"{test.exercise} {test.name}: {found.status}, not {due}: {words}"


def halves(course: Course, lab: Lab, seed: int) -> list[tuple[str, frozenset[str]]]:
    """Each exercise with what it needs alone, all but one, all up to one, and some at
    random: with what they are called, and none twice."""
    ids = [exercise.id for exercise in lab.exercises]
    own = frozenset(ids)
    found: dict[frozenset[str], str] = {}
    for exercise in lab.exercises:
        needed = {one.id for one in course.prerequisites(exercise)} & own
        found.setdefault(frozenset({exercise.id, *needed}), f"{exercise.id} alone")
    for at, name in enumerate(ids):
        found.setdefault(own - {name}, f"all but {name}")
        found.setdefault(frozenset(ids[: at + 1]), f"up to {name}")
    drawn = random.Random(f"{seed} {lab.number}")
    for _ in range(RANDOM):
        some = frozenset(name for name in ids if drawn.random() < 0.5)
        found.setdefault(some, ", ".join(sorted(some)) or "nothing")
    return [(name, done) for done, name in found.items() if done != own]


def try_halves(builder: StageBuilder, lab: Lab, seed: int) -> Iterator[str]:
    """A line for each test that is not what it has to be, and one for the lab."""
    tried = halves(builder.course, lab, seed)
    wrong = 0
    for name, done in tried:
        for line in undue(builder.course, lab, done, outcomes_of(builder, lab, done)):
            wrong += 1
            yield f"wrong: {name}: {line}"
    yield f"lab {lab.number}: {len(tried)} half-done submissions, {wrong} tests wrong"
