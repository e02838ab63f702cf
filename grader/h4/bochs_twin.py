# SPDX-License-Identifier: MIT
"""Machines that need not begin at the beginning, for the many boots of the course's own
proofs.

Until a boot sector begins one machine is like another: Bochs has started, which takes
most of the time of a short boot, and the BIOS has done its work. A Bochs is brought
as far as that once, and then made into two (bochs_twin.c) for each boot whose boot
sector is direct.S. What runs afterwards is what would have run: instructions are
counted from the same beginning, and all that differs between two disks is read later.

Verdicts are given on machines that have begun by themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import subprocess
import threading
from pathlib import Path

from h4.bochs_machine import GUEST_MEMORY, WHOLE_ANSWERS, environment
from h4.child import Child
from h4.direct import SMALLEST_DISK, boot_sector
from h4.emulator import Progress
from h4.errors import GraderError
from h4.preload import Preload
from h4.protocol import shown
from h4.shared_memory import SharedMemory
from h4.work_folder import work_folder

SOURCE = Path(__file__).with_suffix(".c")
BEGINS = 0x7C00  # where the BIOS puts the boot sector, and goes
READY = re.compile(rb"<bochs:\d+> $")
MADE = re.compile(rb"^TWIN (\d+)\n", re.M)
BURIED = re.compile(rb"^BURIED \d+ (\d+)\n", re.M)
STANDS = re.compile(rb"^Next at t=(\d+)\n.* 0000:7c00 ", re.M)


class _Pipe:
    """What is read of a process that ought to answer at once."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin and process.stdout
        self._in, self._out = process.stdin.fileno(), process.stdout.fileno()

    def ask(self, line: str, until: re.Pattern[bytes]) -> tuple[bytes, re.Match[bytes]]:
        answer = b""
        if line:
            with contextlib.suppress(BrokenPipeError):  # which shows when reading
                os.write(self._in, line.encode() + b"\n")
        while not (found := until.search(answer)):
            more = os.read(self._out, 1 << 16)
            if not more:
                words = shown(answer[-300:], 300)
                raise GraderError(f"the Bochs that is copied for each boot ended: {words}")
            answer += more
        return answer, found


class Original:
    """A Bochs that stands where the boot sector begins."""

    def __init__(
        self, command: list[str], configuration: str, cache: Path, megabytes: int
    ) -> None:
        self._folder = work_folder("original-")
        self._lock = threading.Lock()
        place = Path(self._folder.name).resolve()
        (place / "bochsrc").write_text(configuration, "ascii")
        with (place / "disk.img").open("wb") as disk:
            disk.write(boot_sector(cache))
            disk.truncate(SMALLEST_DISK)
        self._memory = SharedMemory(megabytes)
        libraries = Preload(SOURCE), WHOLE_ANSWERS, GUEST_MEMORY
        # It ends when nobody can write to it any more.
        self.process = subprocess.Popen(
            command,
            cwd=place,
            env=environment(place, cache, *libraries) | self._memory.settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self._memory.passed,
        )
        atexit.register(self.close)
        self._pipe = _Pipe(self.process)
        for line in ("", f"lb 0x{BEGINS:x}", "c", "d 1"):
            answer, _ = self._pipe.ask(line, READY)
            if found := STANDS.search(answer):
                self.tick = int(found[1])
        if not hasattr(self, "tick"):
            raise GraderError("Bochs does not come as far as the boot sector")

    def close(self) -> None:
        """Ends it, and with it all that were made of it."""
        self.process.kill()
        self.process.communicate()
        self._memory.close()
        self._folder.cleanup()

    def copy(self, directory: Path) -> int:
        """The process that goes on with the files of a folder."""
        with self._lock:
            return int(self._pipe.ask(f"twin {directory}", MADE)[1][1])

    def bury(self, pid: int) -> int:
        """Waits for the end of one that was killed, or ends by itself. Its number is nobody
        else's until then. Returns how it has ended, as a Popen does."""
        with self._lock:
            _, found = self._pipe.ask(f"bury {pid}", BURIED)
        return os.waitstatus_to_exitcode(int(found[1]))


_originals: dict[tuple[str, ...], Original] = {}
_lock = threading.Lock()


def original(
    command: list[str], configuration: str, cache: Path, megabytes: int
) -> Original:
    """The one for machines of this configuration; it lives as long as the grader."""
    key = (*command, configuration)
    with _lock:
        if key not in _originals:
            _originals[key] = Original(command, configuration, cache, megabytes)
        return _originals[key]


class _Process:
    """As much of a process that somebody else has started as a Child wants."""

    def __init__(self, source: Original, directory: Path, memory: SharedMemory) -> None:
        self._source = source
        place = directory.resolve()
        # The copy opens it by its number among our files, and takes the link away.
        (place / "memory").symlink_to(f"/proc/{os.getpid()}/fd/{memory.file}")
        for name in ("in", "out"):
            os.mkfifo(place / name)
        # To be read and written, so that it opens before there is a reader.
        self.stdin = os.fdopen(os.open(place / "in", os.O_RDWR), "wb", 0)
        self.stdout = os.fdopen(os.open(place / "out", os.O_RDONLY | os.O_NONBLOCK), "rb", 0)
        self.pid = source.copy(place)
        self._ended: int | None = None

    def wait(self) -> int:
        if self._ended is None:
            self._ended = self._source.bury(self.pid)
        return self._ended


class Twin(Child):
    """A Child that has begun already."""

    def __init__(
        self,
        source: Original,
        directory: Path,
        seconds: float,
        progress: Progress | None,
        memory: SharedMemory,
    ) -> None:
        self._source = source
        self._memory = memory
        super().__init__([], directory, {}, seconds, progress)
        self.tick = source.tick

    def start(self, command: object, environment: object) -> _Process:
        return _Process(self._source, self.directory, self._memory)
