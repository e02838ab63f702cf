# SPDX-License-Identifier: MIT
"""The rows of the picture of mappings: those that are alike are one row.

Alike are mappings in a row, made out of the same one or of some that are alike, in the
same space, with the same rights, and of which what was made out of them is alike in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from h4.picture import counted, size
from h4.tree import PAGE_LOG2, PAGES, Mapping, Tree, letters

MOST_IN_RING = 12  # rows of what was made out of one; the rest is counted
MOST_DEPTH = 10


@dataclass
class Row:
    """Some mappings that are alike; without any: words in their place."""

    depth: int
    tree: Tree
    ones: Sequence[Mapping] = ()
    instead: str = ""
    last: bool = False  # nothing follows that was made out of the same one
    new: bool = False  # some of them were not there before, or not so
    lines: list[bool] = field(default_factory=list)  # which rings above go on

    @property
    def space(self) -> int:
        return self.ones[0].space if self.ones else -1

    def where(self) -> str:
        """`root 0x00400000-0x00407fff`."""
        if not self.ones:
            return self.instead
        first, last = self.ones[0], self.ones[-1]
        name = self.tree.name(first.space)
        if len(self.ones) == 1:
            return f"{name} 0x{first.address:08x}"
        end = last.address + (1 << last.log2) - 1
        if end - first.address + 1 == len(self.ones) << first.log2:
            return f"{name} 0x{first.address:08x}-0x{end:08x}"
        return f"{name} 0x{first.address:08x} ..."

    def what(self) -> str:
        """`8 pages rwx, accessed 5, written 2`."""
        if not self.ones:
            return ""
        first, count = self.ones[0], len(self.ones)
        pages = "page" if first.log2 == PAGE_LOG2 else "superpage"
        parts = [f"{counted(count, pages)} {letters(first.rights)}"]
        if first.broken:
            parts.append(f"{first.left} of {PAGES[first.log2]} pages left")
        for bit, word in ((4, "accessed"), (2, "written")):
            used = sum(1 for one in self.ones if one.used & bit)
            if used:
                parts.append(word if count == 1 else f"{word} {used}")
        if self.new:
            parts.append("new")
        return ", ".join(parts)


class _Grouping:
    def __init__(self, tree: Tree, before: Tree | None) -> None:
        self.tree = tree
        self.made = tree.children()
        self.then = before.facts() if before else None
        self.now = tree.facts() if before else {}
        self.shapes = self._shapes()
        self.rows: list[Row] = []

    def _shapes(self) -> dict[int, int]:
        """Of each mapping the number of its shape: what it is but for addresses. Children
        come before their parents."""
        order: list[Mapping] = list(self.made.get(None, []))
        for one in order:
            order += self.made.get(one.number, [])
        known: dict[tuple[object, ...], int] = {}
        shapes: dict[int, int] = {}
        for one in reversed(order):
            below = tuple(shapes[child.number] for child in self.made.get(one.number, []))
            shape = (one.space, one.log2, one.rights, one.left, self._new(one), below)
            shapes[one.number] = known.setdefault(shape, len(known))
        return shapes

    def _new(self, one: Mapping) -> bool:
        place = self.tree.place(one)
        return self.then is not None and self.then.get(place) != self.now[place]

    def groups(self, ones: Sequence[Mapping]) -> list[list[Mapping]]:
        """Cuts mappings, in their order, into those that are alike and side by side."""
        found: list[list[Mapping]] = []
        for one in ones:
            last = found[-1][-1] if found else None
            if (
                last is not None
                and self.shapes[last.number] == self.shapes[one.number]
                and last.address + (1 << last.log2) == one.address
            ):
                found[-1].append(one)
            else:
                found.append([one])
        return found

    def put(self, depth: int, groups: list[list[Mapping]], lines: list[bool]) -> None:
        """The rows of what was made out of the same ones, and of all below."""
        shown = groups
        if len(groups) > MOST_IN_RING:
            shown = groups[: MOST_IN_RING - 1]
        for at, ones in enumerate(shown):
            last = at == len(groups) - 1
            self.rows.append(
                Row(depth, self.tree, ones, last=last, new=self._new(ones[0]),
                    lines=lines)
            )  # fmt: skip
            self._below(depth + 1, ones, [*lines, not last])
        if len(shown) < len(groups):
            rest = [one for ones in groups[len(shown) :] for one in ones]
            words = f"and {counted(self._count(rest), 'mapping')} more"
            self.rows.append(
                Row(depth, self.tree, instead=words, last=True, lines=lines)
            )

    def _below(self, depth: int, ones: list[Mapping], lines: list[bool]) -> None:
        rings = [self.made.get(one.number, []) for one in ones]
        if not rings[0]:
            return
        if depth >= MOST_DEPTH:
            words = f"and {counted(self._count(sum(rings, [])), 'mapping')} below"
            self.rows.append(
                Row(depth, self.tree, instead=words, last=True, lines=lines)
            )
        elif len(ones) == 1:
            self.put(depth, self.groups(rings[0]), lines)
        else:
            # All rings are alike: of each the first ones together, and so on.
            self.put(depth, [list(column) for column in zip(*rings)], lines)

    def _count(self, ones: Sequence[Mapping]) -> int:
        """These, and all that was made out of them."""
        every = list(ones)
        for one in every:
            every += self.made.get(one.number, [])
        return len(every)


def rows(tree: Tree, before: Tree | None = None) -> list[Row]:
    """From top to bottom; with `before` it is said what is new since then."""
    grouping = _Grouping(tree, before)
    grouping.put(0, grouping.groups(grouping.made.get(None, [])), [])
    return grouping.rows


def summary(tree: Tree) -> str:
    """How many mappings there are, and of how much memory."""
    gifts = [one for one in tree.mappings.values() if one.parent is None]
    pages = sum(PAGES[one.log2] for one in gifts)
    return (
        f"{counted(len(tree.mappings), 'mapping')} of {size(pages)}; there may be "
        f"{tree.room:,}."
    )


def gone(tree: Tree, before: Tree) -> list[str]:
    """What was there before and is no more."""
    now = tree.facts()
    left = [one for one in before.mappings.values() if before.place(one) not in now]
    left.sort(key=lambda one: (one.space, one.address))
    found: list[list[Mapping]] = []
    for _, ones in groupby(left, key=lambda one: (one.space, one.log2)):
        for one in ones:
            last = found[-1][-1] if found else None
            if (
                last is not None
                and (last.space, last.log2) == (one.space, one.log2)
                and last.address + (1 << one.log2) == one.address
            ):
                found[-1].append(one)
            else:
                found.append([one])
    return [Row(0, before, ones).where() for ones in found]
