# SPDX-License-Identifier: MIT
"""Reads what a machine reports about L4's mapping database, with suspicion.

    tree <when> <mappings> <room>    begins it; when: boot, before, after
    treespace <number> <thread>     a space, and the ID of its first thread
    treemaps <number> <count> <parent> <space> <address> <frame> <log2> <rights>
             <used> <left> <parents> <frames>
                                     mappings whose numbers follow each other: addresses
                                     go up by their size, the parents' numbers by
                                     <parents>, the frames by their size where <frames>
                                     is 1; parent -1: the kernel's gift
    treeend <when>

Numbers are decimal, those of threads, addresses and frames hexadecimal. Of one moment the
last one that is complete counts. The lines come from a kernel that is being debugged, so
that each rule that one of them breaks is named and nothing is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from h4.errors import GraderError
from h4.picture_notes import MOMENTS
from h4.tree import PAGES, Mapping, Tree, thread_name

MOST_MAPPINGS = 1 << 20
NUMBER, HEX = "([0-9]{1,7})", "0x([0-9a-f]{8})"
FORMS = {
    "tree": re.compile(rf"([a-z]+) {NUMBER} {NUMBER}"),
    "treespace": re.compile(rf"{NUMBER} {HEX}"),
    "treemaps": re.compile(
        rf"{NUMBER} {NUMBER} (-1|[0-9]{{1,7}}) {NUMBER} {HEX} {HEX} "
        + " ".join([NUMBER] * 6)
    ),
    "treeend": re.compile(r"([a-z]+)"),
}


class _Wrong(Exception):
    """The rule that this line breaks."""


class _Reader:
    def __init__(self) -> None:
        self.trees: dict[str, Tree] = {}
        self.open: Tree | None = None
        self.due = 0  # mappings of the open one

    def line(self, kind: str, text: str) -> None:
        found = FORMS[kind].fullmatch(text)
        if not found:
            raise _Wrong(f"it has not the form of `{kind}`")
        words = found.groups()
        if kind == "tree":
            self._begin(words[0], int(words[1]), int(words[2]))
        elif self.open is None:
            raise _Wrong("no tree is open: each one begins with `tree`")
        elif kind == "treespace":
            self.open.names[int(words[0])] = thread_name(int(words[1], 16))
        elif kind == "treemaps":
            at = [int(one, 16) for one in words[4:6]]
            self._mappings(self.open, [*map(int, words[:4]), *at, *map(int, words[6:])])
        else:
            self._end(self.open, words[0])

    def _begin(self, when: str, used: int, room: int) -> None:
        if when not in MOMENTS:
            raise _Wrong(f"the moment is one of {', '.join(MOMENTS)}")
        if not used <= room <= MOST_MAPPINGS:
            raise _Wrong(f"there are no more mappings than room, nor than {MOST_MAPPINGS}")
        self.open, self.due = Tree(when, room), used

    def _mappings(self, tree: Tree, numbers: list[int]) -> None:
        first, count, parent, space, address, frame, log2, rights, used, left = (
            numbers[:10]
        )
        parents, frames = numbers[10:]
        if log2 not in PAGES:
            raise _Wrong(f"a mapping has 2^12 or 2^22 bytes, not 2^{log2}")
        if not 1 <= count or first + count > tree.room:
            raise _Wrong(f"mappings have numbers below {tree.room}")
        if rights > 7 or used > 7 or parents > 1 or frames > 1:
            raise _Wrong("rights are below 8, and steps 0 or 1")
        if not 1 <= left <= PAGES[log2]:
            raise _Wrong(f"of {PAGES[log2]} pages {left} are left")
        size = 1 << log2
        if address + count * size > 1 << 32:
            raise _Wrong("the addresses end at 4 GB")
        for at in range(count):
            if first + at in tree.mappings:
                raise _Wrong(f"mapping {first + at} has been told already")
            tree.mappings[first + at] = Mapping(
                first + at, None if parent < 0 else parent + at * parents, space,
                address + at * size, frame + at * size * frames, log2, rights, used, left,
            )  # fmt: skip

    def _end(self, tree: Tree, when: str) -> None:
        if when != tree.when:
            raise _Wrong(f"the tree that is open is `{tree.when}`")
        if len(tree.mappings) != self.due:
            raise _Wrong(f"{len(tree.mappings)} of {self.due} mappings have come")
        for one in tree.mappings.values():
            if one.parent is not None and one.parent not in tree.mappings:
                raise _Wrong(f"mapping {one.number} is made out of one that is not there")
        _refuse_circles(tree)
        self.trees[when], self.open = tree, None


def _refuse_circles(tree: Tree) -> None:
    sound: set[int] = set()
    for number in tree.mappings:
        way: dict[int, None] = {}
        at: int | None = number
        while at is not None and at not in sound:
            if at in way:
                raise _Wrong(f"mapping {at} is made out of itself")
            way[at] = None
            at = tree.mappings[at].parent
        sound.update(way)


def read_trees(notes: Iterable[str]) -> dict[str, Tree]:
    """The trees in the notes of one boot or test (without `# `), by moment; notes about
    other things are passed over.

    GraderError: a line breaks a rule.
    """
    reader = _Reader()
    for number, note in enumerate(notes, 1):
        kind, _, text = note.partition(" ")
        if kind not in FORMS:
            continue
        try:
            reader.line(kind, text)
        except _Wrong as rule:
            shown = "".join(c if " " <= c <= "~" else "?" for c in note[:80])
            raise GraderError(
                f"what the machine reports about its mappings cannot be read: note "
                f"{number}, `{shown}`: {rule}"
            ) from None
    return reader.trees
