# SPDX-License-Identifier: MIT
"""The one thing to do now: which exercise, and in which of its functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from h4.course import Course
from h4.endings import BLOCKED, MISSING, PASS
from h4.first_error import first_error
from h4.manifest import Exercise, Lab
from h4.score import LabResult, all_right


@dataclass(frozen=True)
class Next:
    """The exercise to work on.

    state    what there is to know of it, behind its title; may be empty
    waiting  the exercise for whose sake it is to be done, though it was not graded;
             None: it was graded itself
    error    the line of its file to which the compiler's first error leads; 0: to none
    """

    lab: Lab
    exercise: Exercise
    state: str = ""
    waiting: Exercise | None = None
    error: int = 0

    @property
    def words(self) -> str:
        """What is said behind the title."""
        reason = f": {self.waiting.id} needs it" if self.waiting else ""
        return self.state + reason


def is_open(result: LabResult, exercise: Exercise) -> bool:
    """Are there points still to be had, or is one wrong that has none?"""
    return exercise.id not in result.without and not all_right(result.of(exercise))


def is_begun(result: LabResult, exercise: Exercise) -> bool:
    """Is it more than not done yet, or blocked by one that is not?"""
    ends = {s.outcome.status for s in result.of(exercise)}
    return bool(ends - {MISSING, BLOCKED})


def waits_for(result: LabResult, exercise: Exercise) -> set[str]:
    """The exercises without which an exercise cannot go on: those that its tests wait
    for, where there is nothing else to do in it."""
    left = [s.outcome for s in result.of(exercise) if s.outcome.status != PASS]
    only = all(outcome.waits_for for outcome in left)
    return {outcome.waits_for for outcome in left} if only else set()


def what_next(course: Course, results: list[LabResult]) -> Next | None:
    """The exercise to work on: what was begun comes before what was not, and before
    either comes what it needs, graded or not. None: all is right."""
    every = [(r, e) for r in results for e in r.lab.exercises if is_open(r, e)]
    # In one that only waits for others there is nothing to do.
    left = [(r, e) for r, e in every if not waits_for(r, e)]
    # The sort keeps the order of the labs otherwise.
    left.sort(key=lambda one: not is_begun(*one))
    while left:
        result, exercise = left[0]
        needed = course.prerequisites(exercise)
        left = [(r, e) for r, e in left if e in needed]
        if not left:
            found = Next(
                result.lab, exercise, _state(result, exercise), None, _error(result, exercise)
            )
            return _first(course, [(result, exercise, _gone(result, needed))]) or found
    return _first(course, [(r, e, waits_for(r, e)) for r, e in every])


def _gone(result: LabResult, needed: list[Exercise]) -> set[str]:
    """Those of some exercises that are not in the stage that was graded."""
    stage = result.stage
    if stage is None or stage.path is None:
        return set()
    return {e.id for e in needed} & (stage.missing | set(stage.failures))


def _first(
    course: Course, waiting: list[tuple[LabResult, Exercise, set[str]]]
) -> Next | None:
    """The first of all exercises that some others, named before them, wait for."""
    for lab in course.labs:
        for one in lab.exercises:
            for result, exercise, names in waiting:
                if one.id in names:
                    return Next(
                        lab, one, _state(result, one), exercise, _error(result, one)
                    )
    return None


def _state(result: LabResult, exercise: Exercise) -> str:
    """Whether an exercise is there, as far as this is known of the stage."""
    stage = result.stage
    if stage and exercise.id in stage.failures:
        return ", which cannot be built"
    if result.missing(exercise) or (stage and exercise.id in stage.missing):
        return ", which is not done yet"
    return ""


def _error(result: LabResult, exercise: Exercise) -> int:
    """The line that keeps an exercise from being built; 0: none is known."""
    said = result.stage.failures.get(exercise.id, "") if result.stage else ""
    return first_error(said, exercise.file)


def wrong_function(result: LabResult, exercise: Exercise) -> str:
    """The function of the exercise that the first test which did not pass names: by
    where it happened, in words, or by its own name; empty where it names none."""
    first = next((s for s in result.of(exercise) if s.outcome.status != PASS), None)
    if first is None:
        return ""
    named = [place.function for place in first.outcome.backtrace]
    named += re.findall(r"\w+", " ".join(first.outcome.message))
    for name in named:
        if name in exercise.functions:
            return name
    # putc_sends_text is about serial_putc.
    about = first.test.name.partition("_")[0]
    ends = [name for name in exercise.functions if name.endswith("_" + about)]
    return ends[0] if ends else ""
