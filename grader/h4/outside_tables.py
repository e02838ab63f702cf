# SPDX-License-Identifier: MIT
"""The page-tables of a machine by themselves, whatever the kernel says of its pages: is
the kernel's half what the course lays out, in every page-directory, and can no program
reach it?
"""

from __future__ import annotations

from h4.outside_machine import NOT_USED
from h4.outside_pages import Kind, Machine
from h4.outside_rule import Rule
from h4.outside_view import (
    ACCESSED,
    CACHING,
    CLIENT_BASE,
    DIRTY,
    ENVIRONMENT_BASE,
    FIRST_KERNEL,
    FRAME,
    IMAGE_LIMIT,
    KERNEL_BASE,
    LARGE,
    PAGE,
    SUPERPAGE,
    USER,
    WRITE,
)

_USED = ACCESSED | DIRTY


def directories_are_memory(machine: Machine) -> list[str]:
    """Page-directories are where memory is, and where a page begins."""
    view = machine.view
    return [
        f"0x{directory:08x} is in use as a page-directory, and the machine has "
        f"memory up to 0x{view.end:08x} only"
        for directory in machine.directories
        if directory >= view.end or directory % PAGE
    ]


def image_is_protected(machine: Machine) -> list[str]:
    """The first 4 MB of memory at KERNEL_BASE: the kernel's code and constants can not
    be written, the guard page is not there, and no program reaches any of it."""
    view = machine.view
    upper = view.entries(machine.reference).get(FIRST_KERNEL, 0)
    if not upper or upper & LARGE:
        return [_words(machine, KERNEL_BASE, "the kernel is not mapped by pages there")]
    table = upper & FRAME
    # Most of the time it is what it was when it was looked at last.
    data = int.from_bytes(view.page(table), "little") & NOT_USED
    key = (table, upper & 7)
    if view.known.well.get(key) == data:
        return []
    found = _image_entries(machine, view.entries(table), upper)
    if not found:
        view.known.well[key] = data
    return found


