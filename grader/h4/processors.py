# SPDX-License-Identifier: MIT
"""How many processors there are to work on."""

from __future__ import annotations

import os


def processors() -> int:
    """Those that this process may run on, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0))
