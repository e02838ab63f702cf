# SPDX-License-Identifier: MIT
"""What L4 has noted of its spaces, threads and mappings, read from outside: the records
of l4/units.h, in an array of units.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from operator import eq
from typing import NamedTuple

from h4.outside_layout import Record
from h4.outside_pages import Machine, Mapping, slots
from h4.outside_view import FRAME, LARGE, PAGE, SUPERPAGE, Values, View, once


@dataclass(frozen=True)
class Space:
    """A space that has threads; `directory` is None where H knows no such space."""

    place: int  # where its record is
    pagemap: int
    generation: int
    kip: int
    kip_bytes: int  # 0: it has none
    utcb_first: int
    utcb_bytes: int
    active: int
    directory: int | None

    def has_utcbs_at(self, address: int) -> bool:
        """Is it in the area where UTCBs are?"""
        return self.utcb_first <= address < self.utcb_first + self.utcb_bytes

    def __str__(self) -> str:
        if self.directory is None:
            return f"the space with H's handle {self.pagemap}.{self.generation}"
        return f"the space 0x{self.directory:08x}"


@dataclass(frozen=True)
class Thread:
    """A thread that is active."""

    id: int
    space: int  # where the record of its space is
    context: tuple[int, int]  # slot and generation
    local: int  # where message register 0 is
    utcb: tuple[int, int]


class Owned(NamedTuple):
    """A mapping of the database."""

    place: int
    space: int
    address: int
    frame: int
    log2: int
    broken: int
    left: int
    parent: int


class L4:
    """All of it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.view: View = machine.view
        image = self.view.image
        self.units = self._word("units", image.addresses.get("units", 0))
        count = self._word("unit_count", image.addresses.get("unit_count", 0))
        self.has_database = bool(image.addresses.get("mapdb_used", 0))
        self._unit: Record = self.view.layouts["unit"]
        self._size = self._unit.size // 4
        self._words: array[int] = array("I")
        if self.units:
            self._words = self.view.words(self.units, count * self._size)

    def _word(self, name: str, address: int) -> int:
        return self.view.words(address, 1)[0] if address else 0

    def _column(self, path: str) -> array[int]:
        """One word of every unit."""
        return self._words[self.view.place("unit", path) // 4 :: self._size]

    @cached_property
    def spaces(self) -> dict[int, Space]:
        """Those that have threads, by where their records are."""
        first = self.units + self._unit.at("space").offset
        names = (
            "threads", "pagemap.slot", "pagemap.generation", "kip", "kip_bytes",
            "utcb_first", "utcb_bytes", "active",
        )  # fmt: skip
        columns = [self._column(f"space.{name}") for name in names]
        found: dict[int, Space] = {}
        for at, values in enumerate(zip(*columns)):
            if values[0]:
                place = first + at * self._unit.size
                found[place] = Space(place, *values[1:], self._directory(*values[1:3]))
        return found

    @cached_property
    def handles(self) -> list[tuple[int, int]]:
        """Generation and page-directory of each of H's slots for address spaces."""
        where, count = self._state["pagemaps"], self._state["pagemap_count"]
        return list(zip(*slots(self.view, where, count)))

    @cached_property
    def _state(self) -> Values:
        return self.view.record("h_state", self.view.image.address("h_state"))

    @property
    def pagemaps(self) -> int:
        """Where the first of these slots is."""
        return self._state["pagemaps"]

    def _directory(self, slot: int, generation: int) -> int | None:
        if slot >= len(self.handles) or not generation:
            return None
        has, directory = self.handles[slot]
        return directory if has == generation else None

    def frame_of(self, mapping: tuple[int, int]) -> int | None:
        """The page that a kernel mapping of L4's own shows; None: there is none."""
        slot, generation = mapping
        state, layout = self._state, self.view.layouts["kernel_mapping_slot"]
        if slot >= state["kernel_mapping_count"]:
            return None
        place = state["kernel_mappings"] + slot * layout.size
        values = self.view.record("kernel_mapping_slot", place)
        if not generation or values["generation"] != generation:
            return None
        frames = int.from_bytes(values.part("frames", self.view.layouts).data, "little")
        return frames & ~(PAGE - 1)

    @cached_property
    def threads(self) -> list[Thread]:
        """Those that are active, and belong to a space."""
        names = (
            "id", "space", "context.slot", "context.generation", "local", "utcb.slot",
            "utcb.generation",
        )  # fmt: skip
        columns = [self._column(f"thread.{name}") for name in names]
        return [
            Thread(one, space, (slot, generation), local, (utcb, number))
            for one, space, slot, generation, local, utcb, number in zip(*columns)
            if one and space and local
        ]

    def context(self, slot: int) -> Values | None:
        """One of H's fault contexts."""
        image = self.view.image
        execution = self.view.record("execution", image.address("execution"))
        if slot >= execution["context_count"]:
            return None
        size = self.view.layouts["context_slot"].size
        return self.view.record("context_slot", execution["contexts"] + slot * size)

    @cached_property
    def owned(self) -> list[Owned]:
        """All mappings of the database."""
        return list(self._owned()) if self.has_database else []

    def _owned(self) -> Iterator[Owned]:
        row, layout = self._unit.at("mappings"), self.view.layouts["mapping"]
        for number in range(row.size // layout.size):
            first = row.offset + number * layout.size
            column = self._words[
                (first + layout.at("space").offset) // 4 :: self._size
            ]
            for at, space in enumerate(column):
                if space:
                    yield self._read(at * self._unit.size + first, layout)

    @cached_property
    def _owned_in(self) -> list[tuple[int, int]]:
        """Where in a record, read as one number, each member of an Owned is: a shift, and a
        mask behind it."""
        layout = self.view.layouts["mapping"]
        members = [layout.at(name) for name in Owned._fields[1:]]
        return [
            (8 * one.offset + one.shift, (1 << (one.bits or 8 * one.size)) - 1)
            for one in members
        ]

    def _read(self, offset: int, layout: Record) -> Owned:
        data = self._words[offset // 4 : (offset + layout.size) // 4].tobytes()

        def read() -> tuple[int, ...]:
            whole = int.from_bytes(data, "little")
            return tuple(whole >> shift & mask for shift, mask in self._owned_in)

        return Owned(self.units + offset, *once(self.view.known.owned, data, read))

    def mapped(self, directory: int, address: int) -> Mapping | None:
        """The entry of a space that begins at an address."""
        return self.machine.mapping_at(directory, address)

    def mapped_at(self, directory: int, but: set[int]) -> set[int]:
        """The addresses at which entries of a space begin, but for those in the superpages
        that begin at these."""
        found: set[int] = set()
        for at, upper in self.machine.user_half(directory):
            first = at * SUPERPAGE
            if first in but:
                continue
            if upper & LARGE:
                found.add(first)
            else:
                there = self.view.present(upper & FRAME)
                found.update(first + index * PAGE for index, _ in there)
        return found

    def shown(self, directory: int, address: int, frame: int) -> frozenset[int]:
        """Of the superpage that begins at this address of a space, the addresses where pages
        show what it would: the memory from `frame` on, page for page."""
        upper = self.view.entries(directory).get(address // SUPERPAGE, 0)
        if address % SUPERPAGE or not upper or upper & LARGE:
            return frozenset()
        if not self.machine.is_table(upper):
            return frozenset()
        page, table = self.view.page(upper & FRAME), self.view.table(upper & FRAME)

        def read() -> frozenset[int]:
            places = [at for at, _ in table.entries]
            due = map((frame // PAGE).__add__, places)
            shows = map(range(address, address + SUPERPAGE, PAGE).__getitem__, places)
            return frozenset(compress(shows, map(eq, table.pages, due)))

        return once(self.view.known.shown, (page, address, frame), read)


def l4_of(machine: Machine) -> L4 | None:
    """L4 on this machine; None where there is none, or not yet."""
    image = machine.view.image
    if not image.addresses.get("units", 0) or "unit" not in machine.view.layouts:
        return None
    found = L4(machine)
    return found if found.units else None


