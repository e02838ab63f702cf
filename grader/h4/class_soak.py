# SPDX-License-Identifier: MIT
"""A class of sixty submissions, cheats and broken archives among them: for `make soak` and
`make bench`.

soak    the class is graded once in one go; once more, killed at random moments and begun
        again; and those who did nothing wrong, by themselves. All of them get the same.
bench   how long it takes, against the submissions one by one
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from h4.class_entries import entries
from h4.class_run import RESULT, STATE, STUDENTS, Plan, Runner
from h4.class_watch import Limits
from h4.class_worker import BEST
from h4.course import Course
from h4.errors import GraderError

LABS = (0, 1, 2)
HONEST = ("folder", "half", "right", "variant")  # names of those who harm nobody
KILLED = 4  # times
TIMES = frozenset({STATE, "summary.html", ".lock"})  # files in which times stand
MOST = 1.3  # times what the submissions take one by one, over the processors


@contextmanager
def class_of_sixty(root: Path) -> Iterator[Path]:
    """A folder with the submissions in `in`, and room beside."""
    with tempfile.TemporaryDirectory(prefix="h4-class-") as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, str(root / "grader/tests/class_of_sixty.py"), str(folder / "in")],
            check=True,
        )
        yield folder


def _command(root: Path, submissions: Path, out: Path) -> list[str]:
    labs = ",".join(map(str, LABS))
    return [
        sys.executable, str(root / "grader/grade"), "class", "--dir", str(submissions),
        "--out", str(out), "--lab", labs,
    ]  # fmt: skip


def _graded(root: Path, submissions: Path, out: Path) -> None:
    done = subprocess.run(
        _command(root, submissions, out), capture_output=True, text=True
    )
    if done.returncode:
        raise GraderError(f"make class ended with {done.returncode}:\n{done.stderr}")


def _killed(root: Path, submissions: Path, out: Path, seconds: float) -> bool:
    """Begins, and kills it after so long; did it run that long?"""
    with subprocess.Popen(_command(root, submissions, out), stdout=subprocess.DEVNULL) as one:
        try:
            one.wait(seconds)
            return False
        except subprocess.TimeoutExpired:
            one.send_signal(signal.SIGKILL)
            return True


def results(out: Path) -> dict[str, bytes]:
    """All that must not depend on the run, by path."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in TIMES
    }


def soak(root: Path, seed: int) -> int:
    """How many things were not as they must be; each is printed."""
    drawn = random.Random(seed)
    wrong = 0
    with class_of_sixty(root) as folder:
        begin = time.monotonic()
        _graded(root, folder / "in", folder / "whole")
        took = time.monotonic() - begin
        whole = results(folder / "whole")
        count = len(entries(folder / "in"))
        print(f"a class of {count}: {took:.0f} s", flush=True)

        moments = [drawn.uniform(0, took / KILLED) for _ in range(KILLED)]
        killed = sum(
            _killed(root, folder / "in", folder / "parts", moment) for moment in moments
        )
        _graded(root, folder / "in", folder / "parts")
        parts = results(folder / "parts")
        wrong += _compared(f"killed {killed} times and begun again", whole, parts)

        (folder / "honest").mkdir()
        for entry in entries(folder / "in"):
            if entry.name.startswith(HONEST):
                copy = folder / "honest" / entry.path.name
                entry.path.rename(copy)
        _graded(root, folder / "honest", folder / "alone")
        alone = {
            path: text
            for path, text in results(folder / "alone").items()
            if path.endswith(RESULT)
        }
        same = {path: whole[path] for path in alone}
        wrong += _compared(f"{len(alone)} honest ones by themselves", same, alone)
    return wrong


def _compared(words: str, due: dict[str, bytes], found: dict[str, bytes]) -> int:
    others = sorted(
        path for path in {*due, *found} if due.get(path) != found.get(path)
    )
    for path in others:
        print(f"{words}: {path} is not the same")
    if not others:
        print(f"{words}: the same, byte by byte ({len(due)} files)", flush=True)
    return len(others)


def bench(root: Path, jobs: int) -> dict[str, float]:
    """Seconds of the clock and of processors: for the class, and for the submissions one
    by one, each alone on the machine."""
    course = Course(root)
    with class_of_sixty(root) as folder:
        found = entries(folder / "in")

        def runner(out: str) -> Runner:
            (folder / out).mkdir()
            labs = [course.lab(number) for number in LABS]
            return Runner(Plan(course, labs, BEST, "bochs", 32, Limits(), True, folder / out))

        runner("warm").prepare(jobs)  # built: that is once, for all classes
        shutil.rmtree(folder / "warm")

        def processors(out: str) -> float:
            import json

            states = (folder / out / STUDENTS).glob(f"*/{STATE}")
            return sum(json.loads(path.read_text())["seconds"] for path in states)

        single = runner("single")
        begin = time.monotonic()
        for entry in found:
            single.one(entry)
        alone = time.monotonic() - begin
        together = runner("together")
        begin = time.monotonic()
        together.prepare(jobs)
        for _ in together.grade(found, jobs):
            pass
        whole = time.monotonic() - begin
        same = results(folder / "single") == results(folder / "together")
        if not same:
            raise GraderError("a class of sixty: not what they get one by one")
        return {
            "class.submissions": len(found),
            "class.one_by_one_s": round(alone, 2),
            "class.one_by_one_cpu_s": round(processors("single"), 2),
            "class.together_s": round(whole, 2),
            "class.together_cpu_s": round(processors("together"), 2),
            "class.factor": round(whole * jobs / alone, 3),
        }
