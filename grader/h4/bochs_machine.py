# SPDX-License-Identifier: MIT
"""Bochs's machine: how it is put together, and where the program is."""

from __future__ import annotations

import shutil
from pathlib import Path

from h4.bochs_log import LOG
from h4.child import COM1, COM2
from h4.errors import GraderError
from h4.preload import Preload, preloaded

INSTRUCTIONS_PER_SECOND = 10_000_000  # of the guest's time
# A byte on a serial line at 115,200 baud takes ten bits.
INSTRUCTIONS_PER_BYTE = INSTRUCTIONS_PER_SECOND // 11_520

# reset_on_triple_fault: the debugger stops at one only if it is on; without it Bochs
# ends, and memory with it.
# pci: with it the disk writes to memory by itself, which no watch of the debugger's sees.
# vga realtime=0, clock: no time of this machine's reaches the guest.
# info, error: the signal handler of Bochs writes to the log too, and waits for ever if
# the signal came while a line was written; so only the processor may write, which
# says what must be known (bochs_log.py).
CONFIGURATION = """\
megs: {megabytes}
cpu: model=p3_katmai, count=1, ips={speed}, reset_on_triple_fault=1
romimage: file=/usr/share/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
display_library: term
vga: extension=vbe, update_freq=5, realtime=0
clock: sync=none, time0=946684800
pci: enabled=0
plugin_ctrl: speaker=0
ata0-master: type=disk, path=disk.img, mode=flat
ata0-slave: type=cdrom, path=none, status=ejected
boot: disk
com1: enabled=1, mode=file, dev={com1}
com2: enabled=1, mode=file, dev={com2}
log: {log}
debug: action=ignore
info: action=ignore, cpu0=report
error: action=ignore, cpu0=report
panic: action=fatal
"""

# `xchg %bx, %bx` stops the machine behind it, and costs nothing elsewhere; a
# breakpoint at an address makes each instruction 6 % slower.
STOPS = "magic_break: enabled=1\n"

STOPPED_CLOCK = Preload(Path(__file__).with_name("stopped_clock.c"), alone=True)
# For who talks with its debugger, and reads its guest's memory.
WHOLE_ANSWERS = Preload(Path(__file__).with_name("whole_answers.c"), alone=True)
GUEST_MEMORY = Preload(Path(__file__).with_name("memory_file.c"), alone=True)


def configuration(megabytes: int) -> str:
    """The text of a bochsrc."""
    return CONFIGURATION.format(
        megabytes=megabytes,
        speed=INSTRUCTIONS_PER_SECOND,
        com1=COM1,
        com2=COM2,
        log=LOG,
    )


def program() -> str:
    """Bochs's path."""
    # `bochs` is a shell script around it.
    found = shutil.which("bochs-bin") or shutil.which("bochs")
    if not found:
        raise GraderError(
            "Bochs is not installed; Debian's packages are bochs, bochs-term, "
            "bochsbios and vgabios: make deps"
        )
    return found


def environment(directory: Path, cache: Path, *libraries: Preload) -> dict[str, str]:
    """Nothing of the user's own settings changes what Bochs or readline does, nor does
    this machine's clock. See h4.preload for `cache` and `libraries`."""
    return {
        "PATH": "/usr/bin:/bin",
        "TERM": "dumb",
        "LC_ALL": "C",
        "HOME": str(directory),
        "INPUTRC": "/dev/null",
        "LD_PRELOAD": preloaded(directory, cache, *libraries, STOPPED_CLOCK),
    }
