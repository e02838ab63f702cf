# SPDX-License-Identifier: MIT
"""The memory of a process of ours, for reading: that of an emulator, which holds the
guest's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# Private, writable, and of no file.
REGION = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ 0 *(?:\[|$)", re.M)

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
# Is a page in memory, or swapped out? Its entry in the page map says so by its upper two
# bits, which are in the last of its eight bytes.
_THERE = bytes(bool(byte & 0xC0) for byte in range(256))
RUN = re.compile(b"\x01+")


class ProcessMemory:
    """Where the system forbids it, all reads are empty."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        try:
            self._file = os.open(self._folder / "mem", os.O_RDONLY)
        except OSError:
            self._file = -1

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def read(self, address: int, size: int) -> bytes:
        """So many bytes, or none if they are not all there."""
        if self._file < 0:
            return b""
        try:
            data = os.pread(self._file, size, address)
        except (OSError, OverflowError):
            return b""
        return data if len(data) == size else b""

    def regions(self) -> list[tuple[int, int]]:
        """Begin and end of each region that the process has asked the system for."""
        try:
            text = (self._folder / "maps").read_text("ascii", "replace")
        except OSError:
            return []
        return [(int(begin, 16), int(end, 16)) for begin, end in REGION.findall(text)]

    def used(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Begin and end of each run of pages in a region that were ever touched."""
        try:
            with (self._folder / "pagemap").open("rb") as file:
                file.seek(begin // PAGE_SIZE * 8)
                entries = file.read((end - begin) // PAGE_SIZE * 8)
        except (OSError, ValueError):
            return
        for run in RUN.finditer(entries[7::8].translate(_THERE)):
            yield begin + run.start() * PAGE_SIZE, begin + run.end() * PAGE_SIZE
