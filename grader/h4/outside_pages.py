# SPDX-License-Identifier: MIT
"""The machine that a test works on, as its fixture has noted it: its page-directories,
what they map, and what the kernel says of its pages.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from enum import IntEnum
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from h4.outside_array import DIRECTORY, NO_STATUSES, TABLE, Status, Statuses, decode
from h4.outside_view import (
    CLIENT_BASE,
    ENTRIES,
    FIRST_KERNEL,
    FRAME,
    KERNEL_BASE,
    LARGE,
    LARGE_FRAME,
    PAGE,
    PRESENT,
    SUPERPAGE,
    USER,
    Unreadable,
    View,
    once,
)


class Kind(IntEnum):
    """enum outside_kind of grader/guest/outside.h."""

    NONE = 0
    SPACES = 1
    USERS = 2
    SYSTEM = 3


_KINDS = {int(one): one for one in Kind}
class Mapping(NamedTuple):
    """An entry that maps memory: `pages` pages from `frame` on, at `address` of the
    space whose page-directory is in `directory`, or of the client-controlled kernel
    addresses, which all spaces share: the reference's then."""

    directory: int
    address: int
    frame: int
    pages: int
    rights: int  # what directory and table together allow
    entry: int

    @property
    def for_user(self) -> bool:
        """May a program reach it?"""
        return bool(self.rights & USER)

    def place(self, frame: int) -> str:
        """Where one of its pages is seen, in words."""
        at = f"at 0x{self.address + frame - self.frame:08x}"
        if self.address >= KERNEL_BASE:
            return at
        return f"{at} of the space 0x{self.directory:08x}"


class Part(NamedTuple):
    """The mappings of one page-directory that count.

    numbers  of the pages that are mapped there one by one
    large    superpages
    user     whether a program may reach any of the single pages
    """

    directory: int
    numbers: list[int]
    large: list[Mapping]
    user: bool


