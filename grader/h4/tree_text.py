# SPDX-License-Identifier: MIT
"""The picture of mappings in a terminal, in 80 columns."""

from __future__ import annotations

import textwrap

from rich.text import Text

from h4.picture_palette import PALETTE
from h4.picture_text import WIDTH
from h4.tree import Tree
from h4.tree_rows import Row, gone, rows, summary

STEP = 3  # columns from one depth to the next
MOST_GONE = 12
COLOURS = 5


def kind(space: int) -> str:
    """The colours of a space, as the picture of physical memory has them."""
    return f"pages-{space}" if 0 <= space < COLOURS else "pages-other"


def draw(tree: Tree, title: str, before: Tree | None = None) -> Text:
    """The whole picture, each line ended."""
    lines = [Text(line, style="bold") for line in textwrap.wrap(title, WIDTH)]
    lines += [Text(summary(tree)), Text("")]
    colours = space_kinds(tree)
    for row in rows(tree, before):
        lines.append(_row(row, colours))
    if before is not None:
        lines += [Text(line) for line in gone_lines(tree, before)]
    return Text("\n").join(lines) + Text("\n")


def space_kinds(tree: Tree) -> dict[int, str]:
    """Of each space its colours, in the order in which they come."""
    spaces = dict.fromkeys(one.space for one in tree.mappings.values())
    return {space: kind(at) for at, space in enumerate(sorted(spaces))}


def branch(row: Row) -> str:
    """What leads to a row: `|  `-- `."""
    if row.depth == 0:
        return ""
    above = "".join("|  " if goes_on else "   " for goes_on in row.lines[1:])
    return above + ("`- " if row.last else "|- ")


def _row(row: Row, colours: dict[int, str]) -> Text:
    text = Text(branch(row))
    if not row.ones:
        return text + Text(row.where(), style="dim")
    colour = PALETTE[colours[row.space]]
    text.append(row.where(), f"{colour.letter} on {colour.fill}")
    behind = "  "
    if len(text) + len(behind) + len(row.what()) > WIDTH:
        behind = "\n" + " " * (STEP * row.depth + 2)
    text.append(behind + row.what(), "bold" if row.new else "")
    return text


def gone_lines(tree: Tree, before: Tree) -> list[str]:
    """What is no more, in words; the first ones where it is much."""
    found = gone(tree, before)
    if not found:
        return []
    lines = ["", "no more:", *(f"  {one}" for one in found[:MOST_GONE])]
    if len(found) > MOST_GONE:
        lines.append(f"  and {len(found) - MOST_GONE} rows more")
    return lines
