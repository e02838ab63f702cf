# SPDX-License-Identifier: MIT
"""For commands that show a stage and give no verdict: which exercise files are not in it,
since they cannot be built."""

from __future__ import annotations

import sys

from h4.printable import printable
from h4.stage import Stage


def say_unbuilt(stage: Stage) -> None:
    """Each file once, with why; on standard error."""
    files = {stage.course.exercise(one).file: said for one, said in stage.failures.items()}
    for file, said in files.items():
        print(f"{file} cannot be built, and is as it was given here:", file=sys.stderr)
        for line in said.splitlines():
            print(f"  {printable(line.expandtabs(8))}", file=sys.stderr)
