# SPDX-License-Identifier: MIT
"""Files that are written whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from h4.errors import GraderError


def write_text(path: Path, text: str, option: str = "") -> None:
    """All of it or nothing: a reader never finds half a file.

    option  what the file's name was given by, such as `SVG=`: for the complaint
    """
    aside = ""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.absolute().parent, delete=False
        ) as out:
            aside = out.name
            out.write(text)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except OSError as failure:
        if aside:
            with contextlib.suppress(OSError):
                os.unlink(aside)
        raise GraderError(f"{option}{path}: {failure.strerror}") from failure
