# SPDX-License-Identifier: MIT
"""Addresses in programs, as a message has them, by function and line.

What a test in the kernel's image knows of a trial in user code is where its threads
are; a reader wants to know which line of the trial that is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from h4.symbols import Image

_PLACE = re.compile(r"\bat (0x[0-9a-f]{8})\b(?! \()")


def by_name(lines: list[str], programs: Sequence[tuple[str, Path]]) -> list[str]:
    """The same lines; behind each place where a program has code stands which it is.

    programs  their names and files; beside each lies one with symbols, NAME.elf
    """
    if not programs or not any(map(_PLACE.search, lines)):
        return lines
    images = [_image(elf) for _, path in programs if (elf := Path(f"{path}.elf")).exists()]

    def one(found: re.Match[str]) -> str:
        address = int(found[1], 16)
        known = [image for image in images if image.function_begin(address) >= 0]
        return found[0] + (_words(known[0], address) if len(known) == 1 else "")

    return [_PLACE.sub(one, line) for line in lines]


def _words(image: Image, address: int) -> str:
    """In brackets. Where a file's name has the folder that it was built in, it is not
    told: that is another one each time."""
    (place,) = image.places([address])
    file = "" if place.file.startswith("/") else f", {place.file}:{place.line}"
    return f" ({place.function}{file if place.line else ''})"


@lru_cache(maxsize=16)
def _image(path: Path) -> Image:
    return Image(path)
