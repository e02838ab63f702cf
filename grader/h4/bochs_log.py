# SPDX-License-Identifier: MIT
"""Bochs's log file: the only place where some endings of a machine show.

It is written line by line, as things happen, and each line begins with the
instruction count. Bochs's exit status says nothing: it is 1 for a machine that
was switched off, after a triple fault and for a bad configuration alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from h4.child import Child
from h4.emulator import Ending

LOG = "bochs.log"
CHUNK = 1 << 20
KEPT = 1 << 13  # of text before an event: the registers are dumped first

SHUTDOWN = b"Shutdown port: shutdown requested"
EVENT = re.compile(
    rb"^(?P<tick>\d+)\w\[\w* *\] (?:"
    rb"(?P<halt>WARNING: HLT instruction with IF=0)"
    rb"|exception\(\): 3rd \((?P<third>\d+)\) exception"
    rb"|(?P<reset>cpu (?:hard|soft)ware reset)"
    rb"|>>PANIC<< (?P<panic>.*))",
    re.M,
)
DUMP = re.compile(rb"\b(E[A-DSI][XPI]|E[BD][PI]|CR[0234])=(?:0x)?([0-9a-fA-F]{8})\b")


@dataclass(frozen=True)
class Event:
    """Something in the log after which the machine does not go on.

    vector     of the exception that became a triple fault
    registers  at a triple fault
    text       what Bochs said when it gave up
    """

    ending: Ending
    tick: int
    vector: int = 0
    registers: dict[str, int] = field(default_factory=dict)
    text: bytes = b""


class Log:
    """Reads on where it stopped reading."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.event: Event | None = None  # the first one
        self._at = 0
        self._text = b""

    def ended(self) -> bool:
        """Whether there is an event by now; cheap when nothing is new."""
        while not self.event and (size := self.child.size(LOG)) > self._at:
            # No more is asked for than there is: room for more takes its time.
            new = self.child.read(LOG, min(CHUNK, size - self._at), self._at)
            if not new:
                break
            self._at += len(new)
            self._text = self._text[-KEPT:] + new
            # The end may be half a line.
            whole = self._text[: self._text.rfind(b"\n") + 1]
            for found in EVENT.finditer(whole):
                self.event = self.event or self._event(found, whole)
        return self.event is not None

    def tail(self) -> bytes:
        """The last that was read."""
        return self._text

    @staticmethod
    def _event(found: re.Match[bytes], text: bytes) -> Event | None:
        tick = int(found["tick"])
        if found["halt"]:
            return Event(Ending.HALTED, tick)
        if found["reset"]:
            # The first one is how a machine begins.
            return Event(Ending.REBOOT, tick) if tick else None
        if found["third"]:
            before = DUMP.findall(text[max(0, found.start() - KEPT) : found.start()])
            registers = {name.decode().lower(): int(n, 16) for name, n in before}
            return Event(
                Ending.TRIPLE_FAULT, tick, int(found["third"]), registers
            )
        if SHUTDOWN in found["panic"]:
            return Event(Ending.POWER_OFF, tick)
        # Before the machine has begun it is the emulator's own trouble, such as
        # a disk that cannot be read; later it is what the guest did to a device.
        ending = Ending.DEVICE if tick else Ending.EMULATOR_FAILED
        return Event(ending, tick, text=found["panic"])
