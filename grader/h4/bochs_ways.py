# SPDX-License-Identifier: MIT
"""Sees in Bochs whether a test comes by the points that are on its way.

A breakpoint stands at the next of them alone, and at the few calls that are followed. The
guest cannot see it. Where it is reached nothing is asked: it is taken away, and the next one
set, with what lets the guest go on. Which of a call's turns is followed Bochs finds out by
itself, as the breakpoint has a condition.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Protocol

from h4.bochs_debugger import Debugger, Stop
from h4.bochs_memory import GuestMemory
from h4.child import GivenUp
from h4.errors import GraderError
from h4.snapshot import PAGE_SIZE, Call, Snapshot, Watch

DEBUG_CONTROL = re.compile(rb"\bDR7=0x([0-9a-f]+)")
# Of its TLB for code: by the page's number.
TRANSLATIONS = 1024
TRANSLATION = re.compile(rb"^ *lpf = 0x([0-9a-f]+)\n.*\n *ppf = 0x([0-9a-f]+)", re.M)
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
        self._calls: list[Call] = []  # yet to be made
        self._made: list[Call] = []  # and yet to come back
        # Breakpoints, by their address: their number and condition.
        self._set: dict[int, tuple[int, str]] = {}
        self._number = 0  # of the last one
        self._last = -1  # tick at which one was reached

    def begins(self) -> None:
        """A test does."""
        self._points, self._calls = self.watch.way(), self.watch.calls()
        self._stop_there()

    def ends(self) -> None:
        """The test has come to its end."""
        for call in self._made:
            self.watch.skipped(call.back)
        if self._points:
            self.watch.missed(self._points[0])
        self._points, self._calls, self._made = [], [], []
        self._stop_there()

    @property
    def is_done(self) -> bool:
        """Whether the test has come by all points: its end is likely to be next."""
        return not self._points and not self._made

    def is_here(self, stop: Stop) -> bool:
        """Whether the machine stands at one of these places. Why it has stopped decides
        nothing: a stop for another reason may hide a breakpoint."""
        return stop.address in self._set

    def comes_by(self, stop: Stop) -> None:
        """To be called at each stop where that is so."""
        if stop.tick == self._last:
            return
        self._last = stop.tick
        if self._points and stop.address == self._points[0]:
            self.watch.comes_by(self.eye.memory.now, self._machine)
            del self._points[0]
        for call in [one for one in self._made if stop.address in (one.call, one.back)]:
            self._made.remove(call)
            if stop.address == call.call:
                self.watch.skipped(call.back)
        for call in [one for one in self._calls if stop.address == one.call]:
            self._calls.remove(call)
            self._made.append(call)
        self._stop_there()

    def _machine(self) -> Snapshot:
        """With what is asked for between tests, and the debug registers, by which a processor
        traps when it comes by a place; and where it has pages of code."""
        seen = self.eye.snapshot(sysenter=True)
        pages = {*self.watch.executed, seen.registers["eip"] & -PAGE_SIZE}
        lines = [
            f'show "cpu0.ITLB.entry{page // PAGE_SIZE % TRANSLATIONS}"' for page in sorted(pages)
        ]
        text = self.debugger.command("\n".join(["dreg", *lines]))
        found = DEBUG_CONTROL.search(text)
        kept = [(int(page, 16), int(at, 16)) for page, at in TRANSLATION.findall(text)]
        if not found or len(kept) != len(pages):
            raise GraderError("Bochs does not tell its debug registers, or its TLB")
        return replace(
            seen,
            registers={**seen.registers, "dr7": int(found[1], 16)},
            kept={page: at for page, at in kept if page in pages},
        )

    def _stop_there(self) -> None:
        """Has breakpoints stand where something is awaited, and nowhere else."""
        wanted = {one.call: condition(one) for one in self._calls}
        for made in self._made:
            wanted |= {made.call: "", made.back: ""}
        if self._points:
            wanted[self._points[0]] = ""
        for address, (number, only) in list(self._set.items()):
            if wanted.get(address) != only:
                self.debugger.later(f"d {number}")
                del self._set[address]
        for address, only in wanted.items():
            if address not in self._set:
                self._set[address] = self._stop_at(address, only), only

    def _stop_at(self, address: int, only: str) -> int:
        """The number of a new breakpoint."""
        line = f"lb 0x{address:x}" + (f' if "{only}"' if only else "")
        if self._number:
            self.debugger.later(line)
            self._number += 1
            return self._number
        # Others may have had some before.
        self.debugger.command(line)
        for number, at in NUMBER.findall(self.debugger.command("info break")):
            if int(at, 16) == address:
                self._number = int(number)
                return self._number
        raise GivenUp("the debugger does not set a breakpoint")


# What a call's turns are told apart by, and what it is multiplied by.
TOLD_APART = ("eax", "ebx", "ecx", "edx", "esi", "edi", "*esp", "*(esp+4)", "*(esp+8)")


def condition(call: Call) -> str:
    """Holds in the turns in which this call is followed, in the debugger's language."""
    if call.one_in == 1:
        return ""
    state = " + ".join(f"{one} * {2 * at + 1}" for at, one in enumerate(TOLD_APART))
    # What is added keeps anybody from making up a state that no key, or each, follows.
    return f"((({state} + {call.key}) * {call.key}) >> 24 & {call.one_in - 1}) == 0"
