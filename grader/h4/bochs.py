# SPDX-License-Identifier: MIT
"""Boots in Bochs, headless and deterministic; limits count instructions.

The debugger stops where each test begins and ends. In between runs a clock of
one outstanding time breakpoint: it is armed for no more than STRIDE instructions
and armed again for what is left, so it can never be later than the limit of a
test that began in the meantime.

Every verdict here follows from what the guest did and from instruction counts.
The speed of this machine decides only how soon it is found out; where it would
decide more, the ending is HOST_LIMIT.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from h4.bochs_debugger import (
    RESET_VECTOR,
    Debugger,
    EmulatorGone,
    Memory,
    Stop,
)
from h4.child import COM1, COM2, Child, Flooded, GivenUp, printable
from h4.emulator import (
    COM1_CAP,
    COM2_CAP,
    BootRequest,
    BootResult,
    Ending,
    Progress,
)
from h4.errors import GraderError
from h4.image import build_disk

INSTRUCTIONS_PER_SECOND = 10_000_000  # of the guest's time
# A byte on a serial line at 115,200 baud takes ten bits.
INSTRUCTIONS_PER_BYTE = INSTRUCTIONS_PER_SECOND // 11_520

STRIDE = 4_000_000
BOOT_LIMIT = 100_000_000  # GRUB needs 20 million up to the kernel's entry
BOOT_LIMIT_PER_MEGABYTE = 20_000_000  # of kernel and boot modules
BETWEEN_LIMIT = 50_000_000  # the harness, between two tests or behind the last
# A clock that is late by this has to do with a sleeping processor: ten seconds of
# the guest, who wakes up many times a second if its timer is on.
ASLEEP = 100_000_000
# Stops that nobody asked for: a guest can call the debugger by itself (port 0x8900).
MOST_STOPS = 10_000
CPU_SECONDS = 120.0

LOG = "bochs.log"
LOG_TAIL = 1 << 16
SHUTDOWN = b"Shutdown port: shutdown requested"
HALT = re.compile(rb"^(\d+)\w\[CPU0 *\] WARNING: HLT instruction with IF=0", re.M)
THIRD = re.compile(rb"^(\d+)e\[CPU0 *\] exception\(\): 3rd \((\d+)\) exception", re.M)
PANIC = re.compile(rb"^\d+p\[\w+ *\] >>PANIC<< (.*)$", re.M)
DUMP = re.compile(rb"\b(E[A-DSI][XPI]|E[BD][PI]|CR[0234])=(?:0x)?([0-9a-fA-F]{8})\b")

CONFIGURATION = """\
megs: {megabytes}
cpu: model=p3_katmai, count=1, ips={speed}, reset_on_triple_fault=1
romimage: file=/usr/share/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
display_library: term
vga: extension=vbe, update_freq=5, realtime=0
clock: sync=none, time0=946684800
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


def environment(directory: Path) -> dict[str, str]:
    """Nothing of the user's own settings changes what Bochs or readline does."""
    return {
        "PATH": "/usr/bin:/bin",
        "TERM": "dumb",
        "LC_ALL": "C",
        "HOME": str(directory),
        "INPUTRC": "/dev/null",
    }


class Ended(Exception):
    """The machine has come to its end."""

    def __init__(
        self, ending: Ending, detail: str = "", tick: int | None = None
    ) -> None:
        super().__init__(detail)
        self.ending = ending
        self.detail = detail
        self.tick = tick


