# SPDX-License-Identifier: MIT
"""`make bench`: how long boots and verdicts take, as medians.

A verdict is timed as a student sees it: the whole command, the stage being
built already. Each figure is taken on an idle machine and again with every
processor busy with something else (names that begin with `busy.`).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from h4.errors import GraderError
from h4.grading import Settings, build_lab, course_and_labs
from h4.load import busy
from h4.result_json import write_json
from h4.stage import Recipe
from h4.verdict import first_byte

EMULATORS = ("bochs", "qemu")
LEAST_RUNS = 10


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write a flat object too")
    parser.add_argument("--runs", type=int, default=LEAST_RUNS, help="at least 10")


def verdict_seconds(root: Path, lab: str, emulator: str) -> float:
    """The time of one `grade` command that gives full marks."""
    begin = time.monotonic()
    done = subprocess.run(
        [
            sys.executable, str(root / "grader/grade"), "grade",
            "--lab", lab, "--emulator", emulator,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    seconds = time.monotonic() - begin
    if done.returncode:
        raise GraderError(
            f"a benchmark needs full marks in lab {lab} ({emulator}):\n{done.stdout}"
        )
    return seconds


def measures(root: Path) -> dict[str, Callable[[], float]]:
    """What is measured, by name."""
    course, labs = course_and_labs(root)
    table: dict[str, Callable[[], float]] = {}
    first = build_lab(course, labs[0], Settings(root, Recipe()))
    for emulator in EMULATORS:
        table[f"boot.{emulator}.first_byte_s"] = (
            lambda emulator=emulator: first_byte(first, emulator)
        )
        for lab in [str(lab.number) for lab in labs] + ["all"]:
            name = "all" if lab == "all" else f"lab{lab}"
            table[f"verdict.{emulator}.{name}_s"] = (
                lambda lab=lab, emulator=emulator: verdict_seconds(
                    root, lab, emulator
                )
            )
    return table


def main(root: Path, given: argparse.Namespace) -> int:
    if given.runs < LEAST_RUNS:
        raise GraderError(f"RUNS={given.runs}: a median wants at least {LEAST_RUNS}")
    console = Console(soft_wrap=True)
    table = Table("figure", "median", "least", "most", box=None)
    medians: dict[str, float] = {}

    def take(prefix: str) -> None:
        for name, measure in measures(root).items():
            measure()  # built, and in the page cache
            seconds = sorted(measure() for _ in range(given.runs))
            medians[prefix + name] = round(statistics.median(seconds), 4)
            table.add_row(
                prefix + name,
                *(f"{s:.3f} s" for s in (medians[prefix + name], seconds[0], seconds[-1])),
            )

    take("")
    with busy():
        take("busy.")
    console.print(table)
    if given.json:
        write_json(Path(given.json), medians)
    return 0
