# SPDX-License-Identifier: MIT
"""A class of sixty submissions, cheats and broken archives among them: `make soak
ONLY=class`.

The class is graded once in one go; once more, killed at random moments and begun again;
and those who did nothing wrong, by themselves. All of them get the same.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from h4.class_entries import entries
from h4.class_run import STATE, STUDENTS
from h4.errors import GraderError
from h4.work_folder import work_folder

LABS = (0, 1, 2)
HONEST = ("folder", "half", "right", "variant")  # names of those who harm nobody
KILLED = 4  # times
TIMES = frozenset({STATE, "summary.html", ".lock"})  # files in which times stand


@contextmanager
def class_of_sixty(root: Path, size: int | None = None) -> Iterator[Path]:
    """A folder with the submissions in `in`, and room beside. `size`: only so many of
    them, spread over all kinds."""
    with work_folder("class-") as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, str(root / "grader/tests/class_of_sixty.py"), str(folder / "in")],
            check=True,
        )
        every = sorted((folder / "in").iterdir())
        if size is not None:
            for path in set(every) - spread(every, size):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        yield folder


def spread(every: list[Path], size: int) -> set[Path]:
    """So many of them, at equal distances."""
    if not 1 <= size <= len(every):
        raise GraderError(f"RUNS={size}: the class has {len(every)} submissions")
    return {every[(2 * at + 1) * len(every) // (2 * size)] for at in range(size)}


def _command(root: Path, submissions: Path, out: Path, jobs: int | None) -> list[str]:
    return [
        sys.executable, str(root / "grader/grade"), "class", "--dir", str(submissions),
        "--out", str(out), "--lab", ",".join(map(str, LABS)),
        *([] if jobs is None else ["--jobs", str(jobs)]),
    ]  # fmt: skip


def graded(root: Path, submissions: Path, out: Path, jobs: int | None = None) -> None:
    """The whole command, to its end."""
    done = subprocess.run(
        _command(root, submissions, out, jobs), capture_output=True, text=True
    )
    if done.returncode:
        raise GraderError(f"make class ended with {done.returncode}:\n{done.stderr}")


def _killed(root: Path, submissions: Path, out: Path, seconds: float) -> bool:
    """Begins, and kills it after so long; did it run that long?"""
    words = _command(root, submissions, out, None)
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as one:
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


def soak(root: Path, seed: int, size: int | None = None) -> int:
    """How many things were not as they must be; each is printed, and kept as it was
    and as it must be. `size`: of how many of the sixty."""
    drawn = random.Random(seed)
    kept = root / "build" / "soak" / "class"
    shutil.rmtree(kept, ignore_errors=True)
    with class_of_sixty(root, size) as folder:
        given = folder / "in"
        begin = time.monotonic()
        graded(root, given, folder / "whole")
        took = time.monotonic() - begin
        whole = results(folder / "whole")
        print(f"a class of {len(entries(given))}: {took:.0f} s", flush=True)

        parts = folder / "parts"
        for _ in range(KILLED):
            killed = _killed(root, given, parts, drawn.uniform(0, took * 2 / (KILLED + 2)))
            words = "killed" if killed else "ended before it was killed"
            count = len(list((parts / STUDENTS).glob(f"*/{STATE}")))
            print(f"{words}; {count} submissions are done", flush=True)
        graded(root, given, parts)
        again = results(parts)
        wrong = _compared("killed and begun again", whole, again, kept / "killed")
        return wrong + _honest(root, folder, whole, kept / "alone")


def _honest(root: Path, folder: Path, whole: dict[str, bytes], kept: Path) -> int:
    """Are those who harm nobody given the same without the others?"""
    (folder / "honest").mkdir()
    for entry in entries(folder / "in"):
        if entry.name.startswith(HONEST):
            entry.path.rename(folder / "honest" / entry.path.name)
    graded(root, folder / "honest", folder / "alone")
    alone = {
        path: text
        for path, text in results(folder / "alone").items()
        if path.startswith(STUDENTS)
    }
    same = {path: whole[path] for path in alone if path in whole}
    return _compared("the honest ones by themselves", same, alone, kept)


def _compared(
    words: str, due: dict[str, bytes], found: dict[str, bytes], kept: Path
) -> int:
    """kept  where what differs goes, in two folders `due` and `found`"""
    others = sorted(
        path for path in {*due, *found} if due.get(path) != found.get(path)
    )
    for path in others:
        print(f"{words}: {path} is not the same")
        for files, name in ((due, "due"), (found, "found")):
            if path in files:
                (kept / name / path).parent.mkdir(parents=True, exist_ok=True)
                (kept / name / path).write_bytes(files[path])
    if others:
        print(f"{words}: both are kept: diff -r {kept}/due {kept}/found", flush=True)
    else:
        print(f"{words}: the same, byte by byte ({len(due)} files)", flush=True)
    return len(others)

