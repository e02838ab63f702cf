# SPDX-License-Identifier: MIT
"""A text in the guest's memory, read from outside."""

from __future__ import annotations

from h4.bochs_debugger import Memory

MOST = 240  # characters: LINE_SIZE of grader/guest/harness.h


def guest_text(memory: Memory, address: int) -> str:
    """The text that begins at this linear address, a multiple of 4, up to its end or
    where there is no memory; nobody says what characters it has. Empty for address 0."""
    found = b""
    while address and len(found) < MOST and b"\0" not in found:
        word = memory.word(address + len(found))
        if word is None:
            break
        found += word.to_bytes(4, "little")
    return found.partition(b"\0")[0].decode("latin-1")
