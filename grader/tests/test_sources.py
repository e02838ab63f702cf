# SPDX-License-Identifier: MIT
"""The sources themselves: format, static analysis, host tests, the course's
marks and manifests."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

from h4.course import Course
from h4.lint import CHECKS


def run(*command: str) -> None:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


def test_formatting() -> None:
    run("grader/check", "format")


def test_static_analysis() -> None:
    run("grader/check", "tidy")


# A test for each folder, so that they run side by side.
@pytest.mark.parametrize(
    "folder",
    ["kernel/tests", "h/tests", "labs/4-contexts/tests", "l4/tests", "user/tests"],
)
def test_host_tests(folder: str, tmp_path: Path) -> None:
    run("make", "-C", folder, f"BUILD={tmp_path}")
    reports = sorted(tmp_path.rglob("*.tap"))
    assert {path.stem for path in (ROOT / folder).glob("test_*.c")} == {
        report.stem for report in reports
    }
    for report in reports:
        lines = report.read_text().splitlines()
        passed = [line for line in lines if line.startswith("ok ")]
        assert passed and f"1..{len(passed)}" in lines, report.name
        assert not [line for line in lines if line.startswith("not ok")]
    if folder == "h/tests":
        assert operations(tmp_path / "watched/test_model.tap") >= 10**5
        assert operations(tmp_path / "fast/test_model.tap") >= 10**6
    if folder == "l4/tests":
        assert operations(tmp_path / "small/test_mapdb.tap") >= 5 * 10**4
        assert operations(tmp_path / "fast/test_mapdb.tap") >= 10**6


def operations(report: Path) -> int:
    """How many H or the mapping database did, and its specification with it. How
    fast: a figure of this machine, printed beside, which proves nothing."""
    text = report.read_text()
    done = re.search(r"^# (\d+) operations in ", text, re.M)
    return int(done[1]) if done else 0


@pytest.mark.parametrize("check", CHECKS)
def test_labs_agree_with_themselves(course: Course, check: str) -> None:
    """What `make lint-labs` looks for; that it finds it, test_lint.py shows."""
    assert list(CHECKS[check](course)) == []
