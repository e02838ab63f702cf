# SPDX-License-Identifier: MIT
"""Where a test hangs: the innermost function that does not come back any more.

At its limit the machine stands anywhere in a loop, mostly in a function that the loop
calls; in which one, any change of the kernel moves. What does not move is the function
that the loop is in: of all that are being executed it is the innermost one whose caller
is not reached again. So the machine goes on for a while, and is seen at some moments; then
it is stopped wherever one of the deepest backtrace's functions comes back.

No instruction of it counts, and nothing is said meanwhile: where the test would end
after all, well or by a crash, the machine stays in front of it, and this alone is told.
What comes behind a limit is no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from h4.bochs_debugger import Debugger, Memory, Stop
from h4.bochs_ways import NUMBER
from h4.emulator import BootRequest, Hang
from h4.snapshot import KERNEL_BASE

# Instructions from one moment to the next: of any scale, so that a loop of a few
# instructions shows all its parts, and one of a hundred thousand some.
STEPS = (101, 307, 911, 2_729, 8_191, 24_547, 73_637, 110_437, 110_441, 110_459)
CS = re.compile(rb"^cs:0x([0-9a-f]{4})", re.M)
EACH = 64  # instructions, one by one: all of a loop that is as short as that
WINDOW = 1_000_000  # instructions within which a function comes back, if it does
# Of those that take the emulator a thousand times as long a few have to do.
SLOW_STEPS, SLOW_WINDOW = STEPS[:4], 10_000
MOST_STOPS = 200  # for other reasons: the guest can cause them


def seen_to_hang(
    debugger: Debugger, request: BootRequest, tick: int, frames: list[int],
    slow: bool = False,
) -> Hang:  # fmt: skip
    """Follows a machine that has passed its limit and stands still, at `frames`.

    slow  it was none on instructions: they take too long
    """
    steps, window = (SLOW_STEPS, SLOW_WINDOW) if slow else (STEPS, WINDOW)
    follower = _Follower(debugger, request, tick)
    follower.note_ring(frames)
    samples = [frames]
    for step in steps:
        for _ in follower.stops(step):
            pass
        if follower.over:
            return Hang(samples, [], follower.user_cs, ends=True)
        samples.append(follower.frames())
    in_kernel = [one for one in samples if one and one[0] >= KERNEL_BASE]
    if len(in_kernel) * 2 < len(samples):
        return Hang(samples + follower.each_instruction(), frames, follower.user_cs)
    # Before it has a frame of its own, a function hides who has called it.
    deepest = max(in_kernel, key=len)
    returns = {back for back in deepest[1:] if back >= KERNEL_BASE}
    row = [at for (at,) in follower.each_instruction()]
    seen = follower.comes_by(returns, window)
    if follower.over:
        return Hang(samples, [], follower.user_cs, ends=True)
    last = max((at for at, back in enumerate(deepest) if back in seen), default=0)
    # A return address belongs to the call in front of it.
    loop = [deepest[last] - (last > 0), *deepest[last + 1 :]]
    return Hang(samples, loop, follower.user_cs, row=row)


class _Follower:
    """Lets the machine run on a little."""

    def __init__(self, debugger: Debugger, request: BootRequest, tick: int) -> None:
        self.debugger = debugger
        self.request = request
        self.tick = tick
        self.over = False  # in front of a test's end or of its report, or has been reset
        self.user_cs = 0  # CS at an address of a program's

    def frames(self) -> list[int]:
        """Where it is."""
        read, registers = self.debugger.physical_word, self.debugger.registers()
        found = Memory(read, registers, self.request.megabytes).frames()
        self.note_ring(found)
        return found

    def note_ring(self, frames: list[int]) -> None:
        """Asks for CS, where the machine stands at such an address for the first time."""
        if not self.user_cs and frames and frames[0] < KERNEL_BASE:
            selector = CS.search(self.debugger.command("sreg"))
            self.user_cs = int(selector[1], 16) if selector else 0

    def each_instruction(self) -> list[list[int]]:
        """The next ones."""
        return [
            [stop.address]
            for _ in range(EACH)
            for stop in self.stops(1)
            if stop.address is not None
        ]

    def comes_by(self, places: set[int], window: int) -> set[int]:
        """Which of these places it comes by within so many instructions."""
        for place in sorted(places):
            self.debugger.command(f"lb 0x{place:x}")
        known = NUMBER.findall(self.debugger.command("info break"))
        numbers = {int(at, 16): int(number) for number, at in known}
        found: set[int] = set()
        for stop in self.stops(window):
            if stop.address in places - found and stop.address in numbers:
                found.add(stop.address)
                self.debugger.later(f"d {numbers[stop.address]}")
        return found

    def stops(self, instructions: int) -> Iterator[Stop]:
        """Each stop up to then, or up to a test's end. Some come from elsewhere: from the
        guest, from a clock that was set before, from this machine."""
        self.debugger.later(f"sb {instructions}")
        until = self.tick + instructions
        for _ in range(MOST_STOPS):
            stop = self.debugger.resume()
            self.tick = stop.tick
            ended = self.debugger.watch() or stop.address == self.request.end
            self.over = self.over or ended
            if self.over:
                return
            yield stop
            if stop.tick >= until:
                return
