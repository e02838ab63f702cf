# SPDX-License-Identifier: MIT
"""What runs in a submission's confinement: reads it, builds and boots each lab, and
answers with the verdict, as JSON on its standard output, and with the processor time
that it took.

`prepare` is the same for the course itself, before any submission: it builds what all of
them share, and makes sure that this machine gives the reference full marks. A grader
that does not must give nobody a score.

The question, as JSON on standard input:

    course, build, work   folders; what was built of the course lies in `build`
    submission            the submission; null: prepare
    labs                  numbers
    base                  best, own or reference
    emulator, memory      of the machine
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from h4.class_reading import Submission, read_submission
from h4.class_words import own_words
from h4.course import Course
from h4.errors import GraderError
from h4.evidence import ALL_SECONDS, gather, without_pictures
from h4.grading import Settings, grade_labs
from h4.manifest import Lab
from h4.overlay import edited, ignored_changes, overlay
from h4.report import Report
from h4.result_html import draw
from h4.result_json import as_json
from h4.score import LabResult
from h4.stage import Recipe, StageBuilder
from h4.submission import Refused
from h4.verdict import Machine

BEST, OWN, REFERENCE = "best", "own", "reference"
BASES = (BEST, OWN, REFERENCE)
GRADED, REFUSED, ERROR = "graded", "refused", "error"
COMMAND = ["/usr/bin/python3", "-m", "h4.class_worker"]
_SHARED = ("programs", "grub")  # of what was built: complete, once prepared


@dataclass
class Work:
    """The question, read."""

    course: Course
    build: Path  # of the course
    work: Path
    labs: list[Lab]
    base: str
    machine: Machine
    seconds: float  # of processor time, for everything
    bases: dict[int, str] = field(default_factory=dict)

    def settings(self, recipe: Recipe, build: Path) -> Settings:
        recipe.jobs = 1
        return _Own(self.course.root, recipe, build)

    def own_build(self) -> Path:
        """A folder that looks like what was built of the course, and can be written."""
        own = self.work / "build"
        own.mkdir(exist_ok=True)
        for name in _SHARED:
            (own / name).symlink_to(self.build / name)
        for kept in sorted((self.build / "objects").glob("*/*")):
            here = own / "objects" / kept.parent.name
            here.mkdir(parents=True, exist_ok=True)
            os.symlink(kept, here / kept.name)
        return own


@dataclass
class _Own(Settings):
    """Settings with a build folder of one's own."""

    where: Path

    @property
    def build(self) -> Path:
        return self.where


def grade(work: Work, lab: Lab, use: Settings) -> LabResult:
    """One lab, all of its tests."""
    (result,) = grade_labs(work.course, {lab.number: list(lab.tests)}, use, work.machine)
    for scored in result.errors:
        words = "; ".join(scored.outcome.message)
        raise GraderError(f"{scored.test.name}: {words}")
    return result


def show(work: Work, result: LabResult, tree: Path) -> None:
    """Adds what a page shows beside the words: lines of source, and pictures of memory.
    All verdicts are there already, and pictures undo none of them: those that do not
    come are left out, and so are those for which half the time that is left is too
    short. The page names the command that draws them."""
    reference = work.bases[result.lab.number] == REFERENCE
    recipe = Recipe(submission=tree, base_reference=reference)
    left = (work.seconds - _processor_seconds()) / 2
    try:
        result.evidence = gather(
            work.course, result, recipe, work.machine, min(ALL_SECONDS, left)
        )
    except GraderError:
        result.evidence = without_pictures(work.course, result, recipe)


