# SPDX-License-Identifier: MIT
"""`make run`: boots a stage and shows what it prints.

A stage that runs L4 starts one program, the root program; with PROGRAM=name another
one than usual.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from h4.build import L4
from h4.course import Course
from h4.emulator import BootRequest, BootResult, Ending, boot
from h4.errors import GraderError
from h4.grading import (
    Settings,
    build_lab,
    chosen_labs,
    course_and_labs,
    settings,
    stage_options,
)
from h4.grub import grub_cache
from h4.manifest import Lab
from h4.stage import Stage
from h4.unbuilt import say_unbuilt
from h4.work_folder import work_folder

# Enough for any demonstration; a stage that waits for ever ends here. Where H looks
# at all memory after each operation, there is more to do the more memory there is.
LIMIT = 500_000_000
PARANOID_LIMIT = 20_000_000_000


def options(parser: argparse.ArgumentParser) -> None:
    stage_options(parser)
    program_option(parser)


def program_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--program", metavar="NAME", help="the root program, from lab 5 on"
    )


def labs_to_look_at(
    course: Course, labs: list[Lab], given: argparse.Namespace, use: Settings
) -> list[Lab]:
    """As chosen_labs, for a look: LAB=n may be a stage that has no tests yet. PROGRAM
    without LAB is the lab that the student is on, if that is one of its programs, else
    the last one that has it.

    labs   those with tests
    """
    if given.program is None and given.lab in (None, "all"):
        return chosen_labs(course, labs, given.lab, use)
    if given.lab in (None, "all"):
        with_root = [lab for lab in course.labs if course.has(lab, L4)]
        having = [lab for lab in with_root if given.program in lab.programs]
        if not having:
            last = with_root[-1] if with_root else None
            raise GraderError(_no_program(last, True, given.program))
        on = chosen_labs(course, labs, given.lab, use)
        return [lab for lab in on if lab in having] or having[-1:]
    stages = [
        lab
        for lab in course.labs
        if (course.pristine / lab.folder / "stage.c").is_file()
    ]
    chosen = chosen_labs(course, stages, given.lab, use)
    lab, program = chosen[0], given.program
    with_root_program = course.has(lab, L4)
    if program is not None and not (with_root_program and program in lab.programs):
        raise GraderError(_no_program(lab, with_root_program, program))
    return chosen


def _no_program(lab: Lab | None, with_root: bool, program: str) -> str:
    """Why there is no such root program in this lab."""
    if lab is None:
        return f"PROGRAM={program}: no lab has root programs yet"
    if not with_root:
        return (
            f"PROGRAM={program}: lab {lab.number} starts all of its programs; one root "
            "program is chosen where L4 runs, from lab 5 on"
        )
    names = "".join(f"\n  {name}" for name in lab.programs) or " none yet"
    return (
        f"PROGRAM={program}: is no program of lab {lab.number}; its programs are:"
        + names
    )


SIGMA0 = "sigma0"  # before the root program, from lab 7 on


def choose_root(stage: Stage, program: str | None) -> None:
    """The root program is the boot module that is named first, but for sigma0. Where
    a lab has tasks, they are behind the first one of its root programs, which loads all
    that is there; any other is alone."""
    stage.modules.sort(key=lambda module: (module[0] != SIGMA0, module[0] != program))
    lab = stage.lab
    if lab.tasks:
        first = next(name for name in lab.programs if name != SIGMA0)
        tasks = lab.tasks if program in (None, first) else ()
        wanted = (SIGMA0, program or first, *tasks)
        stage.modules = [one for one in stage.modules if one[0] in wanted]


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    use = settings(root, course, given)
    use.recipe.own_given = True
    for lab in labs_to_look_at(course, labs, given, use):
        stage = build_lab(course, lab, use)
        choose_root(stage, given.program)
        say_unbuilt(stage)
        # A machine without serial output could not say it itself.
        for one in sorted(stage.missing):
            exercise = course.exercise(one)
            print(
                f"{one} {exercise.title} is not done yet: {exercise.file}",
                file=sys.stderr,
            )
        limit = PARANOID_LIMIT if given.paranoid else LIMIT
        result = run_stage(stage, given.memory, given.emulator, limit)
        text = result.com1.decode("ascii", "replace")
        print("".join(c if c.isprintable() or c == "\n" else "?" for c in text))
        if result.ending != Ending.POWER_OFF:
            print(f"The machine ended by: {result.ending.value}. {result.detail}")
    return 0


def run_stage(
    stage: Stage, megabytes: int = 32, emulator: str = "bochs", limit: int = LIMIT
) -> BootResult:
    """Boots a stage without tests: its demonstration."""
    with work_folder("run-") as work:
        request = BootRequest(
            kernel=stage.image.path,
            args="",
            megabytes=megabytes,
            workdir=Path(work),
            begin=0,
            end=0,
            limits=[limit],
            modules=stage.modules,
            cache=grub_cache(stage.image.path),
        )
        return boot(request, emulator)
