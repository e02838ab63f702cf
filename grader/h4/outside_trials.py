# SPDX-License-Identifier: MIT
"""Tests that students have written, on trial, seen from outside: what the harness notes of
them, in `struct own_trials` of grader/guest/own_trial.h.

While one is on trial a test that fails comes back, and nothing is over. So who says that
one is decides over all tests.
"""

from __future__ import annotations

from h4.snapshot import Code, Snapshot
from h4.symbols import Image

NAME, SIZE = "own_trials", 2
JUDGE = ("own.c", {"own_accepts", "own_finds"})  # who may write to it


def is_of_them(image: Image, physical: int) -> bool:
    """Whether this is an address of it."""
    place = image.addresses.get(NAME)
    return place is not None and 0 <= physical - Code.physical(place) < SIZE


def wrong(machine: Snapshot, image: Image, has_tried: bool) -> str | None:
    """What must not be so where the harness stops, in words.

    has_tried  a test is at its end that has such trials
    """
    place = image.addresses.get(NAME)
    if place is None:
        return None
    running, judged = machine.read(Code.physical(place), SIZE)
    if running:
        return f"{NAME} says that a test is on trial: if it failed it would go on"
    if has_tried and not judged:
        return f"{NAME} says that your test has not come back from each of its trials"
    return None
