# SPDX-License-Identifier: MIT
"""Which letter and which colour a page has, and what the legend says of them.

Without H a page is shown by its status. With H it is shown by its owner: each of
the first address spaces has a letter, A for the page-directory and the
page-tables of space 0 and a for the pages that only it maps. Letters that a
status has are no space's: E is environment in both pictures.
"""

from __future__ import annotations

from typing import NamedTuple

from h4.picture import NOBODY, Owners, Part, Picture, Role, Status, address

# The legend's lines for what is no space's, in its order.
LINES = {
    "environment": "environment (the kernel's own, never changes)",
    "h-tables": "environment: H's own tables",
    "heap": "environment: the client's heap",
    "own-directory": "page-directory of the kernel (pinned)",
    "own-table": "page-table of the kernel (pinned)",
    "directory": "page-directory",
    "table": "page-table",
    "mapped": "normal, mapped so many times (+ more than 9)",
    "shared": "normal, mapped by so many spaces (+ more)",
    "client": "normal, in a kernel mapping (K and in spaces)",
    "module": "normal, holds a boot module (M mapped)",
    "free": "normal, free (no mapping)",
    "absent": "not installed, or not to be used",
    "undefined": "a status that there is not",
    "astray": "owner and status are at odds",
    "mixed": "cells whose pages differ",
}
# With H: tables that no space has are lost, and modules are free or a space's.
OWNERLESS = {
    "directory": "page-directory of no space",
    "table": "page-table of no space",
    "module": "normal, holds a boot module, free",
}

SPACES = "ABCFGIJLNOPQRSUVWYZ"  # without the letters of statuses, and K
HUES = 5  # the spaces' colours, again and again: the letter tells them apart
OTHERS = "#%"  # tables and pages of all further spaces


class Look(NamedTuple):
    """A page's letter, the kind that says its colours, and its line in the
    legend: the kind's, or that of a space."""

    letter: str
    kind: str
    line: str


def kinds() -> list[str]:
    """All that have colours."""
    spaces = [f"{what}-{hue}" for hue in range(HUES) for what in ("space", "pages")]
    return [*LINES, *spaces, "space-other", "pages-other"]


def look(status: Status, by_owner: bool = False) -> Look:
    """How a page looks."""
    found = _by_owner(status) if by_owner else None
    if found:
        return found
    letter, kind = _by_status(status)
    return Look(letter, kind, kind)


def _by_status(status: Status) -> tuple[str, str]:
    number = status.number
    if status.role == Role.ENVIRONMENT:
        return "E", "environment"
    if status.role == Role.DIRECTORY:
        return ("D", "own-directory") if status.pinned else ("d", "directory")
    if status.role == Role.TABLE:
        return ("T", "own-table") if status.pinned else ("t", "table")
    if status.role == Role.NOT_INSTALLED:
        return "x", "absent"
    if status.role == Role.UNDEFINED:
        return "?", "undefined"
    if status.module:
        return ("M" if number else "m"), "module"
    if number:
        return (str(number) if number <= 9 else "+"), "mapped"
    return ".", "free"


def _by_owner(status: Status) -> Look | None:
    """Of pages in which owner and status are at odds, `!`; None: nobody's."""
    owners = status.owners
    if status.role == Role.NORMAL and (status.number > 0) != _mapped(owners):
        return Look("!", "astray", "astray")
    if owners == NOBODY:
        return None
    if owners.part and status.role == Role.ENVIRONMENT:
        heap = owners.part == Part.HEAP
        return Look("e", "heap", "heap") if heap else Look("H", "h-tables", "h-tables")
    if status.role == Role.NORMAL:
        return _mapped_by(owners)
    table = status.role in (Role.DIRECTORY, Role.TABLE) and not status.pinned
    if table and len(owners.named) == 1 and not owners.client:
        return _of_space(owners.named[0], table)
    return Look("!", "astray", "astray")


def _mapped(owners: Owners) -> bool:
    return bool(owners.spaces or owners.client)


def _mapped_by(owners: Owners) -> Look:
    if owners.client:
        return Look("K" if owners.spaces else "k", "client", "client")
    if owners.spaces == 1:
        return _of_space(owners.named[0], False)
    letter = str(owners.spaces) if owners.spaces <= 9 else "+"
    return Look(letter, "shared", "shared")


def _of_space(number: int, table: bool) -> Look:
    what = "space" if table else "pages"
    if number >= len(SPACES):
        return Look(OTHERS[0 if table else 1], f"{what}-other", "space other")
    letter = SPACES[number] if table else SPACES[number].lower()
    return Look(letter, f"{what}-{number % HUES}", f"space {number}")


def legend_lines(picture: Picture) -> dict[str, str]:
    """The words of all lines that a legend may have, in its order."""
    if picture.spaces is None:
        return LINES
    directories = picture.directories()
    words = LINES | OWNERLESS
    spaces = {}
    for number, letter in enumerate(SPACES):
        where = directories.get(number)
        at = f", directory {address(where)}" if where is not None else ""
        spaces[f"space {number}"] = f"space {number}{at}; {letter.lower()} its pages"
    spaces["space other"] = f"spaces from {len(SPACES)} on; {OTHERS[1]} their pages"
    first = dict(list(words.items())[:5])  # the kernel's and H's own
    return first | spaces | words