class Run:
    """One boot: which test runs, and when the clock must strike."""

    def __init__(self, request: BootRequest, child: Child) -> None:
        self.request = request
        self.child = child
        self.instructions: list[int | None] = [None] * len(request.limits)
        self.registers: dict[str, int] = {}
        self.frames: list[int] = []
        self.begun = 0  # tests
        self.running = False
        self.since = 0  # tick at which the running test, or the pause, began
        self.allowed = self.boot_limit()
        self.bytes_before = 0
        self.clock: int | None = None  # tick of the outstanding time breakpoint
        self.handled: Stop | None = None
        self.stops = 0
        self.log_read = 0
        self.halted_at: int | None = None
        self.stride = max(1, min([STRIDE, self.allowed, *request.limits]))

    def boot_limit(self) -> int:
        """Instructions before the first test begins."""
        if not self.request.begin and self.request.limits:
            return self.request.limits[0]
        files = [self.request.kernel, *(path for _, path in self.request.modules)]
        size = sum(path.stat().st_size for path in files)
        return BOOT_LIMIT + (size * BOOT_LIMIT_PER_MEGABYTE >> 20)

    def log(self) -> bytes:
        """The last part of Bochs's log."""
        return self.child.tail(LOG, LOG_TAIL)

    def halted(self) -> bool:
        """Whether the guest halted with interrupts off; called often."""
        size = self.child.size(LOG)
        if size > self.log_read:
            self.log_read = size
            found = HALT.search(self.log())
            if found:
                self.halted_at = int(found[1])
        return self.halted_at is not None

    def drive(self) -> None:
        """Lets the machine run to its end, which is always an Ended."""
        debugger = Debugger(self.child, self.halted)
        for address in (RESET_VECTOR, self.request.begin, self.request.end):
            if address:
                debugger.command(f"lb 0x{address:x}")
        tick = 0
        while True:
            self.arm(debugger, tick)
            stop = debugger.resume()
            try:
                tick = self.stopped(stop)
            except Ended as end:
                self.look_around(debugger, end.ending)
                raise

    def arm(self, debugger: Debugger, tick: int) -> None:
        """Keeps one time breakpoint outstanding."""
        if self.clock is None:
            step = min(self.stride, self.since + self.allowed - tick)
            debugger.command(f"sb {max(1, step)}")
            self.clock = tick + max(1, step)

    def stopped(self, stop: Stop) -> int:
        """Takes note of a stop; returns its tick."""
        last, self.handled = self.handled, stop
        again = last and (last.tick, last.address) == (stop.tick, stop.address)
        if stop.by_clock:
            self.clock = None

        # The address decides, not what Bochs reports: see bochs_debugger.py.
        if stop.address == RESET_VECTOR and stop.tick:
            raise self.reset(stop)
        if stop.address == self.request.begin and not again:
            self.test_begins(stop.tick)
        elif stop.address == self.request.end and not again:
            self.test_ends(stop.tick)
        elif stop.tick >= self.since + self.allowed:
            self.overdue(stop)
        elif self.halted():
            raise self.sleeps_for_good()
        elif not stop.by_clock and not stop.asked:
            self.stops += 1
            if self.stops > MOST_STOPS:
                raise Ended(
                    Ending.FLOOD,
                    "the guest called the emulator's debugger again and again",
                    stop.tick,
                )
        return stop.tick

    def test_begins(self, tick: int) -> None:
        # A test that calls the harness's function does not get another limit.
        if self.running or self.begun >= len(self.request.limits):
            return
        self.running = True
        self.since, self.allowed = tick, self.request.limits[self.begun]
        self.begun += 1
        self.bytes_before = self.bytes_written()

    def test_ends(self, tick: int) -> None:
        if not self.running:
            return
        self.running = False
        self.instructions[self.begun - 1] = tick - self.since
        self.since, self.allowed = tick, BETWEEN_LIMIT
        self.bytes_before = self.bytes_written()

    def bytes_written(self) -> int:
        return self.child.size(COM1) + self.child.size(COM2)

    def overdue(self, stop: Stop) -> None:
        """The limit has passed: why?"""
        if self.halted():
            raise self.sleeps_for_good()
        if not stop.by_clock:
            if self.clock is not None and stop.tick > self.clock + ASLEEP:
                raise Ended(
                    Ending.HALTED, f"{self.place()}, waiting for an interrupt"
                )
            return
        written = self.bytes_written() - self.bytes_before
        if written * INSTRUCTIONS_PER_BYTE * 2 > self.allowed:
            raise Ended(
                Ending.FLOOD,
                f"{written:,} bytes on the serial lines within "
                f"{self.allowed:,} instructions",
                stop.tick,
            )
        raise Ended(
            Ending.LIMIT,
            f"more than {self.allowed:,} instructions {self.place()}",
            stop.tick,
        )

    def place(self) -> str:
        """When something happened, in words."""
        if self.running:
            return f"in test {self.begun} of this boot"
        return f"after test {self.begun}" if self.begun else "before the first test"

    def sleeps_for_good(self) -> Ended:
        return Ended(
            Ending.HALTED,
            f"{self.place()}, with interrupts off (cli; hlt)",
            self.halted_at,
        )

    def reset(self, stop: Stop) -> Ended:
        """The processor is back where it began."""
        third = list(THIRD.finditer(self.log()))
        if not third:
            return Ended(Ending.REBOOT, self.place(), stop.tick)
        text = self.log()[: third[-1].start()]
        self.registers = {
            name.decode().lower(): int(value, 16) for name, value in DUMP.findall(text)
        }
        return Ended(
            Ending.TRIPLE_FAULT,
            f"{self.place()}, the last exception was number {int(third[-1][2])} "
            f"at 0x{self.registers.get('eip', 0):08x}",
            int(third[-1][1]),
        )

    def look_around(self, debugger: Debugger, ending: Ending) -> None:
        """Reads where the machine stands, while it can still be asked."""
        try:
            if ending not in (Ending.TRIPLE_FAULT, Ending.REBOOT):
                self.registers = debugger.registers()
            if ending != Ending.REBOOT:
                memory = Memory(
                    debugger.physical_word, self.registers, self.request.megabytes
                )
                self.frames = memory.frames()
        except (EmulatorGone, GivenUp, Flooded):
            pass

    def gone(self, output: bytes) -> Ended:
        """Bochs ended by itself. Its exit status says nothing."""
        log = self.log()
        panics = list(PANIC.finditer(log))
        if panics and SHUTDOWN in panics[-1][1]:
            return Ended(Ending.POWER_OFF, "", tick_of(panics[-1][0]))
        if panics:
            return Ended(
                Ending.EMULATOR_FAILED,
                f"{self.place()}: {printable(panics[-1][1])}",
                tick_of(panics[-1][0]),
            )
        tail = (output or log).rstrip()[-300:]
        return Ended(Ending.EMULATOR_FAILED, f"{self.place()}: {printable(tail, 300)}")


