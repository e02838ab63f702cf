# SPDX-License-Identifier: MIT
"""The machine as an emulator has it, while it stands still at a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from h4.symbols import Image


@dataclass(frozen=True)
class Snapshot:
    """The machine at a checkpoint, as the emulator has it: nothing here was said by
    the guest.

    registers  small letters: eax to edi, eip, eflags, cr0, cr2, cr3, cr4
    gdtr, idtr linear base, limit
    task       the task register: selector, linear base, limit
    segments   cs ds es fs gs ss ldtr: selector, base and limit as the processor has
               them cached
    sysenter   the registers 0x174 to 0x176 (MSRs); empty where the emulator does not
               tell them
    read       physical address, size -> bytes of RAM, short beyond its end
    megabytes  of RAM
    """

    registers: dict[str, int]
    gdtr: tuple[int, int]
    idtr: tuple[int, int]
    task: tuple[int, int, int]
    segments: dict[str, tuple[int, int, int]]
    sysenter: tuple[int, ...]
    read: Callable[[int, int], bytes]
    megabytes: int

    def word(self, physical: int) -> int:
        """A word of RAM; 0 where there is none."""
        return int.from_bytes(self.read(physical, 4), "little")


# What a test's end is judged by, beside what the guest itself says: each returns what
# is wrong, in words, a line each; nothing if all is well.
Judge = Callable[[Snapshot, "Image"], list[str]]
