# SPDX-License-Identifier: MIT
"""What Bochs's debugger says, read: frames in made-up memory, answers without a boot."""

from __future__ import annotations

import re

import pytest

from h4 import bochs_debugger
from h4.bochs_debugger import PAGING, Memory

DIRECTORY, TABLE, STACK = 0x1000, 0x2000, 0x5000


def memory(words: dict[int, int], **registers: int) -> Memory:
    state = {"cr0": PAGING | 1, "cr3": DIRECTORY, "cr4": 0x10, "eip": 0xC0101234}
    return Memory(words.get, state | registers, megabytes=8)


def paged(chain: dict[int, int]) -> dict[int, int]:
    """A stack at 0xC0005000 and a superpage at 0xC0400000."""
    tables = {
        DIRECTORY + 0x300 * 4: TABLE | 3,
        DIRECTORY + 0x301 * 4: 0x400000 | 0x83,
        TABLE + 5 * 4: STACK | 3,
    }
    return tables | chain


def test_frames_are_followed_through_the_page_tables() -> None:
    words = paged(
        {
            0x5010: 0xC0400020, 0x5014: 0xC0100001,
            0x400020: 0, 0x400024: 0xC0100002,
        }
    )  # fmt: skip
    found = memory(words, ebp=0xC0005010).frames()
    assert found == [0xC0101234, 0xC0100001, 0xC0100002]


def test_frames_end_where_memory_or_sense_ends() -> None:
    assert memory({}, ebp=0xC0005010).frames() == [0xC0101234]
    assert memory(paged({}), ebp=0xC0005011).frames() == [0xC0101234]
    assert memory(paged({}), ebp=0).frames() == [0xC0101234]
    # Beyond the memory of the machine there may be a device.
    assert memory({0xFEE00000: 1, 0xFEE00004: 2}, cr0=1, ebp=0xFEE00000).frames() == [
        0xC0101234
    ]
    # A loop.
    loop = paged({0x5010: 0xC0005010, 0x5014: 0xC0100001})
    assert memory(loop, ebp=0xC0005010).frames() == [0xC0101234, 0xC0100001]


def test_at_most_16_return_addresses_are_read() -> None:
    chain = {}
    for at in range(0x5000, 0x5800, 8):
        chain |= {at: 0xC0000000 | at + 8, at + 4: 0xC0100000}
    assert len(memory(paged(chain), ebp=0xC0005000).frames()) == 17


class FakeChild:
    """Says what it is told to; `%` stands for the number that it was asked for last, `!`
    for the one before in the same turn."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = list(parts)
        self.sent: list[str] = []

    def receive(self, seconds: float) -> bytes | None:
        if not self.parts:
            return b""
        said = self.parts.pop(0)
        numbers = re.findall(r"^(?:\?|calc) (\d+)$", self.sent[-1], re.M) if self.sent else []
        for mark, number in zip((b"%", b"!"), map(int, reversed(numbers))):
            said = said.replace(mark, b"0x%x %d" % (number, number))
        return said

    def send(self, line: str, behind: bytes = b"") -> None:
        self.sent.append(line)

    def turn_to(self, name: str, line: str, behind: bytes) -> None:
        self.send(line)

    def look(self) -> None:
        pass

    def cpu_seconds(self) -> float:
        return 0.0


def test_an_answer_ends_behind_the_number_that_was_asked_for() -> None:
    fake = FakeChild(
        b"hello\n<bochs:1> ",
        b"0x5 5\n(0) Breakpoint 2, 0x00000000c0100020 in ?? ()\nNext at t=12",
        b"\n(0) [0x000000100020] 0008:00000000c0100020 (unk. ctxt): push ebp\n%",
        b"\n",
        b"0x1%\n",
        b"%\n",
    )
    debugger = bochs_debugger.Debugger(fake, lambda: False)  # type: ignore[arg-type]
    stop = debugger.resume()
    assert (stop.tick, stop.address, stop.by_clock) == (12, 0xC0100020, False)
    assert debugger.command("? 1").startswith(b"0x1")
    with pytest.raises(bochs_debugger.EmulatorGone):
        debugger.resume()


def test_what_is_asked_ahead_is_answered_where_the_machine_stops_next() -> None:
    stops = b"(0) Breakpoint 2, 0x00000000c0100020 in ?? ()\nNext at t=%d\n"
    fake = FakeChild(
        b"<bochs:1> ",
        stops % 12 + b"!\nrax: 00000000_00000007\n%\n",
        b"rax: 00000000_00000008\n%\n",
        stops % 13 + b"%\n",
        b"rax: 00000000_00000009\n%\n",
    )
    debugger = bochs_debugger.Debugger(fake, lambda: False)  # type: ignore[arg-type]
    debugger.ahead("r")
    assert debugger.resume().tick == 12
    turns = len(fake.sent)
    assert debugger.command("r") == b"rax: 00000000_00000007\n"
    assert len(fake.sent) == turns
    # Of anything else nothing is known, nor of this once the machine has gone on.
    assert debugger.command("creg") == b"rax: 00000000_00000008\n"
    assert debugger.resume().tick == 13
    assert debugger.command("r") == b"rax: 00000000_00000009\n"
