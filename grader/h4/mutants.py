# SPDX-License-Identifier: MIT
"""`make mutants`: every mistake of a lab's list, put into the complete system
and graded. The matrix says which test of the exercise saw it.

A mutant counts as killed by the tests of its own exercise alone: a mistake that
only other exercises' tests notice is one that this exercise's tests miss.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from h4.course import Course
from h4.endings import ERROR, Outcome
from h4.errors import GraderError
from h4.grading import course_and_labs
from h4.manifest import Exercise, Lab, Mutant, Test, load_mutants
from h4.marks import mutate
from h4.partial_links import PartialLinks
from h4.processors import processors
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

# How a test that ran says that something is wrong.
KILLED = ("fail", "crash", "hang", "flood", "forged")
SCHEDULES = 48
LETTERS = {
    "pass": ".", "fail": "F", "crash": "C", "hang": "H", "flood": "O",
    "forged": "X", "error": "?",
}  # fmt: skip


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lab", metavar="N", help="only this lab's")
    parser.add_argument("--exercise", metavar="N.M", help="only this exercise's")
    parser.add_argument(
        "--messages", metavar="DIR",
        help="run the named killers alone, and write there what they say, a file a lab",
    )  # fmt: skip


@dataclass
class Kill:
    """What the tests of its exercise said of one mutant."""

    mutant: Mutant
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    problem: str = ""  # empty: it was killed as its entry says

    @property
    def killers(self) -> list[str]:
        return [n for n, o in self.outcomes.items() if o.status in KILLED]


def kill(
    builder: StageBuilder, lab: Lab, mutant: Mutant, chosen: list[Test] | None = None
) -> Kill:
    """Builds one mutant and runs tests on it: all of its exercise's, or those chosen."""
    row = Kill(mutant)
    course = builder.course
    try:
        text = mutate((course.root / mutant.file).read_text(), mutant)
    except GraderError as failure:
        row.problem = str(failure)
        return row
    stage = builder.stage(lab, Recipe(texts={mutant.file: text}, jobs=1))
    if stage.path is None or stage.failures:
        words = stage.link_failure or stage.failures[mutant.exercise]
        row.problem = f"does not compile:\n{words}"
        return row
    tests = chosen or list(lab.tests_of(course.exercise(mutant.exercise)))
    for seed in schedules(mutant):
        machine = Machine(jobs=1, direct=True, jitter=seed)
        row.outcomes = run_tests(stage, lab, tests, course.secret, machine)
        if mutant.killed_by in row.killers:
            break
    if any(o.status == ERROR for o in row.outcomes.values()):
        row.problem = "the grader failed: " + "; ".join(
            " ".join(o.message) for o in row.outcomes.values() if o.status == ERROR
        )
    elif not row.killers and not chosen:
        row.problem = "survived every test of its exercise"
    elif mutant.killed_by not in row.killers:
        row.problem = f"was not killed by {mutant.killed_by}, as its entry says"
    return row


def schedules(mutant: Mutant) -> Iterable[int | None]:
    """The seeds of the timer's interrupts to be tried: one of them is to kill it. Where
    an interrupt has to come is a matter of few instructions, and any change of the kernel
    or the harness moves them."""
    if mutant.jitter is None:
        return [None]
    return range(mutant.jitter, mutant.jitter + SCHEDULES)


def idle_tests(lab: Lab, exercise: Exercise, rows: list[Kill]) -> list[str]:
    """The tests of an exercise that killed none of its mutants."""
    killers = {name for row in rows for name in row.killers}
    return [t.name for t in lab.tests_of(exercise) if t.name not in killers]


def _matrix(console: Console, lab: Lab, exercise: Exercise, rows: list[Kill]) -> None:
    tests = lab.tests_of(exercise)
    table = Table(title=f"{exercise.id} {exercise.title}", box=None, title_justify="left")
    table.add_column("mutant", no_wrap=True)
    for at, _ in enumerate(tests):
        table.add_column(str(at + 1), justify="center")
    table.add_column("")
    for row in rows:
        cells = [
            LETTERS.get(row.outcomes[t.name].status, "-") if t.name in row.outcomes else " "
            for t in tests
        ]
        table.add_row(row.mutant.name, *cells, row.problem.split("\n")[0])
    console.print(table)
    for at, test in enumerate(tests):
        console.print(f"  {at + 1:>2} {test.name}", highlight=False)
    console.print()


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    console = Console(soft_wrap=True, emoji=False)
    problems: list[str] = []
    count = 0
    for lab in labs:
        if given.lab and given.lab != str(lab.number):
            continue
        if given.messages and given.exercise:
            raise GraderError("MESSAGES= is of whole labs; it takes no EXERCISE=")
        mutants = [
            m for m in load_mutants(root, lab)
            if not given.exercise or m.exercise == given.exercise
        ]  # fmt: skip
        rows = _kill_all(course, root, lab, mutants, console, bool(given.messages))
        count += len(rows)
        problems += [f"{r.mutant.name}: {r.problem}" for r in rows if r.problem]
        if given.messages:
            problems += _messages(Path(given.messages), lab, rows)
            continue
        for exercise in lab.exercises:
            if given.exercise and exercise.id != given.exercise:
                continue
            mine = [r for r in rows if r.mutant.exercise == exercise.id]
            _matrix(console, lab, exercise, mine)
            problems += [f"{n}: kills nothing" for n in idle_tests(lab, exercise, mine)]
    if not count:
        raise GraderError("there is no such lab or exercise, or it has no mutants")
    if not given.messages:
        console.print(". pass   F fail   C crash   H hang   O flood   X forged")
    for problem in problems:
        console.print(f"[red]wrong[/] {problem}", highlight=False)
    console.print(f"{count} mutants, {len(problems)} problems", highlight=False)
    return 1 if problems else 0


def _messages(folder: Path, lab: Lab, rows: list[Kill]) -> list[str]:
    """Writes what is said of them; what is unclear in it."""
    from h4.messages import read_table, table_file, unclear, write_table

    write_table(folder, lab, rows)
    table = read_table((folder / table_file(lab)).read_text(encoding="utf-8"))
    return [f"{m.mutant}: {m.test} {words}" for m in table for words in unclear(m)]


def _kill_all(
    course: Course, root: Path, lab: Lab, mutants: list[Mutant], console: Console,
    named: bool,
) -> list[Kill]:  # fmt: skip
    """named  only by the test that each entry names"""
    tests = {test.name: test for test in lab.tests}
    builder = PartialLinks(course, root / "build")
    done = 0
    with console.status(f"lab {lab.number}") as status, ThreadPoolExecutor(
        processors()
    ) as pool:

        def one(mutant: Mutant) -> Kill:
            nonlocal done
            chosen = [tests[mutant.killed_by]] if named else None
            row = kill(builder, lab, mutant, chosen)
            done += 1
            status.update(f"lab {lab.number}: {done} of {len(mutants)} mutants")
            return row

        return list(pool.map(one, mutants))
