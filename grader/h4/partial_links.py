# SPDX-License-Identifier: MIT
"""Builds stages of which each differs from the course's own in a file or two: the proofs
that mistakes are seen build thousands.

A linker spends its time on the two hundred files that are as always. Here those before and
those behind what differs are linked into one object each (ld -r), once. Sections that are
loaded stay as many and in the order in which they were, so that code and data, all
addresses and what debuggers are told are the same as without; only the table of symbols
has another order. So a stage from here has a name, and a seed, of its own: whether it is
built here must not depend on what has been built before.

Verdicts are given on stages that are linked from all their files.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Collection
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from h4 import unchanged
from h4.build import Builder, Built
from h4.compiling import BuildFailure, run_tool, toolchain
from h4.course import Course
from h4.manifest import Lab
from h4.stage import Recipe, Stage, StageBuilder

# Nothing of what is loaded is merged; what debuggers read may be, as it follows no order.
SCRIPT = "SECTIONS { }\n"
APART = [f"--unique={name}*" for name in (".text", ".rodata", ".data", ".bss")]
COMMAND = ["ld", "-m", "elf_i386", "-r", *APART]


class PartialLinks(StageBuilder):
    """As a StageBuilder; what gcc has compiled for the lab as it is in the course is
    linked in parts."""

    _always: frozenset[Path] = frozenset()  # objects of the course's own stages
    _labs: frozenset[int] = frozenset()  # whose these are

    def __init__(self, course: Course, build: Path) -> None:
        super().__init__(course, build)
        self._lock = threading.Lock()  # several threads build the stages of a lab

    def stage(self, lab: Lab, recipe: Recipe) -> Stage:
        with self._lock:
            if lab.number not in self._labs:
                found = self.objects(lab, Recipe(jobs=recipe.jobs)).values()
                self._always |= frozenset(found)
                self._labs |= {lab.number}
        return super().stage(lab, recipe)

    def _link(self, objects: list[Path], built: Built, builder: Builder) -> Path:
        if builder.compiler == "gcc":
            parts = self.in_parts(objects, self._always)
            with contextlib.suppress(BuildFailure):
                return super()._link(parts, built, builder)
        return super()._link(objects, built, builder)  # or says why not, as ever

    def in_parts(self, objects: list[Path], always: Collection[Path]) -> list[Path]:
        """The same for a linker, with one object for each run of those."""
        parts: list[Path] = []
        for known, run in groupby(objects, lambda one: one in always):
            ones = list(run)
            part = self._part(ones) if known and len(ones) > 1 else None
            parts += [part] if part else ones
        return parts

    def _part(self, objects: list[Path]) -> Path | None:
        """Links them into one; None: that is not possible."""
        digest = sha256(toolchain("gcc"))
        digest.update(repr((COMMAND, SCRIPT)).encode())
        for one in objects:
            digest.update(unchanged.digest(str(one)))
        part = self.build / "parts" / f"{digest.hexdigest()[:32]}.o"
        if part.exists():
            return part
        part.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed: two builds may share the folder.
        with tempfile.TemporaryDirectory(dir=part.parent) as name:
            script, made = Path(name) / "parts.ld", Path(name) / "part.o"
            script.write_text(SCRIPT)
            files = [*map(str, objects)]
            status, _ = run_tool([*COMMAND, "-T", str(script), "-o", str(made), *files])
            if status:
                return None
            os.replace(made, part)
        return part
