# SPDX-License-Identifier: MIT
"""The verdict as a student reads it, in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.markup import escape

from h4.course import Course
from h4.endings import BLOCKED, MISSING, NOT_BUILT, PASS
from h4.manifest import Exercise
from h4.marks import first_line
from h4.next_step import what_next, wrong_function
from h4.printable import printable
from h4.repeated import distinct, run_on
from h4.score import LabResult, Scored, all_right
from h4.symbols import Place

COLOURS = {PASS: "green", MISSING: "yellow", BLOCKED: "yellow"}
SHOWN_FRAMES = 8
SHOWN_WIDTH = 600


def safe(text: str) -> str:
    """A text that a guest wrote, without anything that a terminal obeys."""
    plain = printable(text).replace("\n", "\\x0a")
    if len(plain) > SHOWN_WIDTH:
        plain = plain[:SHOWN_WIDTH] + " ..."
    return escape(plain)


class Report:
    """Writes a lab's result, exercise by exercise."""

    def __init__(self, console: Console, front: str) -> None:
        self.console = console
        self.front = front  # extra words of the commands that are shown
        self.said: set[str] = set()

    def line(self, text: str, indent: int = 0) -> None:
        pad = " " * indent
        self.console.print(
            "\n".join(pad + part for part in text.split("\n")),
            highlight=False,
            emoji=False,  # :100: is a line's number
            soft_wrap=True,
        )

    def lab(self, result: LabResult) -> None:
        lab = result.lab
        self.line(f"[bold]Lab {lab.number}: {escape(lab.title)}[/] (version {lab.version})")
        self.warnings(result.warnings)
        self.ignored(result.ignored)
        for exercise in lab.exercises:
            scored = result.of(exercise)
            if scored:
                self.exercise(result, exercise, scored)
        what = " (of the tests chosen)" if result.selected else ""
        self.line(
            f"[bold]Lab {lab.number}: {result.score}/{result.max_score}[/]{what}"
        )
        if result.hidden:
            self.line(result.hidden_words(), 2)
        self.line("")

    def warnings(self, found: dict[str, str]) -> None:
        """The compiler's, by file."""
        for path, words in found.items():
            self.line(f"[yellow]warnings[/] in {escape(path)}:", 2)
            self.line(safe_lines(words), 4)

    def ignored(self, lines: Iterable[str]) -> None:
        for words in lines:
            self.line(f"[yellow]does not count:[/] {safe(words)}", 2)

    def exercise(
        self, result: LabResult, exercise: Exercise, scored: list[Scored]
    ) -> None:
        points = sum(s.score for s in scored)
        most = sum(s.test.points for s in scored)
        head = f"{exercise.id} {escape(exercise.title)}"
        if result.missing(exercise):
            self.line(
                f"[yellow]missing[/]  {head}: not done yet in {escape(exercise.file)}"
                f" (0/{most})",
                2,
            )
            return
        reasons = {s.outcome.status for s in scored}
        if reasons == {BLOCKED}:
            self.line(
                f"[yellow]blocked[/]  {head}: {safe(scored[0].outcome.message[0])}"
                f" (0/{most})",
                2,
            )
            return
        if reasons == {NOT_BUILT}:
            self.line(f"[red]not-built[/] {head} (0/{most})", 2)
            # Once, not for each test; the whole stage's trouble with its first.
            words = scored[0].outcome.message[0]
            if words not in self.said:
                self.line(safe_lines(words), 13)
            self.said.add(words)
            return
        if all_right(scored):
            self.line(f"[green]pass[/]     {head} ({points}/{most})", 2)
            return
        self.head(exercise, scored)
        for one, same in distinct(exercise, scored):
            self.test(result, one)
            self.repeated(same)

    def head(self, exercise: Exercise, scored: list[Scored]) -> None:
        """The line above the tests of an exercise that is not right yet."""
        points = sum(s.score for s in scored)
        most = sum(s.test.points for s in scored)
        head = f"{exercise.id} {escape(exercise.title)}"
        self.line(f"[red]not yet[/]  {head} ({points}/{most})", 2)

    def test(self, result: LabResult, scored: Scored, aside: str = "") -> None:
        """One test: how it ended, and what to know about it. `aside` is said beside."""
        outcome, test = scored.outcome, scored.test
        colour = COLOURS.get(outcome.status, "red")
        points = f"{scored.score}/{test.points}"
        notes = "; ".join(filter(None, (aside, scored.note)))
        note = f" [dim]{escape(notes)}[/]" if notes else ""
        self.line(
            f"[{colour}]{outcome.status:<8}[/] {escape(test.name)}"
            f" [dim]({test.kind}, {points})[/]{note}",
            4,
        )
        if outcome.status == PASS:
            return
        for words in outcome.message:
            self.line(safe_lines(words), 13)
        for words in outcome.printed:
            self.line(f"[dim]COM1:[/] {safe(words)}", 13)
        if outcome.backtrace:
            (first, _), *callers = once_each(outcome.backtrace)[:SHOWN_FRAMES]
            self.line(f"in {safe(first)}", 13)
            for place, times in callers:
                often = f", {times} times in a row" if times > 1 else ""
                self.line(f"called by {safe(place)}{often}", 13)
        if outcome.status in (MISSING, BLOCKED, NOT_BUILT):
            return
        lab = result.lab.number
        self.line(
            f"[dim]again:[/] make grade LAB={lab} TEST={test.name}{self.front}", 13
        )
        # QEMU's line loses nothing: such a test fails in Bochs alone.
        bochs = outcome.on_host and " EMULATOR=" not in self.front
        front = self.front + (" EMULATOR=bochs" if bochs else "")
        self.line(f"[dim]debug:[/] make debug LAB={lab} TEST={test.name}{front}", 13)

    def repeated(self, scored: list[Scored]) -> None:
        """Tests that end as the one above them: what there is to know beside that."""
        names: dict[str, list[str]] = {}
        for one in scored:
            names.setdefault(run_on(one.outcome), []).append(one.test.name)
        for version, tests in names.items():
            where = f", {safe(version)}" if version else ""
            self.line(f"the same in {', '.join(map(escape, tests))}{where}", 13)

    def next_step(
        self, course: Course, results: list[LabResult], texts: dict[str, bytes]
    ) -> None:
        """The one thing to do now, last on the screen."""
        found = what_next(course, results)
        if found:
            exercise = found.exercise
            text = texts.get(exercise.file, b"").decode("utf-8", "replace")
            wrong = next((wrong_function(r, exercise) for r in results
                          if r.lab is found.lab), "")  # fmt: skip
            line = found.error or first_line(text, exercise, wrong)
            self.line(
                f"[bold]Next:[/] exercise {exercise.id}, {escape(exercise.title)}"
                f"{found.words}"
            )
            self.line(f"{escape(exercise.file)}:{line}", 2)
            self.line(
                f"{escape(found.lab.handout)}, section "
                f"{exercise.id} {escape(exercise.title)}",
                2,
            )
            self.line(f"make hint EX={exercise.id}", 2)
            if found.waiting:
                number = found.waiting.id.partition(".")[0]
                whose = f"WITH={exercise.id}"
                if number != str(found.lab.number):
                    whose = "BASE=reference"
                self.line(f"or without it: make grade LAB={number} {whose}", 2)
        if all(r.score == r.max_score and not r.selected for r in results):
            self.line("[green bold]Everything that was graded is right.[/]")


def once_each(places: Sequence[Place]) -> list[tuple[str, int]]:
    """The callers in words; one that follows itself, as in a recursion, is told once, with
    how often. Where it happened stands by itself."""
    first, callers = places[:1], places[1:]
    rows = groupby(map(str, callers))
    return [*((str(p), 1) for p in first), *((p, len(list(row))) for p, row in rows)]


def safe_lines(text: str) -> str:
    return "\n".join(safe(line) for line in text.splitlines()[:40])
