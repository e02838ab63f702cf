# SPDX-License-Identifier: MIT
"""What a report would say again and again: one mistake that many tests run into at the
same place, and a student's own test, which is run for each of those that judge it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from h4.endings import CRASH, FAIL, HANG, Outcome
from h4.manifest import Exercise
from h4.score import Scored

_NUMBER = re.compile(r"\b(0x)?[0-9a-f]*[0-9][0-9a-f]*\b", re.I)
# What it was run on, as grader/guest/own.c says it.
_ON = re.compile(r"(?:your test fails|while your test ran) (on .*?)(?:, (?:by say|try)ing.*)?")


def without_numbers(text: str) -> str:
    """The same for two messages that differ in their numbers alone."""
    return _NUMBER.sub("#", text)


def distinct(
    exercise: Exercise, scored: Sequence[Scored]
) -> Iterator[tuple[Scored, list[Scored]]]:
    """Tests of an exercise in their order, each with those behind it that end as it does:
    in the same way, at the same place, by the same words but for numbers. What they
    find wrong themselves is told of each."""
    left = list(scored)
    while left:
        first, *left = left
        how = _how(exercise, first.outcome)
        same = [s for s in left if how and _how(exercise, s.outcome) == how]
        left = [s for s in left if s not in same]
        yield first, same


def run_on(outcome: Outcome) -> str:
    """Which version of what it tests it was run on; empty where it is not known."""
    found = filter(None, map(_ON.fullmatch, outcome.message))
    return next((one[1] for one in found), "")


def _how(exercise: Exercise, outcome: Outcome) -> tuple[object, ...] | None:
    """How a test ended; None where it is one that is told in any case."""
    place = outcome.backtrace[0] if outcome.backtrace else None
    if place and outcome.status == HANG:
        return outcome.status, place.function
    own_fails = bool(exercise.about) and outcome.status == FAIL and run_on(outcome)
    if not place or not own_fails and outcome.status != CRASH:
        return None
    words = [line for line in outcome.message if not line.startswith("while ")]
    said = words[0].rpartition(", by saying: ")[2]
    return outcome.status, without_numbers(said), place.file, place.line
