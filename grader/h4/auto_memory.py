# SPDX-License-Identifier: MIT
"""What is known of mutants from earlier runs."""

from __future__ import annotations

import threading
from pathlib import Path


class Memory:
    """Results by the digest of what they follow from, a line each in a file: what has
    been found out is kept, whatever becomes of the run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, list[str]] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                digest, *found = line.split(" ")
                if len(found) == 2:  # else it was being written
                    self._known[digest] = found

    def get(self, digest: str) -> list[str] | None:
        return self._known.get(digest)

    def put(self, digest: str, status: str, words: str) -> None:
        with self._lock:
            self._known[digest] = [status, words]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write(f"{digest} {status} {words}\n")
