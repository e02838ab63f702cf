# SPDX-License-Identifier: MIT
"""Has one process at a time make what several want, so that it is made once.

What is made lies in a folder, by a name. Each name has a byte of one file in that folder,
which is locked as long as somebody makes it: the system lets go of it however that one
ends. Where there are no such locks, as on some file systems, it may be made twice, which does
no harm.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import struct
from pathlib import Path

FILE = "turns"
# struct flock of the C library: type, whence, start, length, process.
LOCK = "hhqqi0q"


class Turn:
    """Waits until nobody else makes what has this name. Whoever comes in looks whether it
    is there by now."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._held: int | None = None

    def __enter__(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            self._held = os.open(self._folder / FILE, os.O_RDWR | os.O_CREAT, 0o666)
            # Of this opened file, not of the process: threads wait for each other too.
            place = _place(self._name)
            lock = struct.pack(LOCK, fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0)
            fcntl.fcntl(self._held, fcntl.F_OFD_SETLKW, lock)

    def __exit__(self, *error: object) -> None:
        if self._held is not None:
            os.close(self._held)


def _place(name: str) -> int:
    """The byte of a name. Two of one byte only wait for each other needlessly."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "little")
