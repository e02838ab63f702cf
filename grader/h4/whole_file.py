# SPDX-License-Identifier: MIT
"""Files that are written whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from h4.errors import GraderError


def write_text(path: Path, text: str, option: str = "") -> None:
    """As write_bytes, in UTF-8."""
    write_bytes(path, text.encode("utf-8"), option)


def write_bytes(path: Path, content: bytes, option: str = "") -> None:
    """All of it or nothing: a reader never finds half a file.

    option  what the file's name was given by, such as `SVG=`: for the complaint
    """
    aside = ""
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.absolute().parent, delete=False
        ) as out:
            aside = out.name
            out.write(content)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except OSError as failure:
        if aside:
            with contextlib.suppress(OSError):
                os.unlink(aside)
        raise GraderError(f"{option}{path}: {failure.strerror}") from failure
