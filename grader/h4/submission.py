# SPDX-License-Identifier: MIT
"""Reading files of a tree that nobody vouches for.

A submission may hold links to other people's files, pipes that never end, or
gigabytes. Each file is opened step by step below its tree, without following a
link, and read once: what was checked is what is used.
"""

from __future__ import annotations

import errno
import itertools
import os
import stat
from pathlib import Path, PurePosixPath

LIMIT = 256 << 10  # bytes of an exercise file
_COMPARED = 4 << 20  # bytes of a given file that is compared
_MOST_FILES = 5000
_MOST_FOLDERS = 1000

MISSING = "is missing"  # so begins what is said of a file that is not there


class Refused(Exception):
    """Why a file of a submission is not taken; fits behind its path."""


def read(tree: Path, path: str, limit: int = LIMIT) -> bytes:
    """The content of the regular file `path` of `tree`, or Refused."""
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or path.startswith("/"):
        raise Refused("is not a path inside the tree")
    folder = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = _open(part, os.O_DIRECTORY, folder)
            os.close(folder)
            folder = inner
        _look(parts[-1], folder)
        # Without O_NONBLOCK, opening a pipe would wait for its writer.
        file = _open(parts[-1], os.O_NONBLOCK, folder)
    finally:
        os.close(folder)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Refused("is not a regular file")
        if status.st_size > limit:
            raise Refused(
                f"has {status.st_size} bytes, and more than {limit} are not taken"
            )
        with os.fdopen(file, "rb", closefd=False) as stream:
            content = stream.read(limit + 1)
    finally:
        os.close(file)
    if len(content) > limit:
        raise Refused(f"grows while it is read, beyond {limit} bytes")
    return content


def _look(name: str, folder: int) -> None:
    """Refuses a device before it is opened: some do something then."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return  # opening it will tell why
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
        raise Refused("is not a regular file")


def _open(name: str, how: int, folder: int) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | how, dir_fd=folder)
    except FileNotFoundError:
        raise Refused(MISSING + _other_case(name, folder)) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused("is a link, and links are not followed") from None
        if error.errno == errno.ENOTDIR:
            raise Refused(f"lies in {name!r}, a link or not a folder") from None
        raise Refused(f"cannot be read: {error.strerror}") from None


def _other_case(name: str, folder: int) -> str:
    """Words for a name that differs from one that is there in small and capital
    letters: on some machines they are the same."""
    with os.scandir(folder) as entries:
        first = itertools.islice(entries, _MOST_FILES)
        alike = [e.name for e in first if e.name.lower() == name.lower()]
    return f"; {min(alike)!r} is another name" if alike else ""


def changed(tree: Path, path: str, originals: list[Path]) -> str:
    """How `path` of `tree` differs from the file of that path in all of the trees
    `originals`, which may be a submission's too; empty: not at all."""
    try:
        content = read(tree, path, _COMPARED)
    except Refused as reason:
        return str(reason)
    for original in originals:
        try:
            if read(original, path, _COMPARED) == content:
                return ""
        except (Refused, OSError):
            continue
    return "was changed"


def listing(tree: Path, folder: str, endings: tuple[str, ...]) -> list[str]:
    """Files below `folder` with one of these endings, sorted; not those of host
    tests, hidden folders or behind links. No further than anybody's tree goes."""
    found: list[str] = []
    top = Path(folder).as_posix()
    waiting = ["" if top == "." else f"{top}/"]
    for _ in range(_MOST_FOLDERS):
        if not waiting or len(found) > _MOST_FILES:
            break
        here = waiting.pop()
        try:
            with os.scandir(f"{tree}/{here}") as entries:
                inside = list(itertools.islice(entries, _MOST_FILES))
        except OSError:
            continue
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "tests" and entry.name[0] != ".":
                    waiting.append(f"{here}{entry.name}/")
            elif entry.name.endswith(endings) and not entry.is_symlink():
                found.append(f"{here}{entry.name}")
    return sorted(found)
