# SPDX-License-Identifier: MIT
"""Where the gates of the interrupt descriptor table (IDT) lead, seen from outside.

Two things are asked of them. Whether each leads to the kernel's entry for its vector: who
has a gate of whom that is not so has made a mistake, which costs the test. And whether an
exception or an interrupt would go to code in ring 0 that is nobody's entry: so the
machine is taken over, and nothing counts any more. Source: Intel SDM volume 3, 6.11.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from h4.outside_machine import GDT_ENTRIES, KERNEL_TSS, SEGMENTS, TASKS
from h4.snapshot import Snapshot
from h4.symbols import Image

GATE_TASK, GATE_PRESENT = 0x05, 0x80
VECTORS = 256
TASK_VECTORS = {2: 0x40, 8: 0x30, 18: 0x48}
# Where the harness itself takes a vector while programs run (system_entry.S).
HARNESS_VECTORS = {32: "system_tick"}
# The kernel's and H's entries, an address a vector, and how many there are.
ENTRIES = {"trap_entries": 48, "gate_entries": 129}

LOCAL, LEVEL = 4, 3  # of a selector: its table is the LDT; the level that asks for it
NOT_ENTERED = (0x00, 0x10, 0x18, 0x20)  # nothing, data, and what is for programs


class Gate(NamedTuple):
    """An entry of the IDT that is present."""

    vector: int
    selector: int
    offset: int
    type: int  # without its level


def gates(data: bytes) -> Iterator[Gate]:
    """Those of a table."""
    for vector, (low, high) in enumerate(struct.iter_unpack("<II", data[: len(data) & ~7])):
        if high >> 8 & GATE_PRESENT:
            offset = high & 0xFFFF0000 | low & 0xFFFF
            yield Gate(vector, low >> 16, offset, high >> 8 & 0x1F)


def entries(image: Image, name: str) -> list[int]:
    """Such an array, in the kernel's constants; empty if there is none."""
    at = image.addresses.get(name)
    begin, data = image.read_only
    if not at or not begin <= at < begin + len(data):
        return []
    size = min(ENTRIES[name] * 4, begin + len(data) - at) // 4
    return list(struct.unpack_from(f"<{size}I", data, at - begin))


def _table(machine: Snapshot, count: int = VECTORS) -> bytes:
    base, limit = machine.idtr
    return machine.linear(base, min(limit + 1, count * 8))


def mistaken(machine: Snapshot, image: Image) -> list[str]:
    """The gates that do not lead to where the course's code enters for their vector, in
    words."""
    return list(_mistaken(_table(machine), image))


@lru_cache(maxsize=4)
def _mistaken(table: bytes, image: Image) -> tuple[str, ...]:
    own = {at: image.addresses.get(name) for at, name in HARNESS_VECTORS.items()}
    ways = [entries(image, name) for name in ENTRIES]
    wrong = []
    for gate in gates(table):
        due = {entry for way in ways for entry in way[gate.vector : gate.vector + 1] if entry}
        if gate.type == GATE_TASK:
            if TASK_VECTORS.get(gate.vector) == gate.selector:
                continue
        elif gate.selector == SEGMENTS["cs"] and gate.offset in {*due, own.get(gate.vector)}:
            continue
        wrong.append(f"{_leads(gate, image)}; {_due(gate.vector, sorted(due), image)}")
    return tuple(wrong)


def _leads(gate: Gate, image: Image) -> str:
    where = "a task" if gate.type == GATE_TASK else image.named(gate.offset)
    return f"vector {gate.vector} leads to 0x{gate.selector:04x}:{where}"


def _due(vector: int, entries: list[int], image: Image) -> str:
    ways = [f"0x{SEGMENTS['cs']:04x}:{image.named(entry)}" for entry in entries]
    if vector in TASK_VECTORS:
        ways = [f"0x{TASK_VECTORS[vector]:04x}:a task", *ways]
    return f"it should lead to {' or '.join(ways)}" if ways else "there should be none"


def taken(machine: Snapshot, image: Image, count: int = VECTORS) -> list[str]:
    """The gates, of the first `count`, through which the processor would go to code in
    ring 0 that is neither one of the kernel's or H's entries, nor the harness's for this
    vector, nor a row of entries in a test. Where nothing is mapped is none."""
    table, local = _table(machine, count), machine.segments.get("ldtr", (0, 0, 0))[0]
    return [
        f"{_leads(gate, image)}, and not to an entry of the kernel's"
        for gate in _foreign(table, bool(local & ~LEVEL), image)
        if gate.selector & ~LEVEL != SEGMENTS["cs"]
        or machine.physical(gate.offset) is not None
    ]


@lru_cache(maxsize=4)
def _foreign(table: bytes, local: bool, image: Image) -> tuple[Gate, ...]:
    known = {entry for name in ENTRIES for entry in entries(image, name) if entry}
    arrays = [(image.addresses.get(name), 4 * len(entries(image, name))) for name in ENTRIES]
    own = {at: image.addresses.get(name) for at, name in HARNESS_VECTORS.items()}
    tests = min(image.test_functions)

    def is_known(gate: Gate) -> bool:
        # Who leaves out to read an array has its constants executed, which are no one's.
        return (
            gate.offset == own.get(gate.vector)
            # Such a row is of no function, at whose end one goes where the stack says. Tests
            # and harness are linked behind all other code.
            or tests <= gate.offset < image.code_end
            and image.function_begin(gate.offset) not in image.function_sizes
            or gate.offset in known
            or any(at and at <= gate.offset < at + size for at, size in arrays)
        )

    return tuple(
        gate
        for gate in gates(table)
        if _is_entered(gate, local)
        and not (gate.selector & ~LEVEL == SEGMENTS["cs"] and is_known(gate))
    )


def _is_entered(gate: Gate, local: bool) -> bool:
    """Whether the processor may go to ring 0 through this gate, and not to a task of the
    kernel's: others have a mistake in them, such as one with the selector of a program's
    code. The GDT has been looked at."""
    selector = gate.selector & ~LEVEL
    if selector & LOCAL:
        return local
    if gate.type == GATE_TASK:
        # In front of the kernel's there are no tasks.
        known = selector < KERNEL_TSS or selector in TASKS
    else:
        known = selector in NOT_ENTERED
    return not known and selector < GDT_ENTRIES * 8
