# SPDX-License-Identifier: MIT
"""Proves that a tree for students holds nothing of a solution.

A line of a solution of 16 or more characters must not occur in any file of the
tree, nor in any object of its history, be it text or compiled, unless it stands
in the course's code outside the marks too. Blanks are compared as one blank.

The tests stand outside the marks as well, and share single lines with solutions,
`struct access access = {` for one. But two lines that follow each other in a
solution and in a test are a piece of it, and stay secret.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from h4 import marks
from h4.course import GUEST_INCLUDE, SYSTEM, Course, hidden_of
from h4.errors import GraderError
from h4.git import Git
from h4.manifest_rules import SOURCES
from h4.submission import listing

LEAST = 16
_SHOWN = 20
_BLANKS = re.compile(rb"[ \t\r\f\v]+")


@dataclass(frozen=True)
class Leak:
    """Something secret, and where it was found."""

    where: str
    line: str
    source: str

    def __str__(self) -> str:
        return f"{self.where} has {self.line!r}, which is {self.source}"


class Secrets:
    """Everything that students must not be given."""

    def __init__(self, course: Course) -> None:
        solutions: dict[bytes, str] = {}
        passages: set[tuple[bytes, bytes]] = set()
        public: list[bytes] = []
        marked = [own.file for lab in course.labs for own in lab.own_tests]
        for folder in SYSTEM:
            marked += listing(course.pristine, folder, (*SOURCES, ".h", ".ld"))
        for path in marked:
            text = course.text(path)
            if path not in course.compiled:
                public.append(_plain(marks.starter(text, path).encode()))
            for region in marks.secret(text, path):
                lines = _long([line for _, line in region])
                passages |= set(pairwise(line for _, line in lines))
                for at, line in lines:
                    number = region[at][0]
                    solutions.setdefault(line, f"a solution, {path}:{number}")
        for path in _readable(course):
            lines = [line for _, line in _long(course.text(path).split("\n"))]
            pairs = [pair for pair in pairwise(lines) if pair in passages]
            copied = {line for pair in pairs for line in pair}
            public += [line for line in lines if line not in copied]
        outside = b"\n".join(public)
        found = {line: at for line, at in solutions.items() if line not in outside}
        found[_plain(course.secret.encode())] = "the course's secret"
        # Looking up each beginning finds all of them in one pass.
        self.width = min(LEAST, *(len(line) for line in found))
        self.starts: dict[bytes, list[tuple[bytes, str]]] = {}
        for line, source in found.items():
            self.starts.setdefault(line[: self.width], []).append((line, source))
        self.clean: set[bytes] = set()

    def search(self, content: bytes, where: str) -> list[Leak]:
        """What of it is in `content`."""
        digest = hashlib.sha256(content).digest()
        if digest in self.clean:
            return []
        plain = _plain(content)
        leaks = list(dict.fromkeys(self._search(plain, where)))
        if not leaks:
            self.clean.add(digest)
        return leaks

    def _search(self, plain: bytes, where: str) -> Iterator[Leak]:
        starts, width = self.starts, self.width
        for at in range(len(plain) - width + 1):
            for line, source in starts.get(plain[at : at + width], ()):
                if plain.startswith(line, at):
                    number = plain.count(b"\n", 0, at) + 1
                    place = f"{where}:{number}" if b"\0" not in plain else where
                    yield Leak(place, line.decode("utf-8", "replace"), source)


def _readable(course: Course) -> list[str]:
    """Code beside the system that students can read."""
    tests = [
        path
        for lab in course.labs
        for path in course.tests_of(lab)
        if not path.startswith(hidden_of(lab)) and path not in lab.exercise_files
    ]
    return tests + [path for path in course.headers if path.startswith(GUEST_INCLUDE)]


def _long(lines: list[str]) -> list[tuple[int, bytes]]:
    """The lines that count, without indentation, each with its place in `lines`."""
    plain = ((at, _plain(line.encode()).strip()) for at, line in enumerate(lines))
    return [(at, line) for at, line in plain if len(line.decode()) >= LEAST]


def _plain(content: bytes) -> bytes:
    return _BLANKS.sub(b" ", content)


def in_files(secrets: Secrets, tree: Path) -> list[Leak]:
    """Leaks in the files of `tree`, but for those of git itself."""
    leaks: list[Leak] = []
    for file in sorted(tree.rglob("*")):
        path = file.relative_to(tree)
        if path.parts[0] == ".git" or file.is_symlink() or not file.is_file():
            continue
        leaks += secrets.search(file.read_bytes(), str(path))
    return leaks


def in_objects(secrets: Secrets, repository: Path) -> list[Leak]:
    """Leaks in any object of the repository: every file of every commit that it
    holds, reachable or not, and the messages of commits and tags."""
    git = Git(repository)
    names: dict[str, str] = {}
    for line in git("rev-list", "--objects", "--all").split("\n"):
        name, _, path = line.partition(" ")
        names.setdefault(name, path)
    done = git.run("cat-file", "--batch-all-objects", "--batch", "--unordered")
    if done.returncode:
        raise GraderError(f"{repository}: its objects cannot be read")
    leaks: list[Leak] = []
    stream, at = done.stdout, 0
    while at < len(stream):
        end = stream.index(b"\n", at)
        name, kind, size = stream[at:end].decode().split(" ")
        content = stream[end + 1 : end + 1 + int(size)]
        at = end + 1 + int(size) + 1
        where = f"history: {kind} {name[:12]} {names.get(name, '')}".rstrip()
        leaks += secrets.search(content, where)
    return leaks


def leaks(course: Course, tree: Path) -> list[Leak]:
    """All leaks of a student's tree that nobody has worked in yet."""
    secrets = Secrets(course)
    found = in_files(secrets, tree)
    if (tree / ".git").exists():
        found += in_objects(secrets, tree)
    return found


def refuse(found: list[Leak]) -> None:
    """Raises where anything was found."""
    if not found:
        return
    more = f"\n  and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise GraderError(
        "nothing was written, because students would be given a solution:\n"
        + "\n".join(f"  {leak}" for leak in found[:_SHOWN])
        + more
        + "\nA line that is not secret must stand outside the marks too. What is in "
        "the history of an\nexisting tree cannot be taken back: reword the solution, "
        "or write a new tree."
    )
