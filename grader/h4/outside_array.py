# SPDX-License-Identifier: MIT
"""What the kernel says of a page: an entry of the status array of
kernel/include/kernel/status.h.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from h4.outside_view import Known, Values, once

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


def words_of(page: Status | None) -> str:
    """What the kernel says of a page."""
    return "not installed" if page is None else str(page)


class Statuses(NamedTuple):
    """The entries of a page array, or of some of it.

    every  one by one
    kinds  those there are
    rare   number and status of those that are not like most, in order
    """

    every: list[Status]
    kinds: frozenset[Status]
    rare: list[tuple[int, Status]]


NO_STATUSES = Statuses([], frozenset(), [])
TOGETHER = 512  # of them most stay as they are for long


def decode(known: Known, words: array[int]) -> Statuses:
    """The entries of a page array."""
    every: list[Status] = []
    kinds: set[Status] = set()
    rare: list[tuple[int, Status]] = []
    for first in range(0, len(words), TOGETHER):
        some = words[first : first + TOGETHER]
        part = once(known.arrays, some.tobytes(), partial(_decode, known, some))
        every += part.every
        kinds |= part.kinds
        rare += [(first + at, status) for at, status in part.rare]
    return Statuses(every, frozenset(kinds), rare)


def _decode(known: Known, words: array[int]) -> Statuses:
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
    every = list(map(seen.__getitem__, words))
    kinds = frozenset(every)
    few = {status for status in kinds if not status.common}
    rare = [(at, status) for at, status in enumerate(every) if status in few] if few else []
    return Statuses(every, kinds, rare)
