# SPDX-License-Identifier: MIT
"""What memory is judged by at the end of a test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from h4.manifest import Test
from h4.outside_judge import judge
from h4.snapshot import Judge, Snapshot
from h4.symbols import Image


def judges_of(tests: Sequence[Test], programs: dict[str, Path]) -> list[Judge]:
    """Those of one boot, in which these tests run, with these boot modules."""

    def pages(machine: Snapshot, image: Image, at: int) -> list[str]:
        return judge(machine, image, tests[at].by_hand, programs)

    return [pages]
