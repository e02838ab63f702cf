# SPDX-License-Identifier: MIT
"""handouts/instructors.md: its commands do what it says, and what it names is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from h4.course import Course
from h4.manifest import load_mutants
from h4.release import _below

GUIDE = "handouts/instructors.md"
# What is between a block of commands and what they print: nothing but blank lines.
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n+```text\n(.*?)^```\n)?", re.M | re.S)
ROW = re.compile(r"^\| (\d+) ([^|]+?) \| (\d+) \| (\d+) \|", re.M)
NAMED = re.compile(r"^- [^`]*?\(`([a-z0-9-]+)`\)\.", re.M)


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / GUIDE).read_text()


def test_the_commands_do_what_the_guide_says(text: str, tmp_path: Path) -> None:
    """One after the other, as written, in a copy of the tree that nobody has built."""
    tree = tmp_path / "tree"
    ignored = shutil.ignore_patterns(".git", "build", "__pycache__", ".pytest_cache", ".ci")
    shutil.copytree(ROOT, tree, ignore=ignored, symlinks=True)
    blocks = BLOCK.findall(text)
    assert len(blocks) >= 10
    for commands, due in blocks:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            cwd=tree, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        said = [" ".join(line.split()) for line in done.stdout.splitlines()]
        for line in due.splitlines():
            assert " ".join(line.split()) in said, f"{commands}\n{line}\n{done.stdout}"


def test_each_exercise_has_wrong_designs(course: Course, text: str) -> None:
    """Each is a mutant, told of the exercise that it belongs to."""
    for lab in course.labs:
        mutants = load_mutants(ROOT, lab) if lab.exercises else ()
        for exercise in lab.exercises:
            part = text.split(f"\n**{exercise.id} {exercise.title}**\n", 1)[1]
            part = re.split(r"\n\*\*\d|\n## |\n### ", part, maxsplit=1)[0]
            # A long title goes on in the next line.
            named = NAMED.findall(re.sub(r"\n  (?=[^`\n]*`)(?!```)", " ", part))
            known = {m.name for m in mutants if m.exercise == exercise.id}
            assert named and set(named) <= known, (exercise.id, named)


def test_the_table_of_labs_agrees(course: Course, text: str) -> None:
    found = {int(n): (title, int(e), int(lines)) for n, title, e, lines in ROW.findall(text)}
    assert found == {
        lab.number: (
            lab.title, len(lab.exercises), sum(e.lines for e in lab.exercises)
        )
        for lab in course.labs if lab.exercises
    }  # fmt: skip


def test_students_do_not_have_it() -> None:
    handouts = _below(ROOT, "handouts")
    assert "handouts/0-boot.md" in handouts and GUIDE not in handouts
