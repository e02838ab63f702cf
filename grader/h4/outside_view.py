# SPDX-License-Identifier: MIT
"""A machine's memory at a checkpoint, as records and page-tables: for those who judge it.

Nothing here follows the page-tables of the guest to find the kernel's own data: the
image is where the boot loader has put it, as linked, and the environment memory is one
row of pages whose place the harness has noted. So a table that is wrong hides nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from itertools import compress
from operator import and_, or_
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from h4.outside_layout import Record, read_layouts
from h4.snapshot import Snapshot
from h4.symbols import Image

if TYPE_CHECKING:
    from h4.outside_array import Status, Statuses
    from h4.outside_pages import Mapping

# kernel/include/kernel/layout.h
PAGE = 0x1000
SUPERPAGE = 0x400000
ENTRIES = 1024
KERNEL_BASE = 0xC0000000
IMAGE_LIMIT = 0x00400000
ENVIRONMENT_BASE = 0xC0400000
CLIENT_BASE = 0xD0000000
WINDOW_BASE = 0xFFC00000
FIRST_KERNEL = KERNEL_BASE // SUPERPAGE

# kernel/include/kernel/entry.h
PRESENT, WRITE, USER = 0x001, 0x002, 0x004
CACHING = 0x018
ACCESSED, DIRTY = 0x020, 0x040
LARGE, GLOBAL = 0x080, 0x100
FRAME, LARGE_FRAME = 0xFFFFF000, 0xFFC00000

EMPTY = bytes(PAGE)
MOST_KEPT = 4096  # of what is read once
# Of the lowest byte of an entry: is it present?
_IS_PRESENT = bytes(byte & PRESENT for byte in range(256))


class Table(NamedTuple):
    """What a page-table or directory holds.

    entries  index and value of each that is present
    bits     that are set in one of these
    common   that are set in each of them
    highest  of their values
    pages    the numbers of the pages that they name
    """

    entries: list[tuple[int, int]]
    bits: int
    common: int
    highest: int
    pages: list[int]

    @staticmethod
    def of(data: bytes) -> Table:
        entries = present_in(data)
        values = [entry for _, entry in entries]
        bits, common = reduce(or_, values, 0), reduce(and_, values, -1)
        pages = [entry // PAGE for entry in values]
        return Table(entries, bits, common, max(values, default=0), pages)


NOTHING = Table([], 0, -1, 0, [])


def present_in(table: bytes) -> list[tuple[int, int]]:
    """Index and value of each present entry of a page-table or directory."""
    there = table[::4].translate(_IS_PRESENT)
    return list(compress(enumerate(array("I", table)), there))


class Unreadable(Exception):
    """What is to be looked at is not in the machine's memory."""


@dataclass
class Known:
    """What does not change while an image runs, and what was seen so far. It is kept as
    long as its image is, of which it therefore knows nothing."""

    layouts: dict[str, Record]
    tables: dict[bytes, Table] = field(default_factory=dict)
    pages: dict[int, bytes] = field(default_factory=dict)  # by frame, as seen last
    mapped: dict[tuple[int, int, int, bytes], list[Mapping]] = field(default_factory=dict)
    shown: dict[tuple[bytes, int, int], frozenset[int]] = field(default_factory=dict)
    owned: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    well: dict[tuple[int, ...], int] = field(default_factory=dict)
    arrays: dict[bytes, Statuses] = field(default_factory=dict)  # parts of page arrays
    statuses: dict[int, Status] = field(default_factory=dict)  # by the word of each

    @staticmethod
    def of(image: Image) -> Known:
        return Known(read_layouts(image))


Key, Read = TypeVar("Key"), TypeVar("Read")


def once(known: dict[Key, Read], key: Key, read: Callable[[], Read]) -> Read:
    """What was read before for this key, or is now. Of all that only so much is kept."""
    found = known.get(key)
    if found is None:
        if len(known) > MOST_KEPT:
            known.clear()
        found = known[key] = read()
    return found


