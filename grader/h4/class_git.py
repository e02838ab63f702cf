# SPDX-License-Identifier: MIT
"""Git repositories that students hand in, read without trust.

Nothing is checked out: files are read object by object, so that neither filters nor
attributes nor hooks of the repository have a say. Nor have its settings, which name
programs: for signatures that are looked at, for objects that are fetched when they are
missing. git works in a folder of the grader's own, in which the repository's names of
commits are, and reads its objects. These lie in the repository itself: by a link, or by
a file that names another repository, they would be somebody else's, such as the course's.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from h4.class_archives import MOST_KEPT, MOST_MEMBERS, Time, checked, write
from h4.git import Git
from h4.submission import LIMIT, Refused, read

_NAMES = ("HEAD", "packed-refs", "shallow")  # and what is in refs/heads
_MOST_NAMES = 4 << 20  # bytes of one of them
_BORROWS = ("commondir", "objects/info/alternates")
_SETTINGS = "[core]\n\tbare = true\n\trepositoryformatversion = "
_SHA256 = re.compile(rb"^\s*objectformat\s*=\s*\"?sha256\b", re.I | re.M)


class Repository:
    """A git repository: what is committed on its current branch."""

    def __init__(self, given: Path, own: Path) -> None:
        """given  the folder of the repository itself, such as .git
        own    a folder that is not there yet, for git to work in"""
        _take_names(given, own)
        self.git = Git(own)
        # Whose it is does not matter here, where nothing of it is run.
        self.git.env |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_DIR": str(own.absolute()),
            "GIT_OBJECT_DIRECTORY": str((given / "objects").absolute()),
        }
        self.head = self.git.asks("rev-parse", "--verify", "-q", "HEAD^{commit}")
        for branch in ("main", "master"):
            if not self.head:
                ref = f"refs/heads/{branch}^{{commit}}"
                self.head = self.git.asks("rev-parse", "--verify", "-q", ref)
        if not self.head:
            raise Refused(
                "is a git repository without a commit that can be read: neither its "
                "current branch nor main nor master has one"
            )

    def unpack(self, to: Path, wanted: Callable[[str], bool]) -> list[str]:
        """As unpack."""
        listed = self.git.run("ls-tree", "-r", "-z", "-l", self.head or "")
        if listed.returncode:
            raise Refused("is a broken git repository: its files cannot be listed")
        paths: list[str] = []
        kept = 0
        for line in listed.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            facts, _, path = line.partition("\t")
            mode, _, name, size = facts.split()
            paths.append(checked(path))
            if len(paths) > MOST_MEMBERS:
                raise Refused(f"holds more than {MOST_MEMBERS:,} files")
            if mode == "120000" and wanted(path):
                raise Refused(f"holds a link, {path[:80]!r}")
            if not mode.startswith("100") or not wanted(path):
                continue
            if not size.isdigit():
                raise Refused(f"is a broken git repository: {path[:80]!r} is not there")
            content = b"" if int(size) > MOST_KEPT else self._blob(name)
            kept += len(content)
            if kept > MOST_KEPT:
                raise Refused(f"holds more than {MOST_KEPT >> 20} MB of sources")
            write(to / path, content[: LIMIT + 1] or b"", int(size))
            if int(size) > LIMIT:
                os.truncate(to / path, min(int(size), 4 << 20))
        return paths

    def _blob(self, name: str) -> bytes:
        done = self.git.run("cat-file", "blob", name)
        if done.returncode:
            raise Refused(f"is a broken git repository: {name} cannot be read")
        return done.stdout

    def changed_at(self, paths: list[str]) -> Time | None:
        """When the last commit was made that changes one of these."""
        text = self.git.asks("log", "-1", "--format=%ct", self.head or "", "--", *paths)
        return time_of(int(text)) if text else None


def time_of(seconds: int) -> Time | None:
    """None: in a year that no calendar has, which anybody can write down."""
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def _take_names(given: Path, own: Path) -> None:
    """Writes what git has to know of a repository to a folder of the grader's own."""
    for path in _BORROWS:
        if os.path.lexists(given / path):
            raise Refused(f"is a git repository with {path}: part of it lies elsewhere")
    for file in _files(given / "objects"):
        if not stat.S_ISREG(file.lstat().st_mode):
            raise Refused(f"is a git repository with a link or device, {file.name[:80]!r}")
    heads = [f.relative_to(given).as_posix() for f in _files(given / "refs/heads")]
    for path in [*_NAMES, *heads]:
        if path in heads or os.path.lexists(given / path):
            try:
                text = read(given, path, _MOST_NAMES)
            except Refused as reason:
                raise Refused(f"is a git repository whose {path[:80]} {reason}") from None
            (own / path).parent.mkdir(parents=True, exist_ok=True)
            (own / path).write_bytes(text)
    (own / "refs").mkdir(parents=True, exist_ok=True)
    settings = f"{_SETTINGS}0\n"
    if os.path.lexists(given / "config") and _SHA256.search(read(given, "config")):
        settings = f"{_SETTINGS}1\n[extensions]\n\tobjectFormat = sha256\n"
    (own / "config").write_text(settings)


def _files(folder: Path) -> Iterator[Path]:
    """All below it that is no folder, and no further; also links to folders."""
    if folder.is_symlink():
        yield folder
        return
    for where, folders, names in os.walk(folder):
        links = [name for name in folders if Path(where, name).is_symlink()]
        yield from (Path(where, name) for name in [*names, *links])
