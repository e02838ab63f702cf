# SPDX-License-Identifier: MIT
"""`make bench`: what the operations of H cost, and messages and threads of L4, how
large the kernel is, and how long boots and verdicts take.

Instructions are counted by the emulated machine (measure.py): they are the same in
each run. Times are medians. A verdict is timed as a student sees it: the whole
command, the stage being built already. Each time is taken on an idle machine and
again with every processor busy with something else (names that begin with `busy.`).

    h.<operation>.<case>.instructions     size.trusted_lines, size.image_bytes, ...
    h.null_round_trip.instructions        h.null_round_trip.<part>.instructions
    h.null_round_trip.cr3_loads           h.null_round_trip.segment_loads
    ipc.inter.<words>.instructions        threads.<cost>.<how many>.instructions
    l4.<call>.instructions                l4.<cost>.<shape>.<how many>.instructions
    l4.latency.<case>.instructions        l4.max_interrupt_latency.instructions
    boot.<emulator>.first_byte_s          verdict.<emulator>.lab<n>_s
    class.factor, class.cpu_factor, ...   with ONLY=class, see class_bench.py
    outside_look.cost_percent             of processor seconds, see bench_look.py
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from h4 import bench_l4, bench_look, bench_memory, class_bench
from h4.emulator import BootRequest, boot
from h4.errors import GraderError
from h4.grading import Settings, build_lab, course_and_labs
from h4.grub import grub_cache
from h4.load import busy
from h4.measure import NOTICED, by_operation, measure
from h4.plots import draw_all
from h4.result_json import write_json
from h4.round_trip import DISSERTATION, PARTS as TRIP_PARTS, TRIPS, part_name, total_name
from h4.size import measure as measure_size
from h4.stage import Recipe, Stage
from h4.symbols import BEGUN, ENDED
from h4.work_folder import work_folder

EMULATORS = ("bochs", "qemu")
LEAST_RUNS = 10
PARTS = ("instructions", "ipc", "memory", "size", "times")
CLASS = "class"  # takes long: only if it is asked for


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write a flat object too")
    parser.add_argument("--runs", type=int, help="at least 10; of a class: submissions")
    parser.add_argument("--only", choices=(*PARTS, CLASS), help="a part of it")
    parser.add_argument("--svg", metavar="DIR", help="where to draw what grows")


def first_byte(stage: Stage, emulator: str) -> float:
    """Seconds from the start of the emulator to the kernel's first byte."""
    came: list[float] = []
    image = stage.image
    with work_folder("boot-") as work:
        request = BootRequest(
            kernel=image.path,
            args="nonce=0,seed=1,tests=0",
            megabytes=32,
            workdir=Path(work),
            begin=image.address(BEGUN),
            end=image.address(ENDED),
            limits=[stage.lab.tests[0].limit],
            modules=stage.tested,
            cache=grub_cache(image.path),
        )
        begin = time.monotonic()
        boot(request, emulator, lambda data: came.append(time.monotonic()))
    if not came:
        raise GraderError(f"{emulator}: the kernel said nothing")
    return came[0] - begin


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
    runs = LEAST_RUNS if given.runs is None else given.runs
    if given.only != CLASS and runs < LEAST_RUNS:
        raise GraderError(f"RUNS={runs}: a median wants at least {LEAST_RUNS}")
    console = Console(soft_wrap=True, emoji=False)
    parts = (given.only,) if given.only else PARTS
    figures: dict[str, float] = {}
    folder = Path(given.svg or root / "build/bench")
    if "instructions" in parts:
        figures |= instructions(root, folder, console)
    if "ipc" in parts:
        figures |= bench_l4.measure(root, folder, console)
    if "memory" in parts:
        figures |= bench_memory.measure(root, folder, console)
    if "size" in parts:
        figures |= size(root, console)
    if "times" in parts:
        figures |= bench_look.measure(root, runs, console)
        figures |= times(root, runs, console)
    if CLASS in parts:
        figures |= class_times(root, given.runs, console)
    if given.json:
        write_json(Path(given.json), figures)
    return 0


def instructions(root: Path, folder: Path, console: Console) -> dict[str, int]:
    """What each operation of H costs, and drawings of how that grows."""
    figures = measure(root)
    table = _table("instructions", "common", "worst")
    for operation, cases in by_operation(figures).items():
        table.add_row(
            NOTICED.get(operation, f"h_{operation}"),
            f"{cases['common']:,}",
            f"{cases['worst']:,}",
        )
    console.print(table)
    console.print()
    console.print(round_trips(figures))
    console.print(
        "Instructions from a program's system call to its next instruction, the client "
        "doing nothing.\nThe dissertation's H: 2 x "
        f"{DISSERTATION:,} cycles.\n"
    )
    for path in draw_all(figures, folder):
        console.print(f"drawn: {path}", markup=False)
    console.print()
    return figures


def round_trips(figures: dict[str, int]) -> Table:
    """The null round trips, with their parts and what they load."""
    table = _table("round trip", *(trip.words for trip in TRIPS))
    for part in TRIP_PARTS:
        table.add_row(
            part, *(f"{figures[part_name(trip.name, part)]:,}" for trip in TRIPS)
        )
    table.add_row(
        "instructions", *(f"{figures[total_name(trip.name)]:,}" for trip in TRIPS)
    )
    for loads in ("cr3_loads", "segment_loads"):
        table.add_row(
            loads.replace("_", " "),
            *(f"{figures[f'h.{trip.name}.{loads}']:,}" for trip in TRIPS),
        )
    return table


def size(root: Path, console: Console) -> dict[str, int]:
    """How much there is to be trusted: `make size` says more."""
    figures = {f"size.{name}": number for name, number in measure_size(root).items()}
    table = _table("size", "")
    for name, number in figures.items():
        table.add_row(name, f"{number:,}")
    console.print(table)
    console.print()
    return figures


def times(root: Path, runs: int, console: Console) -> dict[str, float]:
    """Medians of so many runs, in seconds."""
    table = _table("time", "median", "least", "most")
    medians: dict[str, float] = {}

    def take(prefix: str) -> None:
        for name, one in measures(root).items():
            one()  # built, and in the page cache
            seconds = sorted(one() for _ in range(runs))
            medians[prefix + name] = round(statistics.median(seconds), 4)
            table.add_row(
                prefix + name,
                *(f"{s:.3f} s" for s in (medians[prefix + name], seconds[0], seconds[-1])),
            )

    take("")
    with busy():
        take("busy.")
    console.print(table)
    return medians


def class_times(root: Path, size: int | None, console: Console) -> dict[str, float]:
    """A class of sixty, or so many of them, and the same submissions one by one."""
    figures = class_bench.bench(root, os.cpu_count() or 1, size)
    table = _table("class", "")
    for name, number in figures.items():
        table.add_row(name, f"{number:,}")
    console.print(table)
    most = class_bench.MOST
    console.print(
        f"The factor is the class's time times the processors; at most {most} on a machine "
        "that does nothing else.\nOn another one, processor seconds alone mean anything.\n"
    )
    return figures


def _table(*columns: str) -> Table:
    table = Table(columns[0], box=None)
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table
