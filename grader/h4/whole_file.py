# SPDX-License-Identifier: MIT
"""Files that are written whole.

What is not written yet stands beside the file, in .NAME~. A writer that is killed leaves
that behind, and as the name is always the same, the next one takes it over. Of several
writers at a time one works on it, the others wait.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from h4.errors import GraderError


def write_text(path: Path, text: str, option: str = "") -> None:
    """As write_bytes, in UTF-8."""
    write_bytes(path, text.encode("utf-8"), option)


def write_bytes(path: Path, content: bytes, option: str = "") -> None:
    """All of it or nothing: a reader never finds half a file.

    option  what the file's name was given by, such as `SVG=`: for the complaint
    """
    beside = path.absolute().parent / f".{path.name}~"
    try:
        descriptor = _own(beside)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.truncate()
                out.write(content)
                out.flush()
                os.replace(beside, path)  # before anybody else may have it
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
    except OSError as failure:
        raise GraderError(f"{option}{path}: {failure.strerror}") from failure


def _own(beside: Path) -> int:
    """A descriptor of this file, which is nobody else's until it is closed."""
    while True:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.lstat(beside)):
                    os.fchmod(descriptor, 0o644)
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # who had it has given it its name meanwhile
