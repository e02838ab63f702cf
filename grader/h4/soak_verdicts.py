# SPDX-License-Identifier: MIT
"""The same submission graded again and again, and in other circumstances: the verdict and
the serial logs have to be the same, byte for byte. A verdict says nothing of times, so
nothing is taken out of it before.

First under load, as often as asked for; then once on an idle machine, on one processor,
with more machines at once than there are processors, and at a tenth of the speed.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from h4.child import WITH_PARENT
from h4.errors import GraderError
from h4.load import busy
from h4.processors import processors
from h4.slow import wait_slowly
from h4.soak_submissions import Submission

SHOWN = 8  # differences of two verdicts


@dataclass(frozen=True)
class Circumstance:
    """How a verdict is made."""

    name: str
    front: tuple[str, ...] = ()  # words of the command, before the grader's
    options: tuple[str, ...] = ()
    loaded: bool = False  # are all processors busy besides?
    parts: int = 1  # it runs one part of so many of the time


LOADED = Circumstance("under load", loaded=True)


def others() -> list[Circumstance]:
    """Those that are tried once."""
    first = str(min(os.sched_getaffinity(0)))
    many = str(4 * processors() + 1)
    return [
        Circumstance("on an idle machine"),
        Circumstance("on one processor", ("taskset", "--cpu-list", first)),
        Circumstance(f"with {many} machines at once", (), ("--jobs", many)),
        Circumstance("at a tenth of the speed", parts=10),
    ]


@dataclass(frozen=True)
class Verdict:
    """What a run leaves."""

    status: int
    text: bytes  # JSON
    logs: dict[str, bytes]  # what came on COM1 and COM2, by boot

    def differs(self, other: Verdict) -> list[str]:
        """What is not the same in `other`, a line each."""
        found = []
        if self.status != other.status:
            found.append(f"the status is {self.status}, and {other.status}")
        if self.text != other.text:
            lines = list(_json_differs("", json.loads(self.text), json.loads(other.text)))
            found += lines or [f"the JSON {_bytes_differ(self.text, other.text)}"]
        for name in sorted({*self.logs, *other.logs}):
            mine, its = self.logs.get(name), other.logs.get(name)
            if mine is None or its is None:
                found.append(f"{name} is there once only")
            elif mine != its:
                found.append(f"{name} {_bytes_differ(mine, its)}")
        return found


def _json_differs(where: str, one: object, other: object) -> Iterator[str]:
    """A line for each value that differs, with the way to it."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        here = where + "".join(f" {key} {one[key]}" for key in ("lab", "name") if key in one)
        for key in one:
            yield from _json_differs(
                here if isinstance(one[key], list) else f"{here} {key}", one[key], other[key]
            )
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for mine, its in zip(one, other, strict=True):
            yield from _json_differs(where, mine, its)
    elif one != other:
        yield f"{where.strip() or 'the verdict'}: {one!r}, and {other!r}"


def _bytes_differ(one: bytes, other: bytes) -> str:
    at = len(os.path.commonprefix([one, other]))
    begin = one.rfind(b"\n", 0, at) + 1
    lines = (text[begin:].partition(b"\n")[0] for text in (one, other))
    mine, its = (line.decode("ascii", "backslashreplace")[:200] for line in lines)
    return f"differs from byte {at} on: {mine!r}, and {its!r}"


def one_run(
    root: Path, lab: str, submission: Submission, how: Circumstance
) -> tuple[Verdict, float]:
    """Grades once; what part of the time it ran."""
    with tempfile.TemporaryDirectory(prefix="h4-soak-") as name, contextlib.ExitStack() as stack:
        out = Path(name)
        said = stack.enter_context((out / "said").open("w+"))
        if how.loaded:
            stack.enter_context(busy())
        process = subprocess.Popen(
            [
                *WITH_PARENT, *how.front, sys.executable, str(root / "grader/grade"), "grade",
                "--lab", lab, "--json", str(out / "result.json"), "--logs", str(out / "logs"),
                *submission.options, *how.options,
            ],
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        part = wait_slowly(process, how.parts) if how.parts > 1 else 1.0
        status = process.wait()
        if status not in (0, 1):
            said.seek(0)
            raise GraderError(f"{submission.name} {how.name}: a run failed:\n{said.read()}")
        logs = {log.name: log.read_bytes() for log in (out / "logs").glob("*.com?")}
        return Verdict(status, (out / "result.json").read_bytes(), logs), part


def soak(
    root: Path, lab: str, submission: Submission, runs: int, more: Sequence[Circumstance]
) -> Iterator[str]:
    """A line about so many runs under load, and one about each circumstance; those that
    tell of another verdict than the first begin with `differs: `."""
    first, _ = one_run(root, lab, submission, LOADED)
    same = 1
    for at in range(1, runs):
        if sys.stderr.isatty():
            print(f"\r{submission.name}: {at} of {runs} ", end="\r", file=sys.stderr)
        found, _ = one_run(root, lab, submission, LOADED)
        same += found == first
        yield from _lines(f"run {at + 1} {LOADED.name}", submission, first.differs(found))
    yield (
        f"{submission.name}: {same} of {runs} runs under load gave the same verdict, "
        f"{len(first.text)} bytes of JSON and {len(first.logs)} serial logs"
    )
    for how in more:
        found, part = one_run(root, lab, submission, how)
        lines = _lines(how.name, submission, first.differs(found))
        yield from lines
        if not lines:
            share = f" (it ran {part:.1%} of the time)" if how.parts > 1 else ""
            yield f"{submission.name} {how.name}{share}: the same verdict and logs"


def _lines(how: str, submission: Submission, found: list[str]) -> list[str]:
    hidden = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return [f"differs: {submission.name}, {how}: {one}" for one in found[:SHOWN] + hidden]
