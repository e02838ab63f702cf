# SPDX-License-Identifier: MIT
"""How the records that the grader reads in a machine's memory are laid out, as the
debug information of the harness says: of its files outside.c and system_l4.c, and of the
headers that they include, none of which a student writes.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

from h4.beside_image import kept
from h4.errors import GraderError
from h4.symbols import Image

# By these functions the two files are found: a file's name a student may have too, the
# address of a function nobody else has.
FUNCTIONS = ("outside_begin", "system_l4_thread")
SOURCES = ("outside.c", "system_l4.c")

POINTER = 4  # bytes

_THROUGH = {
    "DW_TAG_typedef",
    "DW_TAG_const_type",
    "DW_TAG_volatile_type",
}
_HOW = Path(__file__).read_bytes()
_RECORDS = {"DW_TAG_structure_type", "DW_TAG_union_type"}


@dataclass(frozen=True)
class Field:
    """Where a member of a record is.

    offset  bytes from the record's beginning
    size    bytes, of all elements of an array together
    shift   bits below it in its word, and
    bits    bits that it has: of a bit field; otherwise 0
    signed  whether it is a signed number
    record  the name of its type, if that is a record; of an array, its elements'
    stride  bytes from one element of an array to the next; 0: it is none
    """

    offset: int
    size: int
    shift: int = 0
    bits: int = 0
    signed: bool = False
    record: str = ""
    stride: int = 0


@dataclass
class Record:
    """One structure: its size, and its members, those of nameless parts among them."""

    name: str
    size: int
    fields: dict[str, Field] = field(default_factory=dict)

    def at(self, path: str) -> Field:
        """A member, by its name."""
        if path not in self.fields:
            raise GraderError(f"struct {self.name} has no member {path}")
        return self.fields[path]


def read_layouts(image: Image) -> dict[str, Record]:
    """All records that the harness's files know, by name. Reading debug information
    takes longer than looking at a dozen tests, so they are kept beside the image."""
    found = kept(image, ".layouts", _HOW, lambda: _plain(_from_file(image)))
    return {
        name: Record(name, size, {one: Field(*where) for one, where in fields.items()})
        for name, (size, fields) in found.items()
    }


def _plain(records: dict[str, Record]) -> dict[str, Any]:
    return {
        name: (record.size, {one: astuple(where) for one, where in record.fields.items()})
        for name, record in records.items()
    }


def _from_file(image: Image) -> dict[str, Record]:
    records: dict[str, Record] = {}
    with image.path.open("rb") as stream:
        elf = ELFFile(stream)
        if not elf.has_dwarf_info():
            raise GraderError(f"{image.path}: the kernel has no debug information")
        dwarf = elf.get_dwarf_info(relocate_dwarf_sections=False)
        ranges = dwarf.get_aranges()
        for function in FUNCTIONS:
            at = ranges.cu_offset_at_addr(image.address(function)) if ranges else None
            if at is None:
                raise GraderError(
                    f"{image.path}: no debug information of {function}, by which the "
                    "grader knows how the kernel's records are laid out"
                )
            _read_unit(dwarf.get_CU_at(at), records)
    return records


def _read_unit(unit: CompileUnit, records: dict[str, Record]) -> None:
    for die in unit.get_top_DIE().iter_children():
        if die.tag not in _RECORDS or "DW_AT_declaration" in die.attributes:
            continue
        name = _name(die)
        if name:
            records.setdefault(name, _record(name, die))


def _record(name: str, die: DIE) -> Record:
    record = Record(name, _number(die, "DW_AT_byte_size"))
    _add_members(record, die, 0)
    return record


def _add_members(record: Record, die: DIE, base: int) -> None:
    for member in die.iter_children():
        if member.tag != "DW_TAG_member":
            continue
        kind = _type(member)
        offset = base + _number(member, "DW_AT_data_member_location")
        name = _name(member)
        if not name and kind.tag in _RECORDS:
            _add_members(record, kind, offset)
            continue
        record.fields[name] = _field(member, kind, offset, base)


def _field(member: DIE, kind: DIE, offset: int, base: int) -> Field:
    signed = _number(kind, "DW_AT_encoding") in (0x05, 0x06, 0x0D)
    bits = _number(member, "DW_AT_bit_size")
    if bits:
        first = base * 8 + _number(member, "DW_AT_data_bit_offset")
        if "DW_AT_bit_offset" in member.attributes:
            # The old way: from the highest bit of the word that holds it, downwards.
            highest = _size(kind) * 8 - _number(member, "DW_AT_bit_offset")
            first = offset * 8 + highest - bits
        return Field(first // 32 * 4, 4, first % 32, bits, signed)
    if kind.tag == "DW_TAG_array_type":
        element = _type(kind)
        stride = _size(element)
        return Field(
            offset, _size(kind), record=_record_name(element), stride=stride
        )
    return Field(offset, _size(kind), signed=signed, record=_record_name(kind))


def _record_name(kind: DIE) -> str:
    return _name(kind) if kind.tag in _RECORDS else ""


def _size(kind: DIE) -> int:
    if kind.tag == "DW_TAG_pointer_type":
        return POINTER  # clang does not say it
    if kind.tag != "DW_TAG_array_type":
        return _number(kind, "DW_AT_byte_size")
    count = 1
    for part in kind.iter_children():
        if part.tag == "DW_TAG_subrange_type":
            last = _number(part, "DW_AT_upper_bound")
            count *= _number(part, "DW_AT_count") or last + 1  # clang's way, or gcc's
    return count * _size(_type(kind))


def _type(die: DIE) -> DIE:
    kind: Any = die.get_DIE_from_attribute("DW_AT_type")
    while kind.tag in _THROUGH:
        kind = kind.get_DIE_from_attribute("DW_AT_type")
    return kind


def _name(die: DIE) -> str:
    value = die.attributes.get("DW_AT_name")
    return value.value.decode("utf-8", "replace") if value else ""


def _number(die: DIE, name: str) -> int:
    value = die.attributes.get(name)
    return value.value if value and isinstance(value.value, int) else 0
