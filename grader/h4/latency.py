# SPDX-License-Identifier: MIT
"""How long an interrupt waits at most for the kernel: the stage labs/*/latency/ runs the
program `worst`, which does what takes the kernel longest, on a machine of 64 MB.

In the kernel interrupts are off. It looks for them between two steps of what takes long.
Of each case the stage tells the longest gap between two such looks, or to the next
instruction of a program, and between which places of the kernel it was:

    # gap 3 4711 0xC0123456 0xC0123987 412

The last number: how long it took at most, once an interrupt had been seen, until the
kernel let it come. Both together, and the way of H into the kernel and out of it, are
what an interrupt waits at most:

    l4.latency.<case>.instructions    l4.max_interrupt_latency.instructions
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from h4.course import Course
from h4.errors import GraderError
from h4.measure import LAST, reported
from h4.running import choose_root
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image

STAGE, PROGRAM = "latency", "worst"
MEGABYTES = 64
LIMIT = 6_000_000_000  # instructions
# Of H, entering and leaving the kernel: h.null_round_trip has this for both.
WAY = 200

# The kernel calls these functions of the stage in place of H's.
LOOKED = {
    "h_run": "looked_run",
    "h_wait": "looked_wait",
    "h_interrupt_pending": "looked_pending",
    "h_set_handlers": "looked_set_handlers",
}
AIM = 20_000

# The program's cases, from 0 up: the first one is what happens before.
CASES = {
    "start": "the first programs begin",
    "absent": "a map item over 256 MB of nothing",
    "wide": "4,096 mappings out of one: asked for, restricted, taken away",
    "deep": "4,096 mappings, each out of the one before",
    "space": "a space with 4,351 mappings and 260 page-tables ends",
    "superpage": "pages of a superpage are taken away, granted, restricted",
    "string": "a string of 4 MB",
    "ports": "62 spaces, each with ports from the one before, lose them",
    "spaces": "these spaces end",
    "crowd": "4,000 threads begin",
    "sent_to": "a thread ends to which 4,000 send",
    "waited_for": "a thread ends for which 4,000 wait",
    "renamed": "a thread gets another ID for which 4,000 wait",
    "taken_over": "another one goes on to tell 4,000 that a thread has ended",
    "timeouts": "4,000 timeouts end at once",
    "begins": "a thread begins to which 4,000 send",
    "any_local": "4,000 of another space send, and a local one is looked for",
    "one_named": "4,000 send in other names, and one thread is looked for",
    "handed_over": "who has 4,000 senders waits for another one from now on",
    "halted": "a privileged thread is halted, and the kernel says so",
}

_GAP = re.compile(r"gap ([0-9]+) ([0-9]+) 0x([0-9a-f]{8}) 0x([0-9a-f]{8}) ([0-9]+)")


@dataclass(frozen=True)
class Gap:
    """The longest one of a case.

    gap       instructions, without H's way in and out
    answer    once an interrupt was pending
    begin, end  functions of the kernel
    """

    gap: int
    answer: int
    begin: str
    end: str

    @property
    def latency(self) -> int:
        return WAY + self.gap + self.answer


def name_of(case: str) -> str:
    return f"l4.latency.{case}.instructions"


MOST = "l4.max_interrupt_latency.instructions"


def recipe() -> Recipe:
    flags = tuple(f"-D{name}={own}" for name, own in LOOKED.items())
    return Recipe(name=STAGE, programs=True, client_flags=flags)


def measure(root: Path, builder: StageBuilder | None = None) -> dict[str, Gap]:
    """The longest gap of each case."""
    course = Course(root)
    builder = builder or StageBuilder(course, root / "build")
    lab = course.lab_with(STAGE)
    stage = builder.stage(lab, recipe())
    choose_root(stage, PROGRAM)
    notes, _ = reported(stage, STAGE, MEGABYTES, LIMIT)
    return read_gaps(notes, stage.image)


def read_gaps(notes: list[str], image: Image) -> dict[str, Gap]:
    """What the stage has told, by case."""
    if not notes or notes[-1] != LAST:
        raise GraderError(f"measuring stopped before its end: {notes[-1:]}")
    gaps: dict[str, Gap] = {}
    for note in notes[:-1]:
        found = _GAP.fullmatch(note)
        if not found or int(found[1]) >= len(CASES):
            raise GraderError(f"this is no gap: {note}")
        places = [image.function(int(found[at], 16)) for at in (3, 4)]
        case = list(CASES)[int(found[1])]
        gaps[case] = Gap(int(found[2]), int(found[5]), *places)
    if missing := CASES.keys() - gaps.keys():
        raise GraderError(f"{PROGRAM} has not come to: {', '.join(sorted(missing))}")
    return gaps


def flat(gaps: dict[str, Gap]) -> dict[str, int]:
    """As figures, with the largest."""
    figures = {name_of(case): gap.latency for case, gap in gaps.items()}
    return figures | {MOST: max(figures.values())}
