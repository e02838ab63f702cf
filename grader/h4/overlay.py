# SPDX-License-Identifier: MIT
"""Which of a submission's files count, and what is said of the others."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from h4.course import HEADERS, SYSTEM, Course
from h4.manifest import Lab
from h4.manifest_rules import SOURCES
from h4.released import HIDDEN
from h4.submission import MISSING, Refused, changed, listing, read


@dataclass(frozen=True)
class Overlay:
    """The exercise files of a submission, ready to be laid over the course's."""

    files: dict[str, bytes]
    refused: dict[str, str]  # path: why the starter was taken instead


def overlay(course: Course, submission: Path, lab: Lab | None = None) -> dict[str, bytes]:
    """For each exercise file, of all labs or those up to `lab`, what is built:
    the submission's, or the starter where that is refused."""
    return examine(course, submission, lab).files


def examine(course: Course, submission: Path, lab: Lab | None = None) -> Overlay:
    """As overlay, with the reasons."""
    found = Overlay({}, {})
    last = lab.number if lab else course.labs[-1].number
    for one in course.labs:
        for path in one.exercise_files if one.number <= last else ():
            try:
                found.files[path] = read(submission, path)
            except Refused as reason:
                found.files[path] = course.starter(path).encode()
                found.refused[path] = str(reason)
    return found


def edited(course: Course, lab: Lab) -> list[str]:
    """The exercise files that the stage of `lab` is made of: its own and those of earlier
    labs, but for tests that students write, which are in their own lab's stage alone."""
    return [
        exercise.file
        for one in course.labs
        for exercise in one.exercises
        if one.number == lab.number or (one.number < lab.number and not exercise.about)
    ]


def not_taken(course: Course, submission: Path, lab: Lab | None = None) -> list[str]:
    """The exercise files in whose place the starters are graded, a line each."""
    return [
        f"{path} {reason}; the file as it was given is graded instead{_back(path, reason)}"
        for path, reason in examine(course, submission, lab).refused.items()
    ]


def _back(path: str, reason: str) -> str:
    """How a file that is gone comes back."""
    gone = reason.startswith(MISSING)
    return f" (`git checkout {path}` brings back what was committed last)" if gone else ""


def ignored_changes(
    course: Course, submission: Path, lab: Lab | None = None
) -> list[str]:
    """What differs in a submission and does not count, a line each. Of exercise files
    those of labs up to `lab`: who hands in one lab has not lost what later ones want."""
    own = submission / HIDDEN / "pristine"
    lines = not_taken(course, submission, lab)
    # Someone may hand in nothing but exercise files. A file that is missing
    # is a change only in a tree that had it.
    whole = own.is_dir()
    for path in course.given:
        how = changed(submission, path, [course.pristine, own])
        if how and (whole or os.path.lexists(submission / path)):
            lines.append(f"{path} {how}; the course's is used")
    known = {*course.given, *course.exercise_files}
    for folder in SYSTEM:
        for path in listing(submission, folder, (*SOURCES, *HEADERS)):
            if path in known or (own / path).is_file():
                continue
            # What students have as an object only, or not yet.
            mine = course.pristine
            if not (mine / path).is_file() or changed(submission, path, [mine]):
                lines.append(f"{path} is not one of the course's; it is not built")
    return lines
