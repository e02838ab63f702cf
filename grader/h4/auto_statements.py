# SPDX-License-Identifier: MIT
"""Mistakes in statements: what is left out, conditions the other way round."""

from __future__ import annotations

import re
from collections.abc import Callable

from clang.cindex import Cursor, CursorKind

from h4.auto_text import Finder, Place, extent, operands, whole

K = CursorKind
LOOPS = (K.FOR_STMT, K.WHILE_STMT, K.DO_STMT)
_INVALIDATION = re.compile(r"invlpg|invalidate|flush|tlb|cr3", re.IGNORECASE)


def _negate(find: Finder, place: Place, condition: Cursor) -> None:
    span = extent(condition)
    find.put(place, "negate", span, f"!({find.cut(span)})")


def _if(find: Finder, cursor: Cursor, place: Place) -> None:
    children = list(cursor.get_children())
    _negate(find, place, children[0])
    if len(children) == 2 and not place.after_else:
        begin, end = extent(cursor)
        end = max(end, whole(find, children[1])[1])
        find.put(place, "drop-check", (begin, end), "{}")


def _while(find: Finder, cursor: Cursor, place: Place) -> None:
    _negate(find, place, list(cursor.get_children())[0])


def _do(find: Finder, cursor: Cursor, place: Place) -> None:
    _negate(find, place, list(cursor.get_children())[-1])


def _for(find: Finder, cursor: Cursor, place: Place) -> None:
    """The condition stands behind the first semicolon."""
    begin, _ = extent(cursor)
    for child in list(cursor.get_children())[:-1]:
        if find.cut((begin, extent(child)[0])).count(";") == 1 and (
            child.kind.is_expression()
        ):
            _negate(find, place, child)
            return


def _break(find: Finder, cursor: Cursor, place: Place) -> None:
    around = place.inside[-1] if place.inside else None
    if any(kind in LOOPS for kind in place.inside):
        find.put(place, "break-continue", extent(cursor), "continue")
    if around in LOOPS:
        find.put(place, "break-continue", whole(find, cursor), "{}")


def _continue(find: Finder, cursor: Cursor, place: Place) -> None:
    if place.inside and place.inside[-1] in LOOPS:
        find.put(place, "break-continue", extent(cursor), "break")
    find.put(place, "break-continue", whole(find, cursor), "{}")


def left_out(find: Finder, cursor: Cursor, place: Place) -> None:
    """Statements that can be left out."""
    span = whole(find, cursor)
    text = find.cut(span)
    if not text.endswith(";"):
        return
    if cursor.kind == K.CSTYLE_CAST_EXPR and text.startswith("(void)"):
        cursor = list(cursor.get_children())[-1]
    if cursor.kind in (K.CALL_EXPR, K.ASM_STMT):
        name = cursor.spelling if cursor.kind == K.CALL_EXPR else text
        seen = _INVALIDATION.search(name)
        find.put(place, "drop-invalidation" if seen else "drop-call", span, "{}")
    elif cursor.kind == K.COMPOUND_ASSIGNMENT_OPERATOR:
        find.put(place, "drop-assignment", span, "{}")
    elif cursor.kind == K.UNARY_OPERATOR and ("++" in text or "--" in text):
        find.put(place, "drop-assignment", span, "{}")
    elif cursor.kind == K.BINARY_OPERATOR:
        parts = operands(find, cursor)
        if parts and parts[3] == "=":
            find.put(place, "drop-assignment", span, "{}")


LOOK: dict[CursorKind, Callable[[Finder, Cursor, Place], None]] = {
    K.IF_STMT: _if,
    K.CONDITIONAL_OPERATOR: _while,
    K.WHILE_STMT: _while,
    K.DO_STMT: _do,
    K.FOR_STMT: _for,
    K.BREAK_STMT: _break,
    K.CONTINUE_STMT: _continue,
}
