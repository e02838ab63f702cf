# SPDX-License-Identifier: MIT
"""What the kernel says of its pages, against what the page-tables say: the invariants of
the dissertation's 5.6, and those on which counts and rights rest. They are those that
h/internal/wellformed.h names, stated once more, by other means.

Each check has a name, by which a message ends. They go from the structure upwards: where
one finds something, those behind it are not asked.
"""

from __future__ import annotations

from collections.abc import Callable

from h4.outside_machine import (
    DIRECTORY,
    NOT_INSTALLED,
    TABLE,
    Machine,
    Mapping,
    Status,
)
from h4.outside_view import (
    FRAME,
    GLOBAL,
    KERNEL_BASE,
    LARGE,
    PAGE,
    PRESENT,
    SUPERPAGE,
    USER,
    WRITE,
)

MOST = 3  # of one kind of mistake are told
PLACES = 4  # at which a page is mapped are told

_NEVER_SET = GLOBAL | 0x800  # in user entries


def words_of(page: Status | None) -> str:
    """What the kernel says of a page."""
    return "not installed" if page is None else str(page)


def _is(machine: Machine, frame: int, status: int) -> bool:
    page = machine.status(frame)
    return page is not None and page.status == status and frame % PAGE == 0


# --- Structure ------------------------------------------------------------------


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
        for at, entry in machine.tables(machine.reference, kernel=False)
    ]


def tables_are_tables(machine: Machine) -> list[str]:
    """What a page-directory points to is a page-table."""
    found: list[str] = []
    for directory in machine.directories():
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
    for directory in machine.directories():
        for at, entry in machine.tables(directory, kernel=False):
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


# --- What is reached ------------------------------------------------------------


def _all_mappings(machine: Machine) -> list[Mapping]:
    found = machine.client_mappings()
    for directory in machine.directories():
        if directory != machine.reference:
            found += machine.user_mappings(directory)
    return found


def _reached(mapping: Mapping) -> range:
    return range(mapping.frame, mapping.frame + mapping.pages * PAGE, PAGE)


def mapped_pages_are_the_clients(machine: Machine) -> list[str]:
    """Only installed pages are mapped, and environment pages by the kernel alone; what a
    program can reach is a normal page, and no table."""
    found: list[str] = []
    for mapping in _all_mappings(machine):
        for frame in _reached(mapping):
            page = machine.status(frame)
            place = f"page 0x{frame:08x} is mapped {mapping.place(frame)}"
            if page is None or page.status == NOT_INSTALLED:
                found.append(f"{place}, and its status says {words_of(page)}")
            elif page.kernels:
                found.append(
                    f"{place}, and the kernel has it for itself: its status says {page}"
                )
            elif page.status < 0 and mapping.for_user:
                found.append(f"{place}, where programs reach it; its status says {page}")
    return found


def counts_are_exact(machine: Machine) -> list[str]:
    """A normal page's count is the number of entries that map it: in user space, and at
    client-controlled addresses."""
    places: dict[int, list[Mapping]] = {}
    for mapping in _all_mappings(machine):
        for frame in _reached(mapping):
            places.setdefault(frame, []).append(mapping)
    found: list[str] = []
    for number, page in enumerate(machine.pages):
        frame = number * PAGE
        there = places.get(frame, [])
        if page.status >= 0 and page.status != len(there):
            found.append(_count_words(frame, page, there))
    return found


def _count_words(frame: int, page: Status, there: list[Mapping]) -> str:
    times = {0: "nowhere", 1: "once"}.get(len(there), f"{len(there)} times")
    where = ", ".join(one.place(frame) for one in there[:PLACES])
    more = ", ..." if len(there) > PLACES else ""
    colon = f": {where}{more}" if there else ""
    return (
        f"page 0x{frame:08x}: its status says {page}, and the page-tables map it "
        f"{times}{colon}"
    )


# --- H's own books --------------------------------------------------------------


def entries_are_exact(machine: Machine) -> list[str]:
    """A page-table's number of entries is that of those present; one without any is no
    page-table any more."""
    found: list[str] = []
    for number, page in enumerate(machine.pages):
        if page.status != TABLE or page.pinned:
            continue
        present = len(machine.view.present(number * PAGE))
        if present != page.entries or not present:
            found.append(
                f"page-table 0x{number * PAGE:08x}: its status says {page.entries} "
                f"entries, and {present} are present"
            )
    return found


