# SPDX-License-Identifier: MIT
"""The course's solutions and harness as objects.

Whoever has the objects of the exercises can link a complete stage without
having read them. They tell as little as an object can: no debug information, no
names but those that other files need, assertions by file and line. One set of
flags, recorded in .course/release.json.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from collections.abc import Iterator
from pathlib import Path

from h4.build import (
    CLIENT_FLAGS,
    DEBUG,
    FLAGS,
    Builder,
    Unit,
    is_client,
)
from h4.compiling import BuildFailure, compiler_version, run_tool
from h4.course import Course
from h4.errors import GraderError
from h4.headers import Headers
from h4.laying import lay_client_headers
from h4.outside_layout import SOURCES
from h4.work_folder import work_folder

COMPILER = "gcc"
# A section for each function would keep the names of the local ones.
_WITHOUT_NAMES = ["-fno-function-sections", "-DH4_TERSE_ASSERT"]
REFERENCE_FLAGS = [*FLAGS, *_WITHOUT_NAMES]
CLIENT_REFERENCE_FLAGS = [*CLIENT_FLAGS, *_WITHOUT_NAMES]
BARE = ["--strip-unneeded", "--discard-all", "--remove-section=.comment"]
# The harness keeps its local names, for backtraces.
NAMED = ["--strip-debug", "--remove-section=.comment"]
# And in two of its files what says how the kernel's records are laid out.
LAYOUTS = ["--remove-section=.comment"]


def reference_object(course: Course, path: str) -> Path:
    """The object of one exercise file, made below build/ where it is not there."""
    with header_tree(course) as tree:
        return _object(course, path, BARE, tree, _cache(course))


def write_objects(course: Course, out: Path) -> dict[str, object]:
    """Writes reference/ and guest/ below `out`; the record of how."""
    with header_tree(course) as tree:
        for path in [*course.exercise_files, *course.compiled]:
            to = out / "reference" / f"{path}.o"
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_object(course, path, BARE, tree, _cache(course)), to)
        names: set[str] = set()
        for path in course.guest_sources:
            to = out / "guest" / (Path(path).name + ".o")
            if to.name in names:
                raise GraderError(f"{path}: two files of the harness make {to.name}")
            names.add(to.name)
            to.parent.mkdir(parents=True, exist_ok=True)
            strip = LAYOUTS if Path(path).name in SOURCES else NAMED
            shutil.copyfile(_object(course, path, strip, tree, _cache(course)), to)
    return {
        "compiler": compiler_version(COMPILER),
        "flags": REFERENCE_FLAGS,
        "client_flags": CLIENT_REFERENCE_FLAGS,
    }


def _cache(course: Course) -> Path:
    return course.root / "build" / "reference"


@contextmanager
def header_tree(course: Course) -> Iterator[Path]:
    """A tree with the headers and nothing else, in which is compiled."""
    with work_folder("reference-") as name:
        tree = Path(name)
        for path in [*course.headers, *course.own_test_headers]:
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(course.pristine / path, tree / path)
        lay_client_headers(tree, ("h", "l4"))
        yield tree


def _object(
    course: Course, path: str, strip: list[str], tree: Path, cache: Path
) -> Path:
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_text(course.solved(path), encoding="utf-8")
    builder = Builder(cache / "whole", COMPILER)
    flags = CLIENT_REFERENCE_FLAGS if is_client(path) else REFERENCE_FLAGS
    if strip is LAYOUTS:
        flags = [*flags, *DEBUG]
    try:
        whole, warnings = builder.object(
            Unit(path, flags), tree, Headers(tree)
        )
    except BuildFailure as failure:
        raise GraderError(f"the course's own {failure}") from failure
    if warnings:
        raise GraderError(f"the course's own {path} has warnings:\n{warnings}")
    # Two processes may make the same object: it appears complete or not at all.
    key = hashlib.sha256(whole.read_bytes() + "\0".join(strip).encode()).hexdigest()
    kept = cache / f"{key[:32]}.o"
    if not kept.exists():
        aside = kept.with_suffix(f".{os.getpid()}-{tree.name}")
        status, output = run_tool(["objcopy", *strip, str(whole), str(aside)])
        if status:
            raise GraderError(f"objcopy: {path}: {output}")
        os.replace(aside, kept)
    return kept
