# SPDX-License-Identifier: MIT
"""Tells a loop of the slowest instructions from a slow host.

Bochs needs some 50 ns of processor time for an instruction, and microseconds for one
that makes it forget what it has read of the code, such as WBINVD. Processor time does not
depend on what else runs on a host.
"""

from __future__ import annotations

from h4.child import Child
from h4.emulator import BootRequest

SLOWEST = 2_000_000  # instructions in a second of processor time,
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

    def begins(self, tick: int) -> None:
        self.spent, self.since = self.child.cpu_seconds(), tick

    def too_slow(self, tick: int) -> str | None:
        """In words. It would need hours to come to its limit."""
        allowed = SLOW_SECONDS + (tick - self.since) / SLOWEST
        if self.child.cpu_seconds() - self.spent <= allowed:
            return None
        return (
            f"the emulator used {SLOW_SECONDS:g} s of processor time, and after that a "
            f"second for less than {SLOWEST:,} instructions"
        )
