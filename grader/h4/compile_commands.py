# SPDX-License-Identifier: MIT
"""compile_commands.json: how each file is compiled, for editors and clang-tidy."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from h4.build import CLIENT_FLAGS, CLIENT_INCLUDE, DEBUG, FLAGS, WARNINGS, is_client
from h4.course import SYSTEM, USER
from h4.programs import USER_FLAGS

# A stage's tree has the public headers in a folder of their own; here they are found
# where they lie.
CLIENT = ["-I." if flag == f"-I{CLIENT_INCLUDE}" else flag for flag in CLIENT_FLAGS]
# Run on the machine in the place of a lab's own tests.
IN_PLACE_OF_TESTS = ("grader/tests/given", "grader/tests/bound")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", default="compile_commands.json", metavar="FILE")


def main(root: Path, given: argparse.Namespace) -> int:
    folders = (*SYSTEM, "labs", "grader/guest", *IN_PLACE_OF_TESTS)
    sources = sorted(
        source
        for folder in folders
        for kind in ("*.c", "*.S")
        for source in (root / folder).rglob(kind)
        if "tests" not in source.relative_to(root / folder).parts
    )
    commands = [
        {
            "directory": str(root),
            "file": str(source.relative_to(root)),
            "arguments": [
                "gcc", *flags_of(source.relative_to(root)), *DEBUG, *WARNINGS,
                "-c", str(source.relative_to(root)),
            ],
        }
        for source in sources
    ]  # fmt: skip
    (root / given.out).write_text(json.dumps(commands, indent=2) + "\n")
    return 0


def flags_of(source: Path) -> list[str]:
    if source.parts[0] == USER:
        return USER_FLAGS
    return CLIENT if is_client(source.as_posix()) else FLAGS
