# SPDX-License-Identifier: MIT
"""`run` and `debug`, used as a person uses them: by what they show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import ROOT

from h4.course import Course

FILE, TEST = "kernel/flexpage.c", "fpage_make_takes_every_size"


def use(*words: str, typed: str = "") -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "grader/grade", *words],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


def test_run_shows_what_the_stage_prints() -> None:
    text = use("run", "--lab", "1", "--memory", "64")
    assert "H4, lab 1: paging" in text
    assert "reference_build answers PAGING_OK" in text
    assert "0x03feffff" in text  # 64 MB, less what the BIOS keeps


def test_gdb_stops_where_the_kernel_begins() -> None:
    text = use("debug", "--lab", "1", "--command", "kill", "--command", "quit")
    assert "Breakpoint 1, kernel_main" in text


def test_gdb_stops_where_the_test_failed(course: Course, tmp_path: Path) -> None:
    text = course.solved(FILE).replace("base & ~offset_bits", "base")
    (tmp_path / "kernel").mkdir()
    for path in course.lab(1).exercise_files:
        (tmp_path / path).write_text(course.solved(path))
    (tmp_path / FILE).write_text(text)
    shown = use(
        "debug", "--lab", "1", "--test", TEST, "--submission", str(tmp_path),
        "--command", "kill", "--command", "quit",
    )  # fmt: skip
    assert "harness_failed ()" in shown
    assert f"test_{TEST} ()" in shown
    assert "labs/1-paging/test_flexpage.c:" in shown


def test_bochs_has_its_debugger_with_symbols() -> None:
    shown = use("debug", "--lab", "1", "--emulator", "bochs", typed="r\nq\n")
    assert "(kernel_main+0)" in shown
    assert "eflags" in shown
