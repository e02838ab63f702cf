# SPDX-License-Identifier: MIT
"""What the operations of H cost, in instructions.

Stages of their own, labs/*/measure/, make each call once, read the time-stamp
counter before and after it, and say what came out on the line to the grader:

    # ticks add_mapping new_table 1644
    # round trip null_round_trip 181
    # measured all

Each lab's stage measures the operations that come with that lab. What a round trip
consists of is found out by h4/round_trip.py.

In Bochs the counter counts instructions, those of a repeated string instruction
one by one, and a machine does the same in each run.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from h4.course import Course
from h4.emulator import BootRequest, Ending, boot
from h4.errors import GraderError
from h4.grub import grub_cache
from h4.manifest import Lab
from h4.nonce import boot_secrets
from h4.protocol import parse
from h4.round_trip import TRIPS, figures_of, follow, is_of_a_trip, total_name
from h4.stage import Recipe, Stage, StageBuilder
from h4.symbols import Image
from h4.work_folder import work_folder

# Enough for 512 address spaces and regions of 64 MB, of which the kernel is told
# by GRUB as on any other machine.
MEGABYTES = 256
LIMIT = 2_000_000_000  # instructions
MOST_FIGURES = 2000

TICKS = re.compile(r"ticks ([a-z][a-z0-9_]*) ([a-z0-9_]+) ([0-9]+)")
ROUND_TRIP = re.compile(r"round trip ([a-z_]+) ([0-9]+)")
LAST = "measured all"

# No operation, but something that programs notice.
NOTICED = {"unit_switch": "first use of the unit"}

MODULE_AT = 0x08048000


def module() -> bytes:
    """A program for the boot loader to load: two segments, a page together."""
    size = 4096
    header = struct.pack(
        "<7s9xHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 3, 1, MODULE_AT, 52, 0, 0,
        52, 32, 2, 0, 0, 0,
    )  # fmt: skip
    segments = [
        struct.pack("<8I", 1, 0, MODULE_AT, MODULE_AT, size, size, flags, 4096)
        for flags in (5, 6)
    ]
    return (header + b"".join(segments)).ljust(size, b"\0")


def lab_to_measure(course: Course) -> Lab:
    """The last of them: its stage holds all of H."""
    return course.lab_with("measure")


def labs_to_measure(course: Course) -> list[Lab]:
    return [lab for lab in course.labs if course.own_stage_files(lab, "measure")]


def name_of(operation: str, case: str) -> str:
    return f"h.{operation}.{case}.instructions"


def read_figures(notes: list[str]) -> dict[str, int]:
    """The figures that a machine has reported, by name."""
    if not notes or notes[-1] != LAST:
        last = notes[-1] if notes else "nothing"
        raise GraderError(f"measuring stopped before its end; the last was: {last}")
    figures: dict[str, int] = {}
    for note in notes[:-1]:
        if found := TICKS.fullmatch(note):
            name = name_of(found[1], found[2])
        elif found := ROUND_TRIP.fullmatch(note):
            name = total_name(found[1])
        else:
            raise GraderError(f"this is no figure: {note}")
        if name in figures:
            raise GraderError(f"{name} has been measured twice")
        figures[name] = int(found[found.lastindex or 0])
    return complete(figures)


def complete(figures: dict[str, int]) -> dict[str, int]:
    """With a common case of each operation and a worst one: the common one is that
    of one page, or of no words, where nothing else is called so, the worst one the
    dearest."""
    whole = dict(figures)
    for operation, cases in by_operation(figures).items():
        if "common" not in cases:
            whole[name_of(operation, "common")] = cases["1" if "1" in cases else "0"]
        if "worst" not in cases:
            whole[name_of(operation, "worst")] = max(cases.values())
    return whole


def by_operation(figures: dict[str, int]) -> dict[str, dict[str, int]]:
    """The cases of each operation, by its name without h_."""
    table: dict[str, dict[str, int]] = {}
    for name, ticks in figures.items():
        if is_of_a_trip(name):
            continue
        _, operation, case, _ = name.split(".")
        table.setdefault(operation, {})[case] = ticks
    return table


def measure(root: Path, builder: StageBuilder | None = None) -> dict[str, int]:
    """Builds the stages, boots them, and reads their figures."""
    course = Course(root)
    builder = builder or StageBuilder(course, root / "build")
    figures: dict[str, int] = {}
    for lab in labs_to_measure(course):
        found = measure_lab(course, lab, builder)
        if twice := figures.keys() & found.keys():
            raise GraderError(f"two labs have measured {min(twice)}")
        figures |= found
    return figures


def measure_lab(course: Course, lab: Lab, builder: StageBuilder) -> dict[str, int]:
    stage = builder.stage(lab, Recipe(name="measure"))
    with work_folder("measure-") as work:
        file = Path(work, "module.elf")
        file.write_bytes(module())
        stage.modules = [("module.elf", file)]
        notes, arguments = reported(stage, "measure", MEGABYTES, LIMIT)
    figures = read_figures(notes)
    if any(map(is_of_a_trip, figures)):
        figures |= measure_trips(stage.image, arguments, figures)
    return figures


def reported(
    stage: Stage, name: str, megabytes: int, limit: int
) -> tuple[list[str], str]:
    """What a stage of its own reports, which switches the machine off then; and the
    kernel's arguments."""
    image = stage.image
    secrets = boot_secrets(stage.course.secret, image.path, stage.lab.number, name)
    arguments = f"nonce={secrets.nonce}"
    with work_folder("measure-") as work:
        result = boot(
            BootRequest(
                kernel=image.path,
                args=arguments,
                megabytes=megabytes,
                workdir=Path(work),
                begin=0,
                end=0,
                limits=[limit],
                modules=stage.modules,
                cache=grub_cache(image.path),
            )
        )
    script = parse(result.com2, secrets.nonce, MOST_FIGURES)
    if script.forged is not None:
        raise GraderError(f"the line to the grader cannot be trusted: {script.forged}")
    if result.ending != Ending.POWER_OFF:
        raise GraderError(
            f"the machine that measures ended by: {result.ending.value}. "
            f"{result.detail}\n{result.com1.decode('ascii', 'replace')[-2000:]}"
        )
    return script.notes, arguments


def measure_trips(
    image: Image, arguments: str, figures: dict[str, int]
) -> dict[str, int]:
    """What the round trips consist of that a stage has measured as a whole."""
    with work_folder("measure-") as work:
        followed = follow(image, arguments, MEGABYTES, Path(work))
    found: dict[str, int] = {}
    for trip, steps in zip(TRIPS, followed):
        found |= figures_of(trip, steps, figures[total_name(trip.name)])
    return found
