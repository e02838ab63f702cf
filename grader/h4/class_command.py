# SPDX-License-Identifier: MIT
"""`make class`: grades a folder of submissions, some of them at once.

    OUT/results.csv             a line a submission
    OUT/summary.html            scores, tests that most fail, pairs, time
    OUT/alike.csv               pairs that are nearly the same
    OUT/students/NAME/          report.html, report.txt, result.json,
                                submission.json, solution.c

Interrupted, it goes on where it was when it is called again. Statuses: 0 every
submission has its entry, 2 the grader failed: for all of them, or for those that are
named, which have no score.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from h4.class_alike import as_csv as pairs_as_csv, find_pairs
from h4.class_entries import Entry, entries
from h4.class_late import Table, read_table
from h4.class_run import STUDENTS, Plan, Runner, course_digest, remove_old
from h4.class_sandbox import unavailable
from h4.class_summary import SUMMARY, summary
from h4.class_table import as_csv, read_rows
from h4.class_watch import Limits
from h4.class_worker import BASES, BEST, ERROR, REFUSED
from h4.errors import GraderError
from h4.grading import FAILED, LEAST_MEGABYTES, MOST_MEGABYTES, course_and_labs
from h4.manifest import Lab
from h4.whole_file import write_text

RESULTS, ALIKE, LOCK = "results.csv", "alike.csv", ".lock"
LEAST_SECONDS = 60


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dir", required=True, help="the folder of submissions")
    parser.add_argument("--out", required=True, help="where the results go")
    parser.add_argument("--lab", default="all", metavar="N[,N]|all", help="which labs")
    parser.add_argument(
        "--base", choices=BASES, default=BEST,
        help="earlier labs: the student's own, the reference, or what is better",
    )  # fmt: skip
    parser.add_argument("--late", metavar="FILE", help="deadlines and what days late cost")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--emulator", choices=("bochs", "qemu"), default="bochs")
    parser.add_argument("--memory", type=int, default=32, metavar="MB")
    parser.add_argument(
        "--seconds", type=int, default=int(Limits().seconds),
        help="of processor time that one submission may take",
    )  # fmt: skip
    parser.add_argument(
        "--unconfined", action="store_true",
        help="without bubblewrap: each submission's compilers see this whole machine",
    )  # fmt: skip


def main(root: Path, given: argparse.Namespace) -> int:
    course, every = course_and_labs(root)
    if course.is_student:
        raise GraderError("a class is graded in the instructor's tree")
    labs = _labs(every, given.lab)
    if given.jobs < 1:
        raise GraderError(f"JOBS={given.jobs}: at least one at once")
    if given.seconds < LEAST_SECONDS:
        raise GraderError(f"SECONDS={given.seconds}: at least {LEAST_SECONDS}")
    if not LEAST_MEGABYTES <= given.memory <= MOST_MEGABYTES:
        raise GraderError(
            f"MEMORY={given.memory}: H4 runs on {LEAST_MEGABYTES} to {MOST_MEGABYTES} MB"
        )
    numbers = [lab.number for lab in course.labs]
    table = read_table(Path(given.late), numbers) if given.late else Table()
    here, out = Path(given.dir).absolute(), Path(given.out).absolute()
    if out.resolve().is_relative_to(here.resolve()):
        raise GraderError(f"OUT={given.out}: lies in DIR={given.dir}, among the submissions")
    found = entries(here)
    _check_confinement(given.unconfined)
    plan = Plan(
        course, labs, given.base, given.emulator, given.memory,
        Limits(seconds=given.seconds), not given.unconfined, out,
    )  # fmt: skip
    with _locked(out):
        return grade_class(plan, found, table, given.jobs)


def _labs(every: list[Lab], wanted: str) -> list[Lab]:
    if wanted == "all":
        return every
    names = {str(lab.number): lab for lab in every}
    unknown = [word for word in wanted.split(",") if word not in names]
    if unknown:
        raise GraderError(
            f"LAB={unknown[0]}: there are the labs {', '.join(names)}, and `all`"
        )
    return [lab for number, lab in names.items() if number in wanted.split(",")]


def _check_confinement(unconfined: bool) -> None:
    if unconfined:
        print(
            "UNCONFINED=1: the compilers that read these submissions see this whole machine",
            file=sys.stderr,
        )
        return
    words = unavailable()
    if words:
        raise GraderError(
            f"{words}. Submissions are strangers' files, so they are not graded without "
            "a confinement; on a machine that holds nothing of value, UNCONFINED=1 does"
        )


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """One run at a time writes there."""
    try:
        (out / STUDENTS).mkdir(parents=True, exist_ok=True)
        lock = (out / LOCK).open("w")
    except OSError as error:
        raise GraderError(f"OUT={out}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GraderError(f"OUT={out}: another run is writing there") from None
        yield


def grade_class(plan: Plan, found: list[Entry], table: Table, jobs: int) -> int:
    """All of it, but for those that are graded already."""
    runner = Runner(plan)
    console = Console(soft_wrap=True, emoji=False, highlight=False)
    for name in (RESULTS, ALIKE, SUMMARY):
        # What an earlier run found must not outlive this one's failure.
        (plan.out / name).unlink(missing_ok=True)
    for name in remove_old(plan.out, found):
        console.print(f"{name}: is no longer handed in; its result is removed", markup=False)
    waiting = [entry for entry in found if not runner.is_done(entry)]
    if len(waiting) < len(found):
        console.print(f"{len(found) - len(waiting)} of {len(found)} are graded already")
    if waiting:
        console.print("The course's own solution first, on this machine ...")
        runner.prepare(jobs)
        _grade(runner, waiting, jobs, console)
        if course_digest(plan.course) != runner.digest:
            raise GraderError(
                f"{plan.course.root}: the course was changed while the class was graded; "
                "call it again, and all of it is graded by the new one"
            )
    rows = read_rows(plan.out, found, table)
    warnings = [
        f"the table of days late names {name}, of whom there is no submission"
        for name in sorted(table.names() - {entry.name for entry in found})
    ]
    pairs = find_pairs(runner, rows, warnings)
    write_text(plan.out / ALIKE, pairs_as_csv(pairs))
    page = summary(plan.course, plan.labs, rows, pairs, warnings)
    write_text(plan.out / SUMMARY, page)
    write_text(plan.out / RESULTS, as_csv(rows, plan.labs))
    for words in warnings:
        print(f"grader: {words}", file=sys.stderr)
    counts = Counter(row.status for row in rows)
    console.print(
        f"{len(rows)} submissions: {', '.join(f'{n} {s}' for s, n in counts.most_common())}"
    )
    console.print(f"{plan.out / SUMMARY}\n{plan.out / RESULTS}", markup=False)
    for row in rows:
        if row.status in (ERROR, REFUSED):
            print(f"grader: {row.entry.entry}: no score: {row.reason}", file=sys.stderr)
    return FAILED if counts[ERROR] else 0


def _grade(runner: Runner, waiting: list[Entry], jobs: int, console: Console) -> None:
    """With a bar on a terminal, a line for each where there is none."""
    begin = time.monotonic()
    done = 0

    def left() -> str:
        if done < jobs or done == len(waiting):
            return ""
        seconds = (time.monotonic() - begin) / done * (len(waiting) - done)
        return f"about {max(1, round(seconds / 60))} min left"

    if not console.is_terminal:
        for entry, status in runner.grade(waiting, jobs):
            done += 1
            when = f" ({left()})" if left() else ""
            print(f"[{done}/{len(waiting)}] {entry.name}: {status}{when}", flush=True)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("grading", total=len(waiting), left="")
        for entry, status in runner.grade(waiting, jobs):
            done += 1
            progress.update(task, advance=1, left=left())
            if status == ERROR:
                progress.console.print(f"[red]{status}[/] {escape(entry.name)}")
