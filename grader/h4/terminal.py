# SPDX-License-Identifier: MIT
"""Grading as it is seen in a terminal: how far it has come, then the report.

On a terminal a line says how many tests are done, and the report is coloured unless
NO_COLOR is set; into a file or a pipe goes plain text alone.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Generator, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from h4.course import Course
from h4.endings import Outcome
from h4.manifest import Lab
from h4.overlay import ignored_changes
from h4.score import LabResult

if TYPE_CHECKING:
    from rich.console import Console

    from h4.report import Report

# Gives verdicts: tells one function of each test that is done, and does another once
# while the last machines boot.
Grading = Callable[
    [Callable[[Outcome], None] | None, Callable[[], None]], Iterator[LabResult]
]


class Afterwards:
    """What only the report needs: made while the machines boot, since it takes a
    quarter of a second to load and to look at all files."""

    def __init__(
        self, course: Course, submission: Path | None, front: str, last: Lab
    ) -> None:
        """last  of the labs that are graded"""
        self.course = course
        self.last = last
        self.submission = submission
        self.front = front

    @cached_property
    def console(self) -> Console:
        from rich.console import Console

        return Console(soft_wrap=True, emoji=False)

    @cached_property
    def report(self) -> Report:
        from h4.report import Report

        return Report(self.console, self.front)

    @cached_property
    def ignored(self) -> list[str]:
        if not self.submission:
            return []
        return ignored_changes(self.course, self.submission, self.last)

    def prepare(self) -> None:
        """All of it, now."""
        _ = self.report, self.ignored


def with_progress(
    after: Afterwards, most: int, grade: Grading
) -> Generator[LabResult, None, None]:
    """The verdicts of `most` tests, with a line on a terminal that says how far it
    has come."""
    done: list[Outcome] = []
    if not sys.stdout.isatty():
        yield from grade(None, after.prepare)
        return
    with after.console.status("building") as status:

        def progress(outcome: Outcome) -> None:
            done.append(outcome)
            status.update(f"{len(done)} of {most} tests")

        yield from grade(progress, after.prepare)


def front_of(given: argparse.Namespace) -> str:
    """The variables that the commands in the report must repeat."""
    front = ""
    if given.base != "own":
        front += f" BASE={given.base}"
    if given.without:
        front += f" WITH={given.without}"
    if given.emulator != "bochs":
        front += f" EMULATOR={given.emulator}"
    if given.memory != 32:
        front += f" MEMORY={given.memory}"
    if given.compiler != "gcc":
        front += f" CC_STAGE={given.compiler}"
    if given.seed is not None:
        front += f" SEED={given.seed}"
    if given.jitter is not None:
        front += f" JITTER={given.jitter}"
    if given.submission:
        front += f" SUBMISSION={shlex.quote(given.submission)}"
    return front
