# SPDX-License-Identifier: MIT
"""Sees in Bochs whether a test comes by the points that are on its way.

A breakpoint stands at the next of them alone. The guest cannot see it. Where it is reached
nothing is asked: it is taken away, and the next one set, with what lets the guest go on.
"""

from __future__ import annotations

import re

from dataclasses import replace
from typing import Protocol

from h4.bochs_debugger import Debugger, Stop
from h4.bochs_memory import GuestMemory
from h4.child import GivenUp
from h4.errors import GraderError
from h4.snapshot import Snapshot, Watch

DEBUG_CONTROL = re.compile(rb"\bDR7=0x([0-9a-f]+)")
NUMBER = re.compile(rb"^ *(\d+) lbreakpoint .* 0x([0-9a-f]+)", re.M)


class Looks(Protocol):
    """At one machine: see h4.bochs_look.Eye."""

    memory: GuestMemory

    def snapshot(self) -> Snapshot:
        """The machine as it stands now."""
        ...


class Walker:
    """Of one boot."""

    def __init__(self, debugger: Debugger, eye: Looks, watch: Watch) -> None:
        self.debugger = debugger
        self.eye = eye
        self.watch = watch
        self._points: list[int] = []  # yet to be reached; a breakpoint is at the first
        self._number = 0  # of the last breakpoint that was set
        self._last = -1  # tick at which one was reached

    def begins(self) -> None:
        """A test does."""
        self._points = self.watch.way()
        self._stop_at_first()

    def ends(self) -> None:
        """The test has come to its end."""
        if self._points:
            self.watch.missed(self._points[0])
            self._forget()
        self._points = []

    def is_here(self, stop: Stop) -> bool:
        """Whether the machine stands at the next point. Why it has stopped decides
        nothing: a stop for another reason may hide a breakpoint."""
        return bool(self._points) and stop.address == self._points[0]

    def comes_by(self, stop: Stop) -> None:
        """To be called at each stop where that is so."""
        if stop.tick == self._last:
            return
        self._last = stop.tick
        self.watch.comes_by(self.eye.memory.now, self._machine)
        self._forget()
        del self._points[0]
        self._stop_at_first()

    def _machine(self) -> Snapshot:
        """With the debug registers, by which a processor traps when it comes by a place."""
        seen = self.eye.snapshot()
        found = DEBUG_CONTROL.search(self.debugger.command("dreg"))
        if not found:
            raise GraderError("Bochs does not tell its debug registers")
        return replace(seen, registers={**seen.registers, "dr7": int(found[1], 16)})

    def _stop_at_first(self) -> None:
        if not self._points:
            return
        address = self._points[0]
        if self._number:
            self.debugger.later(f"lb 0x{address:x}")
            self._number += 1
        else:
            self._number = self._first_number(address)

    def _first_number(self, address: int) -> int:
        """Sets the first breakpoint. Others may have had some before."""
        self.debugger.command(f"lb 0x{address:x}")
        for number, at in NUMBER.findall(self.debugger.command("info break")):
            if int(at, 16) == address:
                return int(number)
        raise GivenUp("the debugger does not set a breakpoint")

    def _forget(self) -> None:
        self.debugger.later(f"d {self._number}")
