# SPDX-License-Identifier: MIT
"""What holds of the machine wherever a test's own code runs: then nothing comes between
two of its instructions, and it is these that are executed.

Of what a student's code may change and change back this sees what is changed just then.
Source: Intel SDM volume 3, 2.3, 6.11, 17.2.4.
"""

from __future__ import annotations

from h4.outside_machine import (
    SEGMENTS,
    descriptors,
    gates,
    segments,
    task_wrong,
    wrong_vectors,
)
from h4.snapshot import PAGE_SIZE, Code, Snapshot
from h4.symbols import Image

SINGLE_STEPS, INTERRUPTS = 0x100, 0x200  # of EFLAGS
BREAKPOINTS = 0xFF  # of DR7: those that are on


def disturbed(machine: Snapshot, image: Image) -> list[str]:
    """What is not so, in words; `machine` has dr7 among its registers."""
    wrong = _moved(machine, image)
    flags, control = (machine.registers.get(name, 0) for name in ("eflags", "dr7"))
    if flags & (SINGLE_STEPS | INTERRUPTS):
        wrong.append(
            f"EFLAGS are 0x{flags:08x}: single steps (0x{SINGLE_STEPS:x}) or interrupts "
            f"(0x{INTERRUPTS:x}) are on"
        )
    if control & BREAKPOINTS:
        wrong.append(f"DR7 is 0x{control:08x}: the processor has breakpoints")
    wrong += segments(machine) + descriptors(machine, image)
    return wrong + _vectors(machine, image) + task_wrong(machine, image)


def _moved(machine: Snapshot, image: Image) -> list[str]:
    """Code, constants and stack are where the loader has put them."""
    begin, last = image.constants
    for page in (*range(begin & -PAGE_SIZE, last + 1, PAGE_SIZE), machine.registers["esp"]):
        found = machine.physical(page)
        if found != Code.physical(page):
            where = "nowhere" if found is None else f"at 0x{found:08x}"
            return [f"{image.named(page)} is mapped {where}, not to where the kernel is"]
    return []


def _vectors(machine: Snapshot, image: Image) -> list[str]:
    """Some tests have gates of their own, to code that is theirs or the harness's: it is
    linked behind all other code."""
    base, limit = machine.idtr
    table = bytearray(machine.linear(base, min(limit + 1, 256 * 8)))
    own = min(image.test_functions)
    for gate in gates(bytes(table)):
        if gate.selector == SEGMENTS["cs"] and gate.offset >= own:
            table[gate.vector * 8 : gate.vector * 8 + 8] = bytes(8)
    return list(wrong_vectors(bytes(table), image))
