# SPDX-License-Identifier: MIT
"""`make grade`: builds, boots, judges, reports."""

from __future__ import annotations

import argparse
import fnmatch
import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from h4.compiling import COMPILERS
from h4.course import Course
from h4.endings import Outcome
from h4.errors import GraderError
from h4.last_verdicts import counts, keep, left_behind
from h4.manifest import Lab, Test
from h4.overlay import overlay
from h4.processors import processors
from h4.reports import Reports
from h4.reports import options as report_options
from h4.score import LabResult, all_right, score_lab
from h4.stage import Recipe, Stage, StageBuilder
from h4.terminal import Afterwards, front_of, with_progress
from h4.verdict import Machine, run_tests

FULL, LESS, FAILED = 0, 1, 2
LITTER = 1_000_000  # objects, after which Python looks for circles of them
LEAST_MEGABYTES, MOST_MEGABYTES = 8, 1024


@dataclass
class Settings:
    """Where a tree is, and how its stages are built."""

    root: Path
    recipe: Recipe

    @property
    def build(self) -> Path:
        return self.root / "build"


def stage_options(parser: argparse.ArgumentParser) -> None:
    """What every command that builds a stage takes."""
    parser.add_argument("--lab", metavar="N|all", help="which lab")
    parser.add_argument(
        "--base", choices=("own", "reference"), default="own",
        help="earlier labs: the tree's own, or the reference objects",
    )  # fmt: skip
    parser.add_argument(
        "--with", dest="without", default="", metavar="N.M[,N.M]",
        help="exercises to take from the reference objects, without points",
    )  # fmt: skip
    parser.add_argument("--emulator", choices=("bochs", "qemu"), default="bochs")
    parser.add_argument("--compiler", choices=COMPILERS, default="gcc")
    parser.add_argument("--memory", type=int, default=32, metavar="MB")
    parser.add_argument(
        "--paranoid", type=int, choices=(0, 1, 2), default=0,
        help="H looks after its operations whether the machine is well-formed: 1 at "
        "what they touched, 2 at everything",
    )  # fmt: skip
    parser.add_argument(
        "--submission", metavar="DIR", help="the tree whose exercises are graded"
    )


def verdict_options(parser: argparse.ArgumentParser) -> None:
    """Which tests, and how they run."""
    stage_options(parser)
    parser.add_argument(
        "--test", metavar="NAME|N.M",
        help="only the tests whose name has it, or those of an exercise",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, help="instead of the derived one")
    parser.add_argument(
        "--jitter", type=int, metavar="SEED",
        help="the timer's interrupts come where this seed says",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=processors())


def options(parser: argparse.ArgumentParser) -> None:
    verdict_options(parser)
    report_options(parser)
    parser.add_argument("--logs", metavar="DIR", help="keep the serial logs")


def course_and_labs(root: Path) -> tuple[Course, list[Lab]]:
    """The course, and those of its labs that have tests."""
    course = Course(root)
    labs = [lab for lab in course.labs if lab.tests]
    if not labs:
        raise GraderError(f"{root}: there is no lab with tests")
    return course, labs


def settings(root: Path, course: Course, given: argparse.Namespace) -> Settings:
    """The recipe that the options ask for."""
    without = tuple(part.strip() for part in given.without.split(",") if part.strip())
    # A file comes from the reference as a whole, with all its exercises.
    files = {course.exercise(one).file for one in without}
    without = tuple(e.id for file in files for e in course.exercise_files[file])
    if not LEAST_MEGABYTES <= given.memory <= MOST_MEGABYTES:
        raise GraderError(
            f"MEMORY={given.memory}: H4 runs on {LEAST_MEGABYTES} to "
            f"{MOST_MEGABYTES} MB"
        )
    submission = Path(given.submission) if given.submission else root
    if not submission.is_dir():
        raise GraderError(f"SUBMISSION={submission}: there is no such folder")
    return Settings(
        root,
        Recipe(
            submission=submission,
            base_reference=given.base == "reference",
            without=without,
            compiler=given.compiler,
            paranoid=given.paranoid,
        ),
    )


def chosen_labs(
    course: Course, labs: list[Lab], wanted: str | None, use: Settings
) -> list[Lab]:
    """Those that `--lab` names; without it the one that the student is on."""
    if wanted == "all":
        return labs
    if wanted is None:
        for lab in labs:
            stage = build_lab(course, lab, use)
            own = {exercise.id for exercise in lab.exercises}
            if stage.path is None or own & (stage.missing | set(stage.failures)):
                return [lab]
        return [labs[-1]]
    for lab in labs:
        if wanted == str(lab.number):
            return [lab]
    names = ", ".join(str(lab.number) for lab in labs)
    raise GraderError(f"LAB={wanted}: there are the labs {names}, and `all`")


def build_lab(course: Course, lab: Lab, use: Settings) -> Stage:
    return StageBuilder(course, use.build).stage(lab, use.recipe)


def chosen_tests(lab: Lab, pattern: str | None) -> list[Test]:
    """Those that `--test` names: a test, or all of an exercise, or a part of names."""
    if not pattern:
        return list(lab.tests)
    exact = [test for test in lab.tests if pattern in (test.name, test.exercise)]
    return exact or [
        test for test in lab.tests if fnmatch.fnmatchcase(test.name, f"*{pattern}*")
    ]


