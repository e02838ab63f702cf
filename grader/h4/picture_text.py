# SPDX-License-Identifier: MIT
"""The picture in a terminal, in 80 columns: a letter in each cell, and colour
where there is one to be had."""

from __future__ import annotations

import textwrap
from itertools import groupby

from rich.console import Console
from rich.text import Text

from h4.picture import Change, address, counted, span
from h4.picture_layout import Layout, LegendLine, Mark, Row, wrapped
from h4.picture_palette import terminal_style

WIDTH = 80
LEFT = 11  # the address and a blank
MOST_CHANGES = 12
LETTERS = 10  # of a line of the legend: 1 to 9 and +


def draw(layout: Layout, title: str) -> Text:
    """The whole picture, each line ended."""
    lines = [Text(line, style="bold") for line in textwrap.wrap(title, WIDTH)]
    lines += [Text(layout.summary()), Text(layout.scale()), Text("")]
    for row in layout.rows:
        if isinstance(row, Row):
            lines.append(_row(row))
            if any(cell.changed for cell in row.cells):
                lines.append(_changed(row))
            for mark in row.marks:
                lines += [Text(line) for line in mark_lines(mark)]
        else:
            lines.append(Text(" " * LEFT + row.words(), style="dim"))
    for words in layout.beyond:
        lines += [Text(line) for line in wrapped(f"behind it: {words}", WIDTH)]
    lines.append(Text(""))
    lines += [_legend_line(line) for line in layout.legend]
    begins = ", or ".join(words for _, words in layout.signs())
    lines.append(Text(f"{'|':<{LETTERS}} above it {begins}"))
    if layout.changes:
        lines.append(Text(f"{'^':<{LETTERS}} the cell above has changed"))
        lines.append(Text(""))
        lines += [Text(line) for line in change_lines(layout.changes)]
    return Text("\n").join(lines) + Text("\n")


def console() -> Console:
    """Plain where it is not a terminal, without colour where NO_COLOR is set."""
    return Console(highlight=False, soft_wrap=True, emoji=False)


def _row(row: Row) -> Text:
    text = Text(f"{address(row.first)} ")
    for (kind, changed), cells in groupby(row.cells, lambda c: (c.kind, c.changed)):
        style = terminal_style(kind) + (" bold underline" if changed else "")
        text.append("".join(cell.letter for cell in cells), style)
    return text


def _changed(row: Row) -> Text:
    under = "".join("^" if cell.changed else " " for cell in row.cells)
    return Text(f"{'changed':<{LEFT}}{under}".rstrip())


def mark_lines(mark: Mark) -> list[str]:
    """`|` below each cell in which something begins, and what it is: behind it,
    before it, or in lines of its own."""
    first, last = LEFT + mark.columns[0], LEFT + mark.columns[-1]
    ticks = "".join(
        "|" if at - LEFT in mark.columns else " " for at in range(first, last + 1)
    )
    if last + 2 + len(mark.text) <= WIDTH:
        return [f"{' ' * first}{ticks} {mark.text}"]
    if len(mark.text) + 1 <= first:
        return [f"{mark.text:>{first - 1}} {ticks}"]
    lines = wrapped(mark.text, WIDTH - LEFT - 2)
    return [" " * first + ticks, *(" " * (LEFT + 2) + line for line in lines)]


def _legend_line(line: LegendLine) -> Text:
    text = Text()
    for one in line.looks:
        text.append(one.letter, terminal_style(one.kind))
    text.append(" " * (LETTERS + 1 - len(line.letters)))
    text.append(f"{line.words:<50}{line.amount:>15}")
    return text


def change_lines(changed: list[Change]) -> list[str]:
    """What changed, in words; the first ones where it is much."""
    pages = sum(change.end - change.first for change in changed)
    lines = [f"{counted(pages, 'page')} changed:"]
    for change in changed[:MOST_CHANGES]:
        where = span(change.first, change.end)
        words = f"{change.before.words()} -> {change.after.words()}"
        lines += textwrap.wrap(
            f"{where}  {words}", WIDTH, initial_indent="  ", subsequent_indent="    "
        )
    if len(changed) > MOST_CHANGES:
        rest = sum(change.end - change.first for change in changed[MOST_CHANGES:])
        lines.append(f"  and {counted(rest, 'page')} more")
    return lines
