# SPDX-License-Identifier: MIT
"""Reading files of a tree that nobody vouches for.

A submission may hold links to other people's files, pipes that never end, or
gigabytes. Each file is opened step by step below its tree, without following a
link, and read once: what was checked is what is used.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path, PurePosixPath

LIMIT = 256 << 10  # bytes of an exercise file
_COMPARED = 4 << 20  # bytes of a given file that is compared
_MOST_FILES = 5000


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


def _open(name: str, how: int, folder: int) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | how, dir_fd=folder)
    except FileNotFoundError:
        raise Refused("is missing") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused("is a link, and links are not followed") from None
        if error.errno == errno.ENOTDIR:
            raise Refused(f"lies in {name!r}, a link or not a folder") from None
        raise Refused(f"cannot be read: {error.strerror}") from None


def changed(tree: Path, path: str, originals: list[Path]) -> str:
    """How `path` of `tree` differs from all of `originals`; empty: not at all."""
    try:
        content = read(tree, path, _COMPARED)
    except Refused as reason:
        return str(reason)
    for original in originals:
        try:
            if original.read_bytes() == content:
                return ""
        except OSError:
            continue
    return "was changed"


def listing(tree: Path, folder: str, endings: tuple[str, ...]) -> list[str]:
    """Files below `folder` with one of these endings, sorted; not those of host
    tests, hidden folders or behind links."""
    found: list[str] = []
    for where, folders, names in os.walk(tree / folder):
        folders[:] = sorted(n for n in folders if n != "tests" and n[0] != ".")
        for name in names:
            file = Path(where, name)
            if name.endswith(endings) and not file.is_symlink():
                found.append(file.relative_to(tree).as_posix())
        if len(found) > _MOST_FILES:
            break
    return sorted(found)
