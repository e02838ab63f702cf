# SPDX-License-Identifier: MIT
"""What L4 says of spaces, threads and mappings, against the page-tables: what it has noted
is there, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Callable

from h4.outside_l4 import L4, Owned, Space, l4_of
from h4.outside_pages import Machine, Mapping
from h4.outside_rule import Rule
from h4.outside_view import ENTRIES, PAGE, USER, WRITE

SUPERPAGE_LOG2 = 22
_BOUND = 8  # CONTEXT_BOUND of h/internal/context.h


def spaces_are_hs(l4: L4) -> list[str]:
    """Each space is an address space of H, and no two are the same."""
    found: list[str] = []
    seen: dict[int, Space] = {}
    for space in l4.spaces.values():
        if space.directory is None:
            found.append(
                f"L4 has {space}, which is none: freed, or never made"
            )
        elif space.directory in seen:
            found.append(f"L4 has two spaces that are both {space}")
        else:
            seen[space.directory] = space
    return found


def threads_run_in_their_spaces(l4: L4) -> list[str]:
    """The context of an active thread is bound to the thread's space."""
    found: list[str] = []
    size = l4.view.layouts["pagemap_slot"].size
    for thread in l4.threads:
        words = f"L4 has thread 0x{thread.id:08x}"
        space = l4.spaces.get(thread.space)
        context = l4.context(thread.context[0])
        if space is None:
            found.append(f"{words} in a space that is none")
        elif context is None or context["generation"] != thread.context[1]:
            found.append(f"{words} with a fault context that H does not have")
        elif context["flags"] & _BOUND and (
            context["space"] != l4.pagemaps + space.pagemap * size
            or context["space_generation"] != space.generation
        ):
            found.append(
                f"{words} in {space}, and H runs its context in another one "
                f"(slot {(context['space'] - l4.pagemaps) // size})"
            )
    return found


def utcbs_are_mapped(l4: L4) -> list[str]:
    """The page that the kernel has for a thread's UTCB is what the space shows there, to
    be read and written."""
    found: list[str] = []
    for thread in l4.threads:
        space = l4.spaces.get(thread.space)
        if space is None or space.directory is None:
            continue
        at = thread.local & ~(PAGE - 1)
        due = l4.frame_of(thread.utcb)
        entry = l4.mapped(space.directory, at)
        words = f"the UTCB of thread 0x{thread.id:08x}, 0x{at:08x} of {space}: "
        if due is None:
            found.append(f"{words}the kernel has no mapping of it")
        elif entry is None or entry.frame != due:
            there = "nothing" if entry is None else f"page 0x{entry.frame:08x}"
            found.append(f"{words}L4 has page 0x{due:08x}, the page-table has {there}")
        elif entry.rights & (USER | WRITE) != USER | WRITE:
            found.append(f"{words}the program cannot write it")
    return found


def interface_pages_are_one(l4: L4) -> list[str]:
    """The kernel interface page is in each space that has threads which run; it is one,
    and nobody writes to it."""
    found: list[str] = []
    frame: int | None = None
    for space in l4.spaces.values():
        if space.directory is None or not space.active or not space.kip_bytes:
            continue
        entry = l4.mapped(space.directory, space.kip)
        words = f"the kernel interface page, 0x{space.kip:08x} of {space}: "
        if entry is None:
            found.append(f"{words}nothing is mapped there")
        elif entry.rights & WRITE:
            found.append(f"{words}programs can write it")
        elif frame is not None and entry.frame != frame:
            found.append(
                f"{words}page 0x{entry.frame:08x}, and 0x{frame:08x} in another space"
            )
        else:
            frame = entry.frame
    return found


def _directory(l4: L4, one: Owned) -> int | None:
    space = l4.spaces.get(one.space)
    return None if space is None else space.directory


def mappings_are_mapped(l4: L4) -> list[str]:
    """What the mapping database has is in the page-tables, of the same memory."""
    found: list[str] = []
    for one in l4.owned:
        directory = _directory(l4, one)
        if directory is None:
            found.append(
                f"L4's database has 0x{one.address:08x} -> page 0x{one.frame:08x} in a "
                "space that is none"
            )
            continue
        if one.broken:
            continue
        entry = l4.mapped(directory, one.address)
        if entry is not None and entry.frame == one.frame and entry.for_user:
            size = ENTRIES if one.log2 == SUPERPAGE_LOG2 else 1
            if entry.pages == size:
                continue
        there = "nothing" if entry is None else f"page 0x{entry.frame:08x}"
        if entry is not None and entry.pages > 1:
            there += ", a superpage"
        found.append(
            f"0x{one.address:08x} of the space 0x{directory:08x}: L4's database has page "
            f"0x{one.frame:08x} ({1 << one.log2:,} bytes), the page-table has {there}"
        )
    return found


