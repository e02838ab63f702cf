# SPDX-License-Identifier: MIT
"""The hidden folder of a student's tree: which release it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from h4.errors import GraderError

HIDDEN = ".course"


def release_of(tree: Path) -> dict[str, Any]:
    """The record of the release that a student's tree holds."""
    try:
        record = json.loads((tree / HIDDEN / "release.json").read_text("utf-8"))
        int(record["release"])
        return record
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GraderError(damaged("release.json", str(error))) from error


def damaged(what: str, how: str) -> str:
    """The words for a part of the folder that is not what it was."""
    return (
        f"{HIDDEN}/{what}: {how}. This folder belongs to the course; "
        f"`git checkout course -- {HIDDEN}` brings it back"
    )
