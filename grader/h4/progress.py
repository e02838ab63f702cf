# SPDX-License-Identifier: MIT
"""`make progress`: what of the course is done, in points and in hours, as the last
verdict on each lab has it. Hours are the manifest's estimates; of an exercise that is
half right half of them are done."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from h4.course import Course
from h4.endings import BLOCKED, MISSING
from h4.grading import course_and_labs
from h4.last_verdicts import Last, recall
from h4.manifest import Exercise, Lab
from h4.overlay import overlay
from h4.whole_file import write_text

RIGHT, BEGUN, WAITING, UNKNOWN = "right", "begun", "not begun", "not graded yet"
COLOURS = {RIGHT: "green", BEGUN: "red", WAITING: "yellow", UNKNOWN: "dim"}
BAR = 10  # characters


@dataclass(frozen=True)
class Row:
    """An exercise: how far it is.

    old  the file has changed since
    """

    exercise: Exercise
    state: str
    score: int
    old: bool

    @property
    def most(self) -> int:
        """Of the tests that this tree has: a student's lacks those that are hidden."""
        return self.exercise.points - self.exercise.hidden

    @property
    def hours(self) -> float:
        return self.exercise.hours or 0

    @property
    def hours_done(self) -> float:
        return self.hours * self.score / self.most if self.most else 0


@dataclass(frozen=True)
class Part:
    """A lab, or the whole course: the sum of its exercises."""

    title: str
    rows: tuple[Row, ...]
    lab: Lab | None = None

    @property
    def score(self) -> int:
        return sum(row.score for row in self.rows)

    @property
    def most(self) -> int:
        return sum(row.most for row in self.rows)

    @property
    def hours(self) -> float:
        return sum(row.hours for row in self.rows)

    @property
    def hours_done(self) -> float:
        return sum(row.hours_done for row in self.rows)

    @property
    def known(self) -> bool:
        return any(row.state != UNKNOWN for row in self.rows)

    @property
    def open(self) -> bool:
        return any(row.state != RIGHT for row in self.rows)


@dataclass(frozen=True)
class Progress:
    """All labs, their sum, and what to do next in words."""

    labs: tuple[Part, ...]
    whole: Part
    next: str


def look(course: Course, labs: list[Lab], texts: Mapping[str, bytes]) -> Progress:
    """The state of everything, from the verdicts that are kept.

    texts  of the exercise files as they are now
    """
    parts = []
    for lab in labs:
        last = recall(course.root, lab)
        rows = tuple(_row(last, exercise, texts) for exercise in lab.exercises)
        parts.append(Part(f"Lab {lab.number}: {lab.title}", rows, lab))
    every = tuple(row for part in parts for row in part.rows)
    return Progress(tuple(parts), Part("The course", every), _next(parts))


def _row(last: Last, exercise: Exercise, texts: Mapping[str, bytes]) -> Row:
    scored = last.result.of(exercise)
    if not scored:
        return Row(exercise, UNKNOWN, 0, False)
    old = last.old(exercise, texts)
    score = sum(one.score for one in scored)
    if score == exercise.points - exercise.hidden:
        return Row(exercise, RIGHT, score, old)
    ends = {one.outcome.status for one in scored}
    state = BEGUN if ends - {MISSING, BLOCKED} else WAITING
    return Row(exercise, state, score, old)


def _next(parts: list[Part]) -> str:
    """One line: what is to be graded, or worked on."""
    for part in parts:
        assert part.lab
        front = f"make grade LAB={part.lab.number}"
        if any(row.old for row in part.rows):
            return f"Changed since it was graded: {front}"
        if not part.known:
            return f"Nothing is known of lab {part.lab.number} yet: {front}"
        if part.open:
            begun = [row for row in part.rows if row.state == BEGUN]
            rest = [row for row in part.rows if row.state != RIGHT]
            first = (begun or rest)[0].exercise
            return f"Next: exercise {first.id}, {first.title}: {front} says more"
    return "All of it is done."


def hours_words(hours: float) -> str:
    """In half hours: an estimate is not more exact than that."""
    return f"{round(2 * hours) / 2:g}"


def summary(part: Part) -> str:
    """The sum in a sentence."""
    words = (
        f"{part.score} of {part.most} points; about {hours_words(part.hours_done)} of "
        f"{hours_words(part.hours)} hours of work"
    )
    silent = [r.exercise.id for r in part.rows if r.exercise.hours is None]
    return words + (f", without {', '.join(silent)}" if silent else "")


def draw(progress: Progress) -> Table:
    """A line a lab, and below one that is under way a line an exercise; narrow enough
    for 80 columns."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("points", justify="right")
    table.add_column("hours", justify="right")
    table.add_column("")
    for part in progress.labs:
        filled = BAR * part.score // part.most if part.most else 0
        bar = "#" * filled + "." * (BAR - filled)
        table.add_row(
            f"[bold]{escape(part.title)}[/]", f"{part.score}/{part.most}",
            f"{hours_words(part.hours_done)}/{hours_words(part.hours)}",
            bar if part.known else f"[dim]{UNKNOWN}[/]",
        )  # fmt: skip
        for row in part.rows:
            if (part.open and part.known) or row.old:
                table.add_row(*_cells(row))
    if any(row.old for row in progress.whole.rows):
        table.add_row("* changed since it was graded")
    return table


def _cells(row: Row) -> list[str]:
    exercise = row.exercise
    hours = "?" if exercise.hours is None else f"{exercise.hours:g}"
    state = f"[{COLOURS[row.state]}]{row.state}[/]" + ("*" if row.old else "")
    title = f"  {exercise.id} {escape(exercise.title)}"
    return [title, f"{row.score}/{row.most}", hours, state]


def page(course: Course, progress: Progress) -> str:
    """The same as a page for a browser."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("page")),
        autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("progress.html").render(
        course=course, progress=progress, summary=summary, hours=hours_words
    )


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--html", metavar="FILE", help="write a page for a browser")


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    progress = look(course, labs, overlay(course, root))
    console = Console(soft_wrap=True, emoji=False)
    console.print(draw(progress))
    console.print(f"\n{summary(progress.whole)}.", highlight=False, markup=False)
    console.print(progress.next, highlight=False, markup=False)
    if given.html:
        write_text(Path(given.html), page(course, progress), "HTML=")
    return 0
