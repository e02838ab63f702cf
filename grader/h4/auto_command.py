# SPDX-License-Identifier: MIT
"""`make mutants-auto`: mistakes made by rule in every solution, and those that no test
of their exercise sees.

It ends well if every mutant is killed, or is explained in labs/N-name/equivalent.toml,
and at least KILLED_PERCENT of those that are not explained are killed. What has been
found out is kept in build/auto/: the next run does what is new.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from h4.auto_mutants import AutoMutant, Equivalent, load_equivalents, mutants_of
from h4.auto_run import (
    BROKEN,
    KILLED,
    SAME,
    SURVIVED,
    TWIN,
    Bench,
    Fate,
    bench,
    judge_all,
)
from h4.course import Course
from h4.errors import GraderError
from h4.manifest import Lab
from h4.stage import StageBuilder

KILLED_PERCENT = 97


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lab", metavar="N", help="only this lab's")
    parser.add_argument("--exercise", metavar="N.M", help="only this exercise's")
    parser.add_argument("--file", help="only this file's")
    parser.add_argument("--sample", type=int, metavar="N", help="so many, drawn from all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument(
        "--entries", action="store_true",
        help="print the survivors as entries of equivalent.toml, without reasons",
    )  # fmt: skip


@dataclass
class Findings:
    """What a run has found."""

    fates: dict[AutoMutant, Fate] = field(default_factory=dict)
    explained: dict[AutoMutant, Equivalent] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)  # of the entries

    def count(self, *statuses: str) -> int:
        return sum(fate.status in statuses for fate in self.fates.values())

    @property
    def survivors(self) -> list[AutoMutant]:
        """Those that nobody explains."""
        return [
            mutant
            for mutant, fate in self.fates.items()
            if fate.status == SURVIVED and mutant not in self.explained
        ]

    @property
    def killed_percent(self) -> float:
        """Of all mutants that are mistakes, as far as one knows."""
        killed, alive = self.count(KILLED), len(self.survivors)
        return 100 * killed / (killed + alive) if killed + alive else 100.0

    @property
    def good(self) -> bool:
        return (
            not self.problems
            and not self.survivors
            and self.killed_percent >= KILLED_PERCENT
        )

    def add(self, other: Findings) -> None:
        self.fates |= other.fates
        self.explained |= other.explained
        self.problems += other.problems


def check_entries(
    entries: Sequence[Equivalent],
    every: Sequence[AutoMutant],
    fates: dict[AutoMutant, Fate],
) -> Findings:
    """Holds the entries against what came of the mutants.

    every  all that the rules make where entries could be about
    """
    found = Findings(fates)
    known = {mutant.key: mutant for mutant in every}
    seen: set[tuple[str, str, str, str, str, int]] = set()
    for entry in entries:
        if entry.key in seen:
            found.problems.append(f"{entry}: stands there twice")
        seen.add(entry.key)
        mutant = known.get(entry.key)
        if mutant is None:
            found.problems.append(f"{entry}: there is no such mutant (any more)")
            continue
        fate = fates.get(mutant)
        if fate is None or fate.status == SURVIVED:
            found.explained[mutant] = entry
            continue
        words = {
            KILLED: f"is no equivalent: {fate.by} sees it",
            SAME: "the compiler makes the same code of it: no reason is needed",
            TWIN: "the compiler makes the same code of an earlier one: explain that one",
            BROKEN: "does not compile without warnings: no reason is needed",
        }
        found.problems.append(f"{entry}: {words[fate.status]}")
    return found


def twins_of_explained(
    place: Bench,
    every: Sequence[AutoMutant],
    entries: Sequence[Equivalent],
    fates: dict[AutoMutant, Fate],
) -> dict[AutoMutant, Fate]:
    """Those survivors of a sample whose code is that of an explained one that was not
    drawn. Among all mutants they are twins, for which nobody writes a reason."""
    keys = {entry.key for entry in entries}
    left = [m for m, fate in fates.items() if fate.status == SURVIVED and m.key not in keys]
    if not left:
        return {}
    codes = {
        (m.exercise, place.compiled(m.file, m.mutated))
        for m in every
        if m.key in keys and m not in fates
    }
    return {
        m: Fate(TWIN)
        for m in left
        if (m.exercise, place.compiled(m.file, m.mutated)) in codes
    }


def sample(mutants: Sequence[AutoMutant], size: int | None, seed: int) -> list[AutoMutant]:
    """So many of them, in their order; which ones follows from the seed and names."""
    if size is None or size >= len(mutants):
        return list(mutants)
    chosen = set(random.Random(seed).sample(range(len(mutants)), size))
    return [mutant for at, mutant in enumerate(mutants) if at in chosen]


def main(root: Path, given: argparse.Namespace) -> int:
    course = Course(root)
    wanted = _wanted(course, given)
    if not wanted:
        raise GraderError("there is no such lab, exercise or file with solutions")
    every = [mutant for _, mutants in wanted for mutant in mutants]
    chosen = set(sample(every, given.sample, given.seed))
    console = Console(soft_wrap=True, emoji=False)
    console.print(f"{len(chosen)} edits", highlight=False)
    found = Findings()
    builder = StageBuilder(course, root / "build")
    for lab, mutants in wanted:
        now = [mutant for mutant in mutants if mutant in chosen]
        entries = [
            entry
            for entry in load_equivalents(root, lab)
            if given.exercise in (None, entry.exercise)
            and given.file in (None, entry.file)
        ]
        if not now and not entries:
            continue
        with bench(builder, lab) as place:
            fates = _with_progress(place, now, console)
            fates |= twins_of_explained(place, mutants, entries, fates)
        one = check_entries(entries, mutants, fates)
        _report_lab(console, lab, one, given.entries)
        found.add(one)
    return _end(console, found)


def _wanted(course: Course, given: argparse.Namespace) -> list[tuple[Lab, list[AutoMutant]]]:
    """The mutants asked for, by labs."""
    found = []
    for lab in course.labs:
        if given.lab not in (None, str(lab.number)) or not lab.tests:
            continue
        mutants = [
            mutant
            for mutant in mutants_of(course.root, lab)
            if given.exercise in (None, mutant.exercise)
            and given.file in (None, mutant.file)
        ]
        if mutants:
            found.append((lab, mutants))
    return found


def _with_progress(
    place: Bench, mutants: list[AutoMutant], console: Console
) -> dict[AutoMutant, Fate]:
    """judge_all, with bars on a terminal: what is compiled, and what is decided."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        name = f"lab {place.lab.number}"
        compiled = bars.add_task(f"{name}: compiled", total=len(mutants))
        booted = bars.add_task(f"{name}: booted", total=None)
        count: Counter[str] = Counter()

        def progress(status: str) -> None:
            if status == "compiled":
                bars.advance(compiled)
                return
            count[status] += 1
            words = f"{name}: {count[KILLED]} killed, {count[SURVIVED]} survive"
            bars.update(booted, advance=1, description=words)

        return judge_all(place, mutants, progress)


