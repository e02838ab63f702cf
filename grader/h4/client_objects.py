# SPDX-License-Identifier: MIT
"""What a client's objects have in them: symbols, sections, instructions.

It does not matter here from which source they came.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from h4.client_rules import (
    INSTRUCTIONS,
    OTHER_SECTIONS,
    PREFIXES,
    RUNTIME,
    SECTIONS,
    Finding,
)
from h4.compiling import run_tool
from h4.errors import GraderError

_PLACE = re.compile(r"(\S+):(\d+)(?: \(discriminator \d+\))?")
_CODE = re.compile(r"\s*[0-9a-f]+:\t(.*)")
_RELOCATION = re.compile(r"\s+[0-9a-f]+: (R_386_\w+)\s+(\S+)")
# Segment and system registers, as operands or in front of an address.
_SEGMENT = re.compile(r"\b(?:[cdefgs]s\b(?!:)|[fg]s:|[cd]r\d|tr\d|ss:)")
_KIND_OF_JUMP = re.compile(r"\bFWORD\b|\bFAR\b|0x[0-9a-f]+:0x")


@dataclass
class Object:
    """One object of a client."""

    source: str
    undefined: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)  # and seen by others
    findings: list[Finding] = field(default_factory=list)
    # symbol: the first place whose code uses it
    uses: dict[str, tuple[str, int]] = field(default_factory=dict)


def read_object(path: Path, source: str, tree: Path) -> Object:
    """Reads the object at `path`, compiled from `source` of `tree`."""
    result = Object(source)
    try:
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            _sections(elf, result)
            _symbols(elf, result)
    except Exception as error:
        raise GraderError(f"{source}: its object cannot be read: {error}") from error
    for place, words in _instructions(path, tree, result):
        result.findings.append(Finding(*place, "instruction", words))
    return result


def _sections(elf: ELFFile, result: Object) -> None:
    for section in elf.iter_sections():
        name = section.name
        if name not in OTHER_SECTIONS and not name.startswith(SECTIONS):
            result.findings.append(
                Finding(result.source, 0, "section", f"it has a section {name}")
            )


def _symbols(elf: ELFFile, result: Object) -> None:
    table = elf.get_section_by_name(".symtab")
    if not isinstance(table, SymbolTableSection):
        return
    for symbol in table.iter_symbols():
        name, where = symbol.name, symbol["st_shndx"]
        bind, kind = symbol["st_info"]["bind"], symbol["st_info"]["type"]
        odd = ""
        if bind not in ("STB_LOCAL", "STB_GLOBAL"):
            odd = f"{name} is weak, or unique among programs"
        elif where == "SHN_COMMON":
            odd = f"{name} is common: any other definition would replace it"
        elif kind not in (
            "STT_NOTYPE", "STT_OBJECT", "STT_FUNC", "STT_SECTION", "STT_FILE",
        ):  # fmt: skip
            odd = f"{name} is a symbol of the kind {kind}"
        elif where == "SHN_ABS" and kind != "STT_FILE":
            odd = f"{name} is a number, not a place in the client"
        if odd:
            result.findings.append(Finding(result.source, 0, "weak-symbol", odd))
        if where == "SHN_UNDEF":
            result.undefined |= {name} - {""}
        elif bind != "STB_LOCAL":
            result.defined.add(name)


def _instructions(
    path: Path, tree: Path, result: Object
) -> Iterator[tuple[tuple[str, int], str]]:
    """The instructions that are not for clients; notes what the others use."""
    place = (result.source, 0)
    for line in disassemble(path, tree):
        code = _CODE.fullmatch(line)
        relocation = _RELOCATION.fullmatch(line)
        where = _PLACE.fullmatch(line)
        if code:
            words = " ".join(code[1].split("#")[0].split())
            if not allowed(words):
                yield place, words
        elif relocation:
            name = re.split(r"[+-]0x", relocation[2])[0]
            result.uses.setdefault(name, place)
        elif where:
            place = (os.path.normpath(where[1]), int(where[2]))


def disassemble(path: Path, tree: Path) -> list[str]:
    status, output = run_tool(
        ["objdump", "-d", "-r", "-l", "-M", "intel", "--no-show-raw-insn",
         str(path.absolute())],
        cwd=tree,
    )  # fmt: skip
    if status:
        raise GraderError(f"objdump refuses {path.name}: {output}")
    return output.splitlines()


def allowed(code: str) -> bool:
    """Is this an instruction of ordinary computing? `code` as objdump writes it."""
    words = code.split(" ")
    while words and words[0] in PREFIXES:
        words = words[1:]
    if not words:
        return False
    if words[:2] == ["cs", "nop"] or words[0] == "nop":
        return True  # padding of many lengths
    if words[0] not in INSTRUCTIONS:
        return False
    operands = re.sub(r"<[^>]*>", "", " ".join(words[1:]))
    return not (_SEGMENT.search(operands) or _KIND_OF_JUMP.search(operands))


def foreign(objects: list[Object], others: set[str]) -> Iterator[tuple[Object, str]]:
    """The symbols that are neither the client's, nor `others`, nor of the C
    runtime."""
    own = {name for one in objects for name in one.defined}
    for one in objects:
        for name in sorted(one.undefined - own - others - RUNTIME):
            yield one, name
