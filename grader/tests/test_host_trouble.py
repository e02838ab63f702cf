# SPDX-License-Identifier: MIT
"""What a person is told where the machine, or how the tree was copied or called, is in the
way: in a line that helps, and without Python's own words."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT

from h4 import cli, hints, host_trouble
from h4.host_trouble import left_behind, trouble

MINE = pwd.getpwuid(os.geteuid()).pw_name


def test_a_file_on_a_full_disk(tmp_path: Path) -> None:
    failure = OSError(errno.ENOSPC, "No space left on device", "/x/y")
    said, help_ = trouble(failure, tmp_path)
    assert said == "/x/y: No space left on device"
    assert f"`make clean` in {tmp_path}" in help_


@pytest.mark.parametrize("left", [0, 1 << 30])
def test_which_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    """Python does not say which file it has been writing."""
    monkeypatch.setattr(
        host_trouble.os, "statvfs",
        lambda path: SimpleNamespace(f_frsize=1, f_bavail=left if path == tmp_path else 1 << 30),
    )  # fmt: skip
    said, *rest = trouble(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    where = "standard output" if left else tmp_path
    assert said == f"{where}: No space left on device"
    assert bool(rest) == (not left)


def test_somebody_else_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "build/x"))
    assert trouble(failure, tmp_path) == [f"{tmp_path}/build/x: Permission denied"]
    monkeypatch.setattr(host_trouble.os, "geteuid", lambda: 4711)
    said, help_ = trouble(failure, tmp_path)
    assert help_.startswith(f"{tmp_path} belongs to {MINE}, and you are 4711")
    assert help_.endswith(f"`sudo chown -R 4711 {tmp_path}` makes it yours")


@pytest.mark.parametrize(
    ("failure", "traced"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/nowhere/x"), False),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), False),
        (OSError(errno.EBADF, "Bad file descriptor"), True),  # the grader's own mistake
    ],
)
def test_what_a_user_can_mend_has_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    failure: OSError, traced: bool,
) -> None:  # fmt: skip
    def fails(*_: object) -> int:
        raise failure

    monkeypatch.setattr(hints, "main", fails)
    assert cli.main(["hint", "--exercise", "0.1"]) == 2
    err = capfd.readouterr().err
    assert f"{failure.strerror}" in err and err.startswith("grader: ") != traced
    assert ("Traceback" in err) == traced


def test_a_copy_without_what_is_hidden(tmp_path: Path) -> None:
    """`cp -r tree/*` leaves it out."""
    assert "`git checkout course -- .course` brings it back" in left_behind(tmp_path)
    (tmp_path / ".course").mkdir()
    assert left_behind(tmp_path) == "" == left_behind(ROOT)
    # The command says so first of all.
    shutil.copytree(ROOT / "grader/h4", tmp_path / "copy/grader/h4",
                    ignore=shutil.ignore_patterns("student.py", "__pycache__"))  # fmt: skip
    shutil.copy(ROOT / "grader/grade", tmp_path / "copy/grader")
    done = subprocess.run(
        [tmp_path / "copy/grader/grade", "hint"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("grader: .course/: there is no such folder in ")


@pytest.mark.parametrize(("name", "right"), [("lab", "LAB"), ("test", "TEST"), ("ex", "EX")])
def test_a_variable_in_small_letters_is_not_passed_over(name: str, right: str) -> None:
    """make would know nothing of it, and grade another lab."""
    done = subprocess.run(
        ["make", "-n", "grade", f"{name}=3"], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "lab": "of the environment"},
    )  # fmt: skip
    assert done.returncode == 2
    assert f"{name}=3: variables have capital letters here: {right}=3" in done.stderr
    right_one = subprocess.run(
        ["make", "-n", "grade", f"{right}=3"], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "lab": "of the environment"},
    )  # fmt: skip
    assert right_one.returncode == 0, right_one.stderr
