# SPDX-License-Identifier: MIT
"""What a person at the terminal is told where the machine, or how the tree was copied, is
in the way: a disk that is full, files of somebody else's, hidden files that stayed behind.
"""

from __future__ import annotations

import errno
import os
import pwd
import tempfile
from pathlib import Path

from h4.released import HIDDEN, damaged

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_ROOM = 1 << 20  # bytes left: as good as none
_INSTRUCTORS = "grader/h4/student.py"  # no student has it


def trouble(failure: OSError, root: Path) -> list[str]:
    """What has failed, and what helps; empty where it is nothing that a user can mend.

    root  the tree's
    """
    what = failure.filename or "standard output"
    if failure.errno in _FULL:
        places = [] if failure.filename else _full(root)
        if places:
            what = " and ".join(places)
        lines = [f"{what}: {failure.strerror}"]
        return [*lines, _room(root)] if failure.filename or places else lines
    if failure.errno in _FORBIDDEN and failure.filename:
        return [f"{what}: {failure.strerror}", *_owner(Path(os.fsdecode(what)), root)]
    return []


def _full(root: Path) -> list[str]:
    """Of the folders that are written to those where there is no room."""
    found = []
    for folder in (root, Path(tempfile.gettempdir())):
        status = os.statvfs(folder)
        if status.f_bavail * status.f_frsize < _NO_ROOM:
            found.append(str(folder))
    return found


def _room(root: Path) -> str:
    return (
        f"make room there and try again; `make clean` in {root} removes what was built, and "
        "nothing of yours"
    )


def _owner(path: Path, root: Path) -> list[str]:
    """Whose the file is, or the folder that it was to be in, where it is not the user's."""
    here = next(one for one in (path, *path.absolute().parents) if one.exists())
    owner, user = here.stat().st_uid, os.geteuid()
    if owner == user:
        return []
    return [
        f"{here} belongs to {_name(owner)}, and you are {_name(user)}: so it is where a "
        f"command was run by `sudo` once. `sudo chown -R {_name(user)} {root}` makes it yours"
    ]


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def left_behind(root: Path) -> str:
    """Why a student's tree is no tree: its hidden folder is not there; empty: it is."""
    if (root / HIDDEN).exists() or (root / _INSTRUCTORS).exists():
        return ""
    return damaged(
        "", f"there is no such folder in {root}, and a copy of the files that one sees has none"
    )
