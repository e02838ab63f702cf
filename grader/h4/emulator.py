# SPDX-License-Identifier: MIT
"""One boot of one kernel: what is asked of an emulator, and what came of it."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from h4.errors import GraderError
from h4.snapshot import Watch

# What one boot may write on each serial line.
COM1_CAP = 1 << 20
COM2_CAP = 4 << 20

FRAMES = 16  # return addresses reported at most

# Free space without which logs might be cut short by the disk, not by the guest.
ROOM = 64 << 20
ROOM_AFTER = 1 << 20


class Ending(Enum):
    """Why the machine stopped."""

    POWER_OFF = "power off"  # by itself
    TRIPLE_FAULT = "triple fault"
    LIMIT = "limit"  # more instructions than it may
    SLOW = "slow"  # instructions that take the emulator very long
    HALTED = "halted"  # in a HLT that nothing can end
    REBOOT = "reboot"
    FLOOD = "flood"  # more output than it may
    SEEN = "seen"  # the watch has seen enough
    DEVICE = "device"  # asked a device for what the emulated one does not do
    HOST_LIMIT = "host limit"  # more processor time than the emulator may
    EMULATOR_FAILED = "emulator failed"


@dataclass(frozen=True)
class BootRequest:
    """What to boot, and how long its tests may run.

    begin, end  linear addresses behind the stops in harness_test_begin and
                harness_test_end, above all that BIOS and GRUB execute; 0: the
                kernel has no tests, and limits[0] counts from the start of the
                machine
    watch       looks at the machine at these stops, and behind the last test
    limits      instructions between them for each test of this boot, in order
    seconds     of processor time, after which the boot is given up; None: more than its
                tests can use
    trying      where the harness has a text (grader/guest/trying.c): linear; 0: nowhere
    modules     boot modules: a name (small letters, digits, _ - .) and a file
    cache       where GRUB's core image is kept; beside the kernel unless told
    direct      without GRUB, where that can be: see direct.py
    """

    kernel: Path
    args: str
    megabytes: int
    workdir: Path
    begin: int
    end: int
    limits: list[int]
    watch: Watch | None = None
    trying: int = 0
    seconds: float | None = None
    modules: list[tuple[str, Path]] = field(default_factory=list)
    cache: Path | None = None
    direct: bool = False


@dataclass(frozen=True)
class Hang:
    """A test that has passed its limit, and runs on.

    samples  where it was at several moments, each as the frames of a BootResult
    loop     the same from the innermost function on that does not come back: a place in
             it, then return addresses; empty where there is none: it takes long, and ends
    user_cs  CS, where it was seen at an address of a program's; 0: it was not
    ends     a little later it comes to an end after all, well or not
    row      some addresses one behind the other, of each instruction; may be empty
    """

    samples: list[list[int]]
    loop: list[int]
    user_cs: int = 0
    ends: bool = False
    row: list[int] = field(default_factory=list)


@dataclass
class BootResult:
    """How a boot went.

    ticks         instructions since the start of the machine (QEMU: unknown, as
                  it is of a guest that fell asleep with interrupts on)
    instructions  of each test; None where it did not come to its end
    registers     by small letters, eax to eip, eflags, cr0 to cr4; empty where they
                  are not known
    frames        where it was (eip), then up to 16 return addresses
    hang          what was seen of a test that has passed its limit
    trying        the text that the request asked for, as the guest has it, where the
                  machine could say nothing any more
    detail        for a person; printable characters only
    """

    com1: bytes
    com2: bytes
    ending: Ending
    ticks: int | None = None
    instructions: list[int | None] = field(default_factory=list)
    registers: dict[str, int] = field(default_factory=dict)
    frames: list[int] = field(default_factory=list)
    hang: Hang | None = None
    trying: str = ""
    detail: str = ""


Progress = Callable[[bytes], None]


def room_in(directory: Path) -> int:
    """Bytes that can still be written there."""
    status = os.statvfs(directory)
    return status.f_bavail * status.f_frsize


def boot(
    request: BootRequest, emulator: str = "bochs", progress: Progress | None = None
) -> BootResult:
    """Boots once, in a directory of its own below request.workdir.

    progress  is given what newly came on COM2, as it comes

    GraderError: an emulator or a tool is missing, or the disk is full. All that
    a guest can do ends in a BootResult.
    """
    from h4 import bochs, qemu  # they need what is defined above

    drivers = {"bochs": bochs.run, "qemu": qemu.run}
    if emulator not in drivers:
        raise GraderError(f"no such emulator: {emulator} (bochs or qemu)")
    try:
        request.workdir.mkdir(parents=True, exist_ok=True)
        if room_in(request.workdir) < ROOM:
            raise GraderError(f"{request.workdir}: less than 64 MB left on this disk")
        with tempfile.TemporaryDirectory(prefix="boot-", dir=request.workdir) as name:
            result = drivers[emulator](request, Path(name), progress)
            # An emulator does not say that a log could not be written.
            if room_in(Path(name)) < ROOM_AFTER:
                raise GraderError(f"{request.workdir}: the disk became full")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise GraderError(f"{error.filename}: {error.strerror}") from None
        raise
    return result
