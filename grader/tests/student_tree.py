# SPDX-License-Identifier: MIT
"""A student's tree of the made-up course, written by somebody whose git does
everything differently. Tests import the fixtures from here."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny

from h4.course import Course
from h4.student import write_student_tree


@pytest.fixture(autouse=True)
def hostile_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user whose git does everything differently, and says so when it ran."""
    home = tmp_path / "home"
    hooks = home / "template/hooks"
    hooks.mkdir(parents=True)
    for name in ("pre-commit", "post-checkout", "post-merge", "reference-transaction",
                 "commit-msg", "pre-merge-commit", "post-commit"):  # fmt: skip
        (hooks / name).write_text(f"#!/bin/sh\ntouch {home}/hook-ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    (home / ".gitconfig").write_text(
        f"[init]\n templateDir = {home}/template\n defaultBranch = trunk\n"
        f"[core]\n hooksPath = {hooks}\n autocrlf = true\n eol = crlf\n"
        f" excludesFile = {home}/ignore\n attributesFile = {home}/attributes\n"
        "[commit]\n gpgSign = true\n[tag]\n gpgSign = true\n[gpg]\n program = false\n"
        "[merge]\n ff = only\n[pull]\n ff = only\n[user]\n useConfigOnly = true\n"
        "[fetch]\n prune = true\n[filter \"spoil\"]\n clean = tr a-z A-Z\n"
    )
    (home / "ignore").write_text("*.c\n*.o\n")
    (home / "attributes").write_text("* filter=spoil\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "xdg"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-index"))
    yield
    assert not (home / "hook-ran").exists()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "course")


@pytest.fixture
def tree(root: Path, tmp_path: Path) -> Path:
    """A student's tree of release 1."""
    report = write_student_tree(root, tmp_path / "tree")
    assert (report.created, report.changed, report.release) == (True, True, 1)
    return report.directory


def git(tree: Path, *words: str, check: bool = True) -> str:
    """git as somebody without any configuration would run it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "Ada", f"GIT_{who}_EMAIL": "ada@example.org"}
    done = subprocess.run(
        ["git", "-C", tree, *words], env=env, capture_output=True, text=True
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


def solve(tree: Path, root: Path, path: str) -> None:
    """Puts the solution of an exercise file into a student's tree."""
    (tree / path).write_text(Course(root).solved(path))


def commit(tree: Path, message: str = "Work") -> None:
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", message)


def new_release(root: Path, number: int = 2) -> None:
    """A release that changes a test, a hint and a given file."""
    course = root / "labs/course.toml"
    course.write_text(course.read_text().replace(f"= {number - 1}\n", f"= {number}\n"))
    with (root / "labs/1-tiny/test_low.c").open("a") as out:
        out.write(f"int tiny_test_of_release_{number};\n")
    with (root / "kernel/given.c").open("a") as out:
        out.write(f"// Release {number} has more.\n")
    lab = root / "labs/1-tiny/lab.toml"
    hint = '"One line."' if number == 2 else f'"Line {number - 1}."'
    tiny.change(lab, hint, f'"Line {number}."')
    tiny.change(lab, f"version = {number - 1}", f"version = {number}")


def snapshot(tree: Path) -> dict[str, bytes]:
    """Every file outside .git, the index, HEAD and the stash."""
    found = {
        str(file.relative_to(tree)): file.read_bytes()
        for file in tree.rglob("*")
        if file.is_file() and ".git" not in file.relative_to(tree).parts
    }
    for name in ("index", "HEAD", "MERGE_HEAD", "MERGE_MSG", "ORIG_HEAD",
                 "refs/stash", "refs/heads/main", "config"):  # fmt: skip
        file = tree / ".git" / name
        found[name] = file.read_bytes() if file.exists() else b""
    return found
