# SPDX-License-Identifier: MIT
"""Mistakes made by rule: single edits of a C file, within its solutions.

The text is read by clang, so that every edit is of a whole expression or statement
and its type is known. What a macro stands for is left alone; its use is edited like a
name. An edit keeps the number of lines, so that every other line stays where it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from clang.cindex import Cursor, CursorKind, Index, TranslationUnitLoadError, Type

from h4.client_types import POINTER, is_number
from h4.client_types import kind as type_kind
from h4.errors import GraderError

Span = tuple[int, int]  # bytes of the text, the second one is behind it


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


K = CursorKind
_LOOPS = (K.FOR_STMT, K.WHILE_STMT, K.DO_STMT)
_BODY_LAST = (*_LOOPS, K.CASE_STMT, K.DEFAULT_STMT, K.LABEL_STMT)
_NEXT_TO = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ORDERED = ("-", "/", "%", "<<", ">>")  # where the order of operands matters
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|[0-9]+)([uUlL]*)")
_OPERATOR = re.compile(r"\s*([-+*/%<>=!&|^]+)\s*")
_INVALIDATION = re.compile(r"invlpg|invalidate|flush|tlb|cr3", re.IGNORECASE)


@dataclass
class _Place:
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

    def put(self, place: _Place, operator: str, span: Span, new: str) -> None:
        """Notes an edit, if it lies in a solution and is one."""
        old = self.cut(span)
        if " ".join(old.split()) == " ".join(new.split()):
            return
        if not any(a <= span[0] and span[1] <= b for a, b in self.regions):
            return
        new += "\n" * (old.count("\n") - new.count("\n"))
        edit = Edit(operator, place.function, *span, new)
        self.found.setdefault((*span, new), edit)

    # The walk

    def walk(self, cursor: Cursor, place: _Place) -> None:
        look = _LOOK.get(cursor.kind)
        if look:
            look(self, cursor, place)
        if place.statement:
            _statement(self, cursor, place)
        inside = place.inside
        if cursor.kind in (*_LOOPS, K.SWITCH_STMT):
            inside = (*inside, cursor.kind)
        children = list(cursor.get_children())
        for at, child in enumerate(children):
            last = at == len(children) - 1
            own = (
                cursor.kind == K.COMPOUND_STMT
                or (cursor.kind == K.IF_STMT and at > 0)
                or (cursor.kind in _BODY_LAST and last and not _is_do(cursor))
                or (_is_do(cursor) and at == 0)
            )
            after_else = cursor.kind == K.IF_STMT and at == 2
            self.walk(child, _Place(place.function, cursor, own, after_else, inside))


def _is_do(cursor: Cursor) -> bool:
    return bool(cursor.kind == K.DO_STMT)


def _span(cursor: Cursor) -> Span:
    return cursor.extent.start.offset, cursor.extent.end.offset


def _whole(find: Finder, cursor: Cursor) -> Span:
    """A statement with its semicolon."""
    begin, end = _span(cursor)
    rest = re.compile(r"\s*;").match(find.text, end)
    return begin, rest.end() if rest else end


def _operands(find: Finder, cursor: Cursor) -> tuple[Span, Span, Span, str] | None:
    """The spans of left side, operator and right side; None: a macro's."""
    children = list(cursor.get_children())
    if len(children) != 2:
        return None
    left, right = _span(children[0]), _span(children[1])
    if not left[0] < left[1] <= right[0] < right[1]:
        return None
    gap = _OPERATOR.fullmatch(find.text, left[1], right[0])
    if not gap:
        return None
    return left, gap.span(1), right, gap[1]


# Expressions


def _binary(find: Finder, cursor: Cursor, place: _Place) -> None:
    parts = _operands(find, cursor)
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


def _literal(find: Finder, cursor: Cursor, place: _Place) -> None:
    span = _span(cursor)
    text = find.cut(span)
    if text in ("true", "false"):
        find.put(place, "constant", span, "false" if text == "true" else "true")
        return
    number = _NUMBER.fullmatch(text)
    if not number or _is_length(place):
        return
    digits, suffix = number.groups()
    hexadecimal = digits[:2] in ("0x", "0X")
    value = int(digits, 16 if hexadecimal else 10)
    for other in (value + 1, value - 1):
        if 0 <= other < 1 << 32:
            text = f"0x{other:X}" if hexadecimal else str(other)
            operator = "constant" if value <= 1 or hexadecimal else "off-by-one"
            find.put(place, operator, span, text + suffix)


def _is_length(place: _Place) -> bool:
    """Is this how long an array is? One element more or less is not seen."""
    return place.parent is not None and place.parent.kind == K.VAR_DECL and (
        place.parent.type.get_array_size() >= 0
    )