def best(work: Work, lab: Lab, tree: Path, build: Path) -> LabResult:
    """On the earlier labs that `base` says; of two verdicts the better one, of equal
    ones that on the student's own."""

    def recipe(reference: bool) -> Recipe:
        return Recipe(submission=tree, base_reference=reference)

    def on(reference: bool) -> LabResult:
        return grade(work, lab, work.settings(recipe(reference), build))

    def chosen(result: LabResult, reference: bool) -> LabResult:
        work.bases[lab.number] = REFERENCE if reference else OWN
        return result

    earlier = any(one.exercises for one in work.course.labs if one.number < lab.number)
    if work.base == REFERENCE and earlier:
        return chosen(on(reference=True), True)
    own = on(reference=False)
    if work.base == OWN or not earlier or own.score == own.max_score:
        return chosen(own, False)
    if all(own.missing(exercise) for exercise in lab.exercises):
        return chosen(own, False)  # nothing is done: nothing can help
    other = on(reference=True)
    if other.score > own.score:
        return chosen(other, True)
    return chosen(own, False)


def answer(work: Work, given: Path) -> dict[str, Any]:
    """The verdict on one submission."""
    try:
        found = read_submission(work.course, given, work.work)
    except Refused as reason:
        return {"status": REFUSED, "reason": str(reason)}
    build = work.own_build()
    results = [best(work, lab, found.tree, build) for lab in work.labs]
    for result in results:
        show(work, result, found.tree)
    ignored = [*found.notes, *ignored_changes(work.course, found.tree, work.labs[-1])]
    results[0].ignored = ignored
    return {
        "status": GRADED,
        "reason": "",
        "kind": found.kind,
        "commit": found.commit,
        "notes": ignored,
        "bases": {str(number): base for number, base in sorted(work.bases.items())},
        "handed_in": {
            str(lab.number): found.handed_in(work.course, lab) for lab in work.labs
        },
        "result": as_json(work.course, results),
        "report": _report(work, found, results),
        "page": draw(work.course, results),
        "words": own_words(work.course, found.tree, work.labs),
    }


def _report(work: Work, found: Submission, results: list[LabResult]) -> str:
    """What a student would read in the terminal."""
    out = io.StringIO()
    report = Report(Console(file=out, soft_wrap=True, emoji=False, no_color=True, width=100), "")
    for result in results:
        if work.bases[result.lab.number] == REFERENCE:
            report.line("On the earlier labs of the course, not on its own:")
        report.lab(result)
    texts = overlay(work.course, found.tree, results[-1].lab)
    report.next_step(work.course, results, texts)
    return out.getvalue()


def prepare(work: Work) -> dict[str, Any]:
    """Builds what all submissions share: stages of the solutions, of the starters, and on
    the reference; and grades the solutions."""
    builder = StageBuilder(work.course, work.build)
    starters = {path: work.course.starter(path) for path in work.course.exercise_files}
    for lab in work.labs:
        texts = {path: starters[path] for path in sorted(edited(work.course, lab))}
        builder.stage(lab, Recipe(texts=texts))
        builder.stage(lab, Recipe(texts=texts, base_reference=True))
        builder.stage(lab, Recipe())
        result = grade(work, lab, _Own(work.course.root, Recipe(), work.build))
        if result.score != result.max_score:
            lost = [s.test.name for s in result.tests if s.score < s.test.points]
            raise GraderError(
                f"lab {lab.number}: the course's own solution has {result.score} of "
                f"{result.max_score} points on this machine; it fails {', '.join(lost)}"
            )
    for name in _SHARED:  # also where no lab has any
        (work.build / name).mkdir(exist_ok=True)
    return {"status": GRADED, "reason": ""}


def asked(question: dict[str, Any]) -> dict[str, Any]:
    course = Course(Path(question["course"]))
    work = Work(
        course,
        Path(question["build"]),
        Path(question["work"]),
        [course.lab(number) for number in question["labs"]],
        question["base"],
        Machine(question["emulator"], question["memory"], question["jobs"]),
        question["seconds"],
    )
    if question["submission"] is None:
        return prepare(work)
    return answer(work, Path(question["submission"]))


def _processor_seconds() -> float:
    """Of this process and all that it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main() -> int:
    question = json.load(sys.stdin)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            found = asked(question)
    except GraderError as failure:
        found = {"status": ERROR, "reason": str(failure)}
    except Exception as failure:  # a mistake in the grader is no verdict
        traceback.print_exc()
        found = {"status": ERROR, "reason": f"a mistake in the grader: {failure!r}"}
    json.dump(found | {"seconds": _processor_seconds()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
