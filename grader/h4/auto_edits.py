# SPDX-License-Identifier: MIT
"""Mistakes made by rule: single edits of a C file, within its solutions.

The text is read by clang, so that every edit is of a whole expression or statement
and its type is known. What a macro stands for is left alone; its use is edited like a
name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clang.cindex import Cursor, CursorKind, Index, TranslationUnitLoadError

from h4 import auto_expressions, auto_statements
from h4.auto_statements import LOOPS
from h4.auto_text import Edit, Finder, Place, Span, extent
from h4.errors import GraderError

K = CursorKind
_LOOK = {**auto_expressions.LOOK, **auto_statements.LOOK}
_BODY_LAST = (K.FOR_STMT, K.WHILE_STMT, K.CASE_STMT, K.DEFAULT_STMT, K.LABEL_STMT)


def _walk(find: Finder, cursor: Cursor, place: Place) -> None:
    look = _LOOK.get(cursor.kind)
    if look:
        look(find, cursor, place)
    if place.statement:
        auto_statements.left_out(find, cursor, place)
    inside = place.inside
    if cursor.kind in (*LOOPS, K.SWITCH_STMT):
        inside = (*inside, cursor.kind)
    children = list(cursor.get_children())
    for at, child in enumerate(children):
        if _is_length(find, cursor, child):
            continue
        own = _is_statement(cursor, at, len(children))
        after_else = cursor.kind == K.IF_STMT and at == 2
        _walk(find, child, Place(place.function, cursor, own, after_else, inside))


def _is_length(find: Finder, parent: Cursor, child: Cursor) -> bool:
    """Is this how long an array is? One element more or less is not seen."""
    return bool(
        parent.kind == K.VAR_DECL
        and parent.type.get_array_size() >= 0
        and "=" not in find.cut((extent(parent)[0], extent(child)[0]))
    )


def _is_statement(parent: Cursor, at: int, count: int) -> bool:
    """Is the child with this number a statement of its own?"""
    return bool(
        parent.kind == K.COMPOUND_STMT
        or (parent.kind == K.IF_STMT and at > 0)
        or (parent.kind == K.DO_STMT and at == 0)
        or (parent.kind in _BODY_LAST and at == count - 1)
    )


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
        _walk(find, cursor, Place(cursor.spelling))
    return sorted(find.found.values(), key=lambda e: (e.begin, e.end, e.new))
