# SPDX-License-Identifier: MIT
"""What was handed in, as a tree that can be graded: a folder, a tar or zip file, a git
repository, bare or not, or a folder with one of these in it alone.

Students pack one folder more or less than was asked for: the tree begins where the
exercise files are. Of a git repository what is committed on its current branch counts,
not what lies beside it.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from h4.class_archives import kind_of, unpack
from h4.class_git import Repository, time_of
from h4.course import GUEST_INCLUDE, SYSTEM, Course
from h4.manifest import Lab
from h4.submission import Refused, read

_MOST_ENTRIES = 2000  # of a folder that is looked through for a tree
_DEEPEST = 4
# Where what students are given and may have changed is.
_FOLDERS = (*SYSTEM, "labs", GUEST_INCLUDE)
_SOURCES = (".c", ".h", ".S", ".ld", ".toml")
_NOT_THEIRS = ("build", "pristine")  # folders with exercise files that nobody wrote


@dataclass
class Submission:
    """A tree to be graded, and what is known of it besides."""

    tree: Path
    kind: str
    notes: list[str] = field(default_factory=list)
    no_zone: frozenset[str] = frozenset()  # files whose times are local ones
    commit: str = ""
    repository: Repository | None = None
    inside: str = ""  # the tree's place in its repository

    def handed_in(self, course: Course, lab: Lab) -> str:
        """When the work on a lab was last changed, as ISO 8601 says it, without a zone
        where it is not known; empty: there is none, or no time."""
        own = [path for path in lab.exercise_files if self._is_own(course, path)]
        if not own:
            return ""
        if self.repository:
            time = self.repository.changed_at([self.inside + path for path in own])
            return time.isoformat() if time else ""
        last = max(own, key=self._modified)
        seconds = int(self._modified(last))
        time = time_of(seconds) if seconds > 0 else None
        if not time:
            return ""
        return (time.replace(tzinfo=None) if last in self.no_zone else time).isoformat()

    def _is_own(self, course: Course, path: str) -> bool:
        try:
            return read(self.tree, path) != course.starter(path).encode()
        except Refused:
            return False

    def _modified(self, path: str) -> float:
        return (self.tree / path).lstat().st_mtime


def read_submission(course: Course, given: Path, work: Path) -> Submission:
    """Reads it; Refused with the reason where it cannot be graded.

    work   an empty folder, for what is unpacked
    """
    try:
        return _read(course, given, work, nested=False)
    except PermissionError as error:
        raise Refused(f"cannot be read: {error.strerror}") from None
    except UnicodeError:
        raise Refused("holds a path that is no text") from None
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}") from None


def _read(course: Course, given: Path, work: Path, nested: bool) -> Submission:
    def wanted(path: str) -> bool:
        return path.endswith(_SOURCES) and any(
            f"/{path}".find(f"/{folder}/") >= 0 for folder in _FOLDERS
        )

    if given.is_dir():
        return _read_folder(course, given, work, wanted, nested)
    kind = kind_of(given)
    if not kind:
        size = given.stat().st_size
        what = f"a file of {size} bytes that" if size else "an empty file, which"
        raise Refused(f"is {what} is neither a tar or zip file nor a git repository")
    to = work / "tree"
    to.mkdir()
    paths = unpack(given, kind, to, wanted)
    inside = _root(course, paths)
    no_zone = (work / "no-zone").read_text("utf-8", "surrogateescape").split("\0")
    local = frozenset(p.removeprefix(inside) for p in no_zone if p.startswith(inside))
    return Submission(to / inside, kind, no_zone=local)


def _read_folder(
    course: Course, given: Path, work: Path, wanted: Callable[[str], bool], nested: bool
) -> Submission:
    """A repository, a tree, or a folder with one file in it."""
    os.listdir(given)  # where this is not allowed, nothing else needs to be said
    for repository in (given, *(e for e in _visible(given) if e.is_dir())):
        is_bare = all((repository / p).exists() for p in ("HEAD", "objects", "refs"))
        if is_bare or os.path.lexists(repository / ".git"):
            return _read_repository(course, repository, work, wanted, is_bare)
    paths = _listing(given)
    if not paths:
        raise Refused("is an empty folder")
    files = [entry for entry in _visible(given) if entry.is_file()]
    archives = [file for file in files if not file.is_symlink() and kind_of(file)]
    if not any(_is_exercise(course, path) for path in paths) and archives and not nested:
        if len(archives) > 1:
            names = ", ".join(repr(file.name[:80]) for file in archives)
            raise Refused(f"holds more than one archive: {names}")
        found = _read(course, archives[0], work, nested=True)
        found.kind += " in a folder"
        return found
    return Submission(given / _root(course, paths), "folder")


def _visible(folder: Path) -> list[Path]:
    with os.scandir(folder) as inside:
        some = itertools.islice(inside, _MOST_ENTRIES)
        names = sorted(e.name for e in some if e.name[0] != "." and not e.is_symlink())
    return [folder / name for name in names]


def _read_repository(
    course: Course, given: Path, work: Path, wanted: Callable[[str], bool], is_bare: bool
) -> Submission:
    git = given if is_bare else given / ".git"
    if git.is_symlink() or not git.is_dir():
        raise Refused("has a .git that points elsewhere: the repository is not in it")
    repository = Repository(git, work / "git")
    to = work / "tree"
    to.mkdir()
    inside = _root(course, repository.unpack(to, wanted))
    found = Submission(to / inside, "git repository", [], repository=repository)
    found.inside = inside
    found.commit = repository.head or ""
    if is_bare:
        found.kind = "bare git repository"
        return found
    for path in course.exercise_files:
        try:
            beside = read(given / inside, path)
            if read(found.tree, path) == beside:
                continue
        except (Refused, OSError):
            continue
        found.notes.append(f"{path} has changes that are not committed; the commit counts")
    return found


def _listing(top: Path) -> list[str]:
    """Paths of what lies in a folder, no deeper than a tree may begin and end."""
    found: list[str] = []
    waiting = [("", 0)]
    while waiting and len(found) < 10 * _MOST_ENTRIES:
        here, depth = waiting.pop()
        try:
            with os.scandir(top / here) as entries:
                inside = sorted(
                    itertools.islice(entries, _MOST_ENTRIES), key=lambda one: one.name
                )
        except PermissionError:
            found.append(here)
            continue
        for entry in inside:
            path = f"{here}{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                found.append(path)
            elif depth < _DEEPEST + 3 and entry.name not in (".git", *_NOT_THEIRS):
                waiting.append((f"{path}/", depth + 1))
    return found


def _is_exercise(course: Course, path: str) -> bool:
    return any(f"/{path}".endswith(f"/{one}") for one in course.exercise_files)


def _root(course: Course, paths: list[str]) -> str:
    """What all paths of the tree begin with: where its exercise files are."""
    roots: set[str] = set()
    for path in paths:
        for one in course.exercise_files:
            if f"/{path}".endswith(f"/{one}"):
                roots.add(path[: -len(one)])
    theirs = {
        root
        for root in roots
        if not any(p.startswith(".") or p in _NOT_THEIRS for p in root.split("/")[:-1])
        and root.count("/") <= _DEEPEST
    }
    if not theirs:
        raise Refused(
            f"holds none of the course's {len(course.exercise_files)} exercise files, such "
            f"as {next(iter(course.exercise_files))}"
        )
    least = min(root.count("/") for root in theirs)
    first = sorted(root for root in theirs if root.count("/") == least)
    if len(first) > 1:
        shown = ", ".join(repr(root[:80]) for root in first)
        raise Refused(f"holds {len(first)} trees, and it is not said which counts: {shown}")
    return first[0]
