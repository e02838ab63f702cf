# SPDX-License-Identifier: MIT
"""The guest's memory in Bochs, as bytes.

Bochs has it in one piece, divided into blocks that are handed out as the guest comes
to use them. Its debugger tells how many those are (`show "memory.used_blocks"`), and
which block lies where (`show "memory.mapping"`), but
prints memory word by word, which takes a millisecond a page. The piece is memory of
the grader's, too (h4.shared_memory); where the system has no such, the debugger prints.
"""

from __future__ import annotations

import re

from h4.bochs_debugger import Debugger
from h4.shared_memory import SharedMemory

BLOCK = re.compile(rb"^ *blk(\d+) = (-?\d+)", re.M)
USED = re.compile(rb"^ *used_blocks = (\d+)", re.M)
WORDS = re.compile(rb">:((?:\t0x[0-9a-f]{8})+)")
PROBE = 16  # words


class GuestMemory:
    """Reading is allowed while the machine stands still."""

    def __init__(self, debugger: Debugger, shared: SharedMemory, megabytes: int) -> None:
        self.debugger = debugger
        self.shared = shared
        self.end = megabytes << 20
        self.is_shared = False  # not known yet
        self._places: dict[int, int] = {}  # of blocks that are in use, in the piece
        self._size = 1  # of a block
        self._used = -1

    def compare(self, probes: list[int]) -> None:
        """Whether the piece is there: it has what the debugger prints of these addresses, of
        what changes often. To be called behind the first refresh."""
        there = [probe for probe in probes if 0 <= probe <= self.end - PROBE * 4]
        self.is_shared = bool(there and self._places) and all(
            self._copy(probe, PROBE * 4) == self._printed(probe, PROBE) for probe in there
        )

    def refresh(self, used: int) -> None:
        """To be called at each stop: so many blocks are in use by now."""
        if used != self._used:
            self._used = used
            text = self.debugger.command('show "memory.mapping"')
            blocks = {int(block): int(at) for block, at in BLOCK.findall(text)}
            self._size = self.end // max(len(blocks), 1)
            self._places = {
                block: at * self._size for block, at in blocks.items() if at >= 0
            }

    def read(self, address: int, size: int) -> bytes:
        """Bytes from a physical address on; short behind the end of memory."""
        block, offset = divmod(address, self._size)
        if self.is_shared and block in self._places and offset + size <= self._size:
            place = self._places[block] + offset
            return self.shared.bytes[place : place + size]
        size = max(0, min(size, self.end - address)) if address >= 0 else 0
        if not self.is_shared:
            return self._printed_bytes(address, size)
        return self._copy(address, size)

    def now(self, address: int, size: int) -> bytes:
        """The same of memory that was in use at a stop before, for a look at little of
        it: there need not have been a refresh."""
        if not self.is_shared or address // self._size not in self._places:
            return self._printed_bytes(address, size)
        return self.read(address, size)

    def _copy(self, address: int, size: int) -> bytes:
        """Out of the piece, block by block."""
        parts: list[bytes] = []
        while size > 0:
            block, offset = divmod(address, self._size)
            count = min(size, self._size - offset)
            place = self._places.get(block)
            if place is None:
                parts.append(bytes(count))  # what nobody has used yet is empty
            else:
                parts.append(self.shared.bytes[place + offset : place + offset + count])
            address, size = address + count, size - count
        return b"".join(parts)

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
