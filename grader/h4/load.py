# SPDX-License-Identifier: MIT
"""A load on every processor, for benchmarks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from h4.child import WITH_PARENT
from h4.processors import processors

_SPIN = "while True: pass"


@contextmanager
def busy() -> Iterator[None]:
    """Keeps each processor busy."""
    spinning = [
        # So that it ends with its parent, however that one ends.
        subprocess.Popen([*WITH_PARENT, sys.executable, "-c", _SPIN])
        for _ in range(processors())
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
        for process in spinning:
            process.wait()
