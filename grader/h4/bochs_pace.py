# SPDX-License-Identifier: MIT
"""Tells a loop of the slowest instructions from a slow host.

Bochs needs some 50 ns of processor time for an instruction, and microseconds for one
that makes it forget what it has read of the code, such as WBINVD. Processor time does not
depend on what else runs on a host. How fast the host itself is, each boot shows: what
comes before the first test is the same for all.
"""

from __future__ import annotations

from h4.child import Child
from h4.emulator import BootRequest

USUAL = 20_000_000  # instructions in a second of processor time
SLOWEST = 2_000_000  # of a loop that may go on, where that is usual,
SLOW_SECONDS = 10.0  # behind so many seconds, in which all tests together are done
CPU_SECONDS = 120.0  # what a boot may use beside its tests


def seconds(request: BootRequest) -> float:
    """Processor time after which a boot is given up, more than its tests can use."""
    return CPU_SECONDS + sum(SLOW_SECONDS + one / SLOWEST for one in request.limits)


class Pace:
    """Of a test, or of what is between two."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.spent = 0.0  # processor seconds when it began
        self.since = 0  # and its tick
        self.host = 0.0  # how many times as long as usual it takes; not known yet

    def begins(self, tick: int) -> None:
        self.spent, self.since = self.child.cpu_seconds(), tick
        if not self.host:
            self.host = max(1.0, self.spent * USUAL / max(tick, 1))

    def too_slow(self, tick: int) -> bool:
        """Would it need hours to come to its limit?"""
        usually = SLOW_SECONDS + (tick - self.since) / SLOWEST
        allowed = usually * (self.host or 1.0)
        return self.child.cpu_seconds() - self.spent > allowed
