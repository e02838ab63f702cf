# SPDX-License-Identifier: MIT
"""The same submissions graded again and again, and in other circumstances: verdicts and
serial logs have to be the same, byte for byte. A verdict says nothing of times, so
nothing is taken out of it before.

First each submission is graded once with nothing beside it. Then several graders work at
once, more than there are processors, each with as many machines as there are processors.
They are each other's load, as high as other programs would make it. Among them are
graders that have one processor only, and some with many more machines at once. Beside them
each submission is graded once at a tenth of the speed: what is slow under load is slower
still.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from h4.child import WITH_PARENT
from h4.errors import GraderError
from h4.processors import processors
from h4.slow import wait_slowly
from h4.soak_differs import DIFF, SHOWN, Verdict, keep_both
from h4.soak_submissions import Submission
from h4.work_folder import work_folder

LOAD = 2  # graders for each processor
TOLD = 10  # runs, after which progress is told where no terminal shows it


@dataclass(frozen=True)
class Circumstance:
    """How a verdict is made."""

    name: str
    front: tuple[str, ...] = ()  # words of the command, before the grader's
    options: tuple[str, ...] = ()
    parts: int = 1  # it runs one part of so many of the time


IDLE = Circumstance("with nothing beside it")
LOADED = Circumstance("under load")


def others() -> list[Circumstance]:
    """Those that are tried once."""
    first = str(min(os.sched_getaffinity(0)))
    many = str(4 * processors() + 1)
    return [
        Circumstance("on one processor", ("taskset", "--cpu-list", first)),
        Circumstance(f"with {many} machines at once", (), ("--jobs", many)),
        Circumstance("at a tenth of the speed", parts=10),
    ]


@dataclass(frozen=True)
class Run:
    """One of those to be done; `number` counts a submission's under load, from 1."""

    submission: Submission
    how: Circumstance
    number: int = 0

    def __str__(self) -> str:
        count = f"run {self.number} " if self.number else ""
        return f"{self.submission.name}, {count}{self.how.name}"


@dataclass
class Soak:
    """All runs on some submissions.

    root, lab  as `grader/grade grade` has them
    kept       where differing verdicts go, a folder each
    first      of each submission, by name: what all others are compared with
    """

    root: Path
    lab: str
    kept: Path
    first: dict[str, Verdict] = field(default_factory=dict)

    def lines(
        self, counts: Sequence[tuple[Submission, int]], more: Sequence[Circumstance]
    ) -> Iterator[str]:
        """What came of it, as it comes: so many runs of each submission under load, and
        one in each circumstance. What is not as it must be begins with `differs: `."""
        for submission, _ in counts:
            self.first[submission.name], _ = one_run(self.root, self.lab, submission, IDLE)
            yield f"{submission.name}, {IDLE.name}: {self._size(submission)}"
        same = {submission.name: 0 for submission, _ in counts}
        progress = Progress(sum(count for _, count in counts) + len(counts) * len(more))
        at_once = LOAD * processors()
        slow = [how for how in more if how.parts > 1]
        with (
            ThreadPoolExecutor(max(1, len(counts) * len(slow))) as slowly,
            ThreadPoolExecutor(at_once) as pool,
        ):
            begun = {
                (slowly if run.how in slow else pool).submit(self._one, run): run
                for run in planned(counts, more)
            }
            try:
                for done in as_completed(begun):
                    run = begun[done]
                    found = self._differences(run, done)
                    yield from found
                    if not found and run.number:
                        same[run.submission.name] += 1
                    elif not found:
                        share = f" (it ran {done.result()[1]:.1%} of the time)"
                        words = share if run.how.parts > 1 else ""
                        yield f"{run}{words}: the same verdict and logs"
                    progress.one(bool(found))
            except BaseException:
                slowly.shutdown(wait=False, cancel_futures=True)
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        for submission, count in counts:
            name = submission.name
            yield f"{name}: {same[name]} of {count} runs under load gave the same verdict and logs"

    def _one(self, run: Run) -> tuple[Verdict, float]:
        return one_run(self.root, self.lab, run.submission, run.how)

    def _size(self, submission: Submission) -> str:
        verdict = self.first[submission.name]
        return f"{len(verdict.text)} bytes of JSON and {len(verdict.logs)} serial logs"

    def _differences(self, run: Run, done: Future[tuple[Verdict, float]]) -> list[str]:
        """A line each; both verdicts are kept."""
        try:
            found, _ = done.result()
        except GraderError as failure:  # no verdict where another run has given one
            return [f"differs: {failure}"]
        due = self.first[run.submission.name]
        lines = due.differs(found)
        if not lines:
            return []
        folder = self.kept / str(run).replace(", ", "-").replace(" ", "-")
        keep_both(folder, due, found)
        hidden = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        lines = lines[:SHOWN] + hidden + [f"both, and their difference: {folder / DIFF}"]
        return [f"differs: {run}: {line}" for line in lines]


def planned(
    counts: Sequence[tuple[Submission, int]], more: Sequence[Circumstance]
) -> list[Run]:
    """In this order: those in other circumstances, then those under load, of which each
    submission's are spread over the whole time."""
    once = [Run(submission, how) for how in more for submission, _ in counts]
    often = [
        ((number - 0.5) / count, Run(submission, LOADED, number))
        for submission, count in counts
        for number in range(1, count + 1)
    ]
    return once + [run for _, run in sorted(often, key=lambda one: one[0])]


class Progress:
    """How many runs are done, on the standard error: on one line of a terminal, else on
    a line now and then."""

    def __init__(self, most: int) -> None:
        self.most, self.done, self.wrong = most, 0, 0
        self.begin = time.monotonic()

    def one(self, differs: bool) -> None:
        """One more is done."""
        self.done += 1
        self.wrong += differs
        minutes = (time.monotonic() - self.begin) / 60
        words = f"{self.done} of {self.most} runs, {self.wrong} differ, {minutes:.1f} min"
        if sys.stderr.isatty():
            print(f"\r{words} ", end="\r", file=sys.stderr, flush=True)
        elif self.done % TOLD == 0 or self.done == self.most:
            print(words, file=sys.stderr, flush=True)


def one_run(
    root: Path, lab: str, submission: Submission, how: Circumstance
) -> tuple[Verdict, float]:
    """Grades once; what part of the time it ran. GraderError: it gave no verdict."""
    with work_folder("soak-") as name, contextlib.ExitStack() as stack:
        out = Path(name)
        result = out / "result.json"
        said = stack.enter_context((out / "said").open("w+"))
        begun = time.monotonic()
        process = subprocess.Popen(
            [
                *WITH_PARENT, *how.front, sys.executable, str(root / "grader/grade"), "grade",
                "--lab", lab, "--json", str(result), "--logs", str(out / "logs"),
                *submission.options, *how.options,
            ],
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        part = wait_slowly(process, how.parts, begun) if how.parts > 1 else 1.0
        status = process.wait()
        if status not in (0, 1) or not result.exists():
            said.seek(0)
            raise GraderError(f"{submission.name} {how.name}: a run failed:\n{said.read()}")
        logs = {log.name: log.read_bytes() for log in (out / "logs").glob("*.com?")}
        return Verdict(status, result.read_bytes(), logs), part
