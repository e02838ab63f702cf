# SPDX-License-Identifier: MIT
"""An emulator as a child process that cannot outlive or outgrow its boot.

Nothing here judges a guest. Time is the processor time that the emulator used:
a slow or busy machine gives the same answers as a fast one, only later.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from h4.emulator import COM1_CAP, COM2_CAP, Progress
from h4.errors import GraderError

POLL = 0.02  # seconds between looks at logs and clocks
LOOK_EVERY = 0.02  # seconds of the wall clock: what a look costs adds up
STALLED = 60.0  # seconds of the wall clock without any processor time: give up
MISSED = 1.0  # of a longer time between two looks counts so much: we stood still, too
LARGEST_FILE = 16 << 20
TICKS = os.sysconf("SC_CLK_TCK")
# Ends the emulator when the thread that started it ends, even by SIGKILL.
WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"]

# By which a program ends that has a mistake in it: not by who runs it, or a limit.
FAULTS = {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT}

COM1 = "com1.txt"
COM2 = "com2.txt"


class Readable(Protocol):
    """What `select` waits for."""

    def fileno(self) -> int: ...


class GivenUp(Exception):
    """The emulator used up its time on this machine."""


class Flooded(Exception):
    """The guest wrote more than it may."""


class Process(Protocol):
    """What is used of a subprocess.Popen."""

    @property
    def pid(self) -> int: ...

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def wait(self) -> int: ...


class Child:
    """The process, its two pipes and the files it writes in `directory`.

    Its own session, so that no signal from a terminal reaches it and the whole
    group can be killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        directory: Path,
        environment: dict[str, str],
        seconds: float,
        progress: Progress | None,
        passed: Sequence[int] = (),
    ) -> None:
        """passed  open files that it has, too"""
        self.directory = directory
        self._folder = os.fspath(directory)  # asked for often: a Path takes its time
        self.seconds = seconds
        self.progress = progress
        self._passed = passed
        self.output = b""  # the last of what it said
        self._reported = 0
        self._cpu = 0.0
        self._looked = time.monotonic()
        self._stood = 0.0  # seconds without processor time
        self._is_over = False  # its end was waited for
        self.tick = 0  # instructions of the guest's, before it was ours
        self.process = self.start(command, environment)
        assert self.process.stdin and self.process.stdout
        self._in = self.process.stdin.fileno()
        self._pipe: int | None = None
        self._out = self.process.stdout.fileno()
        self._limit()

    def start(self, command: Sequence[str], environment: dict[str, str]) -> Process:
        try:
            return subprocess.Popen(
                [*WITH_PARENT, *command],
                cwd=self.directory,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self._passed,
            )
        except OSError as error:
            raise GraderError(f"{command[0]}: {error.strerror}") from None

    def _limit(self) -> None:
        """Second fences, should the looks at it come late."""
        largest = max(LARGEST_FILE, (self.directory / "disk.img").stat().st_size)
        cpu = int(self.seconds) + 10
        for what, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, largest),
            (resource.RLIMIT_CPU, cpu),
        ):
            try:
                resource.prlimit(self.process.pid, what, (value, value))
            except (ProcessLookupError, PermissionError, ValueError):
                pass  # it has ended already, or a smaller limit holds here
        self.largest = largest

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if not self._is_over:  # then nobody knows whose number it is by now
                os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        if self._pipe is not None:
            os.close(self._pipe)
        self.process.wait()

    def send(self, line: str, behind: bytes = b"") -> None:
        """Writes one line; that nobody reads it any more shows when reading.

        behind  what is to lie there, unread, behind the line
        """
        self._stood = 0.0  # until now it may have waited for this
        try:
            os.write(self._in, line.encode("ascii") + b"\n" + behind)
        except OSError:
            pass

    def turn_to(self, name: str, line: str, behind: bytes) -> None:
        """From here on lines go by a named pipe of its folder. `line` is the last that
        goes where they went before, and tells it so; see `send`."""
        path = self.directory / name
        os.mkfifo(path)
        # To be read, too: so there is always a reader, and opening waits for nobody.
        self._pipe = os.open(path, os.O_RDWR)
        self.send(line, behind)
        self._in = self._pipe

    def receive(self, seconds: float) -> bytes | None:
        """What it wrote on its standard output; b"" at the end, None: nothing."""
        if not select.select([self._out], [], [], seconds)[0]:
            return None
        data = os.read(self._out, 1 << 16)
        self.output = (self.output + data)[-4096:]
        return data

    def fault(self) -> str:
        """The signal by which it has ended through a fault of its own; empty: there was
        none. To be called where it has closed its output."""
        self._is_over = True
        ended = -self.process.wait()
        return signal.Signals(ended).name if ended in FAULTS else ""

    def wait(self, seconds: float, other: Readable | None) -> None:
        """Until it has written something, or `other` can be read."""
        more = [other] if other else []
        select.select([self._out, *more], [], [], seconds)

    def interrupt(self) -> None:
        """As if Control-C was pressed."""
        os.kill(self.process.pid, signal.SIGINT)

    def cpu_seconds(self) -> float:
        """Processor time used so far."""
        try:
            # In whole ticks: who only wakes up to look about has not moved.
            used = int(time.clock_gettime(_clock(self.process.pid)) * TICKS) / TICKS
        except OSError:
            return self._cpu
        if used > self._cpu:
            self._cpu = used
            self._stood = 0.0
        return used

    def size(self, name: str) -> int:
        """Bytes written to a file of its directory."""
        try:
            return os.stat(f"{self._folder}/{name}").st_size
        except OSError:
            return 0

    def look(self) -> None:
        """Called often: passes on progress, and stops what goes on too long."""
        self.pass_on()
        now = time.monotonic()
        since = now - self._looked
        if since < LOOK_EVERY:
            return
        self._looked = now
        self._stood += min(since, MISSED)
        if self.size(COM1) > COM1_CAP or self.size(COM2) > COM2_CAP:
            raise Flooded
        if self.cpu_seconds() > self.seconds:
            raise GivenUp(f"{self.seconds:g} s of processor time")
        if self._stood > STALLED:
            raise GivenUp(f"{STALLED:g} s in which it did not run at all")

    def pass_on(self) -> None:
        """Gives to `progress` what is new on COM2."""
        new = self.line_from(self._reported) if self.progress else b""
        if self.progress and new:
            self._reported += len(new)
            self.progress(new)

    def read(self, name: str, most: int, begin: int = 0) -> bytes:
        """Up to `most` bytes of a file; nothing if it does not exist."""
        try:
            file = os.open(f"{self._folder}/{name}", os.O_RDONLY)
        except OSError:
            return b""
        try:
            return os.pread(file, most, begin)
        except OSError:
            return b""
        finally:
            os.close(file)

    def line_from(self, begin: int) -> bytes:
        """What has come on COM2, from this byte on."""
        # No more is asked for than there is: room for all that may come takes its time.
        new = min(self.size(COM2), COM2_CAP) - begin
        return self.read(COM2, new, begin) if new > 0 else b""

    def flooded(self) -> str | None:
        """Which file grew too large, in words."""
        for name, cap, words in (
            (COM1, COM1_CAP, "COM1"),
            (COM2, COM2_CAP, "COM2"),
        ):
            if self.size(name) > cap:
                return f"more than {cap >> 20} MB on {words}"
        for path in self.directory.iterdir():
            if path.name != "disk.img" and self.size(path.name) >= self.largest:
                return f"more than {self.largest >> 20} MB in the emulator's log"
        return None


def _clock(pid: int) -> int:
    """The clock of the processor time of a process, its threads' and those that have
    ended: as clock_getcpuclockid(3) makes it. Unlike /proc it is there in a bare root,
    too."""
    return ~pid << 3 | 2
