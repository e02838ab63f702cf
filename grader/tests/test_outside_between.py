# SPDX-License-Identifier: MIT
"""The look in between, of machines that are made up: whatever a student's code has done
to one, it ends with words."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Any

import pytest

from h4.outside_between import careless, disturbed
from h4.outside_gates import taken
from h4.outside_machine import masked
from h4.snapshot import Snapshot

PROGRAMS = 0x00007000
BEGIN, STACK, DATA, VECTORS = 0xC0100000, 0xC0101000, 0xC0102000, 0xC0103000
DIRECTORY, TABLE, ELSEWHERE = 0x1000, 0x2000, 0x400000
TESTS, STUDENTS = BEGIN + 0xF00, BEGIN + 0x800
ENTRIES = [BEGIN + 0x100 + 16 * vector for vector in range(48)] + 16 * [0]
MEGABYTES = 2
FLAT = 0xFFFFFFFF


class _Image:
    """A page of code, and data of which all that is asked for lies at one place."""

    constants = BEGIN, STACK - 1
    read_only = BEGIN, struct.pack("<64I", *ENTRIES) + bytes(0x1000 - 256)
    addresses = {"gate_entries": BEGIN}
    test_functions = [TESTS]
    named = staticmethod(hex)
    function_sizes = {TESTS + 0x80: 0x10}
    code_end = TESTS + 0xC0

    def function_begin(self, address: int) -> int:
        return next((at for at in self.function_sizes if at <= address < at + 0x10), -1)

    def address(self, name: str) -> int:
        return DATA


def machine(
    pages: dict[int, int],
    gates: dict[int, tuple[int, int, int]] | None = None,
    flags: int = 2,
    local: int = 0,
) -> Snapshot:
    """With these pages, and where each of them lies; of gates selector, offset, type."""
    ram = bytearray(MEGABYTES << 20)
    for vector, (selector, offset, kind) in (gates or {}).items():
        words = selector << 16 | offset & 0xFFFF, offset & 0xFFFF0000 | 0x8000 | kind << 8
        struct.pack_into("<II", ram, VECTORS - 0xC0000000 + 8 * vector, *words)
    if pages:
        ram[DIRECTORY + 0xC00 : DIRECTORY + 0xC04] = (TABLE | 1).to_bytes(4, "little")
    if PROGRAMS in pages:
        ram[DIRECTORY : DIRECTORY + 4] = (TABLE | 1).to_bytes(4, "little")
    for page, frame in pages.items():
        at = TABLE + (page >> 12 & 0x3FF) * 4
        ram[at : at + 4] = (frame | 1).to_bytes(4, "little")
    return Snapshot(
        registers={"cr3": DIRECTORY, "esp": STACK + 0x800, "eflags": flags, "dr7": 0x400},
        gdtr=(DATA, 79), idtr=(VECTORS, 0x17F), task=(0x28, DATA, 103),
        segments={"cs": (8, 0, FLAT)} | {name: (16, 0, FLAT) for name in ("ds", "es", "ss")}
        | {"ldtr": (local, 0, 0)},
        sysenter=(), read=lambda at, size: bytes(ram[at : at + size]), megabytes=MEGABYTES,
    )  # fmt: skip


HERE = {page: page - 0xC0000000 for page in (BEGIN, STACK, DATA, VECTORS)}


@pytest.mark.parametrize(
    "pages, words",
    [
        ({}, f"{BEGIN:#x} is mapped nowhere"),
        ({**HERE, BEGIN: ELSEWHERE}, f"{BEGIN:#x} is mapped at 0x00400000"),
        ({page: HERE[page] for page in (BEGIN, DATA, VECTORS)}, "is mapped nowhere"),
        ({page: HERE[page] for page in (BEGIN, STACK, VECTORS)}, "kernel_gdt is not mapped"),
        ({page: HERE[page] for page in (BEGIN, STACK, DATA)}, "entry 1 of the GDT"),
    ],
)
def test_a_machine_whose_kernel_is_not_there(pages: dict[int, int], words: str) -> None:
    """Translations that the processor has kept let it go on for a while."""
    image: Any = _Image()
    assert words in "\n".join(disturbed(machine(pages), image))


@pytest.mark.parametrize("place, found", [(0xFEE00900, False), (0x200900, False), (0x1FF900, True)])
def test_registers_in_front_of_memory(place: int, found: bool) -> None:
    """Where the local APIC's are, what is read is no memory, and the grader reads that."""
    seen = machine(HERE)
    seen.registers["apic"] = place
    assert any("local APIC" in one for one in masked(seen)) == found


