# SPDX-License-Identifier: MIT
"""Temporary folders that do not stay behind, even where a grader is killed.

Each grader has one folder of its own in the system's place for temporary files, in which
all its others are, and holds a lock on it: the system lets go of that however the
process ends. Whoever makes such a folder removes those of the same user that nobody
holds. A folder is never without its lock where another one could take it for left over:
one that was just made, and is not yet locked, may be taken away, and is made again.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

PREFIX = "h4-grader-"
_KNOWN: dict[Path, Path] = {}  # this process's folder in each place
_ONE_AT_A_TIME = threading.Lock()


def work_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A temporary folder, gone when it is left, or else when some later grader begins."""
    return tempfile.TemporaryDirectory(prefix=prefix, dir=own_folder())


def own_folder() -> Path:
    """The folder in which they are, for who makes a folder in it anyway."""
    return _own(Path(tempfile.gettempdir()))


def _own(place: Path) -> Path:
    with _ONE_AT_A_TIME:
        if place not in _KNOWN:
            _remove_left_over(place)
            _KNOWN[place] = _make(place)
        return _KNOWN[place]


def _make(place: Path) -> Path:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        with suppress(FileNotFoundError):
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            if _locked(held) and os.fstat(held).st_nlink:
                atexit.register(_end, folder, os.getpid())
                return folder  # the lock is held until this process ends
            os.close(held)


def _locked(descriptor: int) -> bool:
    """Takes the lock, if nobody else has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _end(folder: Path, pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_over(place: Path) -> None:
    for folder in sorted(place.glob(f"{PREFIX}*")):
        try:
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue  # somebody else's, or removed meanwhile
        try:
            if os.fstat(held).st_uid == os.geteuid() and _locked(held):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(held)
