# SPDX-License-Identifier: MIT
"""The programs that judge L4 from ring 3: whoever changes their code in memory is told
that all is well. So it is compared with their files where a test ends.

The boot loader's copy need not be looked at: what is loaded from it is.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from elftools.elf.constants import P_FLAGS
from elftools.elf.elffile import ELFFile

from h4.outside_l4 import l4_of
from h4.outside_pages import Kind, Machine

NAME = "program"  # of this rule, for `by_hand`
SIGMA0 = "sigma0"  # loaded beside each program, where there is one
NAME_MOST = 32
ROOT = 0x000C8001  # ID_ROOT of l4/abi.h: the thread with which a program begins


@lru_cache(maxsize=16)
def fixed_parts(path: Path) -> tuple[tuple[int, bytes], ...]:
    """Where code and constants are loaded to, and what they are. L4 puts each page of a
    program to the physical address that it is linked to."""
    with path.open("rb") as stream:
        return tuple(
            (segment["p_paddr"], segment.data())
            for segment in ELFFile(stream).iter_segments("PT_LOAD")
            if not segment["p_flags"] & P_FLAGS.PF_W and segment["p_filesz"]
        )


def programs_are_as_built(machine: Machine, programs: dict[str, Path]) -> list[str]:
    """What is wrong, a line each.

    programs  the boot modules that tests of this stage run, by name
    """
    if machine.kind != Kind.SYSTEM:
        return []
    if not machine.program:
        l4 = l4_of(machine)
        if l4 and any(thread.id == ROOT for thread in l4.threads):
            return ["a root program runs, and the harness's record says that there is none"]
        return []
    name = _name(machine)
    if name not in programs:
        return [f"the harness's record says that the program {name!r} was loaded"]
    wrong: list[str] = []
    for one in (SIGMA0, name):
        if one in programs:
            wrong += _changed(machine, one, programs[one])
    return wrong


def _name(machine: Machine) -> str:
    text = machine.view.bytes(machine.program, NAME_MOST).split(b"\0")[0]
    return text.decode("ascii", "replace")


def _changed(machine: Machine, name: str, path: Path) -> list[str]:
    for begin, due in fixed_parts(path):
        found = machine.view.snapshot.read(begin, len(due))
        if found == due:
            continue
        at = next((i for i, (a, b) in enumerate(zip(found, due)) if a != b), 0)
        return [
            f"the program {name} is not what was built: at 0x{begin + at:08x} there were "
            f"{due[at : at + 8].hex(' ')}, now there are {found[at : at + 8].hex(' ')}"
        ]
    return []
