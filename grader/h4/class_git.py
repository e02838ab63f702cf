# SPDX-License-Identifier: MIT
"""Git repositories that students hand in, read without trust.

Nothing is checked out: files are read object by object, so that neither filters nor
attributes nor hooks of the repository have a say. git runs in the submission's own
confinement, where the repository's settings can do no harm and alternates lead nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from h4.class_archives import MOST_KEPT, MOST_MEMBERS, Time, checked, write
from h4.git import Git
from h4.submission import LIMIT, Refused


class Repository:
    """A git repository: what is committed on its current branch."""

    def __init__(self, path: Path) -> None:
        self.git = Git(path)
        # Whose it is does not matter here, where nothing of it is run.
        self.git.env |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
        }
        bare = not (path / ".git").exists()
        self.git.env["GIT_DIR"] = str(path if bare else path / ".git")
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
        return datetime.fromtimestamp(int(text), timezone.utc) if text else None
