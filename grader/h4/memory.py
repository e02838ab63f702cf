# SPDX-License-Identifier: MIT
"""`make memory`: the picture of physical memory, in the terminal and as SVG; from lab 7
on also that of the mapping database, a tree, when there were most mappings.

Without a test it shows the machine after the stage's start; with TEST=name the
memory of that test, before and after it, whether it passed or not.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from h4 import endings, memory_trees, picture_svg, picture_text
from h4.com1 import last_lines
from h4.course import Course
from h4.emulator import BootResult, Ending
from h4.endings import ERROR, FAIL, FORGED, PASS, Outcome, ending
from h4.errors import GraderError
from h4.grading import (
    build_lab,
    chosen_tests,
    course_and_labs,
    settings,
    stage_options,
)
from h4.manifest import Lab, Test
from h4.memory_boot import MOST_NOTES, MemoryBoot
from h4.picture import Picture
from h4.picture_layout import lay_out
from h4.picture_notes import Report, read_notes
from h4.printable import printable
from h4.protocol import Transcript
from h4.running import choose_root, labs_to_look_at, program_option
from h4.stage import Stage
from h4.unbuilt import say_unbuilt
from h4.whole_file import write_text


@dataclass
class Memory:
    """The command, with what it works on."""

    course: Course
    lab: Lab
    stage: Stage
    given: argparse.Namespace
    folder: Path  # for drawings that nobody has named

    def boot(self) -> int:
        """The machine after the stage's start."""
        path = self._path(f"lab{self.lab.number}", "")
        tree = self._path(f"lab{self.lab.number}", "-tree")
        notes, words = self._boot()
        report = report_of(notes)
        picture = report.picture("boot")
        if picture is None:
            print(_no_picture(report, words), file=sys.stderr)
            self._say_missing()
            return 1
        moment = "after the start"
        if picture.spaces is not None:
            moment = "in the middle of the demonstration"
        self._draw(picture, moment, path)
        memory_trees.draw_boot(notes, self.lab.number, tree)
        return 0

    def _boot(self) -> tuple[list[str], str]:
        """What the machine reported, and how it ended."""
        result, script = self._machine(None)
        if script.forged is not None:
            raise GraderError(
                "what came on COM2 cannot be trusted, so nothing is drawn of it: "
                + script.forged
            )
        words = f"The machine ended by: {result.ending.value}. {result.detail}".strip()
        if result.ending == Ending.POWER_OFF:
            words = "The machine switched itself off."
        lines = [words, *(f"COM1: {line}" for line in last_lines(result.com1))]
        return script.notes, "\n".join(lines)

    def _machine(self, test: Test | None) -> tuple[BootResult, Transcript]:
        """One boot, for one test or for none, that reports its memory."""
        given = self.given
        machine = MemoryBoot(given.memory, given.emulator, given.seed)
        return machine.run(self.stage, self.course.secret, test)

    def _say_missing(self) -> None:
        """The exercises without which a start may not come to its end."""
        say_unbuilt(self.stage)
        for one in sorted(self.stage.missing):
            exercise = self.course.exercise(one)
            print(
                f"{one} {exercise.title} is not done yet: {exercise.file}",
                file=sys.stderr,
            )

    def test(self, test: Test) -> int:
        """The memory of one test, before and after it."""
        obstacle = self.stage.obstacle(test)
        if obstacle is not None:
            raise GraderError(f"{test.name} cannot run: {obstacle.message[0]}")
        name = f"lab{self.lab.number}-{test.name}"
        first, second = self._path(name, "-before"), self._path(name, "-after")
        trees = [self._path(name, f"-tree-{when}") for when in ("before", "after")]
        outcome, notes = self._run(test)
        report = report_of(notes)
        before, after = report.picture("before"), report.picture("after")
        if before:
            self._draw(before, f"before {test.name}", first)
        if after:
            self._draw(after, f"after {test.name}", second, before)
        drawn = memory_trees.draw_test(notes, test.name, *trees)
        _say_outcome(outcome)
        if drawn and not before:
            return 0
        if not before and not after:
            words = "This test does not work on the status of pages: no picture."
            print(words if outcome.status == PASS else _no_picture(report, ""))
            return 1
        if not after:
            print("The machine ended before it could report its memory again.")
        return 0

    def _run(self, test: Test) -> tuple[Outcome, list[str]]:
        """What became of the test, and what it reported of its memory."""
        result, script = self._machine(test)
        if script.forged is not None:
            return Outcome(test, FORGED, [script.forged]), []
        run = script.tests[0] if script.tests else None
        outcome = Outcome(test, PASS if run and run.ok else FAIL)
        notes = run.notes if run else []
        endings.read_notes(outcome, notes, self.stage.image, self.given.memory)
        if run is None or run.ok is None:
            outcome.status, words = ending(result, script, run is not None, test.kind)
            outcome.message = words + outcome.message
        if outcome.status == ERROR:
            raise GraderError("; ".join(outcome.message))
        return outcome, notes

    def _path(self, name: str, suffix: str) -> Path:
        """Where to draw. What an earlier run has drawn there must not outlive this
        one's failure."""
        path = self.folder / f"{name}{suffix}.svg"
        if self.given.svg:
            wanted = Path(self.given.svg)
            path = wanted.with_name(f"{wanted.stem}{suffix}{wanted.suffix or '.svg'}")
        try:
            path.unlink(missing_ok=True)
        except OSError as failure:
            raise GraderError(f"{path}: {failure.strerror}") from failure
        return path

    def _draw(
        self, picture: Picture, moment: str, path: Path, before: Picture | None = None
    ) -> None:
        layout = lay_out(picture, before)
        title = f"Physical memory in lab {self.lab.number}, {moment}"
        console = picture_text.console()
        console.print(picture_text.draw(layout, title))
        write_text(path, picture_svg.draw(layout, title, f"h4-{picture.when}"))
        console.print(f"drawn: {path}\n", markup=False)


