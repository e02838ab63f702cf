# SPDX-License-Identifier: MIT
"""The colours of the picture's cells.

The strong ones are those of Okabe and Ito ("Color Universal Design", 2008), which
people with any kind of colour vision can tell apart. A letter on each of them
has a contrast of at least 4.5 (WCAG 2.1, 1.4.3), and never is the colour the only
sign: the letter says the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colours:
    """Of a cell and of its letter, on a light page and on a dark one."""

    fill: str
    letter: str
    dark_fill: str = ""
    dark_letter: str = ""

    @property
    def dark(self) -> tuple[str, str]:
        return self.dark_fill or self.fill, self.dark_letter or self.letter


BLACK, WHITE = "#000000", "#ffffff"

PALETTE = {
    "environment": Colours("#d55e00", BLACK),
    "own-directory": Colours("#cc79a7", BLACK),
    "own-table": Colours("#0072b2", WHITE),
    "directory": Colours("#f0cfe1", BLACK),
    "table": Colours("#56b4e9", BLACK),
    "mapped": Colours("#009e73", BLACK),
    "module": Colours("#f0e442", BLACK),
    "free": Colours("#eef2f6", "#57606a", "#1c232c", "#9aa4af"),
    "absent": Colours("#c3cad2", "#30363d", "#3d444d", "#d0d7de"),
    "undefined": Colours(BLACK, WHITE, WHITE, BLACK),
    "mixed": Colours("#939ca6", BLACK),
    "h-tables": Colours("#e98c45", BLACK),
    "heap": Colours("#f6c9a0", BLACK),
    "shared": Colours("#009e73", BLACK),
    "client": Colours("#8fd6c0", BLACK),
    "astray": Colours("#a50026", WHITE),
    # Spaces: the tables, and lighter the pages.
    "space-0": Colours("#56b4e9", BLACK),
    "pages-0": Colours("#cbe6f7", BLACK),
    "space-1": Colours("#e69f00", BLACK),
    "pages-1": Colours("#fbe0a6", BLACK),
    "space-2": Colours("#b591d6", BLACK),
    "pages-2": Colours("#e7dcf2", BLACK),
    "space-3": Colours("#e3d52b", BLACK),
    "pages-3": Colours("#faf6bd", BLACK),
    "space-4": Colours("#a3b04a", BLACK),
    "pages-4": Colours("#e3e9bd", BLACK),
    "space-other": Colours("#8f8f6f", BLACK),
    "pages-other": Colours("#d9d9c4", BLACK),
}


def terminal_style(kind: str) -> str:
    """For `rich`. Nobody knows if a terminal is light or dark: what is not there,
    or free, keeps its own colours."""
    if kind == "free":
        return ""
    if kind == "absent":
        return "dim"
    if kind == "undefined":
        return "reverse"
    colours = PALETTE[kind]
    return f"{colours.letter} on {colours.fill}"
