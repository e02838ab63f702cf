# SPDX-License-Identifier: MIT
"""Runs a command, takes what it answers, and stops it where it, and all that it starts,
use more than they may together."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from h4.compiling import has_ended
from h4.errors import GraderError

LOOK_EVERY = 0.5  # seconds
MISSED = 5.0  # of a longer time between two looks counts so much: we stood still, too
MOST_OUTPUT = 32 << 20  # bytes of an answer
MOST_SAID = 64 << 10  # bytes of messages that are kept
_PAGE = os.sysconf("SC_PAGESIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Limits:
    """What all processes of one submission may use together."""

    seconds: float = 3600  # of processor time
    memory: int = 4 << 30  # bytes
    processes: int = 200
    disk: int = 1 << 30  # bytes of its file system
    idle: float = 300  # seconds of the clock without any processor time


@dataclass
class Ended:
    """How it ended.

    stopped   which limit was passed, in words; empty: none
    """

    status: int
    output: bytes
    said: str
    stopped: str
    seconds: float  # of processor time


def watched(
    command: Sequence[str], limits: Limits, told: bytes,
    over: threading.Event | None, passed: tuple[int, ...],
    own: dict[str, str] | None = None, where: Path | None = None,
) -> Ended:  # fmt: skip
    """Runs it to its end, or to that of `over` or a limit; `told` comes on its standard
    input.

    passed   descriptors that it has, too
    own      its environment; `where`: its folder
    """
    with tempfile.TemporaryFile() as question:
        question.write(told)
        question.seek(0)
        try:
            process = subprocess.Popen(
                command,
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=passed,
                env=own,
                cwd=where,
                start_new_session=True,
            )
        except OSError as error:
            raise GraderError(f"{command[0]}: {error.strerror}") from error
    assert process.stdout and process.stderr
    output = _Taken(process.stdout, MOST_OUTPUT)
    said = _Taken(process.stderr, MOST_SAID, refuses=False)
    watch = _Watch(process.pid, limits)
    stopped = ""
    try:
        while not stopped and not has_ended(process.pid, LOOK_EVERY):
            stopped = watch.look()
            if over and over.is_set():
                stopped = "it was interrupted"
            if output.too_much:
                stopped = f"its answer has more than {MOST_OUTPUT >> 20} MB"
    finally:
        if not has_ended(process.pid, 0):
            watch.end()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    output.join()
    said.join()
    return Ended(
        process.returncode,
        bytes(output.data),
        said.data.decode("utf-8", "replace"),
        stopped,
        max(watch.seconds, used.ru_utime + used.ru_stime),
    )


class _Taken(threading.Thread):
    """Takes what comes through a pipe, up to a limit."""

    def __init__(self, pipe: IO[bytes], most: int, refuses: bool = True) -> None:
        super().__init__(daemon=True)
        self.pipe, self.most, self.refuses = pipe, most, refuses
        self.data = bytearray()
        self.too_much = False
        self.start()

    def run(self) -> None:
        with self.pipe:
            while some := self.pipe.read1(1 << 16):  # type: ignore[attr-defined]
                if len(self.data) + len(some) <= self.most:
                    self.data += some
                else:
                    self.too_much = self.refuses


def _send(pid: int, what: signal.Signals) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        pass


@dataclass
class _Watch:
    """What a process and all below it use."""

    pid: int
    limits: Limits
    seconds: float = 0
    stood: float = 0  # seconds without processor time
    looked: float = field(default_factory=time.monotonic)

    def look(self) -> str:
        """The limit that is passed, in words."""
        memory, ticks = 0, 0
        family = self._family()
        for _, facts in family:
            ticks += sum(int(f) for f in facts[11:15])
            memory += int(facts[21]) * _PAGE
        now = time.monotonic()
        self.stood += min(now - self.looked, MISSED)
        self.looked = now
        if ticks / _TICKS > self.seconds:
            self.seconds, self.stood = ticks / _TICKS, 0
        limits = self.limits
        if self.seconds > limits.seconds:
            return f"it took more than {limits.seconds:g} s of processor time"
        if memory > limits.memory:
            return f"it took more than {limits.memory >> 20} MB of memory"
        if len(family) > limits.processes:
            return f"it had more than {limits.processes} processes"
        if self.stood > limits.idle:
            return f"it did nothing for {limits.idle:g} s"
        return ""

    def end(self) -> None:
        """Ends all of it; without namespaces they do not end with the first one. They
        are stopped before: who is killed while its child begins would leave it behind."""
        stopped: set[int] = set()
        while new := {pid for pid, _ in self._family()} - stopped:
            for pid in new:
                _send(pid, signal.SIGSTOP)
            stopped |= new
        for pid in stopped:
            _send(pid, signal.SIGKILL)

    def _family(self) -> list[tuple[int, list[str]]]:
        """Each process with the fields of its stat file behind its name."""
        every: dict[int, list[str]] = {}
        children: dict[int, list[int]] = {}
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                text = Path(f"/proc/{name}/stat").read_text("latin-1")
            except OSError:
                continue
            every[int(name)] = facts = text.rpartition(")")[2].split()
            children.setdefault(int(facts[1]), []).append(int(name))
        found, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            if pid in every:
                found.append((pid, every[pid]))
                waiting += children.get(pid, [])
        return found
