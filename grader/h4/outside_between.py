# SPDX-License-Identifier: MIT
"""What holds of the machine wherever a test's own code runs: then nothing comes between
two of its instructions, and it is these that are executed.

Of what a student's code may change and change back this sees what is changed just then.
Source: Intel SDM volume 3, 2.3, 6.11, 17.2.4.
"""

from __future__ import annotations

from h4.outside_machine import (
    GATE_TASK,
    GDT_ENTRIES,
    SEGMENTS,
    TASKS,
    Gate,
    descriptors,
    entries,
    gates,
    segments,
)
from h4.snapshot import PAGE_SIZE, Code, Snapshot
from h4.symbols import Image

SINGLE_STEPS, INTERRUPTS = 0x100, 0x200  # of EFLAGS
BREAKPOINTS = 0xFF  # of DR7: those that are on
# Vectors from here on come up by interrupts, which are off, and by INT n, which no test
# executes in ring 0.
EXCEPTIONS = 32
LOCAL, LEVEL = 4, 3  # of a selector: its table is the LDT; the level that asks for it
NOT_ENTERED = (0x00, 0x10, 0x18, 0x20)  # nothing, data, and what is for programs


def disturbed(machine: Snapshot, image: Image) -> list[str]:
    """What is not so, in words; `machine` has dr7 among its registers."""
    wrong = _moved(machine, image)
    flags, control = (machine.registers.get(name, 0) for name in ("eflags", "dr7"))
    if flags & SINGLE_STEPS:
        wrong.append(f"EFLAGS are 0x{flags:08x}: single steps (0x{SINGLE_STEPS:x}) are on")
    if control & BREAKPOINTS:
        wrong.append(f"DR7 is 0x{control:08x}: the processor has breakpoints")
    wrong += segments(machine) + descriptors(machine, image)
    return wrong + _vectors(machine, image)


def interrupted(machine: Snapshot) -> list[str]:
    """Interrupts are off where a test's code runs. Who has them on may only have made a
    mistake: such a test has failed."""
    flags = machine.registers.get("eflags", 0)
    if not flags & INTERRUPTS:
        return []
    return [f"while the test ran EFLAGS were 0x{flags:08x}: interrupts were on"]


def _moved(machine: Snapshot, image: Image) -> list[str]:
    """Code, constants and stack are where the loader has put them."""
    begin, last = image.constants
    pages = range(begin & -PAGE_SIZE, last + 1, PAGE_SIZE)
    found = [*machine.pages(pages), machine.physical(machine.registers["esp"])]
    for page, place in zip((*pages, machine.registers["esp"]), found):
        if place != Code.physical(page):
            where = "nowhere" if place is None else f"at 0x{place:08x}"
            return [f"{image.named(page)} is mapped {where}, not to where the kernel is"]
    return []


def _vectors(machine: Snapshot, image: Image) -> list[str]:
    """No exception leads to other code in ring 0 than the kernel's and H's entries, and
    what is the tests' own or the harness's: that is linked behind all other code. Gates
    that only have a mistake in them are the affair of the test: one through which the
    processor does not go, such as one with the selector of a program's code, or one that
    leads to the entry of another exception."""
    base, limit = machine.idtr
    table = machine.linear(base, min(limit + 1, EXCEPTIONS * 8))
    ways = [entries(image, name)[:EXCEPTIONS] for name in ("trap_entries", "gate_entries")]
    known = {entry for way in ways for entry in way if entry}
    own = min(image.test_functions)
    local = machine.segments.get("ldtr", (0, 0, 0))[0] & ~LEVEL
    return [
        f"vector {gate.vector} leads to 0x{gate.selector:04x}:"
        f"{image.named(gate.offset)}, and not to an entry of the kernel's"
        for gate in gates(table)
        if _is_entered(gate, bool(local))
        and not (gate.selector & ~LEVEL == SEGMENTS["cs"] and _is_known(gate, known, own))
    ]


def _is_known(gate: Gate, known: set[int], own: int) -> bool:
    return gate.type != GATE_TASK and (gate.offset >= own or gate.offset in known)


def _is_entered(gate: Gate, local: bool) -> bool:
    """Whether the processor may go to ring 0 through this gate, and not to a task of the
    kernel's. Of the GDT nobody but the kernel has changed what is looked at here."""
    selector = gate.selector & ~LEVEL
    if selector & LOCAL:
        return local
    if gate.type == GATE_TASK and selector in TASKS:
        return False
    return selector not in NOT_ENTERED and selector < GDT_ENTRIES * 8
