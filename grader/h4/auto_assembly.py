# SPDX-License-Identifier: MIT
"""Mistakes made by rule in assembler source: an instruction that is not there, two
registers in the other order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from h4.auto_text import Edit, Span

_LINE = re.compile(r"^[ \t]*([^\n]*?)[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"([A-Za-z_][\w$]*):$")
_REGISTERS = re.compile(r"(%\w+),([ \t]*)(%\w+)$")


def find_edits(text: str, regions: Sequence[Span]) -> list[Edit]:
    """All edits of the instructions in `regions`; they are said to be in the function
    of the last label before them that does not begin with a dot or a digit."""
    found: list[Edit] = []
    function = ""
    for line in _LINE.finditer(text):
        words = re.split(r"[ \t]*//", line[1])[0]
        label = _LABEL.match(words)
        if label:
            function = label[1]
        if not words or words[0] in ".#" or words.endswith(":"):
            continue
        begin, end = line.start(1), line.start(1) + len(words)
        if not any(a <= begin and end <= b for a, b in regions):
            continue
        found.append(Edit("drop-instruction", function, begin, end, ""))
        pair = _REGISTERS.search(words)
        if pair and pair[1] != pair[3]:
            swapped = pair[3] + "," + pair[2] + pair[1]
            found.append(
                Edit("swap-registers", function, begin + pair.start(), end, swapped)
            )
    return found
