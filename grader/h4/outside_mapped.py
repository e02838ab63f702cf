# SPDX-License-Identifier: MIT
"""What the page-tables map, against what the kernel says of these pages: only normal pages
are mapped for programs, and so often as their counts say.
"""

from __future__ import annotations

from collections import Counter

from h4.outside_array import NOT_INSTALLED, words_of
from h4.outside_pages import Machine, Mapping, Part
from h4.outside_view import FRAME, GLOBAL, LARGE, PAGE, USER

PLACES = 4  # at which a page is mapped are told

_NEVER_SET = GLOBAL | 0x800  # in user entries


def mapped_pages_are_the_clients(machine: Machine) -> list[str]:
    """Only installed pages are mapped, and environment pages by the kernel alone; what a
    program can reach is a normal page, and no table."""
    return [
        words
        for part in machine.parts
        if not _all_right(machine, part)
        for mapping in machine.mappings_in(part)
        for words in _wrongly_mapped(machine, mapping)
    ]


def _all_right(machine: Machine, part: Part) -> bool:
    """Whether all that is mapped there are normal pages, or single ones that the client may
    see where no program does; most of the time that is so."""
    if max(part.numbers, default=0) >= len(machine.pages):
        return False
    if any(_not_normal(machine, one) for one in part.large):
        return False
    pages = set(map(machine.pages.__getitem__, part.numbers))
    return all(
        page.status >= 0
        or not (part.user or page.status == NOT_INSTALLED or page.kernels)
        for page in pages
    )


def _wrongly_mapped(machine: Machine, mapping: Mapping) -> list[str]:
    found: list[str] = []
    for frame in _not_normal(machine, mapping):
        page = machine.status(frame)
        place = f"page 0x{frame:08x} is mapped {mapping.place(frame)}"
        if page is None or page.status == NOT_INSTALLED:
            found.append(f"{place}, and its status says {words_of(page)}")
        elif page.kernels:
            found.append(
                f"{place}, and the kernel has it for itself: its status says {page}"
            )
        elif mapping.for_user:
            found.append(f"{place}, where programs reach it; its status says {page}")
    return found


def _not_normal(machine: Machine, mapping: Mapping) -> list[int]:
    """The pages that it reaches, and that are not normal."""
    first = mapping.frame // PAGE
    pages = machine.pages[first : first + mapping.pages]
    if len(pages) == mapping.pages and all(page.status >= 0 for page in set(pages)):
        return []
    return [
        frame
        for frame in range(mapping.frame, mapping.frame + mapping.pages * PAGE, PAGE)
        if (page := machine.status(frame)) is None or page.status < 0
    ]


def counts_are_exact(machine: Machine) -> list[str]:
    """A normal page's count is the number of entries that map it: in user space, and at
    client-controlled addresses."""
    times: Counter[int] = Counter()
    for part in machine.parts:
        times.update(part.numbers)
        for one in part.large:
            first = one.frame // PAGE
            times.update(range(first, first + one.pages))
    said = machine.counts
    wrong: list[int] = []
    if not said.items() <= times.items():
        wrong = [number for number, count in said.items() if times.get(number) != count]
    wrong += [
        number
        for number in times.keys() - said.keys()
        if (page := machine.status(number * PAGE)) is not None and page.status == 0
    ]
    return [_count_words(machine, number * PAGE) for number in sorted(wrong)]


def _count_words(machine: Machine, frame: int) -> str:
    there = [
        mapping
        for part in machine.parts
        for mapping in machine.mappings_in(part)
        if mapping.frame <= frame < mapping.frame + mapping.pages * PAGE
    ]
    times = {0: "nowhere", 1: "once"}.get(len(there), f"{len(there)} times")
    where = ", ".join(one.place(frame) for one in there[:PLACES])
    more = ", ..." if len(there) > PLACES else ""
    colon = f": {where}{more}" if there else ""
    return (
        f"page 0x{frame:08x}: its status says {machine.status(frame)}, and the "
        f"page-tables map it {times}{colon}"
    )


def user_entries_have_their_form(machine: Machine) -> list[str]:
    """In user space all is for programs: not global, and no bit set that H never sets."""
    found: list[str] = []
    for directory in machine.directories:
        if _have_their_form(machine, directory):
            continue
        for mapping in machine.user_mappings(directory):
            if mapping.for_user and not mapping.entry & _NEVER_SET:
                continue
            found.append(
                f"page 0x{mapping.frame:08x} is mapped {mapping.place(mapping.frame)} by "
                f"an entry with the bits 0x{mapping.entry & 0xFFF:03x}, as which H makes none"
            )
    return found


def _have_their_form(machine: Machine, directory: int) -> bool:
    """Whether that is so of all tables as a whole; most of the time it is."""
    for _, upper in machine.halves(directory, kernel=False):
        if upper & LARGE or not upper & USER:
            return False
        table = machine.view.table(upper & FRAME)
        if not table.common & USER or table.bits & _NEVER_SET:
            return False
    return True