class Machine:
    """What is looked at."""

    def __init__(
        self, view: View, kind: Kind, reference: int, statuses: Statuses = NO_STATUSES
    ) -> None:
        """reference  frame of the page-directory whose kernel half all have
        statuses   of each page; none where the machine has no array of them
        """
        self.view = view
        self.kind = kind
        self.reference = reference
        self.pages = statuses.every
        self._statuses = statuses
        self.client_pages = 0  # addresses that the client controls, in pages
        self.program = 0  # address of the name of the program that was loaded; 0: none
        self.spaces: list[int] = []  # page-directories that have a handle
        self.found: dict[str, object] = {}  # what others have read in it
        self._user: dict[int, dict[int, int]] = {}

    @property
    def current(self) -> int:
        """The page-directory on which the processor runs."""
        return self.view.snapshot.registers["cr3"] & FRAME

    @property
    def client_end(self) -> int:
        """Where the client-controlled kernel addresses end."""
        return CLIENT_BASE + self.client_pages * PAGE

    def status(self, frame: int) -> Status | None:
        """Of the page at this address; None beyond the array."""
        number = frame // PAGE
        return self.pages[number] if number < len(self.pages) else None

    def having(self, wanted: Callable[[Status], bool]) -> list[tuple[int, Status]]:
        """Frame and status of the pages whose status is wanted."""
        few = {page for page in self._statuses.kinds if wanted(page)}
        if not few:
            return []
        those = self._statuses.rare
        if any(page.common for page in few):
            those = list(enumerate(self.pages))
        return [(number * PAGE, page) for number, page in those if page in few]

    @cached_property
    def made(self) -> list[tuple[int, Status]]:
        """The pages that H has turned into tables."""
        return self.having(
            lambda page: page.status in (TABLE, DIRECTORY) and not page.pinned
        )

    @cached_property
    def directories(self) -> list[int]:
        """Frames of all page-directories, the reference among them."""
        found = {frame for frame, _ in self.having(lambda one: one.status == DIRECTORY)}
        return sorted(found | set(self.spaces) | {self.reference, self.current})

    def halves(self, directory: int, kernel: bool) -> list[tuple[int, int]]:
        """Index and value of the present entries of one half of a page-directory."""
        return [
            (at, entry)
            for at, entry in self.view.present(directory)
            if (at >= FIRST_KERNEL) == kernel
        ]

    def mappings_of(self, directory: int, at: int, upper: int) -> list[Mapping]:
        """What one entry of a page-directory maps."""
        first = at * SUPERPAGE
        if upper & LARGE:
            frame = upper & LARGE_FRAME
            return [Mapping(directory, first, frame, ENTRIES, upper & 7, upper)]
        rights, table = upper & 7, upper & FRAME

        def read() -> list[Mapping]:
            return [
                Mapping(directory, first + i * PAGE, entry & FRAME, 1, rights & entry, entry)
                for i, entry in self.view.present(table)
            ]

        return once(
            self.view.known.mapped, (directory, at, upper, self.view.page(table)), read
        )

    def user_mappings(self, directory: int) -> list[Mapping]:
        """All that the user half of a page-directory maps."""
        return [
            mapping
            for at, upper in self.user_half(directory)
            for mapping in self.mappings_of(directory, at, upper)
        ]

    def mapping_at(self, directory: int, address: int) -> Mapping | None:
        """What begins at this address of the user half."""
        at, offset = divmod(address, SUPERPAGE)
        upper = self._uppers(directory).get(at, 0)
        if upper & LARGE:
            return None if offset else self.mappings_of(directory, at, upper)[0]
        if not upper:
            return None
        place = offset // PAGE * 4
        entry = int.from_bytes(self.view.page(upper & FRAME)[place : place + 4], "little")
        if not entry & PRESENT or offset % PAGE:
            return None
        return Mapping(directory, address, entry & FRAME, 1, upper & entry & 7, entry)

    def _uppers(self, directory: int) -> dict[int, int]:
        if directory not in self._user:
            self._user[directory] = dict(self.user_half(directory))
        return self._user[directory]

    @cached_property
    def client_mappings(self) -> list[Mapping]:
        """All that is mapped at client-controlled addresses: H's views of its tables,
        and the client's own mappings."""
        return [
            mapping
            for at, upper in self._counting(self.reference)
            for mapping in self.mappings_of(self.reference, at, upper)
        ]

    def _counting(self, directory: int) -> list[tuple[int, int]]:
        """The entries of a page-directory behind which is what counts: the reference's
        for client-controlled addresses, of another the user half."""
        if directory == self.reference:
            return [
                (at, upper)
                for at, upper in self.halves(directory, kernel=True)
                if CLIENT_BASE <= at * SUPERPAGE < self.client_end
            ]
        return self.user_half(directory)

    def user_half(self, directory: int) -> list[tuple[int, int]]:
        """The entries there behind which are superpages and page-tables."""
        halves = self.halves(directory, kernel=False)
        return [(at, upper) for at, upper in halves if self.is_table(upper)]

    @cached_property
    def parts(self) -> list[Part]:
        """All that counts: what the client maps, and what each space does."""
        spaces = [one for one in self.directories if one != self.reference]
        return [self._part(directory) for directory in (self.reference, *spaces)]

    def _part(self, directory: int) -> Part:
        numbers: list[int] = []
        large: list[Mapping] = []
        user = False
        for at, upper in self._counting(directory):
            if upper & LARGE:
                large += self.mappings_of(directory, at, upper)
                continue
            table = self.view.table(upper & FRAME)
            numbers += table.pages
            user |= bool(upper & table.bits & USER)
        return Part(directory, numbers, large, user)

    def mappings_in(self, part: Part) -> list[Mapping]:
        """The same one by one."""
        if part.directory == self.reference:
            return self.client_mappings
        return self.user_mappings(part.directory)

    @property
    def counts(self) -> dict[int, int]:
        """By number the count of each page of which the kernel says that it is mapped."""
        return {at: page.status for at, page in self._statuses.rare if page.status > 0}

    def is_table(self, upper: int) -> bool:
        """Can what is behind an entry of a page-directory be read as page-table?"""
        if upper & LARGE or not self.pages:
            return True
        page = self.status(upper & FRAME)
        return page is not None and page.status == TABLE


def find_machine(view: View) -> Machine:
    """The machine of the test that has just ended."""
    image = view.image
    own = image.address("boot_directory") - KERNEL_BASE
    noted = view.record("outside_machine", image.address("outside_machine"))
    kind = _KINDS.get(noted["kind"])
    if kind is None:
        raise Unreadable(f"outside_machine has the kind {noted['kind']}")
    if kind == Kind.NONE:
        return Machine(view, kind, own)
    if kind == Kind.USERS:
        machine = Machine(view, kind, own)
    else:
        pages = noted.part("environment", view.layouts)
        view.environment = (pages["first"] * PAGE, pages["end"] * PAGE)
        reference = noted.part("reference", view.layouts)["value"]
        where = noted.part("array", view.layouts)
        words = view.words(where["pages"], where["count"])
        machine = Machine(view, kind, reference, decode(view.known, words))
        machine.client_pages = noted["client_pages"]
        machine.program = noted["program"]
    generations, directories = slots(view, noted["pagemaps"], noted["pagemap_count"])
    machine.spaces = list(compress(directories, generations))
    return machine


def slots(view: View, address: int, count: int) -> list[array[int]]:
    """Of H's slots for address spaces: all generations, and all page-directories."""
    return view.columns("pagemap_slot", address, count, "generation", "directory.value")