def _image_entries(machine: Machine, entries: dict[int, int], upper: int) -> list[str]:
    image = machine.view.image
    first, last = (address - KERNEL_BASE for address in image.constants)
    guard = image.address("boot_stack_guard") - KERNEL_BASE
    found: list[str] = []
    for at in range(IMAGE_LIMIT // PAGE):
        frame, entry = at * PAGE, entries.get(at)
        address = KERNEL_BASE + frame
        rights = upper & entry & 7 if entry is not None else 0
        if entry is None:
            if frame != guard:
                found.append(_words(machine, address, "nothing is mapped there"))
        elif frame == guard:
            found.append(
                _words(machine, address, "the page below the kernel's stack is mapped")
            )
        elif entry & FRAME != frame:
            words = f"page 0x{entry & FRAME:08x} is mapped there, and not 0x{frame:08x}"
            found.append(_words(machine, address, words))
        elif rights & USER:
            found.append(_words(machine, address, "a program can reach the kernel"))
        elif first <= frame <= last and rights & WRITE:
            words = "the kernel's code and constants can be written"
            found.append(_words(machine, address, words))
    return found


def environment_is_mapped(machine: Machine) -> list[str]:
    """The environment memory lies where the course says, page for page, and no program
    reaches it."""
    view = machine.view
    first, end = view.environment
    uppers = view.entries(machine.reference, FIRST_KERNEL)
    found: list[str] = []
    for begin in range(first, end, SUPERPAGE):
        base = ENVIRONMENT_BASE + begin - first
        upper = uppers.get(base // SUPERPAGE, 0)
        behind = min(begin + SUPERPAGE, end)
        table = 0 if upper & LARGE else upper & FRAME
        data = int.from_bytes(view.page(table), "little") & NOT_USED
        key = (table, upper & 7, begin, behind)
        if table and view.known.well.get(key) == data:
            continue  # it is what it was when it was looked at last
        before = len(found)
        entries = view.entries(table) if table else {}
        for frame in range(begin, behind, PAGE):
            at = (frame - begin) // PAGE
            entry = entries.get(at, 0)
            if not entry or entry & FRAME != frame:
                words = f"environment page 0x{frame:08x} is not mapped there"
                found.append(_words(machine, base + at * PAGE, words))
            elif not entry & WRITE or not upper & WRITE:
                words = f"environment page 0x{frame:08x} cannot be written there"
                found.append(_words(machine, base + at * PAGE, words))
        if len(found) == before:
            view.known.well[key] = data
    return found


def kernel_space_is_the_kernels(machine: Machine) -> list[str]:
    """Nothing outside of the client-controlled addresses is open to programs."""
    view = machine.view
    found: list[str] = []
    for at, upper in machine.halves(machine.reference, kernel=True):
        begin = at * SUPERPAGE
        if CLIENT_BASE <= begin < machine.client_end or not upper & USER:
            continue
        if upper & LARGE:
            found.append(_words(machine, begin, "a program can reach kernel space"))
            continue
        for index, entry in view.present(upper & FRAME):
            if entry & USER:
                where = begin + index * PAGE
                words = f"a program can reach page 0x{entry & FRAME:08x}, in kernel space"
                found.append(_words(machine, where, words))
    return found


def directories_agree(machine: Machine) -> list[str]:
    """Kernel space is the same in every page-directory: they share its page-tables."""
    return [
        words
        for directory in machine.directories
        for words in _differences(machine, directory)
    ]


def _differences(machine: Machine, directory: int) -> list[str]:
    view = machine.view
    ours = view.page(machine.reference)[FIRST_KERNEL * 4 :]
    theirs = view.page(directory)[FIRST_KERNEL * 4 :]
    if ours == theirs:
        return []
    due = view.entries(machine.reference, FIRST_KERNEL)
    has = view.entries(directory, FIRST_KERNEL)
    found: list[str] = []
    for at in sorted(due.keys() | has.keys()):
        one, other = due.get(at, 0) & ~_USED, has.get(at, 0) & ~_USED
        if one != other:
            found.append(
                f"page-directory 0x{directory:08x}, address 0x{at * SUPERPAGE:08x}: "
                f"its entry is 0x{other:08x}, and the reference's is 0x{one:08x}; "
                "kernel space is the same in every space"
            )
    return found


def entries_reach_memory(machine: Machine) -> list[str]:
    """User entries lead to memory that there is, and have no reserved bit set. The
    kernel half is the reference's."""
    return [
        words
        for directory in machine.directories
        for words in _wrong_entries(machine, directory)
    ]


def _wrong_entries(machine: Machine, directory: int) -> list[str]:
    view = machine.view
    # A test's machine may have pages that the emulated one has not.
    end = max(view.end, len(machine.pages) * PAGE)
    found: list[str] = []
    for at, upper in machine.halves(directory, kernel=False):
        begin = at * SUPERPAGE
        reserved = 0x003FF000 if upper & LARGE else 0
        if upper & (CACHING | reserved):
            words = f"the entry 0x{upper:08x} has a reserved bit set"
            found.append(_words(machine, begin, words, directory))
        if not upper & LARGE and upper & FRAME >= view.end:
            words = f"the page-table 0x{upper & FRAME:08x} is no memory of this machine"
            found.append(_words(machine, begin, words, directory))
            continue
        if not machine.is_table(upper) or _all_well(machine, upper, end):
            continue
        for mapping in machine.mappings_of(directory, at, upper):
            if mapping.frame + mapping.pages * PAGE > end:
                words = f"page 0x{mapping.frame:08x} is no memory of this machine"
                found.append(_words(machine, mapping.address, words, directory))
            if mapping.pages == 1 and mapping.entry & (CACHING | LARGE):
                words = f"the entry 0x{mapping.entry:08x} has a reserved bit set"
                found.append(_words(machine, mapping.address, words, directory))
    return found


def _all_well(machine: Machine, upper: int, end: int) -> bool:
    """Whether nothing of a page-table can be wrong; most of the time that is so."""
    if upper & LARGE:
        return False
    table = machine.view.table(upper & FRAME)
    return not table.bits & (CACHING | LARGE) and table.highest & FRAME < end


def _words(machine: Machine, address: int, words: str, directory: int | None = None) -> str:
    which = "the reference directory"
    if directory is not None:
        which = f"page-directory 0x{directory:08x}"
    elif machine.kind in (Kind.NONE, Kind.USERS):
        which = "the kernel's page-directory"
    return f"{which}, address 0x{address:08x}: {words}"


RULES = (
    Rule("memory", "page-directories are where memory is", directories_are_memory),
    Rule("image", "the kernel's code cannot be changed", image_is_protected),
    Rule("environment", "the environment is where the kernel sees it",
         environment_is_mapped),
    Rule("own", "kernel space is closed to programs", kernel_space_is_the_kernels),
    Rule("agree", "every page-directory has the reference's kernel space (5.6.4)",
         directories_agree),
    Rule("entries", "user entries lead to memory, and have no reserved bit",
         entries_reach_memory),
)
