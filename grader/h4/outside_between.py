# SPDX-License-Identifier: MIT
"""What holds of the machine wherever a test's own code runs: then nothing comes between
two of its instructions, and it is these that are executed.

Of what a student's code may change and change back this sees what is changed just then.
Source: Intel SDM volume 3, 2.3, 2.5, 4.4, 17.2.4.
"""

from __future__ import annotations

from h4.outside_gates import taken
from h4.outside_machine import bent, descriptors, masked, renamed
from h4.snapshot import PAGE_SIZE, Code, Snapshot
from h4.symbols import Image

SINGLE_STEPS, INTERRUPTS = 0x100, 0x200  # of EFLAGS
BREAKPOINTS = 0xFF  # of DR7: those that are on
OTHER_TABLES = 0x20  # of CR4 (PAE): page-tables have another form than the one read here
# Vectors from here on come up by interrupts, which are off, and by INT n, which no test
# executes in ring 0.
EXCEPTIONS = 32


def disturbed(machine: Snapshot, image: Image) -> list[str]:
    """What is not so, in words; `machine` has dr7 among its registers."""
    wrong = _moved(machine, image)
    flags, control, cr4 = (machine.registers.get(one, 0) for one in ("eflags", "dr7", "cr4"))
    if cr4 & OTHER_TABLES:
        wrong.append(
            f"CR4 is 0x{cr4:08x}: page-tables of another form (0x{OTHER_TABLES:x}) are in use"
        )
    if flags & SINGLE_STEPS:
        wrong.append(f"EFLAGS are 0x{flags:08x}: single steps (0x{SINGLE_STEPS:x}) are on")
    if control & BREAKPOINTS:
        wrong.append(f"DR7 is 0x{control:08x}: the processor has breakpoints")
    wrong += masked(machine) + bent(machine) + descriptors(machine, image)
    return wrong + taken(machine, image, EXCEPTIONS)


def careless(machine: Snapshot) -> list[str]:
    """What else must not be where a test's code runs, but may be only a mistake, and
    disturbs nobody: interrupts that are on, or a segment that is all of memory without
    being the kernel's own. Such a test has failed."""
    wrong = renamed(machine)
    flags = machine.registers.get("eflags", 0)
    if flags & INTERRUPTS:
        wrong.append(f"EFLAGS are 0x{flags:08x}: interrupts (0x{INTERRUPTS:x}) are on")
    return [f"while the test ran: {one}" for one in wrong]


def _moved(machine: Snapshot, image: Image) -> list[str]:
    """Code, constants and stack are where the loader has put them."""
    begin, last = image.constants
    pages = range(begin & -PAGE_SIZE, last + 1, PAGE_SIZE)
    found = [*machine.pages(pages), machine.physical(machine.registers["esp"])]
    for page, place in zip((*pages, machine.registers["esp"]), found):
        if place != Code.physical(page):
            where = "nowhere" if place is None else f"at 0x{place:08x}"
            return [f"{image.named(page)} is mapped {where}, not to where the kernel is"]
    for page, place in machine.kept.items():
        if place != Code.physical(page):
            return [
                f"{image.named(page)} is executed at 0x{place:08x}, by a translation that the "
                "processor has kept, and not where the kernel is"
            ]
    return []
