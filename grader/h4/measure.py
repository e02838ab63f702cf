# SPDX-License-Identifier: MIT
"""What the operations of H cost, in instructions.

A stage of its own, labs/*/measure/, makes each call once, reads the time-stamp
counter before and after it, and says what came out on the line to the grader:

    # ticks add_mapping new_table 1644
    # measured all

In Bochs the counter counts instructions, those of a repeated string instruction
one by one, and a machine does the same in each run.
"""

from __future__ import annotations

import re
import struct
import tempfile
from pathlib import Path

from h4.course import Course
from h4.emulator import BootRequest, Ending, boot
from h4.errors import GraderError
from h4.manifest import Lab
from h4.nonce import boot_secrets
from h4.protocol import parse
from h4.stage import Recipe, StageBuilder
from h4.verdict import grub_cache

# Enough for 512 address spaces and regions of 64 MB, of which the kernel is told
# by GRUB as on any other machine.
MEGABYTES = 256
LIMIT = 2_000_000_000  # instructions
MOST_FIGURES = 2000

TICKS = re.compile(r"ticks ([a-z][a-z0-9_]*) ([a-z0-9_]+) ([0-9]+)")
LAST = "measured all"

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
    return course.lab_with("measure")


def name_of(operation: str, case: str) -> str:
    return f"h.{operation}.{case}.instructions"


def read_figures(notes: list[str]) -> dict[str, int]:
    """The figures that a machine has reported, by name."""
    if not notes or notes[-1] != LAST:
        last = notes[-1] if notes else "nothing"
        raise GraderError(f"measuring stopped before its end; the last was: {last}")
    figures: dict[str, int] = {}
    for note in notes[:-1]:
        found = TICKS.fullmatch(note)
        if not found:
            raise GraderError(f"this is no figure: {note}")
        name = name_of(found[1], found[2])
        if name in figures:
            raise GraderError(f"{name} has been measured twice")
        figures[name] = int(found[3])
    return complete(figures)


def complete(figures: dict[str, int]) -> dict[str, int]:
    """With a common case of each operation and a worst one: the common one is that
    of one page where nothing else is called so, the worst one the dearest."""
    whole = dict(figures)
    for operation, cases in by_operation(figures).items():
        if "common" not in cases:
            whole[name_of(operation, "common")] = cases["1"]
        if "worst" not in cases:
            whole[name_of(operation, "worst")] = max(cases.values())
    return whole


def by_operation(figures: dict[str, int]) -> dict[str, dict[str, int]]:
    """The cases of each operation, by its name without h_."""
    table: dict[str, dict[str, int]] = {}
    for name, ticks in figures.items():
        _, operation, case, _ = name.split(".")
        table.setdefault(operation, {})[case] = ticks
    return table


def measure(root: Path, builder: StageBuilder | None = None) -> dict[str, int]:
    """Builds the stage, boots it, and reads its figures."""
    course = Course(root)
    lab = lab_to_measure(course)
    builder = builder or StageBuilder(course, root / "build")
    image = builder.stage(lab, Recipe(name="measure")).image
    secrets = boot_secrets(course.secret, image.path, lab.number, "measure")
    with tempfile.TemporaryDirectory(prefix="h4-measure-") as work:
        file = Path(work, "module.elf")
        file.write_bytes(module())
        result = boot(
            BootRequest(
                kernel=image.path,
                args=f"nonce={secrets.nonce}",
                megabytes=MEGABYTES,
                workdir=Path(work),
                begin=0,
                end=0,
                limits=[LIMIT],
                modules=[("module.elf", file)],
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
    return read_figures(script.notes)
