# SPDX-License-Identifier: MIT
"""The machine that a test works on, as its fixture has noted it, and what the kernel says
of its pages: the status array of kernel/include/kernel/status.h.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import compress, count
from typing import NamedTuple

from h4.outside_view import (
    CLIENT_BASE,
    ENTRIES,
    FIRST_KERNEL,
    FRAME,
    KERNEL_BASE,
    LARGE,
    LARGE_FRAME,
    PAGE,
    SUPERPAGE,
    USER,
    Known,
    Unreadable,
    Values,
    View,
)


class Kind(IntEnum):
    """enum outside_kind of grader/guest/outside.h."""

    NONE = 0
    SPACES = 1
    USERS = 2
    SYSTEM = 3


_KINDS = {int(one): one for one in Kind}
ENVIRONMENT, TABLE, DIRECTORY, NOT_INSTALLED = -1, -2, -3, -4
_NAMES = {
    ENVIRONMENT: "environment",
    TABLE: "page-table",
    DIRECTORY: "page-directory",
    NOT_INSTALLED: "not installed",
}


@dataclass(frozen=True, eq=False)
class Status:
    """What the kernel says of a page. All pages of which it says the same have one."""

    status: int
    entries: int = 0
    pinned: bool = False
    module: bool = False
    unused: int = 0

    @property
    def kernels(self) -> bool:
        """Has the kernel it for itself?"""
        return self.status == ENVIRONMENT or self.pinned

    @property
    def common(self) -> bool:
        """Are most pages like this: free, the kernel's, or not there at all?"""
        return self.status in (0, ENVIRONMENT, NOT_INSTALLED) and not self.unused

    def __str__(self) -> str:
        name = _NAMES.get(self.status)
        if name is None:
            name = f"normal({self.status})" if self.status >= 0 else f"{self.status}"
        if self.status == TABLE:
            name += f" with {self.entries} entries"
        return name + (", pinned" if self.pinned else "")


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


class Machine:
    """What is looked at."""

    def __init__(
        self, view: View, kind: Kind, reference: int, statuses: list[Status]
    ) -> None:
        """reference  frame of the page-directory whose kernel half all have
        statuses   of each page; empty where the machine has no array of them
        """
        self.view = view
        self.kind = kind
        self.reference = reference
        self.pages = statuses
        self.client_pages = 0  # addresses that the client controls, in pages
        self.program = 0  # address of the name of the program that was loaded; 0: none
        self.spaces: list[int] = []  # page-directories that have a handle
        self.found: dict[str, object] = {}  # what others have read in it
        self._user: dict[int, list[Mapping]] = {}

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
        few = {page for page in self._kinds if wanted(page)}
        if not few:
            return []
        if any(page.common for page in few):
            return _those(self.pages, few)
        return [(frame, page) for frame, page in self._rare if page in few]

    @cached_property
    def _kinds(self) -> set[Status]:
        return set(self.pages)

    @cached_property
    def _rare(self) -> list[tuple[int, Status]]:
        """Frame and status of those pages that are not like most."""
        return _those(self.pages, {page for page in self._kinds if not page.common})

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
        rights = upper & 7
        return [
            Mapping(
                directory, first + i * PAGE, entry & FRAME, 1, rights & entry, entry
            )
            for i, entry in self.view.present(upper & FRAME)
        ]

    def user_mappings(self, directory: int) -> list[Mapping]:
        """All that the user half of a page-directory maps."""
        if directory not in self._user:
            self._user[directory] = [
                mapping
                for at, upper in self.halves(directory, kernel=False)
                if self.is_table(upper)
                for mapping in self.mappings_of(directory, at, upper)
            ]
        return self._user[directory]

    @cached_property
    def client_mappings(self) -> list[Mapping]:
        """All that is mapped at client-controlled addresses: H's views of its tables,
        and the client's own mappings."""
        return [
            mapping
            for at, upper in self.halves(self.reference, kernel=True)
            if CLIENT_BASE <= at * SUPERPAGE < self.client_end
            for mapping in self.mappings_of(self.reference, at, upper)
        ]

    @cached_property
    def mappings(self) -> list[Mapping]:
        """All that counts: those of the client, and those of each space."""
        found = list(self.client_mappings)
        for directory in self.directories:
            if directory != self.reference:
                found += self.user_mappings(directory)
        return found

    def is_table(self, upper: int) -> bool:
        """Can what is behind an entry of a page-directory be read as page-table?"""
        if upper & LARGE or not self.pages:
            return True
        page = self.status(upper & FRAME)
        return page is not None and page.status == TABLE


def _those(pages: list[Status], wanted: set[Status]) -> list[tuple[int, Status]]:
    numbers = compress(count(), map(wanted.__contains__, pages))
    return [(at * PAGE, pages[at]) for at in numbers]


def find_machine(view: View) -> Machine:
    """The machine of the test that has just ended."""
    image = view.image
    own = image.address("boot_directory") - KERNEL_BASE
    noted = view.record("outside_machine", image.address("outside_machine"))
    kind = _KINDS.get(noted["kind"])
    if kind is None:
        raise Unreadable(f"outside_machine has the kind {noted['kind']}")
    if kind == Kind.NONE:
        return Machine(view, kind, own, [])
    if kind == Kind.USERS:
        machine = Machine(view, kind, own, [])
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


def decode(known: Known, words: array[int]) -> list[Status]:
    """The entries of a page array."""
    seen = known.statuses
    record = known.layouts["page"]
    for word in set(words) - seen.keys():
        one = Values(record, word.to_bytes(4, "little"))
        seen[word] = Status(
            one["status"],
            one["entries"],
            bool(one["pinned"]),
            bool(one["module"]),
            one["unused"],
        )
    return list(map(seen.__getitem__, words))
