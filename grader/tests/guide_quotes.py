# SPDX-License-Identifier: MIT
"""What the instructor's guide says that the grader says of mutants."""

from __future__ import annotations

import re
from functools import lru_cache

from conftest import ROOT

GUIDE = "handouts/instructors.md"
_EXERCISE = re.compile(r"^\*\*(\d+\.\d+) .*\*\*$", re.M)
_QUOTE = re.compile(r"^- [^`]*?\(`([a-z0-9_-]+)`\)\.\n+  ```\n  (.*)\n", re.M)
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+")


@lru_cache(maxsize=1)
def quotes() -> dict[tuple[str, str], str]:
    """By exercise and mutant: the first line of what is said."""
    parts = _EXERCISE.split((ROOT / GUIDE).read_text())[1:]
    return {
        (exercise, name): line
        for exercise, text in zip(parts[::2], parts[1::2], strict=True)
        for name, line in _QUOTE.findall(text)
    }


def words(line: str) -> str:
    """A message without addresses and numbers, which follow from the seed."""
    return _NUMBER.sub("#", line)
