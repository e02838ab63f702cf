# SPDX-License-Identifier: MIT
"""A load on every processor, for benchmarks and repeated runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from h4.child import WITH_PARENT

_SPIN = "while True: pass"


@contextmanager
def busy(processors: int | None = None) -> Iterator[None]:
    """Keeps that many processors busy (all of them where none is said)."""
    count = processors or os.cpu_count() or 1
    spinning = [
        # So that it ends with its parent, however that one ends.
        subprocess.Popen([*WITH_PARENT, sys.executable, "-c", _SPIN])
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
        for process in spinning:
            process.wait()
