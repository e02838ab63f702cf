# SPDX-License-Identifier: MIT
"""The memory of a process of ours, for reading: that of QEMU, which holds the guest's."""

from __future__ import annotations

import os


class ProcessMemory:
    """Where the system forbids it, all reads are empty."""

    def __init__(self, pid: int) -> None:
        try:
            self._file = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
        except OSError:
            self._file = -1

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def read(self, address: int, size: int) -> bytes:
        """So many bytes, or none if they are not all there."""
        if self._file < 0:
            return b""
        try:
            data = os.pread(self._file, size, address)
        except (OSError, OverflowError):
            return b""
        return data if len(data) == size else b""
