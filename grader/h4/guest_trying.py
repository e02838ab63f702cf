# SPDX-License-Identifier: MIT
"""What a test was doing, read from outside: where a machine hangs it cannot say so.

The guest keeps a text as for printf and what it is filled with, see
grader/guest/trying.c:

    struct harness_trying { const char *text; uint32_t count, words[12]; char within[120]; }
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from h4.bochs_debugger import Memory

WORDS = 12
MOST = 240  # characters: LINE_SIZE of grader/guest/harness.h
_CONVERSION = re.compile(r"%(-?0?\d{0,2})[lz]*([%cdisuxX])")  # no width without end


def guest_trying(memory: Memory, address: int) -> str:
    """In words, which may have any character in them. `address` is where the struct
    is; 0: there is none. Empty where the test has said nothing."""
    if not address:
        return ""
    text, count, *words = (memory.word(address + at * 4) or 0 for at in range(2 + WORDS))
    within = _text(memory, address + (2 + WORDS) * 4)
    tried = _filled(memory, _text(memory, text), iter(words[:count])) if text else ""
    return ", ".join(filter(None, (within, f"trying {tried}" if tried else "")))[:MOST]


def _filled(memory: Memory, text: str, words: Iterator[int]) -> str:
    """The text with its conversions, as kernel/format.c makes them."""

    def one(found: re.Match[str]) -> str:
        if found[2] == "%":
            return "%"
        word = next(words, 0)
        value: int | str = word
        if found[2] == "s":
            value = _text(memory, word)
        elif found[2] == "c":
            value = chr(word & 0x7F)
        elif found[2] in "di" and word >> 31:
            value = word - (1 << 32)
        kind = {"c": "s", "i": "d", "u": "d"}.get(found[2], found[2])
        return f"%{found[1]}{kind}" % value

    return _CONVERSION.sub(one, text)


def _text(memory: Memory, address: int) -> str:
    """The text that begins there, up to its end or where there is no memory."""
    found = b""
    at = address & ~3
    while len(found) < MOST and b"\0" not in found[address & 3 :]:
        word = memory.word(at)
        if word is None:
            break
        found += word.to_bytes(4, "little")
        at += 4
    return found[address & 3 :].partition(b"\0")[0].decode("latin-1")
