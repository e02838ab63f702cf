# SPDX-License-Identifier: MIT
"""`make new-exercise LAB=n NAME=name`: the skeleton of an exercise, behind the lab's
others.

The tree builds, and the lab is graded as before: the exercise has no points yet, and
a test that asks for nothing. Nothing is written where anything stands in the way.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from h4.course import Course
from h4.errors import GraderError
from h4.grading import course_and_labs
from h4.manifest import Lab
from h4.new_exercise_text import Skeleton
from h4.whole_file import write_bytes, write_text

_NAME = re.compile(r"[a-z][a-z0-9_]{2,30}")
_TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,'-]{0,60}")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lab", metavar="N", help="whose exercise it becomes")
    parser.add_argument("--name", metavar="NAME", help="of its function and its file")
    parser.add_argument("--title", default="", metavar="WORDS", help="its heading")


def _lab(labs: list[Lab], wanted: str | None) -> Lab:
    for lab in labs:
        if wanted == str(lab.number):
            return lab
    names = ", ".join(str(lab.number) for lab in labs)
    raise GraderError(f"LAB={wanted or ''}: an exercise is one of a lab's; there are {names}")


def skeleton(course: Course, lab: Lab, name: str, title: str) -> Skeleton:
    """What is to be written, when all of it can be."""
    if not _NAME.fullmatch(name):
        raise GraderError(
            f"NAME={name}: is a function's name: 3 to 31 small letters, digits and "
            "underscores, the first one a letter"
        )
    title = title or name.replace("_", " ").capitalize()
    if not _TITLE.fullmatch(title):
        raise GraderError(
            f"TITLE={title}: is a heading: at most 61 letters, digits, blanks and , ' -"
        )
    numbers = [int(exercise.id.partition(".")[2]) for exercise in lab.exercises]
    folders = Counter(exercise.file.partition("/")[0] for exercise in lab.exercises)
    folder = folders.most_common(1)[0][0]
    new = Skeleton(f"{lab.number}.{max(numbers) + 1}", name, title, folder, lab.folder)
    for path in (new.file, new.header, new.tests):
        if (course.root / path).exists():
            raise GraderError(f"NAME={name}: there is {path} already")
    if name in course.functions:
        raise GraderError(f"NAME={name}: a function of another exercise has that name")
    if any(test.name == new.test for test in lab.tests):
        raise GraderError(f"NAME={name}: there is a test {new.test} already")
    return new


def with_exercise(text: str, new: Skeleton, path: str) -> str:
    """The manifest with the file, the exercise and the test."""
    files = re.search(r'^files = \[\n(?:  "[^"\n]+",\n)+', text, re.M)
    first = text.find("\n[[test]]\n")
    if not files or first < files.end():
        raise GraderError(
            f"{path}: `files` is written a line each, and exercises stand before tests"
        )
    entry = f"\n{new.exercise_entry()}"
    return (
        f'{text[: files.end()]}  "{new.file}",\n{text[files.end() : first]}'
        f"{entry}{text[first:].rstrip()}\n{new.test_entry()}"
    )


def with_section(text: str, new: Skeleton, lab: Lab) -> str:
    """The handout with the section, behind that of the lab's last exercise."""
    last = lab.exercises[-1]
    heading = f"\n## {last.id} {last.title}\n"
    at = text.find(heading)
    end = text.find("\n## ", at + len(heading))
    if at < 0 or end < 0:
        raise GraderError(
            f"{lab.handout}: there is no section `{heading.strip()}` with another behind it"
        )
    return f"{text[: end + 1]}{new.section()}{text[end + 1 :]}"


def write(course: Course, lab: Lab, new: Skeleton) -> list[str]:
    """Writes all files, or none of them; their names. What stands already is read before
    the first of them is written."""
    manifest, mutants = f"{lab.folder}/lab.toml", f"{lab.folder}/mutants.toml"
    texts = {
        new.file: new.source(),
        new.header: new.header_text(),
        new.tests: new.test_text(),
        manifest: with_exercise(course.text(manifest), new, manifest),
        mutants: course.text(mutants).rstrip() + "\n" + new.mutant_entry(),
        lab.handout: with_section(course.text(lab.handout), new, lab),
    }
    before = {
        path: (course.root / path).read_bytes() if (course.root / path).exists() else None
        for path in texts
    }
    try:
        for path, text in texts.items():
            write_text(course.root / path, text)
    except GraderError as failure:
        _undo(course.root, before)
        raise GraderError(f"{failure}; nothing was changed") from failure
    return list(texts)


def _undo(root: Path, before: dict[str, bytes | None]) -> None:
    for path, content in before.items():
        here = root / path
        if content is None:
            here.unlink(missing_ok=True)
        elif here.read_bytes() != content:
            write_bytes(here, content)


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    if course.is_student:
        raise GraderError("exercises are made in the instructor's tree")
    lab = _lab(labs, given.lab)
    new = skeleton(course, lab, given.name or "", given.title)
    print(f"exercise {new.id}, {new.title}:")
    for path in write(course, lab, new):
        print(f"  {path}")
    print("`make lint-labs` says what is to be filled in; handouts/instructors.md, how")
    return 0
