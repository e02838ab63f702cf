# SPDX-License-Identifier: MIT
"""Submissions that are half done get what is due for the half: exercises that are not
done do not make others fail, by the look from outside or otherwise."""

from __future__ import annotations

import pytest

from h4.course import Course
from h4.endings import PASS
from h4.half_done import halves, outcomes_of, undue
from h4.stage import StageBuilder

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
    done = frozenset(HALVES[name])
    lab = course.lab(int(HALVES[name][0][0]))
    own = {exercise.id for exercise in lab.exercises}
    assert done < own
    outcomes = outcomes_of(builder, lab, done)
    assert not list(undue(course, lab, done, outcomes))
    passed = {o.test.exercise for o in outcomes.values() if o.status == PASS}
    assert passed == {
        one for one in done
        if {p.id for p in course.prerequisites(course.exercise(one))} & own <= done
    }  # fmt: skip
    assert passed


def test_what_is_not_due_is_told(builder: StageBuilder, course: Course) -> None:
    """With one exercise less than is said nothing of it passes."""
    lab = course.lab(0)
    outcomes = outcomes_of(builder, lab, frozenset({"0.1"}))
    told = list(undue(course, lab, frozenset({"0.1", "0.3"}), outcomes))
    assert len(told) == len(lab.tests_of(course.exercise("0.3")))
    assert all(line.startswith("0.3 ") and ": missing, not pass: " in line for line in told)


def test_halves_follow_from_a_seed(course: Course) -> None:
    lab = course.lab(5)
    tried = halves(course, lab, 7)
    assert tried == halves(course, lab, 7) != halves(course, lab, 8)
    sets = [done for _, done in tried]
    assert len(set(sets)) == len(sets)
    for exercise in lab.exercises:
        assert {one.id for one in lab.exercises} - {exercise.id} in sets
