# SPDX-License-Identifier: MIT
"""The picture as SVG: one file that needs no other, for light and dark pages, with
a title and a description for those who cannot see it.

A cell's colour and letter are one pattern, and cells in a row that are alike are
one rectangle filled with it: so the file stays small, and letters stand in their
cells in every browser and with every font.
"""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree as ET

from h4.picture import address, counted, span
from h4.picture_layout import (
    COLUMNS,
    Cell,
    Fold,
    Layout,
    Row,
    content_words,
    wrapped,
)
from h4.picture_palette import PALETTE

WIDTH, HEIGHT = 10, 14  # of a cell
LEFT, TOP, MARGIN = 100, 76, 16
NAMES = LEFT + COLUMNS * WIDTH + 26  # where the names of places begin
TOTAL = NAMES + 312
LINE = 16  # from one name to the next
NAME_LENGTH = 44  # what fits in a line, even of wide letters
LEGEND_COLUMN = 500

STYLE = """
.panel { fill: #ffffff }
text { font-family: "DejaVu Sans", Verdana, Arial, sans-serif; font-size: 12px;
  fill: #1f2328 }
.mono, .cell { font-family: "DejaVu Sans Mono", Consolas, monospace;
  font-size: 12px }
.cell { font-size: 10px; text-anchor: middle }
.big { font-size: 16px; font-weight: bold }
.end { text-anchor: end }
.faint { fill: #57606a }
.lead { stroke: #8c959f; stroke-width: 1; fill: none }
.at-place, .at-end { stroke: #1f2328; stroke-width: 3 }
.at-end { stroke-dasharray: 4 1 }
.at-region { stroke: #8250df; stroke-width: 2.5 }
.changed { stroke: #1f2328; stroke-width: 2; fill: none }
"""
DARK = """
.panel { fill: #0d1117 }
text { fill: #e6edf3 }
.faint { fill: #9aa4af }
.lead { stroke: #6b7280 }
.at-place, .at-end { stroke: #e6edf3 }
.at-region { stroke: #c297ff }
.changed { stroke: #e6edf3 }
"""


def draw(layout: Layout, title: str, prefix: str = "h4") -> str:
    """The file's text. `prefix` begins each identifier, so that several pictures
    can stand in one page."""
    return _Drawing(layout, title, prefix).text()


def describe(layout: Layout) -> str:
    """The picture in words."""
    parts = [layout.summary(), layout.scale()]
    parts += [f"{line.words}: {line.amount}." for line in layout.legend]
    parts.append("From low to high addresses: " + "; ".join(layout.names()) + ".")
    if layout.changes:
        pages = sum(change.end - change.first for change in layout.changes)
        parts.append(f"{counted(pages, 'page')} changed during the test.")
    return " ".join(parts)


