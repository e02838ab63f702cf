# SPDX-License-Identifier: MIT
"""Completion in the shell, as bash asks for it, and the editor's container."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pexpect
import pytest
from conftest import ROOT

from h4.course import Course
from h4.release import ROOT_FILES

ASK = """source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
COMP_LINE="$*"; _h4_choose; printf '%s\\n' "${COMPREPLY[@]}" """
SCRIPT = ROOT / "grader/completion.bash"


def offered(*words: str, tree: Path = ROOT) -> list[str]:
    """What bash would offer for the last word."""
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, str(SCRIPT), "make", *words],
        cwd=tree, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("tree", [ROOT, ROOT / "grader/student"], ids=["course", "student"])
def test_targets_are_those_of_the_help(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader/completion.bash").symlink_to(SCRIPT)
    (tmp_path / "Makefile").symlink_to(tree / "Makefile")
    lines = re.findall(r"^#: make (\S+)", (tree / "Makefile").read_text(), re.M)
    targets = offered("", tree=tmp_path)
    assert targets == sorted(set(lines), key=targets.index) and len(targets) > 10
    rules = (tree / "Makefile").read_text() + (ROOT / "grader/common.mk").read_text()
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", rules, re.M), target


def test_variables_of_a_target() -> None:
    assert offered("hint", "") == ["EX="]
    assert {"LAB=", "TEST=", "WITH=", "HTML="} <= set(offered("grade", ""))
    assert offered("grade", "LO") == ["LOGS="]
    assert "BASE=" in offered("watch", "") and "DIR=" not in offered("grade", "")


# bash divides a line at =, unless its user has it otherwise.
@pytest.mark.parametrize("whole", [False, True])
def test_values(course: Course, whole: bool) -> None:
    def values(target: str, *assigned: str) -> list[str]:
        words = [
            part
            for one in assigned
            for part in ([one] if whole else re.findall(r"[^=]+|=", one))
        ]
        name = assigned[-1].partition("=")[0] + "="
        return [word.removeprefix(name) for word in offered(target, *words)]

    labs = [lab for lab in course.labs if lab.tests]
    if not whole:  # a word that ends with = is one that bash divides
        assert values("grade", "LAB=") == [*(str(lab.number) for lab in labs), "all"]
    tests = [t.name for t in course.lab(0).tests if t.name.startswith("putc")]
    assert values("grade", "LAB=0", "TEST=putc") == tests
    assert set(tests) <= set(values("grade", "TEST=putc"))
    assert values("grade", "LAB=1", "TEST=putc_sends") == []
    assert values("hint", "EX=2.") == [e.id for e in course.lab(2).exercises]
    assert values("grade", "EMULATOR=q") == ["qemu"]
    assert "pingpong" in values("run", "LAB=7", "PROGRAM=p")
    assert values("soak", "ONLY=la") == ["laws"]
    assert values("student", "DIR=REA") == ["README.md"]


def test_elsewhere_make_is_completed_as_before(tmp_path: Path) -> None:
    assert offered("gr", tree=tmp_path) == []
    ask = f"_mine() {{ COMPREPLY=(mine); }}; complete -F _mine make; {ASK}"
    done = subprocess.run(
        ["bash", "--norc", "-c", ask, str(SCRIPT), "make", ""],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["mine"]


def test_make_shell(tmp_path: Path) -> None:
    """By the keys: in the shell that it starts, Tab does it, and make is make's own."""
    child = pexpect.spawn(
        "make", ["-C", str(ROOT), "--no-print-directory", "shell"],
        encoding="utf-8", timeout=600, dimensions=(24, 200),
        env=os.environ | {"HOME": str(tmp_path), "TERM": "dumb", "PS1": ""},
    )  # fmt: skip
    try:
        child.expect("ends this shell")
        child.send("make prog\t")
        child.expect("make progress ")
        child.send("HTM\t")
        child.expect("HTML=")
        child.send("\x15echo level=$MAKELEVEL.\n")
        child.expect(r"level=\.\r")
        child.sendline("exit")
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0


def test_the_container_of_editors() -> None:
    """What it runs is there; and students are given it."""
    path = ".devcontainer/devcontainer.json"
    assert path in ROOT_FILES
    what = json.loads((ROOT / path).read_text())
    assert what["image"].endswith("/debian:12")
    commands = what["onCreateCommand"] + " && " + what["postCreateCommand"]
    targets = re.findall(r"\bmake ([a-z_.]+)(?= |$)", commands)
    assert targets == ["deps", "compile_commands.json"]
    for makefile in ("Makefile", "grader/student/Makefile"):
        rules = (ROOT / makefile).read_text() + (ROOT / "grader/common.mk").read_text()
        assert all(re.search(rf"^{re.escape(one)}:", rules, re.M) for one in targets)
    editor = what["customizations"]["vscode"]["settings"]
    assert editor["C_Cpp.default.compileCommands"].endswith("/compile_commands.json")
