# SPDX-License-Identifier: MIT
"""One thing that has to hold of a machine, and how it is told that it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from h4.outside_pages import Machine

MOST = 3  # places where it does not hold are told


@dataclass(frozen=True)
class Rule:
    """A rule. Where an earlier one does not hold, later ones are not asked.

    name   for manifests: in the state that some tests make by hand it does not hold
    words  the rule itself, a few words, with the dissertation's section
    check  what is wrong, a line each; nothing if it holds
    """

    name: str
    words: str
    check: Callable[[Machine], list[str]]

    def judge(self, machine: Machine) -> list[str]:
        """What to tell; nothing if it holds."""
        found = self.check(machine)
        if not found:
            return []
        told = found[:MOST]
        if len(found) > MOST:
            told.append(f"and {len(found) - MOST} more of this kind")
        return [*told, f"what does not hold: {self.words}"]
