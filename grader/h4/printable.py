# SPDX-License-Identifier: MIT
"""Text that anybody may have written, without what a terminal, XML or a page obeys.

What a guest prints, what a compiler quotes of a submission, the names of its files:
all of it comes through here before it is put into a report of any form. What is left
are characters that can be seen, blanks and line breaks. No character that XML 1.0
forbids is among them, no escape sequence, none that turns the direction of writing.
Letters that a form gives a meaning to, such as < and &, are for its own writer.
"""

from __future__ import annotations


def printable(text: str) -> str:
    """The text; what cannot be seen is written as \\x1b or \\u202e."""
    return "".join(c if c.isprintable() or c == "\n" else _code(c) for c in text)


def printable_log(carried: bytes) -> str:
    """What came over a serial line, with its ends of lines made one kind."""
    text = carried.decode("utf-8", "backslashreplace")
    return printable(text.replace("\r\n", "\n").expandtabs(8))


def _code(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
