# SPDX-License-Identifier: MIT
"""Files that are written whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from h4.errors import GraderError


def write_text(path: Path, text: str) -> None:
    """All of it or nothing: a viewer never finds half a drawing."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.absolute().parent, delete=False
        ) as out:
            out.write(text)
        os.chmod(out.name, 0o644)
        os.replace(out.name, path)
    except OSError as failure:
        raise GraderError(f"{path}: {failure.strerror}") from failure
