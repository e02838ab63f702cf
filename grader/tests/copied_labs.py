# SPDX-License-Identifier: MIT
"""A copy of all that `make lint-labs` reads, and of nothing that is built."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import ROOT

from h4.course import SYSTEM


def copy(root: Path) -> Path:
    unwanted = shutil.ignore_patterns("__pycache__", "tests")
    for folder in (*SYSTEM, "labs", "handouts", "grader"):
        shutil.copytree(ROOT / folder, root / folder, ignore=unwanted)
    shutil.copytree(ROOT / "grader/tests/cheats", root / "grader/tests/cheats")
    for name in ("README.md", "LICENSE", "LICENSE-handouts"):
        shutil.copy(ROOT / name, root)
    return root
