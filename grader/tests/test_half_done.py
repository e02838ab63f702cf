# SPDX-License-Identifier: MIT
"""Submissions that are half done get what is due for the half: exercises that are not
done do not make others fail, by the look from outside or otherwise."""

from __future__ import annotations

import pytest

from h4.course import Course
from h4.endings import BLOCKED, MISSING, PASS
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

# In lab 4 nothing runs before all of it is there, in lab 7 pages are passed on by what
# gets no events yet; lab 3's tables are made by one exercise and filled by others, and
# lab 5's programs make threads by one exercise, start them by another, and let them run.
HALVES = {
    "3.1 to 3.3": ("3.1", "3.2", "3.3"),
    "4.5 alone": ("4.5",),
    "4.1 to 4.3": ("4.1", "4.2", "4.3"),
    "5.1 alone": ("5.1",),
    "5.1 to 5.8": ("5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8"),
    "all but 5.8": ("5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.9"),
    "6.9 to 6.6": ("6.4", "6.6", "6.8", "6.9"),
    "7.1 to 7.9": ("7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.8", "7.9"),
    "all but 7.8": ("7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.9", "7.10"),
}


@pytest.mark.parametrize("name", HALVES)
def test_the_half_that_is_done_counts(
    builder: StageBuilder, course: Course, name: str
) -> None:
    done = {*HALVES[name]}
    lab = course.lab(int(HALVES[name][0][0]))
    own = {exercise.id for exercise in lab.exercises}
    assert done < own
    texts = {
        exercise.file: course.solved(exercise.file)
        if exercise.id in done
        else course.starter(exercise.file)
        for exercise in lab.exercises
    }
    stage = builder.stage(lab, Recipe(texts=texts, jobs=1))
    machine = Machine(jobs=1, direct=True)
    outcomes = run_tests(stage, lab, list(lab.tests), course.secret, machine)
    for test in lab.tests:
        exercise = course.exercise(test.exercise)
        needed = {one.id for one in course.needed(test)} & own
        due = PASS if needed <= done else BLOCKED
        if exercise.id not in done:
            due = MISSING
        found = outcomes[test.name]
        assert found.status == due, (test.name, found.message)
    passed = {o.test.exercise for o in outcomes.values() if o.status == PASS}
    assert passed == {
        one for one in done
        if {p.id for p in course.prerequisites(course.exercise(one))} & own <= done
    }  # fmt: skip
    assert passed
