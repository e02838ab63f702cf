# SPDX-License-Identifier: MIT
"""`make watch LAB=n`: grades again whenever an exercise file has been saved, and says
what is new. One verdict at a time; what is saved meanwhile is graded next. Ctrl-C ends
it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.console import Console
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from h4.course import Course
from h4.errors import GraderError
from h4.grading import (
    chosen_of, chosen_tests, course_and_labs, grade_labs, machine_of, settings,
    verdict_options,
)  # fmt: skip
from h4.last_verdicts import counts, keep, recall
from h4.manifest import Lab, Test
from h4.overlay import not_taken, overlay
from h4.report import Report
from h4.score import LabResult
from h4.terminal import Afterwards, front_of, with_progress
from h4.watch_changes import report_changes

AWAKE = 1.0  # seconds, after which it looks about at the latest
QUIET = 0.3  # seconds without another change, after which a save is complete
LOCK = "build/watch.lock"

Texts = dict[str, bytes]


class Changes(FileSystemEventHandler):  # type: ignore[misc]
    """Counts that something has happened in the folders of exercise files. Editors
    write a file in several steps, or another one that takes its name."""

    def __init__(self) -> None:
        self.events: queue.Queue[None] = queue.Queue()
        self.over = False

    def on_any_event(self, event: FileSystemEvent) -> None:
        # Reading is an event too, and grading reads.
        if event.event_type in ("created", "modified", "moved", "deleted"):
            self.events.put(None)

    def wait(self) -> None:
        """Returns when something has happened, and then nothing for a moment."""
        while not self.over:
            with contextlib.suppress(queue.Empty):
                self.events.get(timeout=AWAKE)
                break
        while not self.over:
            try:
                self.events.get(timeout=QUIET)
            except queue.Empty:
                return
        raise KeyboardInterrupt

    def interrupt(self, *_: object) -> None:
        """Of a signal. What it raises is lost where it strikes in code that Python runs by
        itself, such as when an object is freed; `over` stays."""
        self.over = True
        raise KeyboardInterrupt


@dataclass
class Watch:
    """Verdicts one after the other.

    read    the texts of the exercise files, as they are now
    grade   gives a verdict on them and reports it
    wait    until something may have changed
    """

    read: Callable[[], Texts]
    grade: Callable[[Texts], None]
    wait: Callable[[], None]
    said: Callable[[str], None]

    def run(self) -> None:
        """Without end. What is read before a verdict is what it is taken to be of: a
        file that is saved while it is made differs from that, and is graded next."""
        while True:
            texts = self.read()
            try:
                self.grade(texts)
            except GraderError as failure:
                self.said(f"grader: {failure}")  # which a save may mend
            self.said("Waiting for the next save of an exercise; Ctrl-C ends it.")
            self.wait()
            while self.read() == texts:
                self.wait()


@dataclass
class Verdicts:
    """The verdicts of a tree, and what was said last of each lab."""

    root: Path
    given: argparse.Namespace
    console: Console
    course: Course
    last: dict[int, LabResult] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)  # exercise files that were not taken

    def read(self) -> Texts:
        return overlay(self.course, Path(self.given.submission or self.root))

    def grade(self, texts: Texts) -> None:
        course, labs = course_and_labs(self.root)
        self.course = course
        use = settings(self.root, course, self.given)
        machine = machine_of(self.given)
        chosen = self.begun(labs) | chosen_of(course, labs, self.given, use)
        last = course.lab(max(chosen))
        after = Afterwards(course, use.recipe.submission, front_of(self.given), last)
        most = sum(len(tests) for tests in chosen.values())
        grade = partial(grade_labs, course, chosen, use, machine)
        results = list(with_progress(after, most, grade))
        for result in results:
            for scored in result.errors:
                words = "; ".join(scored.outcome.message)
                raise GraderError(f"{scored.test.name}: {words}")
        report = Report(self.console, after.front)
        tree = Path(self.given.submission or self.root)
        gone = not_taken(course, tree, last)
        report.ignored(words for words in gone if words not in self.gone)
        self.gone = gone
        for result in results:
            report_changes(report, self._before(course, result), result)
            self.last[result.lab.number] = result
        if counts(self.given):
            keep(course, results, texts)
        report.next_step(course, results, texts)

    def begun(self, labs: list[Lab]) -> dict[int, list[Test]]:
        """The tests of labs that this watch has seen not wholly right: who has written
        the last exercise of a lab is on the next one, and wants to know all the same."""
        return {
            lab.number: chosen_tests(lab, self.given.test)
            for lab in labs
            if lab.number in self.last
            and self.last[lab.number].score < self.last[lab.number].max_score
        }

    def _before(self, course: Course, result: LabResult) -> LabResult | None:
        """The verdict before this one: the last of this watch, or one that is kept."""
        number = result.lab.number
        if number in self.last:
            return self.last[number]
        if not counts(self.given):
            return None
        kept = recall(course.root, result.lab).result
        names = {s.test.name for s in result.tests}
        kept.tests = [s for s in kept.tests if s.test.name in names]
        return kept if kept.tests else None


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One watch a tree: two would say the same, each at half the speed."""
    path = root / LOCK
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise GraderError("another `make watch` is at work in this tree") from taken
        yield


def options(parser: argparse.ArgumentParser) -> None:
    verdict_options(parser)
    parser.set_defaults(logs=None)


def main(root: Path, given: argparse.Namespace) -> int:
    if given.paranoid:
        raise GraderError(f"PARANOID={given.paranoid}: is for `run` and `debug`")
    console = Console(soft_wrap=True, emoji=False)
    course = Course(root)
    verdicts = Verdicts(root, given, console, course)
    changes = Changes()
    tree = Path(given.submission or root)
    folders = sorted({(tree / path).parent for path in course.exercise_files})
    with alone(root):
        observer = Observer()
        for folder in folders:
            if folder.is_dir():
                observer.schedule(changes, str(folder))
        observer.start()
        signal.signal(signal.SIGINT, changes.interrupt)

        def said(words: str) -> None:
            console.print(words, highlight=False, markup=False, style="dim")

        try:
            Watch(verdicts.read, verdicts.grade, changes.wait, said).run()
        except KeyboardInterrupt:
            said("\nEnded.")
        finally:
            observer.stop()
            observer.join()
    return 0
