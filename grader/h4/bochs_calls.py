# SPDX-License-Identifier: MIT
"""Follows calls in Bochs: whether each comes back to where it was made.

Breakpoints stand at the functions that a test calls. Where one is reached, another one
is set where the call goes back to; it counts if the stack is then as it was before the
call, and so are the registers that a function keeps and the way back of all callers. The
guest cannot see breakpoints. As each costs time, only some calls are followed.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from h4.bochs_debugger import Debugger, Stop, registers_in
from h4.bochs_memory import GuestMemory
from h4.child import GivenUp
from h4.snapshot import Code, Watch

MOST_BREAKPOINTS = 16  # a limit of Bochs's
OTHERS = 2  # calls of a function by others than the course, until it is left alone
KEPT = ("ebx", "esi", "edi", "ebp")  # by a function, for who calls it
POINTERS = (4, 8)  # what a return takes from the stack: with a record's place, two
MOST_FRAMES = 64
PAIR = struct.Struct("<II")
NUMBER = re.compile(rb"^ *(\d+) lbreakpoint .* 0x([0-9a-f]+)", re.M)


@dataclass(frozen=True)
class Call:
    """One that has not come back yet.

    stack    the stack pointer in front of the function's first instruction
    callers  the frames above: where each is, its caller's frame, its way back
    """

    function: int
    back: int
    stack: int
    kept: tuple[int, ...]
    callers: tuple[tuple[int, int, int], ...]


class Follower:
    """Of one boot."""

    def __init__(self, debugger: Debugger, memory: GuestMemory, watch: Watch) -> None:
        self.debugger = debugger
        self.memory = memory
        self.watch = watch
        self.pending: list[Call] = []
        self._left: dict[int, int] = {}  # calls of a function, yet to be followed
        self._others: dict[int, int] = {}  # and of those that are not
        self._set: dict[int, int] = {}  # the number of the breakpoint at an address
        self._numbers: int | None = None  # the last one's
        self._last: tuple[int, int | None] = (0, None)

    def begins(self) -> None:
        """A test does."""
        self.pending = []
        self._left = self.watch.followed()
        self._others = dict.fromkeys(self._left, OTHERS)
        for address in [one for one in self._set if one not in self._left]:
            self._forget(address)
        for address in self._left:
            self._stop_at(address)

    def ends(self) -> None:
        """The test has come to its end."""
        if self.pending:
            call = self.pending[-1]
            self.watch.lost(call.function, call.back, "it has not come back")
        self.pending = []
        self._left = {}

    def is_here(self, stop: Stop) -> bool:
        """Whether the machine stands at one of the breakpoints. Their number decides
        nothing: a stop for another reason may hide it."""
        return stop.address in self._set

    def follow(self, stop: Stop) -> None:
        """To be called at each stop where one of them is."""
        here = (stop.tick, stop.address)
        if here == self._last or stop.address is None:
            return
        self._last = here
        registers = registers_in(self.debugger.command("r"), b"")
        if any(call.back == stop.address for call in self.pending):
            self._back(stop.address, registers)
        elif self._left.get(stop.address):
            self._called(stop.address, registers)
        elif stop.address not in self._left:
            self._forget(stop.address)  # no test is running

    def _called(self, function: int, registers: dict[str, int]) -> None:
        stack = registers.get("esp", 0)
        words = self._stack(stack)
        if words is None:
            return
        back = int.from_bytes(words[:4], "little")
        if not self.watch.by_the_course(back):
            self._count(function, self._others)
            return
        if self.pending and self.pending[-1].stack == stack:
            return  # an interrupt came in front of its first instruction
        if back not in self._set and len(self._set) == MOST_BREAKPOINTS:
            return
        kept = tuple(registers.get(name, 0) for name in KEPT)
        frames = _frames(words, stack, registers.get("ebp", 0))
        self.pending.append(Call(function, back, stack, kept, frames))
        self._count(function, self._left)
        self._stop_at(back)

    def _count(self, function: int, left: dict[int, int]) -> None:
        """One call less."""
        left[function] -= 1
        if not left[function]:
            self._forget(function)

    def _back(self, address: int, registers: dict[str, int]) -> None:
        stack = registers.get("esp", 0)
        for call in reversed(self.pending):
            if call.back == address and stack - call.stack in POINTERS:
                break
        else:
            return  # of a call that is not followed
        words = self._stack(call.stack) or b""
        kept = tuple(registers.get(name, 0) for name in KEPT)
        if kept != call.kept:
            name, was, came = next(
                one for one in zip(KEPT, call.kept, kept) if one[1] != one[2]
            )
            self.watch.lost(
                call.function, address, f"{name} was 0x{was:08x} and is 0x{came:08x}"
            )
        elif _frames(words, call.stack, call.kept[-1]) != call.callers:
            self.watch.lost(
                call.function, address, "the ways back of its callers have been changed"
            )
        self.pending.remove(call)
        if not any(other.back == address for other in self.pending):
            self._forget(address)

    def _stack(self, pointer: int) -> bytes | None:
        """From here to the end of the kernel's stack, if it is there."""
        begin, end = self.watch.stack
        if pointer % 4 or not begin <= pointer <= end - 4:
            return None
        return self.memory.now(Code.physical(pointer), end - pointer)

    def _stop_at(self, address: int) -> None:
        if address not in self._set:
            if self._numbers is None:
                self._numbers = self._first_number(address)
            else:
                self.debugger.later(f"lb 0x{address:x}")
                self._numbers += 1
            self._set[address] = self._numbers

    def _first_number(self, address: int) -> int:
        """Sets the first breakpoint. Others may have had some before."""
        self.debugger.command(f"lb 0x{address:x}")
        rows = NUMBER.findall(self.debugger.command("info break"))
        for number, at in rows:
            if int(at, 16) == address:
                return int(number)
        raise GivenUp("the debugger does not set a breakpoint")

    def _forget(self, address: int) -> None:
        self.debugger.later(f"d {self._set.pop(address)}")


def _frames(words: bytes, begin: int, frame: int) -> tuple[tuple[int, int, int], ...]:
    """Those that the frame pointers lead to; `words` is the stack from `begin` on."""
    found = []
    while begin <= frame <= begin + len(words) - PAIR.size and len(found) < MOST_FRAMES:
        above, back = PAIR.unpack_from(words, frame - begin)
        found.append((frame, above, back))
        if above <= frame:
            break
        frame = above
    return tuple(found)
