#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes a class of sixty submissions: `class_of_sixty.py FOLDER`.

Right ones in every form, half-done ones, right ones that are written differently, typical
mistakes, cheats, and whatever cannot be read. The same each time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import class_archives_made as made
from conftest import ROOT
from test_cheats import CHEATS
from test_variants import VARIANTS, files as written

from h4.course import Course
from h4.manifest import load_mutants
from h4.marks import mutate

LABS = (0, 1, 2)
SIZE = 60
MUTANTS = 4  # of each lab
HONEST = ("folder", "half", "right", "variant")  # what their names begin with

Files = dict[str, bytes]


def solutions(course: Course) -> Files:
    return {
        path: course.solved(path).encode()
        for number in LABS
        for path in course.lab(number).exercise_files
    }


def half_done(course: Course, files: Files, count: int) -> Files:
    """The first files solved, the others as they were given."""
    return {
        path: text if at < count else course.starter(path).encode()
        for at, (path, text) in enumerate(files.items())
    }


def renamed(files: Files) -> Files:
    """What somebody makes of a friend's solution in a minute."""
    changed = {}
    for path, text in files.items():
        for name in set(re.findall(rb"^static [^;]*?\b(\w+)\(", text, re.M)):
            text = re.sub(rb"\b" + name + rb"\b", b"my_" + name, text)
        changed[path] = b"// All my own work.\n" + text.replace(b"\n\n", b"\n\n\n")
    return changed


FORMS: dict[str, Callable[[Path, Files], Path]] = {
    "right-tar": lambda p, f: made.tar(made.at(p, ".tar"), f),
    "right-tgz": lambda p, f: made.tar(made.at(p, ".tgz"), {f"h4/{x}": f[x] for x in f}),
    "right-zip": lambda p, f: made.zipped(made.at(p, ".zip"), f),
    "right-git": lambda p, f: made.repository(p, f),
}


def write(course: Course, folder: Path) -> None:
    """The class, into an empty folder."""
    right = solutions(course)
    for name, form in FORMS.items():
        form(folder / name, right)
    made.tree(folder / "folder", right)
    made.tree(folder / "right-renamed", renamed(right))
    for share in (0, 1, 3, 6):
        made.tree(folder / f"half-{share}", half_done(course, right, share))
    for file in VARIANTS[: len(LABS)]:
        texts = {
            path: text.encode() for path, text in written(course, file.read_text()).items()
        }
        made.tree(folder / f"variant-{file.name.partition('.')[0]}", {**right, **texts})
    for number in LABS:
        for mutant in load_mutants(ROOT, course.lab(number))[:MUTANTS]:
            text = mutate(course.text(mutant.file), mutant).encode()
            files = {**right, mutant.file: text}
            made.tree(folder / f"mutant-{number}-{mutant.name}", files)
    for name, (make, _) in made.BROKEN.items():
        make(folder / f"broken-{name}", right)
    cheats = [one for one in CHEATS if int(one.exercise[0]) in LABS and not one.seconds]
    for cheat in cheats[: SIZE - len(list(folder.iterdir()))]:
        path = course.exercise(cheat.exercise).file
        made.tree(folder / f"cheat-{cheat.name}", {**right, path: cheat.text(course).encode()})
    assert len(list(folder.iterdir())) == SIZE


if __name__ == "__main__":
    to = Path(sys.argv[1])
    to.mkdir(parents=True)
    write(Course(ROOT), to)
