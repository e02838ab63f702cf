# SPDX-License-Identifier: MIT
"""What tests expect on COM1, compared with what came.

The kernel's own serial output is an exercise, and a guest cannot see what its
line carries. So such a test says what it has sent (the notes `com1 48656c6c6f`,
on COM2, by the harness's own transmitter), and the host looks for it: these bytes,
in a row, behind those of the test before. What else is printed between two tests
does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from h4.protocol import shown

SHOWN = 64  # bytes; a byte that is no text takes four characters
# Of what the kernel printed before a test ended: so much is read, so many lines
# of so many characters are shown.
LINES_READ = 4096
LINES_SHOWN = 6
LINE_SHOWN = 120
# A shorter beginning may have come by chance.
TELLING = 4


def expected_of(notes: list[str]) -> bytes | None:
    """The bytes that one test's notes name, all in one row; None: no note does."""
    parts = [note[len("com1 ") :] for note in notes if note.startswith("com1 ")]
    if not parts:
        return None
    try:
        return b"".join(bytes.fromhex(part) for part in parts)
    except ValueError:
        return b""  # not from the harness: see Line.find


def last_lines(carried: bytes, sent: Sequence[bytes] = ()) -> list[str]:
    """The last lines of text, for a person. A line that is noise for the most part
    was not printed by anybody; empty ones say nothing.

    sent  what tests have sent to look at the line itself: it says nothing of others
    """
    for row in sent:
        if len(row) >= TELLING:
            carried = carried.replace(row, b"\n")
    lines = carried[-LINES_READ:].splitlines()
    return [_cut(line) for line in lines if _is_text(line)][-LINES_SHOWN:]


def _is_text(line: bytes) -> bool:
    visible = sum(33 <= byte < 127 for byte in line)
    return visible > 0 and 2 * sum(32 <= byte < 127 for byte in line) >= len(line)


def _cut(line: bytes) -> str:
    text = shown(line, len(line))
    return text if len(text) <= LINE_SHOWN else text[: LINE_SHOWN - 4] + " ..."


class Line:
    """All that COM1 carried in one boot, read from its beginning to its end."""

    def __init__(self, carried: bytes) -> None:
        self.carried = carried
        self.at = 0

    def find(self, expected: bytes) -> list[str] | None:
        """Reads on behind `expected`, and returns None. If it is not there, stays
        where it is, and returns what to say about it."""
        if not expected:
            return ["what was to come on COM1 cannot be read"]
        place = self.carried.find(expected, self.at)
        if place < 0:
            return self._what_came(expected)
        self.at = place + len(expected)
        return None

    def _what_came(self, expected: bytes) -> list[str]:
        words = [
            f"these {len(expected)} bytes were sent, and did not come in a row on COM1",
            f"{'expected:':<10}{shown(expected, SHOWN)}",
        ]
        rest = self.carried[self.at :]
        if not rest:
            return [*words, f"{'found:':<10}nothing"]
        length = self._longest(expected)
        if length < TELLING:
            return [*words, f"{'found:':<10}{shown(rest, SHOWN)}"]
        begin = rest.find(expected[:length])
        then = rest[begin + length :]
        came = (
            "what comes next on the line, and may be of later tests already, is "
            + shown(then, 24)
            if then
            else "nothing came after them"
        )
        return [
            *words,
            f"{'found:':<10}{shown(rest[begin : begin + length], SHOWN)}",
            f"these first {length} came, and then not {shown(expected[length:], 16)}: "
            + came,
        ]

    def _longest(self, expected: bytes) -> int:
        """How many bytes of `expected`, from its first on, came in a row: where
        some came so, fewer did too."""
        low, high = 0, len(expected)
        while low < high:
            middle = (low + high + 1) // 2
            if self.carried.find(expected[:middle], self.at) >= 0:
                low = middle
            else:
                high = middle - 1
        return low