def _report_lab(console: Console, lab: Lab, found: Findings, entries: bool) -> None:
    for mutant in found.survivors:
        if entries:
            console.print(_entry(mutant), highlight=False, markup=False)
        else:
            text = f"survives {mutant.exercise} {mutant.name}\n{mutant.diff()}\n"
            console.print(text, highlight=False, markup=False)
    console.print(f"lab {lab.number}: {_summary(found)}", highlight=False)


def _entry(mutant: AutoMutant) -> str:
    nth = f"nth = {mutant.nth}\n" if mutant.nth > 1 else ""
    words = {
        "exercise": mutant.exercise,
        "function": mutant.edit.function,
        "find": mutant.find,
    }
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in words.items())
    return (
        f"[[equivalent]]\n{lines}becomes = [{json.dumps(mutant.becomes)}]\n{nth}"
        'reason = ""\n'
    )


def _summary(found: Findings) -> str:
    dropped = found.count(SAME)
    return (
        f"{found.count(KILLED)} killed, {len(found.survivors)} survive, "
        f"{sum(m in found.fates for m in found.explained)} explained; left out: {dropped}"
        f" of the same code as the solution, {found.count(TWIN)} as another mutant, "
        f"{found.count(BROKEN)} do not compile without warnings"
    )


def _end(console: Console, found: Findings) -> int:
    for problem in found.problems:
        console.print(f"wrong {problem}", highlight=False, markup=False)
    console.print(f"all: {_summary(found)}", highlight=False)
    console.print(
        f"{found.killed_percent:.1f} % of those that are not explained are killed; at "
        f"least {KILLED_PERCENT} % and all others explained is what is due",
        highlight=False,
    )
    return 0 if found.good else 1
