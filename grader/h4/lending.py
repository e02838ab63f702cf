# SPDX-License-Identifier: MIT
"""What it costs to lend memory and to take it back: the program `mappings` in the last lab
that has it, on a machine of 64 MB.

One page, to another address space; each is a whole call, with what a program does for it:

    l4.message.instructions      a message without words, and its answer
    l4.map.instructions          the same with a map item
    l4.grant.instructions        with a grant item
    l4.unmap.instructions        Unmap of what another one has from there
    l4.page_fault.instructions   from a program's access to the end of that instruction:
                                 message to the pager, its answer, which maps a page

By how many mappings there are, 1 to 4,096, each made out of the same page (wide) or each
out of the one before (deep):

    l4.map.wide.16.instructions         one more
    l4.unmap_one.wide.16.instructions   Unmap of that one
    l4.unmap.wide.16.instructions       Unmap of all of them
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from h4.errors import GraderError
from h4.many import FLAT, said_by
from h4.stage import StageBuilder

PROGRAM = "mappings"
MEGABYTES = 64
NUMBERS = (1, 4, 16, 64, 256, 1024, 4096)

# What is measured of one page: the program's words, and what they are.
CALLS = {
    "message": "message and answer",
    "map": "the same with a map item",
    "grant": "the same with a grant item",
    "unmap": "Unmap of what one other has",
    "page_fault": "page fault, message to the pager and answer",
}
SHAPES = {"wide": "all out of the same page", "deep": "each out of the one before"}
# The columns of the program's table, of each shape.
COSTS = {"map": "map one more", "unmap_one": "unmap the last", "unmap": "unmap all"}

LINEAR, MORE = "linear", "more than linear"
# From so many on what is paid once is small beside what is paid for each.
MANY = 64
# The timer's part, in what takes long: it cannot be left out there.
TOLERANCE = 1.12

_CALL = re.compile(rf"^({'|'.join(CALLS)}) ([0-9]+)$", re.M)
_ROW = re.compile(r"^ *([0-9]+)((?: +[0-9]+){%d})$" % (len(COSTS) * len(SHAPES)), re.M)


def call_name(call: str) -> str:
    return f"l4.{call}.instructions"


def name_of(cost: str, shape: str, number: int) -> str:
    return f"l4.{cost}.{shape}.{number}.instructions"


def measure(root: Path, builder: StageBuilder | None = None) -> dict[str, int]:
    """Every figure, by name."""
    return read_tables(said_by(PROGRAM, root, MEGABYTES, builder))


def read_tables(text: str) -> dict[str, int]:
    """What the program prints."""
    figures = {call_name(found[1]): int(found[2]) for found in _CALL.finditer(text)}
    columns = [(cost, shape) for shape in SHAPES for cost in COSTS]
    for row in _ROW.finditer(text):
        for (cost, shape), ticks in zip(columns, row[2].split()):
            figures[name_of(cost, shape, int(row[1]))] = int(ticks)
    due = {call_name(call) for call in CALLS}
    due |= {name_of(cost, shape, n) for cost, shape in columns for n in NUMBERS}
    if set(figures) != due:
        raise GraderError(f"{PROGRAM} has not measured it all:\n{text[-2000:]}")
    return figures


def costs(figures: dict[str, int], cost: str, shape: str) -> list[tuple[int, int]]:
    """A column: numbers of mappings and instructions."""
    return [(number, figures[name_of(cost, shape, number)]) for number in NUMBERS]


def growth(points: Sequence[tuple[int, int]]) -> str:
    """How a cost grows with the number of mappings."""
    ticks = [one for _, one in points]
    if max(ticks) <= min(ticks) * TOLERANCE:
        return FLAT
    each = [one / number for number, one in points if number >= MANY]
    return LINEAR if max(each) <= each[0] * TOLERANCE else MORE


def growths(figures: dict[str, int]) -> dict[tuple[str, str], str]:
    """Of each column, by cost and shape."""
    return {
        (cost, shape): growth(costs(figures, cost, shape))
        for shape in SHAPES
        for cost in COSTS
    }
