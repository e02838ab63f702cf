# SPDX-License-Identifier: MIT
"""What a student's own test says again and again: it is run for each of the tests that
judge it, and where it is wrong itself it ends the same way in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from h4.endings import CRASH, FAIL, FLOOD, HANG, Outcome
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
    in the same way, at the same place, by the same words but for numbers. Only a
    student's own test has such."""
    left = list(scored)
    while left:
        first, *left = left
        how = _how(first.outcome) if exercise.about else None
        same = [s for s in left if how and _how(s.outcome) == how]
        left = [s for s in left if s not in same]
        yield first, same


def run_on(outcome: Outcome) -> str:
    """Which version of what it tests it was run on; empty where it is not known."""
    found = filter(None, map(_ON.fullmatch, outcome.message))
    return next((one[1] for one in found), "")


def _how(outcome: Outcome) -> tuple[object, ...] | None:
    """How a student's test ended by itself; None where that says only what it judges."""
    place = outcome.backtrace[0] if outcome.backtrace else None
    if outcome.status in (HANG, FLOOD):
        return outcome.status, place.function if place else ""
    if outcome.status not in (CRASH, FAIL) or not run_on(outcome):
        return None
    words = [line for line in outcome.message if not line.startswith("while ")]
    said = words[0].rpartition(", by saying: ")[2]
    return outcome.status, without_numbers(said), place and (place.file, place.line)
