# SPDX-License-Identifier: MIT
"""`make bench ONLY=class`: how long a class takes, against its submissions one by one.

Both ways each submission is graded by the same worker in the same confinement, what is
built of the course being there. One by one, each has the machine for itself; the class
is the whole command, with the course's own solution first and the tables at the end.

    class.one_by_one_s    seconds of the clock, all of them one after the other
    class.together_s      and of `make class`
    class.factor          together_s times the processors, over one_by_one_s
    class.*_cpu_s         seconds of processors: on a busy machine they alone mean anything
    class.cpu_factor      together_cpu_s over one_by_one_cpu_s
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from h4.class_entries import Entry, entries
from h4.class_run import STATE, STUDENTS, Plan, Runner
from h4.class_soak import LABS, class_of_sixty, graded, results
from h4.class_watch import Limits
from h4.class_worker import BEST
from h4.course import Course
from h4.errors import GraderError

MOST = 1.3  # times what the submissions take one by one, over the processors


def bench(root: Path, jobs: int, size: int | None = None) -> dict[str, float]:
    """The figures, of so many of the sixty; None: of all."""
    with class_of_sixty(root, size) as folder:
        found = entries(folder / "in")
        runner = _runner(Course(root), folder / "single")
        runner.prepare(jobs)  # built: that is once, for all classes
        prepared = runner.prepare(jobs)
        alone, alone_cpu = _one_by_one(runner, found)
        begin, begin_cpu = time.monotonic(), _children_seconds()
        graded(root, folder / "in", folder / "together", jobs)
        whole = time.monotonic() - begin
        whole_cpu = _children_seconds() - begin_cpu + prepared
        whole_cpu += _workers_seconds(folder / "together")
        if _students(folder / "single") != _students(folder / "together"):
            raise GraderError("in a class some get what they do not get one by one")
        return {
            "class.submissions": len(found),
            "class.one_by_one_s": round(alone, 2),
            "class.one_by_one_cpu_s": round(alone_cpu, 2),
            "class.together_s": round(whole, 2),
            "class.together_cpu_s": round(whole_cpu, 2),
            "class.factor": round(whole * jobs / alone, 3),
            "class.cpu_factor": round(whole_cpu / alone_cpu, 3),
        }


def _runner(course: Course, out: Path) -> Runner:
    out.mkdir()
    labs = [course.lab(number) for number in LABS]
    return Runner(Plan(course, labs, BEST, "bochs", 32, Limits(), True, out))


def _one_by_one(runner: Runner, found: list[Entry]) -> tuple[float, float]:
    """Seconds of the clock, and of processors."""
    begin, begin_cpu = time.monotonic(), time.process_time() + _children_seconds()
    for entry in found:
        runner.one(entry)
    end_cpu = time.process_time() + _children_seconds()
    seconds = end_cpu - begin_cpu + _workers_seconds(runner.plan.out)
    return time.monotonic() - begin, seconds


def _workers_seconds(out: Path) -> float:
    """Processor time in all confinements. Nobody waits for what ends in there, so the
    system counts it for none of our children."""
    states = (out / STUDENTS).glob(f"*/{STATE}")
    return float(sum(json.loads(path.read_text())["seconds"] for path in states))


def _children_seconds() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _students(out: Path) -> dict[str, bytes]:
    return {p: text for p, text in results(out).items() if p.startswith(STUDENTS)}
