# SPDX-License-Identifier: MIT
"""One text in which edits are looked for: where they may be, and those found so far.

An edit keeps the number of lines, so that every other line stays where it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from clang.cindex import Cursor, CursorKind

Span = tuple[int, int]  # bytes of the text, the second one is behind it
_OPERATOR = re.compile(r"\s*([-+*/%<>=!&|^]+)\s*")


@dataclass(frozen=True)
class Edit:
    """One mistake: what stands from `begin` to `end` is replaced."""

    operator: str
    function: str
    begin: int
    end: int
    new: str

    def apply(self, text: str) -> str:
        return text[: self.begin] + self.new + text[self.end :]


@dataclass
class Place:
    """Where in a function the walk stands."""

    function: str
    parent: Cursor | None = None
    statement: bool = False  # the cursor is a statement of its own
    after_else: bool = False
    inside: tuple[CursorKind, ...] = ()  # loops and switches around it


@dataclass
class Finder:
    """Finds the edits of one text."""

    text: str
    regions: Sequence[Span]
    found: dict[tuple[int, int, str], Edit] = field(default_factory=dict)

    def cut(self, span: Span) -> str:
        return self.text[span[0] : span[1]]

    def put(self, place: Place, operator: str, span: Span, new: str) -> None:
        """Notes an edit, if it lies in a solution and is one."""
        old = self.cut(span)
        if " ".join(old.split()) == " ".join(new.split()):
            return
        if not any(a <= span[0] and span[1] <= b for a, b in self.regions):
            return
        new += "\n" * (old.count("\n") - new.count("\n"))
        edit = Edit(operator, place.function, *span, new)
        self.found.setdefault((*span, new), edit)


def extent(cursor: Cursor) -> Span:
    return cursor.extent.start.offset, cursor.extent.end.offset


def whole(find: Finder, cursor: Cursor) -> Span:
    """A statement with its semicolon."""
    begin, end = extent(cursor)
    rest = re.compile(r"\s*;").match(find.text, end)
    return begin, rest.end() if rest else end


def operands(find: Finder, cursor: Cursor) -> tuple[Span, Span, Span, str] | None:
    """The spans of left side, operator and right side; None: a macro's."""
    children = list(cursor.get_children())
    if len(children) != 2:
        return None
    left, right = extent(children[0]), extent(children[1])
    if not left[0] < left[1] <= right[0] < right[1]:
        return None
    gap = _OPERATOR.fullmatch(find.text, left[1], right[0])
    if not gap:
        return None
    return left, gap.span(1), right, gap[1]