def user_entries_have_their_form(machine: Machine) -> list[str]:
    """In user space all is for programs: not global, and no bit set that H never sets."""
    found: list[str] = []
    for directory in machine.directories():
        for mapping in machine.user_mappings(directory):
            if mapping.for_user and not mapping.entry & _NEVER_SET:
                continue
            found.append(
                f"page 0x{mapping.frame:08x} is mapped {mapping.place(mapping.frame)} by "
                f"an entry with the bits 0x{mapping.entry & 0xFFF:03x}, as which H makes none"
            )
    return found


def tables_are_seen(machine: Machine) -> list[str]:
    """H sees each of its tables at one client-controlled address, for itself alone, and
    may write there."""
    views: dict[int, list[Mapping]] = {}
    for mapping in machine.client_mappings():
        views.setdefault(mapping.frame, []).append(mapping)
    found: list[str] = []
    for number, page in enumerate(machine.pages):
        if page.status not in (TABLE, DIRECTORY) or page.pinned:
            continue
        there = views.get(number * PAGE, [])
        if len(there) != 1:
            found.append(
                f"page 0x{number * PAGE:08x}, {page}: at {len(there)} client-controlled "
                "addresses, where H needs one to see it"
            )
        elif there[0].rights != PRESENT | WRITE:
            found.append(
                f"page 0x{number * PAGE:08x}, {page}: H sees it at "
                f"0x{there[0].address:08x}, where it is "
                + ("open to programs" if there[0].rights & USER else "read-only")
            )
    return found


def no_table_is_left(machine: Machine) -> list[str]:
    """Each page-table belongs to an address space, and each page-directory is one."""
    used = set(machine.spaces)
    for directory in machine.directories():
        used |= {
            entry & FRAME
            for _, entry in machine.tables(directory, kernel=False)
            if not entry & LARGE
        }
    return [
        f"page 0x{number * PAGE:08x}: its status says {page}, and no address space has it"
        for number, page in enumerate(machine.pages)
        if page.status in (TABLE, DIRECTORY)
        and not page.pinned
        and number * PAGE not in used
    ]


def statuses_are_defined(machine: Machine) -> list[str]:
    """A page is one of the five, and a check has left no mark behind."""
    return [
        f"page 0x{number * PAGE:08x}: its status says {page}"
        + (f" and its unused bits {page.unused}" if page.unused else "")
        for number, page in enumerate(machine.pages)
        if page.status < NOT_INSTALLED or page.unused
    ]


def environment_is_the_kernels(machine: Machine) -> list[str]:
    """All of the environment memory, and the kernel's image, has the status that keeps
    it from programs."""
    image = machine.view.known.image
    first, end = machine.view.environment
    begin = image.address("kernel_image_begin") - KERNEL_BASE
    behind = image.address("kernel_image_end") - KERNEL_BASE
    return [
        f"page 0x{frame:08x} is the kernel's own, and its status says "
        f"{words_of(machine.status(frame))}"
        for frame in [*range(begin, behind, PAGE), *range(first, end, PAGE)]
        if not ((page := machine.status(frame)) and page.kernels)
    ]


CHECKS: tuple[tuple[str, Callable[[Machine], list[str]]], ...] = (
    ("statuses are defined", statuses_are_defined),
    ("environment is the kernel's", environment_is_the_kernels),
    ("page-directories are page-directories (5.6.1)", directories),
    ("the reference maps kernel space only (5.6.2)", reference_maps_kernel_space),
    ("pointers to page-tables point to page-tables (5.6.7)", tables_are_tables),
    ("a user page-table is that of one place only", tables_are_not_shared),
    ("programs reach normal pages only (5.6.5, 5.6.6)", mapped_pages_are_the_clients),
    ("a page's count is the number of its mappings", counts_are_exact),
    ("a page-table's number of entries is that of those present", entries_are_exact),
    ("a user entry has the bits that H sets", user_entries_have_their_form),
    ("H sees each of its tables, for itself alone", tables_are_seen),
    ("every table belongs to an address space", no_table_is_left),
)


def check_status(machine: Machine) -> list[str]:
    """What the first check that finds something finds; nothing if all is well."""
    for name, check in CHECKS:
        found = check(machine)
        if found:
            more = [f"and {len(found) - MOST} more of this kind"]
            told = found[:MOST] + (more if len(found) > MOST else [])
            return [*told, f"what does not hold: {name}"]
    return []
