# SPDX-License-Identifier: MIT
"""Runs git so that only what is asked for happens.

People have hooks, templates, signing, line-end conversion and aliases of their
own, or no identity at all. None of that may change what a release is, or stop
one from being written or merged.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from h4.errors import GraderError

COURSE = "course"  # the branch of the releases
MAIN = "main"  # the student's
ZERO = "/dev/null"

_OVERRIDES = {
    "core.hooksPath": ZERO,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.safecrlf": "false",
    "core.attributesFile": ZERO,
    "core.excludesFile": ZERO,
    "core.quotePath": "false",
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "merge.directoryRenames": "false",
    "protocol.file.allow": "always",
}
# Beginnings of what a remote or a merge may need from the user's environment.
_KEPT = (
    "GIT_ASKPASS", "GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_PROXY_", "GIT_SSH", "GIT_SSL_",
    "GIT_TERMINAL_PROMPT",
)  # fmt: skip


def identity(name: str, email: str) -> dict[str, str]:
    """The environment for commits in this name."""
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
    }


class Git:
    """git in one folder. `own_config`: with the user's identity and remotes."""

    def __init__(self, tree: Path, own_config: bool = False) -> None:
        self.tree = tree.absolute()
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or (own_config and name.startswith(_KEPT))
        }
        self.env["LC_ALL"] = "C"
        self.env["GIT_ATTR_NOSYSTEM"] = "1"
        # A repository further up is somebody else's.
        self.env["GIT_CEILING_DIRECTORIES"] = str(self.tree.parent)
        if not own_config:
            self.env["GIT_CONFIG_GLOBAL"] = ZERO
            self.env["GIT_CONFIG_NOSYSTEM"] = "1"
            self.env |= identity("H4 course", "course@h4.invalid")

    def run(
        self, *words: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs a command, whatever its status."""
        settings = [w for k, v in _OVERRIDES.items() for w in ("-c", f"{k}={v}")]
        try:
            return subprocess.run(
                ["git", *settings, "-C", str(self.tree), *words],
                env={**self.env, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                check=False,
            )
        except FileNotFoundError as error:
            raise GraderError(
                "git is not installed; `make deps` installs it"
            ) from error

    def __call__(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        """Runs a command that must succeed; what it printed."""
        done = self.run(*words, env=env)
        if done.returncode:
            raise GraderError(
                f"`git {' '.join(words)}` in {self.tree} failed:\n{said(done)}"
            )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def asks(self, *words: str) -> str | None:
        """What a command printed, None where it failed."""
        done = self.run(*words)
        if done.returncode:
            return None
        return done.stdout.decode("utf-8", "surrogateescape").strip()


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Everything that a command printed, indented."""
    text = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    return "\n".join(f"  {line}" for line in text.split("\n"))