class Values:
    """A record in memory: its members' values by name."""

    def __init__(self, record: Record, data: bytes) -> None:
        self.record = record
        self.data = data

    def __getitem__(self, name: str) -> int:
        one = self.record.at(name)
        raw = self.data[one.offset : one.offset + one.size]
        if len(raw) < one.size:
            raise Unreadable(f"struct {self.record.name} ends beyond memory")
        if one.bits:
            value = int.from_bytes(raw, "little") >> one.shift
            return value & ((1 << one.bits) - 1)
        return int.from_bytes(raw, "little", signed=one.signed)

    def part(self, name: str, layouts: dict[str, Record]) -> Values:
        """A member that is a record itself."""
        one = self.record.at(name)
        data = self.data[one.offset : one.offset + one.size]
        return Values(layouts[one.record], data)


class View:
    """One snapshot, read once."""

    def __init__(self, snapshot: Snapshot, image: Image, known: Known) -> None:
        self.snapshot = snapshot
        self.image = image
        self.known = known
        self.layouts = known.layouts
        self.end = snapshot.megabytes << 20
        self.environment = (0, 0)  # its physical addresses: first, end
        self._pages: dict[int, bytes] = {}

    def page(self, frame: int) -> bytes:
        """A page of memory; one of zeros where there is none."""
        data = self._pages.get(frame)
        if data is None:
            data = self.snapshot.read(frame, PAGE) if frame < self.end else b""
            data = data.ljust(PAGE, b"\0")
            # Much is kept by what a page holds, and is found sooner if it is the same object.
            before = self.known.pages.get(frame)
            if data == before:
                data = before
            self._pages[frame] = self.known.pages[frame] = data
        return data

    def physical(self, address: int) -> int:
        """Where something of the kernel's lies, as the course lays it out."""
        if KERNEL_BASE <= address < KERNEL_BASE + IMAGE_LIMIT:
            return address - KERNEL_BASE
        first, end = self.environment
        if ENVIRONMENT_BASE <= address < ENVIRONMENT_BASE + end - first:
            return address - ENVIRONMENT_BASE + first
        raise Unreadable(f"0x{address:08x} is no address of the kernel's data")

    def bytes(self, address: int, size: int) -> bytes:
        """Bytes of the kernel's data, all of them."""
        begin = self.physical(address)
        self.physical(address + max(size, 1) - 1)
        data = self.snapshot.read(begin, size)
        if len(data) != size:
            raise Unreadable(f"0x{address:08x} is beyond the machine's memory")
        return data

    def words(self, address: int, count: int) -> array[int]:
        """32-bit words of the kernel's data."""
        return array("I", self.bytes(address, 4 * count))

    def record(self, name: str, address: int) -> Values:
        """One record of the kernel's data."""
        layout = self.layouts[name]
        return Values(layout, self.bytes(address, layout.size))

    def columns(self, name: str, address: int, count: int, *paths: str) -> list[array[int]]:
        """Of an array of records: one word of each record for each path, which leads
        through members to what is a word."""
        size = self.layouts[name].size
        words = self.words(address, count * size // 4)
        return [words[self.place(name, path) // 4 :: size // 4] for path in paths]

    def place(self, name: str, path: str) -> int:
        """Where in a record a member is, or a member's member: `a.b`."""
        record, offset = self.layouts[name], 0
        for step in path.split("."):
            one = record.at(step)
            offset += one.offset
            record = self.layouts.get(one.record, record)
        return offset

    def table(self, frame: int) -> Table:
        """A page-table or directory. Those that hold the same are read once."""
        data = self.page(frame)
        if data == EMPTY:
            return NOTHING
        return once(self.known.tables, data, lambda: Table.of(data))

    def present(self, frame: int) -> list[tuple[int, int]]:
        """Index and value of each present entry of a page-table or directory."""
        return self.table(frame).entries

    def entries(self, frame: int, first: int = 0) -> dict[int, int]:
        """The present entries from index `first` on."""
        return {at: entry for at, entry in self.present(frame) if at >= first}