def broken_superpages_are_counted(l4: L4) -> list[str]:
    """Of a superpage that is mapped by pages, as many are there as the database says."""
    found: list[str] = []
    places: dict[int, set[int]] = {}
    for one in l4.owned:
        if one.log2 < SUPERPAGE_LOG2:
            places.setdefault(one.space, set()).add(one.address)
    for one in l4.owned:
        directory = _directory(l4, one)
        if not one.broken or directory is None:
            continue
        shown = l4.shown(directory, one.address, one.frame)
        there = len(shown) - len(places.get(one.space, set()) & shown)
        if there != one.left:
            found.append(
                f"0x{one.address:08x} of the space 0x{directory:08x}: L4's database has "
                f"{one.left} pages left of a superpage, the page-table has {there}"
            )
    return found


def rights_only_shrink(l4: L4) -> list[str]:
    """Who has memory from somebody may not write where that one may not."""
    found: list[str] = []
    by_place = {one.place: one for one in l4.owned}
    for one in l4.owned:
        parent = by_place.get(one.parent)
        if parent is None or one.broken or parent.broken:
            continue
        entry, above = _entry(l4, one), _entry(l4, parent)
        if entry and above and entry.rights & WRITE and not above.rights & WRITE:
            found.append(
                f"page 0x{one.frame:08x}: it may be written "
                f"{entry.place(entry.frame)}, and not {above.place(above.frame)}, from "
                "where it has been mapped"
            )
    return found


def _entry(l4: L4, one: Owned) -> Mapping | None:
    directory = _directory(l4, one)
    return None if directory is None else l4.mapped(directory, one.address)


def nothing_else_is_mapped(l4: L4) -> list[str]:
    """All that a space shows L4 knows of: UTCBs, the kernel interface page, and what the
    database has. Before there is a database, this is asked of the UTCB areas alone."""
    found: list[str] = []
    noted: dict[int, set[int]] = {}
    ranges: dict[int, set[int]] = {}
    for one in l4.owned:
        noted.setdefault(one.space, set()).add(one.address)
        if one.broken:
            ranges.setdefault(one.space, set()).add(one.address)
    for thread in l4.threads:
        noted.setdefault(thread.space, set()).add(thread.local & ~(PAGE - 1))
    for space in l4.spaces.values():
        if space.directory is None:
            continue
        known = noted.get(space.place, set()) | {space.kip}
        broken = ranges.get(space.place, set())
        for address in sorted(l4.mapped_at(space.directory, broken) - known):
            entry = l4.mapped(space.directory, address)
            if entry is None or not (l4.has_database or space.has_utcbs_at(address)):
                continue
            found.append(
                f"page 0x{entry.frame:08x} is mapped at 0x{address:08x} of {space}, and "
                "L4 knows nothing of it"
            )
    return found


def _on(check: Callable[[L4], list[str]]) -> Callable[[Machine], list[str]]:
    def judge(machine: Machine) -> list[str]:
        if "l4" not in machine.found:
            machine.found["l4"] = l4_of(machine)
        l4 = machine.found["l4"]
        return check(l4) if isinstance(l4, L4) else []

    return judge


RULES = (
    Rule("spaces", "a space of L4's is one of H's", _on(spaces_are_hs)),
    Rule("threads", "a thread runs in its space", _on(threads_run_in_their_spaces)),
    Rule("utcbs", "a thread's UTCB is where L4 has it", _on(utcbs_are_mapped)),
    Rule("interface", "the interface page is one", _on(interface_pages_are_one)),
    Rule("mapped", "what L4 has mapped is in the page-tables", _on(mappings_are_mapped)),
    Rule("broken", "pages of broken superpages are counted",
         _on(broken_superpages_are_counted)),
    Rule("shrink", "rights only shrink on the way down", _on(rights_only_shrink)),
    Rule("known", "L4 knows all that is mapped", _on(nothing_else_is_mapped)),
)
