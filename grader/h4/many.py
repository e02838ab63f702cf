# SPDX-License-Identifier: MIT
"""What threads cost by how many there are: the program `many` in the last lab that has
it, on a machine of 64 MB.

It makes 1, 4, 16, .. 1,024 and then 4,094 threads beside its own and sigma0. That is as many as
there are: H has 4,096 contexts on a machine of that size, a quarter as many as pages.
The client's heap would hold a thousand and some more, and of the pages that L4 keeps
for itself their UTCBs need half.

    threads.make.4.instructions ... threads.receive.4094.instructions
    threads.most                    how many there have been, the first one with them
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from h4.course import Course
from h4.emulator import Ending
from h4.errors import GraderError
from h4.ipc import labs_with
from h4.running import choose_root, run_stage
from h4.stage import Recipe, StageBuilder

PROGRAM = "many"
MEGABYTES = 64
MOST = 4094  # beside the first one and sigma0
NUMBERS = (1, 4, 16, 64, 256, 1024, MOST)

# The columns of the program's table, and what they are.
COSTS = {
    "make": "make a thread",
    "page": "make a thread, and a page for its UTCB",
    "end": "end a thread",
    "switch": "switch to the next thread",
    "message": "message and answer",
    "timeout": "message and answer, the receiver with a timeout",
    "expire": "a timeout ends",
    "receive": "receive from one of all",
}
# What no number of threads changes: from so many on. With fewer, ending one of them
# ends a page of UTCBs too, and the page-table.
STEADY = 4
FLAT, LOGARITHMIC, MORE = "flat", "logarithmic", "more than logarithmic"
# The timer interrupts now and then, and its part is in some of the figures.
TOLERANCE = 1.12

_ROW = re.compile(r"^ *([0-9]+)((?: +[0-9]+){%d})$" % len(COSTS), re.M)
_MOST = re.compile(r"^([0-9]+) threads in all; one more: (.*)\.$", re.M)


def name_of(cost: str, number: int) -> str:
    return f"threads.{cost}.{number}.instructions"


def measure(root: Path, builder: StageBuilder | None = None) -> dict[str, int]:
    """Every figure, by name."""
    return read_table(said_by(PROGRAM, root, MEGABYTES, builder))


def said_by(
    program: str, root: Path, megabytes: int, builder: StageBuilder | None = None
) -> str:
    """What a program prints that is the root program of the last lab that has it."""
    course = Course(root)
    builder = builder or StageBuilder(course, root / "build")
    labs = labs_with(course, program)
    if not labs:
        raise GraderError(f"no lab has the program {program}")
    stage = builder.stage(labs[-1], Recipe())
    choose_root(stage, program)
    result = run_stage(stage, megabytes)
    if result.ending != Ending.POWER_OFF:
        raise GraderError(f"{program} ended by: {result.ending.value}. {result.detail}")
    return result.com1.decode("ascii", "replace")


def read_table(text: str) -> dict[str, int]:
    """The table that the program prints."""
    figures: dict[str, int] = {}
    for row in _ROW.finditer(text):
        for cost, ticks in zip(COSTS, row[2].split()):
            figures[name_of(cost, int(row[1]))] = int(ticks)
    most = _MOST.search(text)
    if not most or set(figures) != {name_of(c, n) for c in COSTS for n in NUMBERS}:
        raise GraderError(f"{PROGRAM} has not measured it all:\n{text[-2000:]}")
    if "no memory" not in most[2]:
        raise GraderError(f"{PROGRAM}: one thread more is refused by: {most[2]}")
    return figures | {"threads.most": int(most[1])}


def costs(figures: dict[str, int], cost: str) -> list[tuple[int, int]]:
    """A column: numbers of threads and instructions."""
    return [(number, figures[name_of(cost, number)]) for number in NUMBERS]


def growth(points: Sequence[tuple[int, int]]) -> str:
    """How a cost grows with the number of threads. A logarithm grows as much from 64 to
    4,096 as it does from 1 to 64; what is linear, 64 times as much."""
    steady = [ticks for number, ticks in points if number >= STEADY]
    if max(steady) <= min(steady) * TOLERANCE:
        return FLAT
    table = dict(points)
    before, behind = table[64] - table[1], table[MOST] - table[64]
    return LOGARITHMIC if 0 < behind <= 2 * before else MORE