@pytest.mark.parametrize(
    "vector, selector, offset, kind, found",
    [
        (14, 0x08, ENTRIES[14], 0x0E, False),
        (14, 0x08, TESTS + 4, 0x0E, False),  # a row of entries
        (14, 0x08, TESTS + 0x80, 0x0E, True),  # a function of theirs, which is no entry
        (14, 0x08, TESTS + 0x84, 0x0E, True),
        (14, 0x08, TESTS + 0xC0, 0x0E, True),  # behind all code
        (14, 0x08, DATA, 0x0E, True),
        (14, 0x08, STUDENTS, 0x0E, True),
        (14, 0x0B, STUDENTS, 0x0E, True),
        (14, 0x08, STUDENTS, 0x0F, True),
        (14, 0x08, PROGRAMS, 0x0E, True),  # a page of theirs
        (14, 0x38, ENTRIES[14], 0x0E, True),  # an entry of the GDT that changes
        (8, 0x38, 0, 0x05, True),
        (14, 0x0C, ENTRIES[14], 0x0E, True),  # there is an LDT
        # Mistakes:
        (14, 0x1B, STUDENTS, 0x0E, False),  # of a program's code
        (14, 0x08, ENTRIES[13], 0x0E, False),  # of another exception
        (2, 0x30, 0, 0x05, False),  # another task
        (2, 0x08, 0, 0x05, False),  # no task at all
        (14, 0x08, 0, 0x0E, False),  # nothing is there
        (14, 0xC010, STUDENTS, 0x0E, False),  # of no code at all
        (40, 0x08, STUDENTS, 0x0E, False),  # in between interrupts are off
        (14, 0x08, BEGIN + 4 * 14, 0x0E, False),  # the array itself, and not what it says
    ],
)
def test_where_gates_lead(
    vector: int, selector: int, offset: int, kind: int, found: bool
) -> None:
    image: Any = _Image()
    pages = {**HERE, PROGRAMS: ELSEWHERE}
    seen = machine(pages, {vector: (selector, offset, kind)}, local=0x38)
    words = "\n".join(disturbed(seen, image))
    assert (f"vector {vector} leads to" in words) == found, words
    words = "\n".join(taken(seen, image))
    assert (f"vector {vector} leads to" in words) == (found or vector == 40), words


@pytest.mark.parametrize(
    "found, words",
    [
        ((0x08, 0, FLAT), ""),
        ((0x18, 0, FLAT), "CS is 0x0018"),
        ((0x08, 0x1000, FLAT), "base 0x00001000"),
        ((0x18, 0, 0xFFFFF), "limit 0x000fffff"),
    ],
)
def test_segments_of_another_name(found: tuple[int, int, int], words: str) -> None:
    """All of memory is all of memory: who executes the harness's code by another selector
    has not kept it from being executed."""
    image: Any = _Image()
    seen = machine(HERE)
    seen.segments["cs"] = found
    before = disturbed(machine(HERE), image)
    attack = "\n".join(one for one in disturbed(seen, image) if one not in before)
    mistake = "\n".join(careless(seen))
    assert bool(attack) == (found[1:] != (0, FLAT))
    assert bool(mistake) == (words == "CS is 0x0018")
    assert words in attack + mistake


def test_interrupts_are_a_mistake() -> None:
    image: Any = _Image()
    on, off = machine(HERE, flags=0x202), machine(HERE)
    assert careless(off) == [] and disturbed(on, image) == disturbed(off, image)
    assert careless(on) == [
        "while the test ran: EFLAGS are 0x00000202: interrupts (0x200) are on"
    ]
    assert "single steps" in "\n".join(disturbed(machine(HERE, flags=0x102), image))


@pytest.mark.parametrize(
    "registers, kept, words",
    [
        ({}, {}, ""),
        ({}, {BEGIN: HERE[BEGIN], STACK: HERE[STACK]}, ""),
        ({}, {BEGIN: ELSEWHERE}, "is executed at 0x00400000"),
        ({"a20": 1, "cr4": 0x90}, {}, ""),
        ({"a20": 0}, {}, "the gate A20 is off"),
        ({"cr4": 0xB0}, {}, "page-tables of another form"),
    ],
)
def test_what_the_page_tables_do_not_say(
    registers: dict[str, int], kept: dict[int, int], words: str
) -> None:
    image: Any = _Image()
    seen = machine(HERE)
    before = disturbed(seen, image)
    now = replace(seen, registers={**seen.registers, **registers}, kept=kept)
    found = "\n".join(one for one in disturbed(now, image) if one not in before)
    assert words in found and bool(words) == bool(found)


@pytest.mark.parametrize("cr4, place", [(0x90, 0x100000), (0x80, ELSEWHERE)])
def test_where_there_are_no_superpages_none_is_read(cr4: int, place: int) -> None:
    """What would be one is a page-table then."""
    ram = bytearray(MEGABYTES << 20)
    ram[DIRECTORY + 0xC00 : DIRECTORY + 0xC04] = (TABLE | 0x81).to_bytes(4, "little")
    ram[TABLE + 0x400 : TABLE + 0x404] = (ELSEWHERE | 1).to_bytes(4, "little")
    seen = replace(
        machine({}),
        registers={"cr3": DIRECTORY, "cr4": cr4},
        read=lambda at, size: bytes(ram[at : at + size]),
    )
    assert seen.physical(BEGIN) == place
    assert [*replace(seen).pages(range(BEGIN, BEGIN + 1))] == [place]
