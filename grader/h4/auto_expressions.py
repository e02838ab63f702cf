# SPDX-License-Identifier: MIT
"""Mistakes in expressions: operands, comparisons, constants, arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from clang.cindex import Cursor, CursorKind, Type

from h4.auto_text import Finder, Place, extent, operands
from h4.client_types import POINTER, is_number
from h4.client_types import kind as type_kind

K = CursorKind
_NEXT_TO = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ORDERED = ("-", "/", "%", "<<", ">>")  # where the order of operands matters
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|[0-9]+)([uUlL]*)")


def _binary(find: Finder, cursor: Cursor, place: Place) -> None:
    parts = operands(find, cursor)
    if parts is None:
        return
    left, sign, right, operator = parts
    span = (left[0], right[1])
    one, other = find.cut(left), find.cut(right)
    if operator in ("&&", "||"):
        find.put(place, "drop-operand", span, one)
        find.put(place, "drop-operand", span, other)
    elif operator in ("&", "|"):
        find.put(place, "drop-mask", span, one)
        if operator == "|":
            find.put(place, "drop-mask", span, other)
    elif operator in _NEXT_TO:
        find.put(place, "flip-comparison", sign, _NEXT_TO[operator])
        if operator in _TURNED:
            find.put(place, "swap-operands", sign, _TURNED[operator])
            if not _NUMBER.fullmatch(other) and _is_plain_number(cursor, 1):
                step = "- 1" if operator in ("<", ">=") else "+ 1"
                find.put(place, "off-by-one", right, f"{other} {step}")
    elif operator in _ORDERED and _same_types(list(cursor.get_children())):
        find.put(place, "swap-operands", span, f"{other} {operator} {one}")


def _is_plain_number(cursor: Cursor, at: int) -> bool:
    return is_number(list(cursor.get_children())[at].type)


def _same_types(cursors: Sequence[Cursor]) -> bool:
    names = {_bare(cursor.type) for cursor in cursors}
    return len(names) == 1


def _bare(type_: Type) -> str:
    if type_kind(type_) == POINTER:
        return _bare(type_.get_canonical().get_pointee()) + "*"
    return type_.get_canonical().spelling.replace("const ", "").replace("volatile ", "")


def _literal(find: Finder, cursor: Cursor, place: Place) -> None:
    span = extent(cursor)
    text = find.cut(span)
    if text in ("true", "false"):
        find.put(place, "constant", span, "false" if text == "true" else "true")
        return
    number = _NUMBER.fullmatch(text)
    if not number:
        return
    digits, suffix = number.groups()
    hexadecimal = digits[:2] in ("0x", "0X")
    value = int(digits, 16 if hexadecimal else 10)
    for other in (value + 1, value - 1):
        if 0 <= other < 1 << 32:
            text = f"0x{other:X}" if hexadecimal else str(other)
            operator = "constant" if value <= 1 or hexadecimal else "off-by-one"
            find.put(place, operator, span, text + suffix)


def _name(find: Finder, cursor: Cursor, place: Place) -> None:
    """Another member of the same enumeration."""
    meant = cursor.referenced
    span = extent(cursor)
    if meant is None or meant.kind != K.ENUM_CONSTANT_DECL:
        return
    if find.cut(span) != meant.spelling:
        return
    every = [
        c.spelling
        for c in meant.semantic_parent.get_children()
        if c.kind == K.ENUM_CONSTANT_DECL
    ]
    at = every.index(meant.spelling)
    for other in (every[(at + 1) % len(every)], every[at - 1]):
        find.put(place, "constant", span, other)


def _call(find: Finder, cursor: Cursor, place: Place) -> None:
    arguments = list(cursor.get_arguments())
    for one, other in zip(arguments, arguments[1:]):
        left, right = extent(one), extent(other)
        if left[1] <= right[0] and _same_types([one, other]):
            between = find.cut((left[1], right[0]))
            swapped = find.cut(right) + between + find.cut(left)
            find.put(place, "swap-arguments", (left[0], right[1]), swapped)


def _unary(find: Finder, cursor: Cursor, place: Place) -> None:
    begin, end = extent(cursor)
    text = find.cut((begin, end))
    if text.startswith("~"):
        find.put(place, "drop-mask", (begin, begin + 1), "")


LOOK: dict[CursorKind, Callable[[Finder, Cursor, Place], None]] = {
    K.BINARY_OPERATOR: _binary,
    K.INTEGER_LITERAL: _literal,
    K.DECL_REF_EXPR: _name,
    K.CALL_EXPR: _call,
    K.UNARY_OPERATOR: _unary,
}
