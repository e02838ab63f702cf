# SPDX-License-Identifier: MIT
"""What a machine says of its physical memory: the status of every page, and where
H is there to know, whose it is.

This is the model alone. picture_notes reads it from what the machine reports,
picture_look says which letter a page has, picture_layout cuts memory into cells
and rows, picture_text and picture_svg draw those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

PAGE = 4096
MOST_PAGES = 1 << 20  # as many as 32 bits address


class Role(Enum):
    """What a page is used for, as <kernel/status.h> has it."""

    NOT_INSTALLED = "not installed"
    ENVIRONMENT = "environment"
    DIRECTORY = "page-directory"
    TABLE = "page-table"
    NORMAL = "normal"
    UNDEFINED = "undefined"


class Part(Enum):
    """Whose environment pages are that H has a use for."""

    H_TABLES = "H's own tables"
    HEAP = "the client's heap"


MOST_SPACES = 127  # counted of those that have a page; it may be more


@dataclass(frozen=True)
class Owners:
    """Whose a page is: as the page tables have it, whatever its status.

    spaces  how many address spaces have it, as a table or mapped
    named   these, where they are one or two, by number
    client  a kernel mapping of the client reaches it
    """

    spaces: int = 0
    named: tuple[int, ...] = ()
    client: bool = False
    part: Part | None = None

    def words(self) -> str:
        """`spaces 2 and 5, kernel mapping`; nothing for nobody."""
        parts = [self.part.value] if self.part else []
        if self.named:
            one = "space" if len(self.named) == 1 else "spaces"
            parts.append(f"{one} {' and '.join(map(str, self.named))}")
        elif self.spaces:
            more = " or more" if self.spaces == MOST_SPACES else ""
            parts.append(f"{self.spaces}{more} spaces")
        if self.client:
            parts.append("kernel mapping of the client")
        return ", ".join(parts)


NOBODY = Owners()


@dataclass(frozen=True)
class Status:
    """The status of a page.

    number  of a normal page its mappings, of a page-table its entries, of an
            undefined status the number that stands in its place
    pinned  one of the kernel's own tables
    module  the boot loader put a module there
    owners  beside the status: whose it is
    """

    role: Role
    number: int = 0
    pinned: bool = False
    module: bool = False
    owners: Owners = NOBODY

    def words(self) -> str:
        """The status in words: `page-table, pinned, 3 entries`."""
        parts = [self.role.value]
        if self.module:
            parts.append("module")
        if self.pinned:
            parts.append("pinned")
        if self.role == Role.TABLE:
            parts.append(counted(self.number, "entry", "entries"))
        elif self.role == Role.NORMAL:
            parts.append(counted(self.number, "mapping") if self.number else "free")
        elif self.role == Role.UNDEFINED:
            parts.append(f"status {self.number}")
        if self.owners != NOBODY:
            parts.append(self.owners.words())
        return ", ".join(parts)


@dataclass(frozen=True)
class Run:
    """The pages from `first` to the one before `end`, which are all alike."""

    first: int
    end: int
    status: Status


@dataclass(frozen=True)
class Place:
    """A part of memory that has a name; numbers of pages, the end exclusive."""

    first: int
    end: int
    name: str


@dataclass(frozen=True)
class Region:
    """One initial region."""

    first: int
    pages: int


@dataclass(frozen=True)
class Change:
    """What became of some pages in a row that all changed in the same way."""

    first: int
    end: int
    before: Status
    after: Status


@dataclass(frozen=True)
class Spaces:
    """The address spaces of H, of which there can be so many."""

    used: int
    slots: int


@dataclass
class Picture:
    """Physical memory at one moment.

    when    `boot`, `before` or `after`
    pages   how many there are; the runs name each of them once, in order
    spaces  None: there is no H, and nobody owns anything
    """

    when: str
    pages: int
    runs: list[Run] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    spaces: Spaces | None = None

    def directories(self) -> dict[int, int]:
        """The page of each address space's page-directory, by number."""
        return {
            run.status.owners.named[0]: run.first
            for run in self.runs
            if run.status.role == Role.DIRECTORY and run.status.owners.named
        }

    def tally(self) -> Counter[Status]:
        """How many pages have each status."""
        count: Counter[Status] = Counter()
        for run in self.runs:
            count[run.status] += run.end - run.first
        return count


def with_owners(
    runs: list[Run], owned: list[tuple[int, int, Owners]]
) -> Iterator[Run]:
    """The runs, cut where owners begin and end; both are in ascending order."""
    at = 0
    for run in runs:
        first = run.first
        while first < run.end:
            while at < len(owned) and owned[at][1] <= first:
                at += 1
            begin, end, owners = owned[at] if at < len(owned) else (run.end, 0, NOBODY)
            if begin > first:
                end, owners = begin, NOBODY
            end = min(end, run.end)
            yield Run(first, end, replace(run.status, owners=owners))
            first = end


def changes(before: Picture, after: Picture) -> list[Change]:
    """The pages of `after` that are not as in `before`, in ascending order; both
    have the same number of pages."""
    found: list[Change] = []
    for first, end, was, now in _side_by_side(before.runs, after.runs):
        if was == now:
            continue
        last = found[-1] if found else None
        if last and (last.end, last.before, last.after) == (first, was, now):
            found[-1] = Change(last.first, end, was, now)
        else:
            found.append(Change(first, end, was, now))
    return found


def _side_by_side(
    before: list[Run], after: list[Run]
) -> Iterator[tuple[int, int, Status, Status]]:
    """Both lists cut where either has a border."""
    left, right = 0, 0
    while left < len(before) and right < len(after):
        was, now = before[left], after[right]
        end = min(was.end, now.end)
        yield max(was.first, now.first), end, was.status, now.status
        left += was.end == end
        right += now.end == end


def address(page: int) -> str:
    """The address of a page's first byte."""
    return f"0x{page * PAGE:08x}"


def span(first: int, end: int) -> str:
    """From the first byte of the first page to the last byte of the last."""
    return f"{address(first)}-0x{end * PAGE - 1:08x}"


def size(pages: int) -> str:
    """So many pages, in the largest unit that is exact."""
    kilobytes = pages * PAGE >> 10
    for unit in ("KB", "MB", "GB"):
        if kilobytes % 1024 or unit == "GB":
            return f"{kilobytes:,} {unit}"
        kilobytes //= 1024
    raise AssertionError("GB ends the loop")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 page`, `2 pages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
