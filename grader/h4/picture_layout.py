# SPDX-License-Identifier: MIT
"""From pages to cells, rows and names: what both drawings have in common.

A cell is a page, or the smallest power of two of pages with which the picture
has no more than MOST_ROWS rows. Its letter is the one that all of its pages
have, `*` where they differ in it. Rows that repeat the one above are folded.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from h4.picture import (
    Change,
    Picture,
    Region,
    Status,
    address,
    changes,
    counted,
    size,
    span,
)
from h4.picture_look import Look, legend_lines, look

COLUMNS = 64
MOST_ROWS = 128  # so that of 32 MB each page has its own cell
FEWEST_FOLDED = 2
MOST_SIZES = 8  # of regions that begin in one row
LONGEST_NAME = 28
MIXED = Look("*", "mixed", "mixed")

SIGNS = {
    "place": "a place begins",
    "region": "an initial region begins",
    "end": "memory ends",
}


@dataclass(frozen=True)
class Cell:
    """One or more pages. `content` counts their statuses."""

    letter: str
    kind: str
    content: tuple[tuple[Status, int], ...]
    changed: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that begins in a row. The end of memory has the column behind the
    last cell."""

    kind: str  # place, region or end
    columns: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Row:
    first: int  # pages
    end: int
    cells: tuple[Cell, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Fold:
    """Rows that are as the one above, and in which nothing begins."""

    first: int
    end: int
    rows: int

    def words(self) -> str:
        last = span(self.first, self.end).rpartition("-")[2]
        return f"... {self.rows} more rows of the same, to {last}"


@dataclass(frozen=True)
class LegendLine:
    looks: tuple[Look, ...]
    words: str
    amount: str

    @property
    def line(self) -> str:
        return self.looks[0].line

    @property
    def letters(self) -> str:
        return "".join(one.letter for one in self.looks)


@dataclass
class Layout:
    """A picture, ready to be drawn."""

    picture: Picture
    pages_a_cell: int
    rows: list[Row | Fold]
    legend: list[LegendLine]
    beyond: list[str]  # places that lie behind the last page
    changes: list[Change] = field(default_factory=list)

    def scale(self) -> str:
        """How much a cell and a row are."""
        cell, row = self.pages_a_cell, self.pages_a_cell * COLUMNS
        what = "a page" if cell == 1 else f"{cell} pages"
        return (
            f"A cell is {what} ({size(cell)}), a row {COLUMNS} of them ({size(row)})."
        )

    def summary(self) -> str:
        pages = self.picture.pages
        return f"{counted(pages, 'page')}, up to {address(pages)} ({size(pages)})."

    def names(self) -> list[str]:
        """All that is named, in the order of addresses."""
        rows = [row for row in self.rows if isinstance(row, Row)]
        return [mark.text for row in rows for mark in row.marks] + self.beyond

    def signs(self) -> list[tuple[str, str]]:
        """What a legend says of marks, for those that there are."""
        rows = [row for row in self.rows if isinstance(row, Row)]
        kinds = {mark.kind for row in rows for mark in row.marks}
        return [(kind, words) for kind, words in SIGNS.items() if kind in kinds]


def wrapped(words: str, width: int) -> list[str]:
    """Lines of at most this width; a size is not torn from its unit."""
    held = re.sub(r" (KB|MB|GB)", "\u00a0\\1", words)
    return [line.replace("\u00a0", " ") for line in textwrap.wrap(held, width)]


def content_words(content: Sequence[tuple[Status, int]]) -> str:
    """The statuses in a cell, in words."""
    if len(content) == 1:
        return content[0][0].words()
    return "; ".join(f"{counted(n, 'page')}: {s.words()}" for s, n in content)


def lay_out(picture: Picture, before: Picture | None = None) -> Layout:
    """The layout of a picture; with `before`, the cells that have changed since
    are marked."""
    scale = 1
    while picture.pages > scale * COLUMNS * MOST_ROWS:
        scale *= 2
    changed = changes(before, picture) if before else []
    cells = _cells(picture, scale, changed)
    marks, beyond = _marks(picture, scale)
    rows = []
    for at in range(0, len(cells), COLUMNS):
        inside = cells[at : at + COLUMNS]
        end = min((at + COLUMNS) * scale, picture.pages)
        mine = tuple(marks.get(at // COLUMNS, ()))
        rows.append(Row(at * scale, end, tuple(inside), mine))
    return Layout(
        picture, scale, _folded(rows), _legend(picture, cells), beyond, changed
    )


def _cells(picture: Picture, scale: int, changed: list[Change]) -> list[Cell]:
    count = -(-picture.pages // scale)
    content: list[dict[Status, int]] = [{} for _ in range(count)]
    for run in picture.runs:
        for at in range(run.first // scale, -(-run.end // scale)):
            pages = min(run.end, (at + 1) * scale) - max(run.first, at * scale)
            content[at][run.status] = content[at].get(run.status, 0) + pages
    touched = {
        at
        for change in changed
        for at in range(change.first // scale, -(-change.end // scale))
    }
    cells = []
    for at, inside in enumerate(content):
        looks = {look(status, picture.spaces is not None) for status in inside}
        one = looks.pop() if len(looks) == 1 else MIXED
        cells.append(Cell(one.letter, one.kind, tuple(inside.items()), at in touched))
    return cells


def _marks(picture: Picture, scale: int) -> tuple[dict[int, list[Mark]], list[str]]:
    """What begins in each row, and what begins behind the last one."""
    marks: dict[int, list[Mark]] = {}
    beyond: list[str] = []
    for place in sorted(picture.places, key=lambda one: (one.first, one.end)):
        if place.first == place.end:
            continue
        name = place.name
        if len(name) > LONGEST_NAME:
            name = name[: LONGEST_NAME - 3] + "..."
        text = f"{name} {span(place.first, place.end)}"
        if place.first >= picture.pages:
            beyond.append(text)
            continue
        row, column = divmod(place.first // scale, COLUMNS)
        marks.setdefault(row, []).append(Mark("place", (column,), text))

    by_row: dict[int, list[Region]] = {}
    for region in sorted(picture.regions, key=lambda one: (one.first, one.pages)):
        if region.first >= picture.pages:
            beyond.append(_region_words([region]))
        else:
            row = region.first // scale // COLUMNS
            by_row.setdefault(row, []).append(region)
    for row, regions in by_row.items():
        columns = sorted({one.first // scale % COLUMNS for one in regions})
        text = _region_words(regions)
        marks.setdefault(row, []).append(Mark("region", tuple(columns), text))

    last = (picture.pages - 1) // scale
    row, column = last // COLUMNS, last % COLUMNS + 1
    text = f"end of memory {address(picture.pages)}"
    marks.setdefault(row, []).append(Mark("end", (column,), text))
    for inside in marks.values():
        inside.sort(key=lambda mark: mark.columns[0])
    return marks, beyond


def _region_words(regions: list[Region]) -> str:
    sizes = [size(one.pages) for one in regions[:MOST_SIZES]]
    if len(regions) > MOST_SIZES:
        sizes.append(f"{len(regions) - MOST_SIZES} more")
    one = "region" if len(regions) == 1 else "regions"
    return f"{one} from {address(regions[0].first)}: {', '.join(sizes)}"


def _folded(rows: list[Row]) -> list[Row | Fold]:
    shown: list[Row | Fold] = []
    at = 0
    while at < len(rows):
        shown.append(rows[at])
        end = at + 1
        while end < len(rows) and rows[end].cells == rows[at].cells:
            if rows[end].marks:
                break
            end += 1
        if end - at - 1 >= FEWEST_FOLDED:
            shown.append(Fold(rows[at + 1].first, rows[end - 1].end, end - at - 1))
        else:
            shown += rows[at + 1 : end]
        at = end
    return shown


def _legend(picture: Picture, cells: list[Cell]) -> list[LegendLine]:
    """The lines that occur, with their pages; letters that stand in no cell are
    named too, since cells whose pages differ hide them."""
    pages: Counter[str] = Counter()
    looks: dict[str, set[Look]] = {}
    for status, count in picture.tally().items():
        one = look(status, picture.spaces is not None)
        pages[one.line] += count
        looks.setdefault(one.line, set()).add(one)
    mixed = sum(cell.kind == MIXED.kind for cell in cells)
    lines = []
    for line, words in legend_lines(picture).items():
        if line == MIXED.line and mixed:
            lines.append(LegendLine((MIXED,), words, counted(mixed, "cell")))
        elif pages[line]:
            order = tuple(sorted(looks[line], key=_order))
            lines.append(LegendLine(order, words, counted(pages[line], "page")))
    return lines


def _order(one: Look) -> tuple[bool, bool, str]:
    """Tables before pages, `+` behind the digits, `m` before `M`."""
    return one.kind.startswith("pages"), one.letter == "+", one.letter.swapcase()
