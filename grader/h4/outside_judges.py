# SPDX-License-Identifier: MIT
"""What memory is judged by at the end of a test, lab by lab."""

from __future__ import annotations

from h4.snapshot import Judge


def judges_of(lab: int) -> list[Judge]:
    """Those of the lab with this number."""
    return []
