# SPDX-License-Identifier: MIT
"""What files hold, read once as long as they stay as they are.

A run builds hundreds of stages, each from the same few hundred files. A file is known
again by its inode, size and time of change, whatever name it is linked to. One that was
changed a moment ago is read each time: the clock of a file system ticks seldom enough
for it to change again within the tick.
"""

from __future__ import annotations

import hashlib
import os
import time

_MOMENT = 2_000_000_000  # nanoseconds, of which the coarsest file system's tick is one
_MOST = 20_000  # files that are remembered; a course has a tenth of that

_Which = tuple[int, int, int, int]
_texts: dict[_Which, bytes] = {}
_digests: dict[_Which, bytes] = {}


def content(path: str) -> bytes:
    """OSError as of reading it."""
    which, settled = _which(path)
    found = _texts.get(which)
    if found is None:
        with open(path, "rb") as stream:
            found = stream.read()
        if settled:
            _remember(_texts, which, found)
    return found


def digest(path: str) -> bytes:
    """A hash of the content, which itself is not remembered; OSError as of reading it."""
    which, settled = _which(path)
    found = _digests.get(which)
    if found is None:
        with open(path, "rb") as stream:
            found = hashlib.sha256(stream.read()).digest()
        if settled:
            _remember(_digests, which, found)
    return found


def _which(path: str) -> tuple[_Which, bool]:
    """What a file is known by, and whether it has been so for a moment."""
    status = os.stat(path)
    which = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
    return which, time.time_ns() - status.st_mtime_ns > _MOMENT


def _remember(known: dict[_Which, bytes], which: _Which, found: bytes) -> None:
    if len(known) >= _MOST:
        known.clear()
    known[which] = found
