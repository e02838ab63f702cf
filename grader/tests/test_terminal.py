# SPDX-License-Identifier: MIT
"""The verdict in a terminal: progress and colours there, plain text into a pipe, and
nothing that a guest wrote is obeyed."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pexpect
import pytest
from conftest import ROOT
from made_results import HOSTILE, made
from rich.console import Console

from h4.course import Course
from h4.printable import printable
from h4.report import Report

COMMAND = [str(ROOT / "grader/grade"), "--lab", "0", "--test", "0.3", "--jobs", "1"]
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7])(?:;\d+)*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def in_a_terminal(**env: str) -> str:
    """All that is written to it."""
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    child = pexpect.spawn(
        sys.executable, COMMAND, encoding="utf-8", timeout=600, dimensions=(40, 100),
        env=clean | {"TERM": "xterm-256color"} | env,
    )  # fmt: skip
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return str(child.before)


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}], ids=["colour", "no-colour"])
def test_in_a_terminal(env: dict[str, str]) -> None:
    text = in_a_terminal(**env)
    assert bool(COLOUR.search(text)) is not bool(env)
    assert "building" in text and re.search(r"\d+ of \d+ tests", text)
    last = CONTROL.sub("", text).rstrip().splitlines()[-1]
    assert last == "H4-RESULT status=0 score=30/30"


def test_into_a_pipe() -> None:
    done = subprocess.run([sys.executable, *COMMAND], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert "\x1b" not in done.stdout and "building" not in done.stdout
    lines = done.stdout.splitlines()
    assert lines[0] == "Lab 0: Boot (version 1)"
    assert "  pass     0.3 Who called whom (30/30)" in lines
    assert lines[-1] == "H4-RESULT status=0 score=30/30"


def test_what_a_guest_writes_is_not_obeyed(course: Course) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="256", soft_wrap=True)
    result = made(course, 1, hostile=True)
    result.ignored = list(HOSTILE)
    result.warnings = {"kernel/serial.c": "\n".join(HOSTILE)}
    Report(console, "").lab(result)
    text = STYLE.sub("", out.getvalue())
    assert all(c.isprintable() or c == "\n" for c in text)
    for line in "\n".join(map(printable, HOSTILE)).split("\n"):
        assert line in text
