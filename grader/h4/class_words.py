# SPDX-License-Identifier: MIT
"""What of a submission its student wrote: the exercise files without the lines that the
course gave."""

from __future__ import annotations

from pathlib import Path

from h4.course import Course
from h4.manifest import Lab
from h4.submission import Refused, read


def _bare(line: str) -> str:
    return " ".join(line.split())


def own_lines(text: str, given: str) -> list[str]:
    """The lines that are not among the given ones, wherever those stand: moving what
    was given makes it nobody's own."""
    known = {_bare(line) for line in given.splitlines()}
    return [line for line in text.splitlines() if _bare(line) not in known]


def own_words(course: Course, tree: Path, labs: list[Lab]) -> str:
    """The own lines of all exercise files of some labs, file by file."""
    parts: list[str] = []
    for lab in labs:
        for path in lab.exercise_files:
            try:
                text = read(tree, path).decode("utf-8", "replace")
            except Refused:
                continue
            own = own_lines(text, course.starter(path))
            if any(line.strip() for line in own):
                parts += [f"/* {path} */", *own]
    return "".join(line.replace("\0", " ") + "\n" for line in parts)
