# SPDX-License-Identifier: MIT
"""The picture of mappings as SVG: one file that needs no other, for light and dark pages,
with a title and a description for those who cannot see it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from h4.picture_palette import PALETTE
from h4.picture_svg import DARK, STYLE
from h4.tree import Tree
from h4.tree_rows import Row, rows, summary
from h4.tree_text import gone_lines, space_kinds

MARGIN, TOP = 16, 80
LINE, BOX = 24, 18  # from row to row; the height of a box
STEP = 26  # from one depth to the next
LETTER = 7.4  # the width of one, in the fixed font
BEHIND = 12
NOTE = 18  # from one line at the end to the next


def draw(
    tree: Tree, title: str, before: Tree | None = None, prefix: str = "h4-tree"
) -> str:
    """The file's text. `prefix` begins each identifier, so that several pictures can stand
    in one page."""
    return _Drawing(tree, title, before, prefix).text()


def describe(every: list[Row]) -> str:
    """The picture in words."""
    return "; ".join(
        f"{'of that ' * bool(row.depth)}{row.where()} {row.what()}".strip()
        for row in every
    )


class _Drawing:
    def __init__(
        self, tree: Tree, title: str, before: Tree | None, prefix: str
    ) -> None:
        self.rows = rows(tree, before)
        self.kinds = space_kinds(tree)
        notes = gone_lines(tree, before) if before is not None else []
        width = max([len(title) * 10.4, *(self._right(row) for row in self.rows)])
        self.total = round(width) + 2 * MARGIN
        self.notes_top = TOP + LINE * len(self.rows)
        self.height = self.notes_top + NOTE * len(notes) + MARGIN
        self.root = ET.Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {self.total} {self.height}",
            "width": str(self.total), "height": str(self.height),
            "role": "img", "lang": "en",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
        })  # fmt: skip
        words = {"title": title, "desc": f"{summary(tree)} {describe(self.rows)}"}
        for tag, text in words.items():
            ET.SubElement(self.root, tag, {"id": f"{prefix}-{tag}"}).text = text
        self._style()
        self._add("rect", "panel", width=self.total, height=self.height, rx=8)
        self._add("text", "big", x=MARGIN, y=30).text = title
        self._add("text", "faint", x=MARGIN, y=54).text = summary(tree)
        for at, row in enumerate(self.rows):
            self._row(at, row)
        for at, note in enumerate(notes):
            y = self.notes_top + NOTE * (at + 1)
            self._add("text", "", x=MARGIN, y=y).text = note.strip()

    def text(self) -> str:
        for element in self.root:
            element.tail = "\n"
        return ET.tostring(self.root, encoding="unicode") + "\n"

    def _add(self, tag: str, kind: str = "", **numbers: object) -> ET.Element:
        named = {"class": kind} if kind else {}
        return ET.SubElement(
            self.root, tag, named | {name: str(one) for name, one in numbers.items()}
        )

    def _style(self) -> None:
        used = sorted(set(self.kinds.values()))
        light, dark = (
            "".join(
                f".{kind}-f {{ fill: {fill} }} .{kind}-l {{ fill: {letter} }}\n"
                for kind in used
                for fill, letter in [pair(kind)]
            )
            for pair in (
                lambda kind: (PALETTE[kind].fill, PALETTE[kind].letter),
                lambda kind: PALETTE[kind].dark,
            )
        )
        style = ET.SubElement(self.root, "style")
        style.text = (
            f"{STYLE}{light}@media (prefers-color-scheme: dark) {{{DARK}{dark}}}\n"
        )

    def _left(self, row: Row) -> int:
        return MARGIN + STEP * row.depth

    def _box(self, row: Row) -> float:
        return len(row.where()) * LETTER + 12

    def _right(self, row: Row) -> float:
        return self._left(row) + self._box(row) + BEHIND + len(row.what()) * LETTER

    def _row(self, at: int, row: Row) -> None:
        y = TOP + LINE * at
        middle = y + BOX // 2
        # The rings above that go on, and the way to this row.
        for depth, goes_on in enumerate(row.lines[1:]):
            if goes_on:
                x = MARGIN + STEP * depth + 10
                self._add("path", "lead", d=f"M{x} {y - LINE + BOX} v{LINE}")
        left = self._left(row)
        if row.depth:
            x = left - STEP + 10
            end = middle if row.last else y + BOX
            self._add("path", "lead", d=f"M{x} {y - LINE + BOX} V{end}")
            self._add("path", "lead", d=f"M{x} {middle} H{left - 2}")
        if not row.ones:
            self._add("text", "faint", x=left + 6, y=y + 13).text = row.where()
            return
        kind = self.kinds[row.space]
        box = round(self._box(row), 1)
        self._add("rect", f"{kind}-f", x=left, y=y, width=box, height=BOX, rx=3)
        if row.new:
            self._add("rect", "changed", x=left, y=y, width=box, height=BOX, rx=3)
        self._add("text", f"mono {kind}-l", x=left + 6, y=y + 13).text = row.where()
        behind = round(left + box + BEHIND, 1)
        self._add("text", "mono", x=behind, y=y + 13).text = row.what()
