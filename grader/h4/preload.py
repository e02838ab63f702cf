# SPDX-License-Identifier: MIT
"""Libraries that are loaded in front of Bochs (LD_PRELOAD), each compiled once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from h4.compiling import run_tool
from h4.errors import GraderError

STOPPED_CLOCK = Path(__file__).with_name("stopped_clock.c")


def preloaded(directory: Path, cache: Path, *sources: Path) -> str:
    """What LD_PRELOAD is to be for a program that is started in this folder. Links there
    lead to the libraries, since their own paths may have blanks or colons in them.

    cache    where what is compiled is kept
    sources  of other libraries than the one that stops the clock
    """
    names: list[str] = []
    for source in (*sources, STOPPED_CLOCK):
        link = directory / f"{source.stem}.so"
        link.symlink_to(_library(source, cache))
        names.append(f"./{link.name}")
    return ":".join(names)


@lru_cache(maxsize=None)
def _library(source: Path, cache: Path) -> Path:
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    path = (cache / f"{source.stem}-{digest}.so").resolve()
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{source.stem}-", dir=cache) as name:
            made = Path(name) / path.name
            # Only the course's own machines have the files that a C library is linked with.
            alone = ["-nostdlib"] if source == STOPPED_CLOCK else []
            status, words = run_tool(
                ["gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared",
                 "-fPIC", *alone, "-o", str(made), str(source)]
            )  # fmt: skip
            if status:
                raise GraderError(f"{source.name} does not compile: {words}")
            os.replace(made, path)
    return path
