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


def wait_slowly(process: subprocess.Popen[str], parts: int) -> float:
    """Until it has ended: it and its descendants run one part of `parts` of the time.

    Returns what part of the time they really ran, which is no more.
    """
    ran = 0.0
    begin = time.monotonic()
    while process.poll() is None:
        started = time.monotonic()
        time.sleep(SLICE)
        stopped: dict[int, None] = {}
        try:
            while _stop(process.pid, stopped):
                pass  # some were started before their parents stood still
            ran += time.monotonic() - started
            # As long as they ran by the clock, however late this process was woken.
            time.sleep((time.monotonic() - started) * (parts - 1))
        finally:
            for pid in stopped:
                _signal(pid, signal.SIGCONT)
    return ran / (time.monotonic() - begin)


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
