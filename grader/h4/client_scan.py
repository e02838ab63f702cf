# SPDX-License-Identifier: MIT
"""Reads preprocessed C with clang and looks at every expression and declaration.

Run as a program of its own, within the limits of a compiler, because the text is
somebody else's: `python3 -m h4.client_scan TREE NAME...`. For each name it reads
NAME.i, and for a client's file NAME itself, and prints a line of JSON. Of a
header only the words are looked at: its declarations are in every text that
includes it.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clang.cindex import (
    Cursor,
    CursorKind,
    Index,
    LinkageKind,
    Type,
    TypeKind,
)

from h4.client_rules import PUBLIC
from h4.client_text import Preprocessed, read_preprocessed
from h4.client_tokens import in_preprocessed, in_source
from h4.client_types import (
    conversion,
    element,
    fills_heap,
    holds_pointer,
    is_null,
    kind,
    operand,
)

ARGUMENTS = [
    "-x",
    "c",
    "-std=c11",
    "-ffreestanding",
    "-nostdinc",
    "--target=i686-linux-gnu",
    "-Werror=int-conversion",
    "-Werror=incompatible-pointer-types",
    "-Werror=incompatible-function-pointer-types",
    "-Werror=implicit-function-declaration",
    "-ferror-limit=20",
]

HEAP = "h_client_heap"
_NAMED = (CursorKind.FUNCTION_DECL, CursorKind.VAR_DECL)
_RECORDS = (CursorKind.STRUCT_DECL, CursorKind.UNION_DECL)


@dataclass
class Scan:
    """What one text has in it."""

    text: Preprocessed
    findings: list[list[Any]] = field(default_factory=list)
    # name: where it is used first
    references: dict[str, tuple[str, int]] = field(default_factory=dict)
    # name, type, file, line, whether this defines it
    functions: list[list[Any]] = field(default_factory=list)
    objects: list[list[Any]] = field(default_factory=list)
    # tag or typedef, members, file, line
    records: list[list[Any]] = field(default_factory=list)
    heap_calls: list[tuple[str, int]] = field(default_factory=list)
    heap_fills: list[tuple[str, int]] = field(default_factory=list)

    def break_rule(self, line: int, rule: str, words: str) -> None:
        self.findings.append([*self.text.place(line), rule, words])

    def walk(self, top: Cursor) -> None:
        waiting = [top]
        while waiting:
            cursor = waiting.pop()
            self.look(cursor)
            waiting += reversed(list(cursor.get_children()))

    def look(self, cursor: Cursor) -> None:
        line, own = cursor.location.line, cursor.kind
        if own in (CursorKind.CSTYLE_CAST_EXPR, CursorKind.UNEXPOSED_EXPR):
            self.convert(cursor, line)
        elif own in _NAMED:
            self.declare(cursor, line)
        elif own == CursorKind.DECL_REF_EXPR:
            place = self.text.place(line)
            self.references.setdefault(cursor.spelling, place)
            if cursor.spelling == HEAP:
                self.heap_calls.append(place)
        elif own in _RECORDS and cursor.is_definition():
            self.record(cursor.spelling, cursor.type, line)
            if own == CursorKind.UNION_DECL and holds_pointer(cursor.type):
                name = cursor.type.spelling
                self.break_rule(line, "pointer-union", f"{name} holds a pointer")
        elif own == CursorKind.TYPEDEF_DECL:
            self.record(cursor.spelling, cursor.underlying_typedef_type, line)
        elif own in (CursorKind.ADDR_LABEL_EXPR, CursorKind.INDIRECT_GOTO_STMT):
            self.break_rule(line, "label-address", "a label's address is used")
        elif own in (
            CursorKind.BINARY_OPERATOR,
            CursorKind.ARRAY_SUBSCRIPT_EXPR,
            CursorKind.MEMBER_REF_EXPR,
        ):
            self.from_null(cursor, line)

    def convert(self, cursor: Cursor, line: int) -> None:
        given = operand(cursor)
        if given is None:
            return
        broken = conversion(given, cursor.type)
        if broken:
            self.break_rule(line, *broken)
        if fills_heap(given, cursor.type):
            self.heap_fills.append(self.text.place(line))

    def from_null(self, cursor: Cursor, line: int) -> None:
        """The constant null pointer as the beginning of an address."""
        inner = [c for c in cursor.get_children() if c.kind.is_expression()]
        own = cursor.kind
        if own == CursorKind.BINARY_OPERATOR and kind(cursor.type) != TypeKind.POINTER:
            return
        for part in inner:
            if kind(part.type) == TypeKind.POINTER and is_null(part):
                if own != CursorKind.BINARY_OPERATOR or kind(inner[0].type) != kind(
                    inner[-1].type
                ):
                    self.break_rule(
                        line, "integer-to-pointer", "an address is counted from null"
                    )

    def declare(self, cursor: Cursor, line: int) -> None:
        if cursor.linkage not in (LinkageKind.EXTERNAL, LinkageKind.UNIQUE_EXTERNAL):
            return
        rows = (
            self.functions
            if cursor.kind == CursorKind.FUNCTION_DECL
            else self.objects
        )
        rows.append(
            [
                cursor.spelling,
                described(cursor.type),
                *self.text.place(line),
                cursor.is_definition(),
            ]
        )

    def record(self, name: str, type_: Type, line: int) -> None:
        type_ = type_.get_canonical()
        if name and kind(type_) == TypeKind.RECORD and type_.get_size() >= 0:
            row = [name, members(type_), *self.text.place(line)]
            self.records.append(row)


def members(type_: Type) -> str:
    """A struct's or union's members, so that two of one name can be compared."""
    parts = (f"{f.spelling}:{described(f.type)}" for f in type_.get_fields())
    return "{" + "; ".join(parts) + "}"


def described(type_: Type) -> str:
    """The type by name; one without a name, which clang would name by its line, by
    its members."""
    type_ = type_.get_canonical()
    name = type_.spelling
    if " at " not in name:
        return name
    inner = element(type_)
    if kind(inner) == TypeKind.RECORD:
        return f"{members(inner)}[{type_.get_size()}]"
    return "something without a name"


def scan(path: Path, client: bool) -> Scan:
    """Looks through path.i, and through the file itself where it is a client's."""
    name = str(path)
    index = Index.create()
    own: list[list[Any]] = []
    if client:
        written = index.parse(name, args=ARGUMENTS)
        own = [[name, *seen] for seen in in_source(written)]
    if name.endswith(".h"):
        return Scan(read_preprocessed(""), own)
    text = Path(name + ".i").read_text("utf-8", "replace")
    result = Scan(read_preprocessed(text), own)
    unit = index.parse("text.c", ARGUMENTS, [("text.c", result.text.text)])
    for note in unit.diagnostics:
        if note.severity >= note.Error:
            words = f"clang does not accept this: {note.spelling}"
            result.break_rule(note.location.line, "compile", words)
    result.findings += [
        [f.file, f.line, f.rule, f.text] for f in result.text.findings
    ]
    for line, rule, words in in_preprocessed(unit):
        result.break_rule(line, rule, words)
    result.walk(unit.cursor)
    return result


def main(tree: str, names: list[str]) -> None:
    os.chdir(tree)
    for name in names:
        path = Path(name)
        found = scan(path, client=name != PUBLIC)
        row = {key: value for key, value in vars(found).items() if key != "text"}
        print(json.dumps({"name": name, **row}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
