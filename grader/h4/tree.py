# SPDX-License-Identifier: MIT
"""L4's mapping database at one moment: who has which memory, and from whom.

This is the model alone. tree_notes reads it from what the machine reports, tree_rows says
what stands in each row of the picture, tree_text and tree_svg draw that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PAGE_LOG2, SUPERPAGE_LOG2 = 12, 22
PAGES = {PAGE_LOG2: 1, SUPERPAGE_LOG2: 1024}  # of a mapping

# The first threads that the kernel makes, from lab 7 on.
KNOWN = {0x000C0001: "sigma0", 0x000C8001: "root"}


@dataclass
class Mapping:
    """A page or superpage of a space.

    number  in the database
    space   its number; Tree.names says whose it is
    rights  1 to be executed, 2 written, 4 read; 0: nothing of it is there
    used    4 accessed, 2 written: what nobody has been told yet
    left    how many of its pages are still there
    """

    number: int
    parent: int | None  # None: the kernel's gift
    space: int
    address: int
    frame: int
    log2: int
    rights: int
    used: int
    left: int

    @property
    def broken(self) -> bool:
        """A superpage of which something has been taken away."""
        return self.left < PAGES[self.log2]


@dataclass
class Tree:
    """The database.

    when   `boot`, `before` or `after`
    room   how many mappings there may be
    """

    when: str
    room: int
    names: dict[int, str] = field(default_factory=dict)  # of spaces
    mappings: dict[int, Mapping] = field(default_factory=dict)  # by number

    def name(self, space: int) -> str:
        return self.names.get(space, f"space {space}")

    def children(self) -> dict[int | None, list[Mapping]]:
        """What was made out of each, by space and address; out of nothing: gifts."""
        found: dict[int | None, list[Mapping]] = {}
        for one in self.mappings.values():
            found.setdefault(one.parent, []).append(one)
        for ring in found.values():
            ring.sort(key=lambda one: (one.space, one.address, one.log2))
        return found

    def place(self, one: Mapping | None) -> tuple[str, int, int] | None:
        """What a mapping can be known by at another moment."""
        return None if one is None else (self.name(one.space), one.address, one.log2)

    def facts(self) -> dict[tuple[str, int, int] | None, tuple[object, ...]]:
        """Of each place what is there and from whom, but for how it was used."""
        return {
            self.place(one): (
                self.place(self.mappings.get(-1 if one.parent is None else one.parent)),
                one.frame, one.rights, one.left,
            )
            for one in self.mappings.values()
        }  # fmt: skip


def thread_name(thread: int) -> str:
    """Of a space, by its first thread."""
    return KNOWN.get(thread, f"0x{thread:08X}")


def letters(rights: int) -> str:
    return "".join(
        letter if rights & bit else "-" for bit, letter in ((4, "r"), (2, "w"), (1, "x"))
    )
