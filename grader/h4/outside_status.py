# SPDX-License-Identifier: MIT
"""What the kernel says of its pages, against what the page-tables say: the invariants of
the dissertation's 5.6, and those on which counts and rights rest. They are those that
h/internal/wellformed.h names, stated once more, by other means.

Each check has a name, by which a message ends. They go from the structure upwards: where
one finds something, those behind it are not asked.
"""

from __future__ import annotations

from h4.outside_array import DIRECTORY, NOT_INSTALLED, TABLE, words_of
from h4.outside_mapped import (
    counts_are_exact,
    mapped_pages_are_the_clients,
    user_entries_have_their_form,
)
from h4.outside_pages import Machine, Mapping
from h4.outside_rule import Rule
from h4.outside_view import FRAME, KERNEL_BASE, LARGE, PAGE, PRESENT, SUPERPAGE, WRITE


def _is(machine: Machine, frame: int, status: int) -> bool:
    page = machine.status(frame)
    return page is not None and page.status == status and frame % PAGE == 0


def directories(machine: Machine) -> list[str]:
    """What the processor runs on, the reference, and what a handle of an address space
    stands for are page-directories."""
    roles = [
        (machine.current, "the processor runs on it (CR3)"),
        (machine.reference, "it is the reference directory"),
    ]
    roles += [(frame, "a handle names it as an address space") for frame in machine.spaces]
    return [
        f"page 0x{frame:08x}: {role}, and its status says "
        f"{words_of(machine.status(frame))}"
        for frame, role in roles
        if not _is(machine, frame, DIRECTORY)
    ]


def reference_maps_kernel_space(machine: Machine) -> list[str]:
    """The reference directory maps nothing in user space."""
    return [
        f"the reference directory maps 0x{at * SUPERPAGE:08x}, by the entry 0x{entry:08x}"
        for at, entry in machine.halves(machine.reference, kernel=False)
    ]


def tables_are_tables(machine: Machine) -> list[str]:
    """What a page-directory points to is a page-table."""
    found: list[str] = []
    for directory in machine.directories:
        for at, entry in machine.view.present(directory):
            if entry & LARGE or _is(machine, entry & FRAME, TABLE):
                continue
            found.append(
                f"page-directory 0x{directory:08x}, address 0x{at * SUPERPAGE:08x}: page "
                f"0x{entry & FRAME:08x} is in use there as a page-table, and its status "
                f"says {words_of(machine.status(entry & FRAME))}"
            )
    return found


def tables_are_not_shared(machine: Machine) -> list[str]:
    """A page-table of user space stands in one place, and is none of the kernel's."""
    found: list[str] = []
    places: dict[int, str] = {}
    for directory in machine.directories:
        for at, entry in machine.halves(directory, kernel=False):
            if entry & LARGE:
                continue
            frame = entry & FRAME
            place = f"0x{at * SUPERPAGE:08x} of the space 0x{directory:08x}"
            page = machine.status(frame)
            if page is not None and page.kernels:
                found.append(
                    f"page-table 0x{frame:08x} is the kernel's own, and translates {place}"
                )
            elif frame in places:
                found.append(
                    f"page-table 0x{frame:08x} stands in two places: {places[frame]} "
                    f"and {place}"
                )
            places[frame] = place
    return found


def entries_are_exact(machine: Machine) -> list[str]:
    """A page-table's number of entries is that of those present; one without any is no
    page-table any more."""
    found: list[str] = []
    for frame, page in machine.made:
        present = len(machine.view.present(frame))
        if page.status == TABLE and (present != page.entries or not present):
            found.append(
                f"page-table 0x{frame:08x}: its status says {page.entries} entries, "
                f"and {present} are present"
            )
    return found


def tables_are_seen(machine: Machine) -> list[str]:
    """H sees each of its tables at one client-controlled address, for itself alone, and
    may write there."""
    views: dict[int, list[Mapping]] = {}
    for mapping in machine.client_mappings:
        views.setdefault(mapping.frame, []).append(mapping)
    found: list[str] = []
    for frame, page in machine.made:
        there = views.get(frame, [])
        if len(there) != 1:
            found.append(
                f"page 0x{frame:08x}, {page}: at {len(there)} client-controlled "
                "addresses, where H needs one to see it"
            )
        elif there[0].rights != PRESENT | WRITE:
            found.append(
                f"page 0x{frame:08x}, {page}: H sees it {there[0].place(frame)}, where "
                "it is " + ("open to programs" if there[0].for_user else "read-only")
            )
    return found


def no_table_is_left(machine: Machine) -> list[str]:
    """Each page-table belongs to an address space, and each page-directory is one."""
    used = set(machine.spaces)
    for directory in machine.directories:
        used |= {
            entry & FRAME
            for _, entry in machine.halves(directory, kernel=False)
            if not entry & LARGE
        }
    return [
        f"page 0x{frame:08x}: its status says {page}, and no address space has it"
        for frame, page in machine.made
        if frame not in used
    ]


def statuses_are_defined(machine: Machine) -> list[str]:
    """A page is one of the five, and a check has left no mark behind."""
    return [
        f"page 0x{frame:08x}: its status says {page}"
        + (f", and its unused bits are {page.unused}" if page.unused else "")
        for frame, page in machine.having(
            lambda one: one.status < NOT_INSTALLED or one.unused != 0
        )
    ]


def the_kernels_are_its_own(machine: Machine) -> list[str]:
    """All of the environment memory, and the kernel's image, has the status that keeps
    it from programs."""
    image = machine.view.image
    first, end = machine.view.environment
    begin = image.address("kernel_image_begin") - KERNEL_BASE
    behind = image.address("kernel_image_end") - KERNEL_BASE
    return [
        f"page 0x{frame:08x} is the kernel's own, and its status says "
        f"{words_of(machine.status(frame))}"
        for part in (range(begin, behind, PAGE), range(first, end, PAGE))
        if not _all_the_kernels(machine, part)
        for frame in part
        if not ((page := machine.status(frame)) and page.kernels)
    ]


def _all_the_kernels(machine: Machine, frames: range) -> bool:
    pages = machine.pages[frames.start // PAGE : frames.stop // PAGE]
    return len(pages) == len(frames) and all(page.kernels for page in set(pages))


RULES = (
    Rule("statuses", "statuses are defined", statuses_are_defined),
    Rule("kernels", "the kernel's own pages have its status", the_kernels_are_its_own),
    Rule("directories", "page-directories are page-directories (5.6.1)", directories),
    Rule("reference", "the reference maps kernel space only (5.6.2)",
         reference_maps_kernel_space),
    Rule("pointers", "pointers to page-tables point to page-tables (5.6.7)",
         tables_are_tables),
    Rule("shared", "a user page-table is that of one place only", tables_are_not_shared),
    Rule("reach", "programs reach normal pages only (5.6.5, 5.6.6)",
         mapped_pages_are_the_clients),
    Rule("counts", "a page's count is the number of its mappings", counts_are_exact),
    Rule("present", "a page-table's number of entries is that of those present",
         entries_are_exact),
    Rule("form", "a user entry has the bits that H sets", user_entries_have_their_form),
    Rule("views", "H sees each of its tables, for itself alone", tables_are_seen),
    Rule("left", "every table belongs to an address space", no_table_is_left),
)