def report_of(notes: list[str]) -> Report:
    """The pictures in the notes, of which the reader of COM2 keeps only so many."""
    notes = memory_trees.others(notes)
    report = read_notes(notes)
    if report.unfinished and len(notes) >= MOST_NOTES:
        raise GraderError(
            f"the machine's report of its memory has more than {MOST_NOTES} lines, "
            "the most that are read: its pages differ too often from each other"
        )
    return report


def _no_picture(report: Report, words: str) -> str:
    if report.unfinished:
        came = sum(run.end - run.first for run in report.unfinished.runs)
        reason = (
            f"the machine stopped while it reported its memory: {came:,} of "
            f"{report.unfinished.pages:,} pages had come"
        )
    else:
        reason = "the machine did not come as far as reporting its memory"
    lines = [f"No picture: {reason}."]
    return "\n".join(lines + ([safe_text(words)] if words else []))


def safe_text(text: str) -> str:
    """Without anything that a terminal obeys."""
    return printable(text)


def _say_outcome(outcome: Outcome) -> None:
    if outcome.status == PASS:
        print(f"{outcome.test.name}: passed")
        return
    print(f"{outcome.test.name}: not passed ({outcome.status})")
    lines = outcome.message + [f"in {place}" for place in outcome.backtrace]
    for line in "\n".join(lines).splitlines():
        print(f"  {safe_text(line)}")


def options(parser: argparse.ArgumentParser) -> None:
    stage_options(parser)
    program_option(parser)
    parser.add_argument("--test", metavar="NAME", help="before and after this test")
    parser.add_argument("--seed", type=int, help="instead of the derived one")
    parser.add_argument(
        "--svg", metavar="FILE", help="where to draw; of a test FILE-before, -after"
    )


def the_test(lab: Lab, name: str) -> Test:
    """The one test that has this in its name."""
    tests = chosen_tests(lab, name)
    if len(tests) != 1:
        names = "".join(f"\n  {one.name}" for one in tests)
        raise GraderError(
            f"TEST={name}: {len(tests)} tests of lab {lab.number} have that in their "
            f"name; a picture wants exactly one{names}"
        )
    return tests[0]


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    use = settings(root, course, given)
    use.recipe.own_given = True
    if given.lab == "all":
        raise GraderError("LAB=all: the picture is drawn of one lab at a time")
    if given.svg is not None and not Path(given.svg).name:
        raise GraderError(f"SVG={given.svg}: this is not the name of a file")
    lab = labs_to_look_at(course, labs, given, use)[0]
    test = the_test(lab, given.test) if given.test else None
    stage = build_lab(course, lab, use)
    choose_root(stage, given.program)
    # The harness asks in the same way: without the array there is no report.
    if not stage.image.addresses.get("page_array"):
        raise GraderError(
            f"the kernel of lab {lab.number} does not know what its pages are used "
            "for, so there is nothing to draw: LAB=2 is the first that does"
        )
    folder = use.build / "memory"
    folder.mkdir(parents=True, exist_ok=True)
    memory = Memory(course, lab, stage, given, folder)
    return memory.test(test) if test else memory.boot()