def tick_of(line: bytes) -> int:
    """Log lines begin with the instruction count."""
    return int(line[:11])


def run(request: BootRequest, directory: Path, progress: Progress | None) -> BootResult:
    """One boot in `directory`; see h4.emulator.boot."""
    command = [program(), "-q", "-f", "bochsrc"]
    build_disk(
        directory, request.kernel, request.args, request.modules, request.cache
    )
    (directory / "bochsrc").write_text(configuration(request.megabytes), "ascii")

    with Child(command, directory, environment(directory), CPU_SECONDS, progress) as child:
        this = Run(request, child)
        try:
            this.drive()
            raise AssertionError("a run that does not end")
        except Ended as ended:
            end = ended
        except EmulatorGone:
            end = this.gone(child.output)
        except GivenUp as reason:
            end = Ended(Ending.HOST_LIMIT, f"{this.place()}: {reason}")
        except Flooded:
            end = Ended(Ending.FLOOD)
        flood = child.flooded()
        if flood:
            end = Ended(Ending.FLOOD, flood)
        child.pass_on()
        return BootResult(
            com1=child.read(COM1, COM1_CAP),
            com2=child.read(COM2, COM2_CAP),
            ending=end.ending,
            ticks=end.tick,
            instructions=this.instructions,
            registers=this.registers,
            frames=this.frames,
            detail=end.detail,
        )
