# SPDX-License-Identifier: MIT
"""A class of six, of whom three can be graded, and `make class` over it."""

from __future__ import annotations

import csv
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import class_archives_made as made
from conftest import ROOT

from h4 import class_command
from h4.bodies import replace_body
from h4.class_run import Plan
from h4.class_watch import Limits
from h4.course import Course

ODD = "fay<b>&\n=1"


def make(folder: Path, course: Course) -> Path:
    """All of them, in a folder that is made for them."""
    folder.mkdir()
    solved = {path: course.solved(path).encode() for path in course.lab(0).exercise_files}
    path = "kernel/backtrace.c"
    half = {**solved, path: course.starter(path).encode()}
    text = course.text(path)
    crashes = replace_body(text, path, "0.3", lambda stub: "__builtin_trap();\n"
                           + ("return 0;" if stub.returns != "void" else ""))  # fmt: skip
    made.tree(folder / "anna", solved)
    made.tar(folder / "bert.tgz", {f"h4/{p}": half[p] for p in half})
    made.repository(folder / "carla.git", {**solved, path: crashes.encode()}, bare=True)
    (folder / "carla.git.source").rename(folder.parent / "source")
    made.cut(made.tar(folder / "dora.tar.gz", solved), 0.5)
    (folder / "emil").mkdir()
    (folder / f"{ODD}.zip").write_bytes(b"none")
    return folder


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return [
        sys.executable, str(ROOT / "grader/grade"), "class", "--dir", str(folder),
        "--out", str(out), "--lab", "0", *more,
    ]  # fmt: skip


def done(folder: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, out, *more), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "results.csv").open(newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def plan(course: Course, out: Path, limits: Limits = Limits()) -> Plan:
    return Plan(course, [course.lab(0)], "best", "bochs", 32, limits, True, out)


def called(submissions: Path, out: Path, *more: str) -> int:
    """The command, in this process."""
    parser = ArgumentParser()
    class_command.options(parser)
    words = ["--dir", str(submissions), "--out", str(out), "--lab", "0", *more]
    return class_command.main(ROOT, parser.parse_args(words))