def _name(find: Finder, cursor: Cursor, place: _Place) -> None:
    """Another member of the same enumeration."""
    meant = cursor.referenced
    span = _span(cursor)
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


def _call(find: Finder, cursor: Cursor, place: _Place) -> None:
    arguments = list(cursor.get_arguments())
    for one, other in zip(arguments, arguments[1:]):
        left, right = _span(one), _span(other)
        if left[1] <= right[0] and _same_types([one, other]):
            between = find.cut((left[1], right[0]))
            swapped = find.cut(right) + between + find.cut(left)
            find.put(place, "swap-arguments", (left[0], right[1]), swapped)


def _unary(find: Finder, cursor: Cursor, place: _Place) -> None:
    begin, end = _span(cursor)
    text = find.cut((begin, end))
    if text.startswith("~"):
        find.put(place, "drop-mask", (begin, begin + 1), "")


# Statements


def _negate(find: Finder, place: _Place, condition: Cursor) -> None:
    span = _span(condition)
    find.put(place, "negate", span, f"!({find.cut(span)})")


def _if(find: Finder, cursor: Cursor, place: _Place) -> None:
    children = list(cursor.get_children())
    _negate(find, place, children[0])
    if len(children) == 2 and not place.after_else:
        begin, end = _span(cursor)
        end = max(end, _whole(find, children[1])[1])
        find.put(place, "drop-check", (begin, end), "{}")


def _while(find: Finder, cursor: Cursor, place: _Place) -> None:
    _negate(find, place, list(cursor.get_children())[0])


def _do(find: Finder, cursor: Cursor, place: _Place) -> None:
    _negate(find, place, list(cursor.get_children())[-1])


def _for(find: Finder, cursor: Cursor, place: _Place) -> None:
    """The condition stands behind the first semicolon."""
    begin, _ = _span(cursor)
    for child in list(cursor.get_children())[:-1]:
        if find.cut((begin, _span(child)[0])).count(";") == 1 and (
            child.kind.is_expression()
        ):
            _negate(find, place, child)
            return


def _break(find: Finder, cursor: Cursor, place: _Place) -> None:
    around = place.inside[-1] if place.inside else None
    if any(kind in _LOOPS for kind in place.inside):
        find.put(place, "break-continue", _span(cursor), "continue")
    if around in _LOOPS:
        find.put(place, "break-continue", _whole(find, cursor), "{}")


def _continue(find: Finder, cursor: Cursor, place: _Place) -> None:
    if place.inside and place.inside[-1] in _LOOPS:
        find.put(place, "break-continue", _span(cursor), "break")
    find.put(place, "break-continue", _whole(find, cursor), "{}")


def _statement(find: Finder, cursor: Cursor, place: _Place) -> None:
    """Statements that can be left out."""
    span = _whole(find, cursor)
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
        parts = _operands(find, cursor)
        if parts and parts[3] == "=":
            find.put(place, "drop-assignment", span, "{}")


_LOOK: dict[CursorKind, Callable[[Finder, Cursor, _Place], None]] = {
    K.BINARY_OPERATOR: _binary,
    K.INTEGER_LITERAL: _literal,
    K.DECL_REF_EXPR: _name,
    K.CALL_EXPR: _call,
    K.UNARY_OPERATOR: _unary,
    K.IF_STMT: _if,
    K.CONDITIONAL_OPERATOR: _while,
    K.WHILE_STMT: _while,
    K.DO_STMT: _do,
    K.FOR_STMT: _for,
    K.BREAK_STMT: _break,
    K.CONTINUE_STMT: _continue,
}


def _definitions(unit: Cursor, path: str) -> Iterator[Cursor]:
    for cursor in unit.get_children():
        file = cursor.location.file
        if file is not None and file.name == path:
            yield cursor


def find_edits(
    text: str, path: str, regions: Sequence[Span], arguments: Sequence[str]
) -> list[Edit]:
    """All edits of a file's text, in the order of the text.

    path       of the file, as the compiler is told
    regions    where edits may be
    arguments  clang's, without the file
    """
    if not text.isascii():
        raise GraderError(f"{path}: solutions are written in ASCII")
    try:
        unit = Index.create().parse(path, list(arguments), unsaved_files=[(path, text)])
    except TranslationUnitLoadError as error:
        raise GraderError(f"{path}: clang cannot read it: {error}") from error
    wrong = [str(d) for d in unit.diagnostics if d.severity >= d.Error]
    if wrong:
        raise GraderError(f"{path}: clang cannot read it: {wrong[0]}")
    find = Finder(text, regions)
    for cursor in _definitions(unit.cursor, path):
        find.walk(cursor, _Place(cursor.spelling))
    return sorted(find.found.values(), key=lambda e: (e.begin, e.end, e.new))