class _Drawing:
    def __init__(self, layout: Layout, title: str, prefix: str) -> None:
        self.layout = layout
        self.prefix = prefix
        self.grid_end = TOP + HEIGHT * len(layout.rows)
        self.names = self._names()
        lowest = [y + LINE * (len(lines) - 1) for y, _, lines in self.names[-1:]]
        self.legend_top = max(self.grid_end, *lowest) + 34
        lines = len(layout.legend) + len(layout.signs()) + bool(layout.changes)
        self.height = self.legend_top + (lines + 1) // 2 * 20 + MARGIN - 12
        self.root = ET.Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {TOTAL} {self.height}",
            "width": str(TOTAL),
            "height": str(self.height),
            "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "lang": "en",
        })  # fmt: skip
        self._words("title", title, id=f"{prefix}-title")
        self._words("desc", describe(layout), id=f"{prefix}-desc")
        self._style()
        self._patterns()
        self._add(self.root, "rect", "panel", width=TOTAL, height=self.height, rx=8)
        self._text(MARGIN, 30, title, "big")
        self._text(MARGIN, 54, f"{layout.summary()} {layout.scale()}", "faint")
        for at, row in enumerate(layout.rows):
            self._row(TOP + at * HEIGHT, row)
        self._draw_names()
        self._legend()

    def text(self) -> str:
        for element in self.root:
            element.tail = "\n"  # a file that can be read, at little cost
        return ET.tostring(self.root, encoding="unicode") + "\n"

    def _add(
        self, to: ET.Element, tag: str, kind: str = "", **numbers: object
    ) -> ET.Element:
        named = {"class": kind} if kind else {}
        values = {name.replace("_", "-"): str(v) for name, v in numbers.items()}
        return ET.SubElement(to, tag, named | values)

    def _words(self, tag: str, words: str, **attributes: str) -> None:
        ET.SubElement(self.root, tag, attributes).text = words

    def _text(
        self, x: float, y: float, words: str, kind: str = "",
        to: ET.Element | None = None,
    ) -> None:  # fmt: skip
        here = self.root if to is None else to
        self._add(here, "text", kind, x=x, y=y).text = words

    def _style(self) -> None:
        light = "".join(
            f".{kind}-f {{ fill: {one.fill} }} .{kind}-l {{ fill: {one.letter} }}\n"
            for kind, one in PALETTE.items()
        )
        dark = "".join(
            f".{kind}-f {{ fill: {one.dark[0]} }} .{kind}-l {{ fill: {one.dark[1]} }}\n"
            for kind, one in PALETTE.items()
        )
        style = ET.SubElement(self.root, "style")
        style.text = (
            f"{STYLE}{light}@media (prefers-color-scheme: dark) {{{DARK}{dark}}}\n"
        )

    def _patterns(self) -> None:
        defs = ET.SubElement(self.root, "defs")
        looks = {one for line in self.layout.legend for one in line.looks}
        for letter, kind, _ in sorted(looks, key=lambda one: (one.kind, one.letter)):
            pattern = self._add(
                defs, "pattern", id=self._pattern(kind, letter),
                width=WIDTH, height=HEIGHT, patternUnits="userSpaceOnUse",
            )  # fmt: skip
            self._add(
                pattern, "rect", f"{kind}-f", width=WIDTH - 1, height=HEIGHT - 1
            )
            self._text((WIDTH - 1) / 2, 10, letter, f"cell {kind}-l", pattern)

    def _pattern(self, kind: str, letter: str) -> str:
        return f"{self.prefix}-{kind}-{ord(letter):x}"

    def _origin(self, x: int, y: int) -> ET.Element:
        """A group in which patterns begin at this place."""
        return self._add(self.root, "g", transform=f"translate({x} {y})")

    def _cells(
        self, to: ET.Element, column: int, count: int, kind: str, letter: str
    ) -> ET.Element:
        """Cells in a row that are alike."""
        return self._add(
            to, "rect", x=column * WIDTH, width=count * WIDTH, height=HEIGHT,
            fill=f"url(#{self._pattern(kind, letter)})",
        )  # fmt: skip

    def _row(self, y: int, row: Row | Fold) -> None:
        if isinstance(row, Fold):
            self._text(LEFT, y + 10, row.words(), "faint")
            return
        self._text(LEFT - 8, y + 11, address(row.first), "mono end")
        cells = self._origin(LEFT, y)
        column = 0
        for cell, run in groupby(row.cells):
            count = len(list(run))
            shape = self._cells(cells, column, count, cell.kind, cell.letter)
            ET.SubElement(shape, "title").text = self._tooltip(row, column, count, cell)
            if cell.changed:
                self._ring(LEFT + column * WIDTH, y, count)
            column += count
        for mark in row.marks:
            for at in mark.columns:
                x = LEFT + at * WIDTH
                self._add(
                    self.root, "path", f"at-{mark.kind}", d=f"M{x} {y} v{HEIGHT - 1}"
                )

    def _ring(self, x: int, y: int, count: int) -> None:
        """Around cells that have changed."""
        self._add(
            self.root, "rect", "changed", x=x, y=y,
            width=count * WIDTH - 1, height=HEIGHT - 1,
        )  # fmt: skip

    def _tooltip(self, row: Row, column: int, count: int, cell: Cell) -> str:
        first = row.first + column * self.layout.pages_a_cell
        end = min(row.end, first + count * self.layout.pages_a_cell)
        each = "each cell: " if count > 1 and len(cell.content) > 1 else ""
        changed = " (changed)" if cell.changed else ""
        words = content_words(cell.content)
        pages = counted(end - first, "page")
        return f"{span(first, end)}, {pages}: {each}{words}{changed}"

    def _names(self) -> list[tuple[int, int, list[str]]]:
        """Where each name stands, the middle of its row, and the name's lines:
        beside its row, or below the one before."""
        wanted = [
            (TOP + at * HEIGHT + HEIGHT // 2, mark.text)
            for at, row in enumerate(self.layout.rows)
            for mark in (row.marks if isinstance(row, Row) else ())
        ]
        wanted += [(self.grid_end, f"behind it: {one}") for one in self.layout.beyond]
        names: list[tuple[int, int, list[str]]] = []
        free = 0
        for middle, words in wanted:
            lines = wrapped(words, NAME_LENGTH)
            names.append((max(middle, free), middle, lines))
            free = names[-1][0] + LINE * len(lines)
        return names

    def _draw_names(self) -> None:
        x = LEFT + COLUMNS * WIDTH
        for y, row, lines in self.names:
            self._add(
                self.root, "path", "lead", d=f"M{x + 3} {row} h6 L{NAMES - 6} {y} h3"
            )
            name = self._add(self.root, "text", y=y + 4)
            for at, words in enumerate(lines):
                part = self._add(name, "tspan", x=NAMES, y=y + 4 + at * LINE)
                part.text = words
                part.tail = " " if at < len(lines) - 1 else None

    def _legend(self) -> None:
        at = 0
        for line in self.layout.legend:
            x, y = self._legend_place(at)
            for one in line.looks:
                self._cells(self._origin(x, y - 11), 0, 1, one.kind, one.letter)
                x += WIDTH + 2
            self._text(x + 6, y, f"{line.words}: {line.amount}")
            at += 1
        for kind, words in self.layout.signs():
            x, y = self._legend_place(at)
            self._add(self.root, "path", f"at-{kind}", d=f"M{x + 4} {y - 11} v{HEIGHT}")
            self._text(x + WIDTH + 8, y, words)
            at += 1
        if self.layout.changes:
            x, y = self._legend_place(at)
            self._ring(x, y - 11, 1)
            self._text(x + WIDTH + 8, y, "changed during the test")

    def _legend_place(self, at: int) -> tuple[int, int]:
        return MARGIN + at % 2 * LEGEND_COLUMN, self.legend_top + at // 2 * 20
