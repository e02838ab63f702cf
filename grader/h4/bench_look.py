# SPDX-License-Identifier: MIT
"""What the look from outside costs: processor seconds of a whole verdict with it and
without, the emulators among them. The wall clock would say how busy this machine is.

    outside_look.with_cpu_s, outside_look.without_cpu_s    medians
    outside_look.cost_percent    the median of what one with it costs more than the next
        without it: a machine that does other things is slower for a while, and has moments
        at which it is quick, so the least of each side may be of different ones
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from h4 import grading
from h4.errors import GraderError

LABS = "all"


def cpu_seconds(root: Path, look: bool, labs: str = LABS) -> float:
    """Of one verdict that gives full marks, from a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "h4.bench_look", str(root), labs, str(int(look))],
        env={**os.environ, "PYTHONPATH": str(root / "grader")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise GraderError(f"a benchmark needs full marks:\n{done.stdout}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(root: Path, runs: int, console: Console, labs: str = LABS) -> dict[str, float]:
    """In turns."""
    cpu_seconds(root, True, labs)  # built, and in the page cache
    took = [(cpu_seconds(root, True, labs), cpu_seconds(root, False, labs)) for _ in range(runs)]
    with_it, without = map(statistics.median, zip(*took))
    cost = statistics.median(one / other - 1 for one, other in took)
    figures = {
        "outside_look.with_cpu_s": round(with_it, 3),
        "outside_look.without_cpu_s": round(without, 3),
        "outside_look.cost_percent": round(100 * cost, 1),
    }
    table = Table("look from outside", "", box=None)
    for name, number in figures.items():
        table.add_row(name, f"{number:g}")
    console.print(table)
    console.print()
    return figures


def main(root: Path, labs: str, look: bool) -> int:
    """One verdict."""
    parser = argparse.ArgumentParser()
    grading.options(parser)
    return grading.main(root, parser.parse_args(["--lab", labs]), look)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "1"))
