# SPDX-License-Identifier: MIT
"""What students' own tests are tried on: one exercise's right solution, and wrong ones.

All are in the stage at once. So that they do not collide, the functions of each have
names of its own: right__NAME, and wrong_3__NAME for the mutant with `version = 3`.
Everything else in them is local. They are compiled as reference objects are, and tell
as little; students have them instead of the mutants.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from h4 import unchanged
from h4.build import Builder, Unit, is_client
from h4.compiling import BuildFailure, run_tool
from h4.errors import GraderError
from h4.headers import Headers
from h4.manifest import Exercise, Lab, load_mutants
from h4.marks import mutate
from h4.reference import (
    BARE,
    CLIENT_REFERENCE_FLAGS,
    COMPILER,
    REFERENCE_FLAGS,
    header_tree,
)

if TYPE_CHECKING:
    from h4.course import Course

RIGHT = "right"


def write_versions(course: Course, out: Path) -> None:
    """Writes versions/ below `out`, as students have it."""
    for lab in course.released:
        for name, made in version_objects(course, lab).items():
            to = out / "versions" / str(lab.number) / f"{name}.o"
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, to)


def version_objects(course: Course, lab: Lab) -> dict[str, Path]:
    """The versions that a lab's own tests are tried on, by their names."""
    wanted = [
        (exercise, name, text)
        for exercise in (lab.exercise(own.about) for own in lab.own_tests)
        for name, text in version_texts(course, lab, exercise).items()
    ]
    key = made_of(course, wanted)
    made = _known.get(key, {})
    if not made or not all(os.path.exists(path) for path in made.values()):
        with header_tree(course) as tree:
            made = {
                name: _object(course, exercise, name, text, tree)
                for exercise, name, text in wanted
            }
        _known[key] = made
    return dict(made)


# Each stage of a lab asks for the same ones.
_known: dict[str, dict[str, Path]] = {}


def made_of(course: Course, wanted: list[tuple[Exercise, str, str]]) -> str:
    """The hash of all that versions are made of, and of where they are kept."""
    digest = hashlib.sha256(str(course.root).encode())
    for exercise, name, text in wanted:
        digest.update(repr((exercise.file, exercise.functions, name, text)).encode())
    for path in [*course.headers, *course.own_test_headers]:
        digest.update(path.encode() + b"\0" + unchanged.digest(f"{course.pristine}/{path}"))
    return digest.hexdigest()


def version_texts(course: Course, lab: Lab, exercise: Exercise) -> dict[str, str]:
    """The right solution's text, and the wrong ones' in the order of their numbers."""
    texts = {RIGHT: course.solved(exercise.file)}
    # A stage may have other tests than its lab, by which mutants are not killed.
    lab = course.lab(lab.number)
    wrong = [
        mutant
        for mutant in load_mutants(course.root, lab)
        if mutant.version is not None and mutant.exercise == exercise.id
    ]
    for mutant in sorted(wrong, key=lambda one: one.version or 0):
        texts[f"wrong_{mutant.version}"] = mutate(course.text(exercise.file), mutant)
    return texts


def _object(
    course: Course, exercise: Exercise, name: str, text: str, tree: Path
) -> Path:
    """Compiled, renamed and stripped; kept below build/ by all that goes into it."""
    cache = course.root / "build" / "reference" / "versions"
    whole = _compiled(exercise, text, cache, tree)
    renamed = [f"{name}__{function}" for function in exercise.functions]
    passes = [
        [f"--redefine-sym={old}={new}" for old, new in zip(exercise.functions, renamed)],
        [*(f"--keep-global-symbol={new}" for new in renamed), *BARE],
    ]
    digest = hashlib.sha256(whole.read_bytes() + repr(passes).encode()).hexdigest()
    kept = cache / f"{digest[:32]}.o"
    if kept.exists():
        return kept
    with tempfile.TemporaryDirectory(dir=cache) as aside:
        source = whole
        for at, options in enumerate(passes):
            target = Path(aside) / f"{at}.o"
            status, output = run_tool(["objcopy", *options, str(source), str(target)])
            if status:
                raise GraderError(f"objcopy: {exercise.file}, {name}: {output}")
            source = target
        os.replace(source, kept)
    return kept


def _compiled(exercise: Exercise, text: str, cache: Path, tree: Path) -> Path:
    """The object of a text in the place of the exercise's file."""
    path = exercise.file
    flags = CLIENT_REFERENCE_FLAGS if is_client(path) else REFERENCE_FLAGS
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_text(text, encoding="utf-8")
    try:
        builder = Builder(cache / "whole", COMPILER)
        return builder.object(Unit(path, flags), tree, Headers(tree))[0]
    except BuildFailure as failure:
        raise GraderError(f"a version of {path}: {failure}") from failure
