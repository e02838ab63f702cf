# SPDX-License-Identifier: MIT
"""The machine as an emulator has it, while it stands still at a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from h4.symbols import Image

KERNEL_BASE = 0xC0000000  # kernel/layout.h
PAGE_SIZE = 4096
PRESENT, LARGE = 1, 1 << 7
PSE = 1 << 4  # of CR4: there are superpages


@dataclass(frozen=True)
class Snapshot:
    """The machine at a checkpoint, as the emulator has it: nothing here was said by
    the guest.

    registers  small letters: esp, ebp, eip, eflags, cr0, cr2, cr3, cr4; a20, 0 where the
               gate is off, if the emulator tells it, and not at a test's end
    gdtr, idtr linear base, limit
    task       the task register: selector, linear base, limit
    segments   cs ds es fs gs ss ldtr: selector, base and limit as the processor has
               them cached
    sysenter   the registers 0x174 to 0x176 (MSRs); empty where the emulator does not
               tell them, and at a test's end
    read       physical address, size -> bytes of RAM, short beyond its end
    megabytes  of RAM
    kept       of some pages of code the frame where the processor has found them, which it
               keeps in its TLB whatever the page-tables say now
    """

    registers: dict[str, int]
    gdtr: tuple[int, int]
    idtr: tuple[int, int]
    task: tuple[int, int, int]
    segments: dict[str, tuple[int, int, int]]
    sysenter: tuple[int, ...]
    read: Callable[[int, int], bytes]
    megabytes: int
    kept: dict[int, int] = field(default_factory=dict)
    _places: dict[int, int | None] = field(default_factory=dict)  # of pages, as found

    def word(self, physical: int) -> int:
        """A word of RAM; 0 where there is none."""
        return int.from_bytes(self.read(physical, 4), "little")

    def physical(self, linear: int) -> int | None:
        """Where the page tables that CR3 names have this address; None: nowhere.
        What the processor has in its TLB may be something else."""
        page = linear & ~0xFFF
        if page not in self._places:
            self._places[page] = self._walk(page)
        place = self._places[page]
        return None if place is None else place | linear & 0xFFF

    def _walk(self, linear: int) -> int | None:
        directory = self.registers.get("cr3", 0) & ~0xFFF
        entry = self.word(directory + (linear >> 22) * 4)
        if not entry & PRESENT:
            return None
        if self._is_large(entry):
            return entry & 0xFFC00000 | linear & 0x003FFFFF
        entry = self.word((entry & ~0xFFF) + (linear >> 12 & 0x3FF) * 4)
        return entry & ~0xFFF | linear & 0xFFF if entry & PRESENT else None

    def _is_large(self, entry: int) -> bool:
        """Whether it is a superpage for the processor, as it is set."""
        return bool(entry & LARGE and self.registers.get("cr4", PSE) & PSE)

    def pages(self, addresses: range) -> Iterator[int | None]:
        """The same of the addresses of one page behind the other."""
        directory = self.registers.get("cr3", 0) & ~0xFFF
        upper, table = -1, b""
        for linear in addresses:
            if linear >> 22 != upper:
                upper = linear >> 22
                entry = self.word(directory + upper * 4)
                known = entry & PRESENT and not self._is_large(entry)
                table = self.read(entry & ~0xFFF, PAGE_SIZE) if known else b""
            at = (linear >> 12 & 0x3FF) * 4
            entry = int.from_bytes(table[at : at + 4], "little")
            if entry & PRESENT:
                yield entry & ~0xFFF | linear & 0xFFF
            else:
                yield None if table else self.physical(linear)

    def linear(self, address: int, size: int) -> bytes:
        """Bytes at a linear address; short where the next page is not there."""
        if address % PAGE_SIZE + size <= PAGE_SIZE:
            place = self.physical(address)
            return b"" if place is None else self.read(place, size)
        parts: list[bytes] = []
        while size > 0:
            place = self.physical(address)
            if place is None:
                break
            count = min(size, PAGE_SIZE - address % PAGE_SIZE)
            parts.append(self.read(place, count))
            address, size = address + count & 0xFFFFFFFF, size - count
        return b"".join(parts)


@dataclass(frozen=True)
class Code:
    """Where the kernel lies.

    changing  linear addresses of data of its that change often: what guest memory is
              recognised by
    """

    changing: tuple[int, ...]

    @staticmethod
    def physical(linear: int) -> int:
        """Of an address in the kernel image, which is never moved."""
        return linear - KERNEL_BASE & 0xFFFFFFFF


class Moment(Enum):
    """Where the harness stops the machine for a look."""

    BEGIN = "begin"  # of a test; the first one is the machine after its start
    END = "end"  # of a test, before its fixtures tidy up
    OVER = "over"  # behind the last test


class Call(NamedTuple):
    """A call of a test's that is to come back where it was made, in one of its turns.

    call, back  linear addresses: of its instruction, and of the one behind it
    one_in      so many turns: which of them follows from what the registers and the
                call's arguments are then
    key         and from this number, which is odd
    """

    call: int
    back: int
    one_in: int
    key: int


class Watch(Protocol):
    """Looks at the machine at each of these moments.

    fixed  physical addresses and sizes of what nobody writes to between the beginning
           of the first test and the end of the boot: an emulator that can stop where
           it happens does so
    executed  pages of code of which `comes_by` is to be told where the processor has them
    """

    code: Code
    fixed: list[tuple[int, int]]
    executed: list[int]

    def look(
        self,
        moment: Moment,
        machine: Callable[[], Snapshot],
        line: Callable[[int], bytes],
    ) -> bool:
        """False: enough has been seen, this boot is over.

        machine  takes a snapshot
        line     what has come on COM2, from the byte with this number on
        """
        ...

    def written(self, physical: int, behind: int) -> bool:
        """Something of `fixed` was written to; `behind` is the linear address of what
        would have come next. False: the boot is over."""
        ...

    def is_watched(self) -> None:
        """From here on the emulator stops where the processor writes to `fixed`."""
        ...

    def way(self) -> list[int]:
        """Linear addresses that the running test always executes before its end, in this
        order: an emulator that can stop there does so once at each."""
        ...

    def calls(self) -> list[Call]:
        """Of the running test, a few: an emulator that can stop there sees whether each
        comes back, once."""
        ...

    def skipped(self, back: int) -> None:
        """One of them has not: the test has gone on, to its next turn or to its end, and
        has not been at this address."""
        ...

    def comes_by(
        self, read: Callable[[int, int], bytes], machine: Callable[[], Snapshot]
    ) -> None:
        """The test is at the next of them; `read` is that of a snapshot, `machine` takes
        one, with dr7 among its registers."""
        ...

    def missed(self, point: int) -> None:
        """The test has come to its end, and not to this one of them."""
        ...


# What a test's end is judged by, beside what the guest itself says: each returns what
# is wrong, in words, a line each; nothing if all is well. The number is that of the test,
# by its place in this boot.
Judge = Callable[[Snapshot, "Image", int], list[str]]
