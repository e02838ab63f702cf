# SPDX-License-Identifier: MIT
"""Labs that a class does not do: `dropped = [2]` in labs/course.toml.

Such a lab asks for nothing: students have what is to be written there as objects, and
no exercise of another lab needs one of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from h4.errors import GraderError

if TYPE_CHECKING:
    from h4.manifest import Exercise, Lab


def without_dropped(
    labs: list[Lab], numbers: list[int]
) -> tuple[list[Lab], tuple[Exercise, ...]]:
    """The labs as they are left, and the exercises of those with these numbers."""
    known = [lab.number for lab in labs]
    for number in numbers:
        if number not in known:
            raise GraderError(
                f"labs/course.toml: course, dropped: there is no lab {number}; the labs are "
                + ", ".join(map(str, known))
            )
    if not numbers:
        return labs, ()
    dropped = tuple(e for lab in labs if lab.number in numbers for e in lab.exercises)
    gone = {exercise.id for exercise in dropped}
    return [_left(lab, lab.number in numbers, gone) for lab in labs], dropped


def _left(lab: Lab, dropped: bool, gone: set[str]) -> Lab:
    def left(after: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in after if name not in gone)

    if dropped:
        written = [one.file for one in lab.exercises if not one.about]
        compiled = tuple(dict.fromkeys((*lab.compiled, *written)))
        return replace(lab, exercises=(), tests=(), compiled=compiled)
    return replace(
        lab,
        exercises=tuple(replace(e, after=left(e.after)) for e in lab.exercises),
        tests=tuple(replace(t, after=left(t.after)) for t in lab.tests),
    )
