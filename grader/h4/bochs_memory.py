# SPDX-License-Identifier: MIT
"""The guest's memory in Bochs, as bytes.

Bochs has it in one piece, divided into blocks that are handed out as the guest comes
to use them. Its debugger tells how many those are (`show "memory.used_blocks"`), and
which block lies where (`show "memory.mapping"`), but
prints memory word by word, which takes a millisecond a page. So the piece is looked
for in the process, once a boot, and read there; where it is not found, or
the system does not let us read, the debugger prints.

Whether it is the right piece: the kernel's code has to be in it, and what the debugger
prints of memory that changes all the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from h4.bochs_debugger import Debugger
from h4.process_memory import PAGE_SIZE, ProcessMemory

BLOCK = re.compile(rb"^ *blk(\d+) = (-?\d+)", re.M)
USED = re.compile(rb"^ *used_blocks = (\d+)", re.M)
WORDS = re.compile(rb">:((?:\t0x[0-9a-f]{8})+)")
HEAD = 64  # of the kernel's code: what the piece is looked for by
PROBE = 16  # words
# Pages and tables are asked for many times, and lie side by side. Asking the system
# costs as much as copying this.
PART = 1 << 13
# From the end of the guest's memory to the end of the region that it is in, where it was
# found before, beginning with Debian's Bochs: the next one is likely to have it there too.
DISTANCES = {0x222000}


class GuestMemory:
    """Reading is allowed while the machine stands still."""

    def __init__(
        self, debugger: Debugger, process: ProcessMemory, megabytes: int
    ) -> None:
        self.debugger = debugger
        self.process = process
        self.end = megabytes << 20
        self.base: int | None = None  # of the piece, in the process
        self._blocks: dict[int, int] = {}
        self._size = 1  # of a block
        self._used = -1
        self._held: dict[int, bytes] = {}  # parts read at this stop

    def locate(self, at: int, code: bytes, probes: list[int]) -> None:
        """Looks for the piece: `code` is at the physical address `at` unless the
        guest has changed it. `probes` are addresses of what changes often."""
        if not self._blocks:
            return
        said = {probe: self._printed(probe, PROBE) for probe in probes}
        for end, candidate in self._candidates(at, code[:HEAD]):
            self.base = candidate
            self._held.clear()
            if self.read(at, len(code)) == code and all(
                self.read(probe, len(words)) == words for probe, words in said.items()
            ):
                DISTANCES.add(end - candidate - self.end)
                return
        self.base = None
        self._held.clear()

    def _candidates(self, at: int, head: bytes) -> Iterator[tuple[int, int]]:
        """Where the piece may begin, and the end of the region that it is in."""
        offset = self._blocks.get(at // self._size, -1) * self._size + at % self._size
        if offset < 0:
            return
        large = [
            (begin, end)
            for begin, end in self.process.regions()
            if end - begin >= self.end
        ]
        for _, end in large:
            for distance in tuple(DISTANCES):
                candidate = end - distance - self.end
                if self.process.read(candidate + offset, len(head)) == head:
                    yield end, candidate
        for begin, end in large:
            for first, last in self.process.used(begin, end):
                data = self.process.read(first, last - first)
                place = data.find(head)
                while place >= 0:
                    candidate = first + place - offset
                    if candidate % PAGE_SIZE == 0 and candidate >= begin:
                        yield end, candidate
                    place = data.find(head, place + 1)

    def refresh(self, used: int) -> None:
        """To be called at each stop: so many blocks are in use by now."""
        self._held.clear()
        if used != self._used:
            self._used = used
            text = self.debugger.command('show "memory.mapping"')
            self._blocks = {int(block): int(at) for block, at in BLOCK.findall(text)}
            self._size = self.end // max(len(self._blocks), 1)

    def read(self, address: int, size: int) -> bytes:
        """Bytes from a physical address on; short behind the end of memory."""
        offset = address % PART
        held = self._held.get(address - offset)
        if held is not None and offset + size <= PART:
            return held[offset : offset + size]
        size = max(0, min(size, self.end - address)) if address >= 0 else 0
        if not size:
            return b""
        if self.base is None:
            return self._printed_bytes(address, size)
        if offset + size <= PART and self._size % PART == 0:
            data = self._held[address - offset] = self._copy(address - offset, PART)
            return data[offset : offset + size]
        parts: list[bytes] = []
        while size:
            count = min(size, self._together(address, size))
            parts.append(self._copy(address, count))
            address, size = address + count, size - count
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _together(self, address: int, size: int) -> int:
        """How many bytes from here on lie side by side in the process, if so many are
        wanted: blocks often follow each other, and joining copies costs another one."""
        block = address // self._size
        place, count = self._blocks.get(block, -1), self._size - address % self._size
        while count < size and place >= 0 and self._blocks.get(block + 1) == place + 1:
            block, place, count = block + 1, place + 1, count + self._size
        return count

    def now(self, address: int, size: int) -> bytes:
        """The same of memory that was in use at a stop before, for a look at little of
        it: nothing is kept, and there need not have been a refresh."""
        block, offset = divmod(address, self._size)
        place = self._blocks.get(block, -1)
        if self.base is None or place < 0 or offset + size > self._size:
            return self._printed_bytes(address, size)
        return self.process.read(self.base + place * self._size + offset, size)

    def _copy(self, address: int, size: int) -> bytes:
        """What lies in one block."""
        block, offset = divmod(address, self._size)
        place = self._blocks.get(block, -1)
        if place < 0 or self.base is None:
            return bytes(size)  # what nobody has used yet is empty
        return self.process.read(self.base + place * self._size + offset, size)

    def _printed_bytes(self, address: int, size: int) -> bytes:
        begin = address & ~3
        words = (address + size - begin + 3) // 4
        data = self._printed(begin, words)
        return data[address - begin : address - begin + size]

    def _printed(self, address: int, words: int) -> bytes:
        """By the debugger."""
        text = self.debugger.command(f"xp /{words}wx 0x{address:x}") if words else b""
        return b"".join(
            int(word, 16).to_bytes(4, "little")
            for line in WORDS.findall(text)
            for word in line.split()
        )
