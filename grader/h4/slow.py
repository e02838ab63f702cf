# SPDX-License-Identifier: MIT
"""A machine of a tenth of the speed, as a process and all that it starts see it: they run
for a short while, and stand still for nine times as long.

Debian's cpulimit gives each process its own limit, and notices one only when it has run
for a while: a verdict is made of hundreds that are gone by then.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

SLICE = 0.02  # seconds in which they run


def wait_slowly(process: subprocess.Popen[str], parts: int, begun: float) -> float:
    """Until it has ended: it and its descendants run one part of `parts` of the time.

    begun   time.monotonic() before it was started

    Returns what part of the time they really ran, which is no more.
    """
    ran = 0.0
    started = begun
    while process.poll() is None:
        time.sleep(SLICE)
        stopped: dict[int, None] = {}
        try:
            while _stop(process.pid, stopped):
                pass  # some were started before their parents stood still
            # As long as they ran by the clock, however late this process was woken.
            stood = time.monotonic()
            ran += stood - started
            time.sleep((stood - started) * (parts - 1))
        finally:
            # Before they go on: this process may not go on with them.
            started = time.monotonic()
            for pid in stopped:
                _signal(pid, signal.SIGCONT)
    return ran / (time.monotonic() - begun)


def _stop(pid: int, stopped: dict[int, None]) -> bool:
    """Stops a process, then its descendants; was one of them not stopped yet?"""
    new = pid not in stopped and _signal(pid, signal.SIGSTOP)
    if new:
        stopped[pid] = None
    for child in _children(pid):
        new |= _stop(child, stopped)
    return new


def _signal(pid: int, which: signal.Signals) -> bool:
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return False  # it has ended
    return True


def _children(pid: int) -> list[int]:
    """Those of all its threads."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:
            pass  # the thread has ended
    return found