def grade_labs(
    course: Course, chosen: dict[int, list[Test]], use: Settings, machine: Machine,
    report: Callable[[Outcome], None] | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[LabResult]:  # fmt: skip
    """The verdicts on some tests of some labs, lab by lab.

    Stages are built one after the other, as they share most of their objects; what
    is built boots meanwhile, with all labs' boots side by side.

    meanwhile  done once, while the last machines boot
    """

    def grade(stage: Stage, tests: list[Test]) -> LabResult:
        lab = stage.lab
        outcomes = run_tests(
            stage, lab, tests, course.secret, machine, report, boots
        )
        selected = len(tests) < len(lab.tests)
        result = score_lab(lab, outcomes, list(use.recipe.without), selected)
        result.warnings, result.stage = stage.warnings, stage
        return result

    with (
        ThreadPoolExecutor(machine.jobs) as boots,
        ThreadPoolExecutor(len(chosen)) as labs,
    ):
        verdicts = [
            labs.submit(grade, build_lab(course, course.lab(number), use), tests)
            for number, tests in chosen.items()
        ]
        meanwhile()
        for verdict in verdicts:
            yield verdict.result()


def machine_of(given: argparse.Namespace, look: bool = True) -> Machine:
    """The machine that the options ask for."""
    # Looking at memory makes a million small objects at a time, none of which
    # leads back to itself: collecting them in between is a tenth of what it costs.
    gc.set_threshold(LITTER)
    return Machine(
        given.emulator, given.memory, given.jobs, given.seed,
        Path(given.logs) if given.logs else None, given.jitter, look=look,
    )  # fmt: skip


def chosen_of(
    course: Course, labs: list[Lab], given: argparse.Namespace, use: Settings
) -> dict[int, list[Test]]:
    """The tests that the options name, by the labs that they name; without a lab also of
    those that were left behind."""
    every, labs = labs, chosen_labs(course, labs, given.lab, use)
    if given.lab is None and counts(given):
        labs = [*left_behind(course.root, every, labs[0]), *labs]
    chosen = {lab.number: chosen_tests(lab, given.test) for lab in labs}
    chosen = {number: tests for number, tests in chosen.items() if tests}
    if not chosen:
        names = ", ".join(str(lab.number) for lab in labs)
        others = [f"; LAB={lab.number} has" for lab in every if chosen_tests(lab, given.test)]
        words = f"TEST={given.test}: no test of lab {names} has that in its name"
        raise GraderError(words + "".join(others[:1]))
    return chosen


def main(root: Path, given: argparse.Namespace, look: bool = True) -> int:
    """look  at the machine from outside; without it only to see what that costs"""
    reports = Reports.asked(given)
    try:
        status = _grade(root, given, reports, look)
        sys.stdout.flush()  # what nobody could read was no verdict
        return status
    except GraderError as failure:
        reports.failed(str(failure))
        raise
    except OSError as failure:
        reports.failed(f"the report could not be written: {failure.strerror}")
        raise
    except Exception as mistake:  # a broken grader never gives points, in any form
        reports.failed(f"a mistake in the grader itself: {mistake!r}")
        raise


def _grade(
    root: Path, given: argparse.Namespace, reports: Reports, look: bool
) -> int:
    if given.paranoid:
        raise GraderError(
            f"PARANOID={given.paranoid}: is for `run` and `debug`. Verdicts are given "
            "without it, as tests make machines on purpose that are not well-formed"
        )
    course, labs = course_and_labs(root)
    use = settings(root, course, given)
    machine = machine_of(given, look)
    results: list[LabResult] = []
    texts = overlay(course, use.recipe.submission)
    chosen = chosen_of(course, labs, given, use)
    after = Afterwards(course, use.recipe.submission, front_of(given), course.lab(max(chosen)))
    most = sum(len(tests) for tests in chosen.values())
    verdicts = with_progress(
        after, most, partial(grade_labs, course, chosen, use, machine)
    )
    # Closed here also where the report cannot be written on: the progress has been
    # writing to the same place.
    with closing(verdicts):
        for result in verdicts:
            result.ignored = after.ignored
            results.append(result)
            if not result.errors:
                after.report.lab(result)
    if not any(result.errors for result in results):
        if counts(given):
            keep(course, results, texts)
        after.report.next_step(course, results, texts)
        if "html" in reports.files:
            from h4.evidence import gather

            for result in results:
                result.evidence = gather(course, result, use.recipe, machine)
    return _end(course, results, reports)


def _end(course: Course, results: list[LabResult], reports: Reports) -> int:
    """The files, the last line, the status."""
    errors = [scored for result in results for scored in result.errors]
    if errors:
        lines = [f"{s.test.name}: {'; '.join(s.outcome.message)}" for s in errors]
        for line in lines:
            print(f"grader: {line}", file=sys.stderr)
        reports.failed("\n".join(lines))
        print(f"H4-RESULT status={FAILED} score=none")
        return FAILED
    reports.write(course, results)
    score = sum(result.score for result in results)
    most = sum(result.max_score for result in results)
    status = FULL if all(all_right(result.tests) for result in results) else LESS
    print(f"H4-RESULT status={status} score={score}/{most}")
    return status
