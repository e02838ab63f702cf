# SPDX-License-Identifier: MIT
"""Libraries that are loaded in front of a program (LD_PRELOAD), each compiled once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from h4.compiling import run_tool
from h4.errors import GraderError


@dataclass(frozen=True)
class Preload:
    """A library in front of a program.

    alone  it calls no C library: a student's machine, where nothing is compiled for the
           machine itself, has none of the files to link one with
    """

    source: Path
    alone: bool = False


def preloaded(directory: Path, cache: Path, *libraries: Preload) -> str:
    """What LD_PRELOAD is to be for a program that is started in this folder. Links there
    lead to the libraries, since their own paths may have blanks or colons in them.

    cache  where what is compiled is kept
    """
    names: list[str] = []
    for library in libraries:
        link = directory / f"{library.source.stem}.so"
        link.symlink_to(_compiled(library, cache))
        names.append(f"./{link.name}")
    return ":".join(names)


@lru_cache(maxsize=None)
def _compiled(library: Preload, cache: Path) -> Path:
    source = library.source
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    path = (cache / f"{source.stem}-{digest}.so").resolve()
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{source.stem}-", dir=cache) as name:
            made = Path(name) / path.name
            alone = ["-nostdlib"] if library.alone else []
            status, words = run_tool(
                ["gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared",
                 "-fPIC", *alone, "-o", str(made), str(source)]
            )  # fmt: skip
            if status:
                raise GraderError(f"{source.name} does not compile: {words}")
            os.replace(made, path)
    return path
