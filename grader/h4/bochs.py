# SPDX-License-Identifier: MIT
"""Boots in Bochs, headless and deterministic; limits count instructions.

The guest stops itself, by an instruction that Bochs can be told to stop behind, where
each test begins and ends. In between runs a clock: a time breakpoint that is armed for no more than STRIDE instructions, and again for what
is left. Breakpoints cannot be taken back; a test with a shorter limit than what
the one outstanding was armed for gets another one.

Every verdict here follows from what the guest did and from instruction counts.
The speed of this machine decides only how soon it is found out; where it would
decide more, the ending is HOST_LIMIT.
"""

from __future__ import annotations

import re
from pathlib import Path

from h4 import bochs_pace
from h4.bochs_debugger import Debugger, EmulatorGone, Memory, Stop
from h4.bochs_hang import seen_to_hang
from h4.bochs_log import Log
from h4.bochs_look import Guard
from h4.bochs_machine import (
    GUEST_MEMORY,
    INSTRUCTIONS_PER_BYTE,
    STOPS,
    WHOLE_ANSWERS,
    configuration,
    environment,
    program,
)
from h4.bochs_pace import Pace
from h4.child import COM1, COM2, Child, Flooded, GivenUp
from h4.emulator import (
    COM1_CAP,
    COM2_CAP,
    BootRequest,
    BootResult,
    Ending,
    Hang,
    Progress,
)
from h4.guest_trying import guest_trying
from h4.image import disk_for
from h4.protocol import shown
from h4.shared_memory import SharedMemory
from h4.snapshot import Moment

STRIDE = 4_000_000
BOOT_LIMIT = 100_000_000  # GRUB needs 7 million up to the kernel's entry
BOOT_LIMIT_PER_MEGABYTE = 20_000_000  # of kernel and boot modules
BETWEEN_LIMIT = 50_000_000  # the harness, between two tests or behind the last
# A clock that is late by this has to do with a sleeping processor: ten seconds of
# the guest, who wakes up many times a second if its timer is on.
ASLEEP = 100_000_000
MOST_ALARMS = 5  # outstanding time breakpoints, a limit of Bochs's
# Stops of no use: a guest can call the debugger by itself (port 0x8900, or exchanging
# %bx with itself), or call the harness's functions in a loop. Each costs far more time
# than an instruction.
MOST_STOPS = 1_000


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

    def __init__(self, request: BootRequest, child: Child, memory: SharedMemory) -> None:
        self.request = request
        self.child = child
        self.memory = memory
        self.instructions: list[int | None] = [None] * len(request.limits)
        self.registers: dict[str, int] = {}
        self.frames: list[int] = []
        self.hang: Hang | None = None
        self.trying = ""
        self.begun = 0  # tests
        self.running = False
        self.since = 0  # tick at which the running test, or the pause, began
        self.pace = Pace(child)
        self.allowed = self.boot_limit()
        self.bytes_before = 0
        self.alarms: list[int] = []  # ticks of the outstanding time breakpoints
        self.handled: Stop | None = None
        self.stops = 0
        self.moment: Moment | None = None  # what the last stop is
        self.over = False  # the harness is behind its last test
        self.log = Log(child)
        self.guard: Guard | None = None

    def boot_limit(self) -> int:
        """Instructions before the first test begins."""
        if not self.request.begin and self.request.limits:
            return self.request.limits[0]
        files = [self.request.kernel, *(path for _, path in self.request.modules)]
        size = sum(path.stat().st_size for path in files)
        return BOOT_LIMIT + (size * BOOT_LIMIT_PER_MEGABYTE >> 20)

    def drive(self) -> None:
        """Lets the machine run to its end, which is always an Ended."""
        debugger = Debugger(self.child, self.log.ended)
        if self.request.watch:
            self.guard = Guard(
                debugger, self.child, self.request.watch, self.memory, self.request.megabytes
            )
        tick = self.child.tick
        while True:
            self.arm(debugger, tick)
            stop = debugger.resume()
            try:
                tick = self.stopped(stop)
                self.look()
            except Ended as end:
                self.look_around(debugger, end.ending)
                raise

    def look(self) -> None:
        """Has the machine looked at, where the harness or a watched write stops it."""
        stop, moment, self.moment = self.handled, self.moment, None
        if self.guard and stop and not self.guard.goes_on(stop, moment):
            raise Ended(Ending.SEEN)

    @property
    def expected(self) -> int:
        """Where the next useful stop is: the running test's end, or a beginning."""
        return self.request.end if self.running else self.request.begin

    def arm(self, debugger: Debugger, tick: int) -> None:
        """Sees to it that the clock strikes no later than the limit."""
        limit = max(tick + 1, self.since + self.allowed)
        first = min(self.alarms, default=limit + 1)
        if limit < first and len(self.alarms) < MOST_ALARMS:
            step = min(limit - tick, STRIDE)
            debugger.later(f"sb {step}")
            self.alarms.append(tick + step)

    def stopped(self, stop: Stop) -> int:
        """Takes note of a stop; returns its tick."""
        if self.log.ended():
            raise self.ended()
        last, self.handled = self.handled, stop
        again = last and (last.tick, last.address) == (stop.tick, stop.address)

        # The address decides, not what Bochs reports: see bochs_debugger.py.
        useful = stop.by_clock or stop.asked or bool(again)
        useful = useful or bool(self.guard and self.guard.ways.is_here(stop))
        if self.expected and stop.address == self.expected and not again:
            if self.running:
                self.test_ends(stop.tick)
                useful = True
            elif self.begun < len(self.request.limits):
                self.test_begins(stop.tick)
                useful = True
            elif not self.over:
                self.over = useful = True
                self.moment = Moment.OVER
        if stop.tick >= self.since + self.allowed:
            self.overdue(stop)
        if stop.asked and self.pace.too_slow(stop.tick):
            # Nothing that was measured is in the words: no verdict has it.
            words = f"{self.place()}, and its instructions take the emulator far too long"
            raise Ended(Ending.SLOW, words, stop.tick)
        if not useful:
            self.count_stop(stop)
        # A late alarm is still to come: the processor slept when it was due.
        self.alarms = [
            alarm
            for alarm in self.alarms
            if alarm > stop.tick or alarm < stop.tick and not stop.by_clock
        ]
        return stop.tick

    def count_stop(self, stop: Stop) -> None:
        """A stop that the guest caused."""
        self.stops += 1
        if self.stops > MOST_STOPS:
            raise Ended(
                Ending.FLOOD,
                f"{self.place()}, the guest called the emulator's debugger "
                "(xchg %bx, %bx, or port 0x8900) or the test harness "
                f"{MOST_STOPS:,} times",
                stop.tick,
            )

    def test_begins(self, tick: int) -> None:
        self.running = True
        self.moment = Moment.BEGIN
        self.pace.begins(tick)
        self.since, self.allowed = tick, self.request.limits[self.begun]
        self.begun += 1
        self.bytes_before = self.bytes_written()

    def test_ends(self, tick: int) -> None:
        self.running = False
        self.moment = Moment.END
        self.instructions[self.begun - 1] = tick - self.since
        self.pace.begins(tick)
        self.since, self.allowed = tick, BETWEEN_LIMIT
        self.bytes_before = self.bytes_written()

    def bytes_written(self) -> int:
        return self.child.size(COM1) + self.child.size(COM2)

    def overdue(self, stop: Stop) -> None:
        """The limit has passed: why?"""
        if not stop.by_clock:
            if self.alarms and stop.tick > min(self.alarms) + ASLEEP:
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
        words = f"more than {self.allowed:,} instructions"
        if not self.running:
            words += f" {self.place()}"
        raise Ended(Ending.LIMIT, words, stop.tick)

    def place(self) -> str:
        """When something happened, in words."""
        if self.running:
            return f"in test {self.begun} of this boot"
        return f"after test {self.begun}" if self.begun else "before the first test"

    def ended(self, output: bytes = b"", fault: str = "") -> Ended:
        """What the log says; `output` is for the case that it says nothing, and `fault` is
        the signal by which Bochs has ended then."""
        event = self.log.event
        if event is None and fault and self.running:
            # It does what the guest has it do, and does it each time.
            return Ended(Ending.DEVICE, f"{self.place()}: it broke off ({fault})")
        if event is None:
            # Bochs complained before it had a log.
            panics = re.findall(rb"^\S+\[ *\] >>PANIC<< (.*)", output, re.M)
            text = panics[0] if panics else (output or self.log.tail()).rstrip()
            return Ended(
                Ending.EMULATOR_FAILED, f"{self.place()}: {shown(text[-300:], 300)}"
            )
        self.registers = event.registers
        words = {
            Ending.POWER_OFF: "",
            Ending.REBOOT: self.place(),
            Ending.HALTED: f"{self.place()}, with interrupts off (cli; hlt)",
            Ending.TRIPLE_FAULT: f"{self.place()}, the last exception was number "
            f"{event.vector} at 0x{event.registers.get('eip', 0):08x}",
            Ending.DEVICE: f"{self.place()}: {shown(event.text)}",
            Ending.EMULATOR_FAILED: f"{self.place()}: {shown(event.text)}",
        }
        return Ended(event.ending, words[event.ending], event.tick)

    def look_around(self, debugger: Debugger, ending: Ending) -> None:
        """Reads where the machine stands, while it can still be asked."""
        if ending == Ending.REBOOT:
            return  # it is in the BIOS by now
        try:
            if ending != Ending.TRIPLE_FAULT:
                self.registers = debugger.registers()
            if self.registers:
                memory = Memory(
                    debugger.physical_word, self.registers, self.request.megabytes
                )
                self.frames = memory.frames()
                if self.running:
                    self.trying = guest_trying(memory, self.request.trying)
                slow = ending == Ending.SLOW
                if self.running and self.handled and (slow or ending == Ending.LIMIT):
                    tick, frames = self.handled.tick, self.frames
                    self.hang = seen_to_hang(debugger, self.request, tick, frames, slow)
        except (EmulatorGone, GivenUp, Flooded):
            pass


def start(
    request: BootRequest, directory: Path, progress: Progress | None, memory: SharedMemory
) -> Child:
    """Bochs, at the debugger's first prompt or a little before it."""
    command = [program(), "-q", "-f", "bochsrc"]
    text = configuration(request.megabytes) + STOPS
    seconds = request.seconds or bochs_pace.seconds(request)
    if disk_for(request, directory) and memory.passed:
        from h4 import bochs_twin  # the course's alone: students' trees do not have it

        source = bochs_twin.original(
            command, text, request.cache or directory, request.megabytes
        )
        return bochs_twin.Twin(source, directory, seconds, progress, memory)
    (directory / "bochsrc").write_text(text, "ascii")
    cache = request.cache or directory
    settings = environment(directory, cache, WHOLE_ANSWERS, GUEST_MEMORY) | memory.settings
    return Child(command, directory, settings, seconds, progress, memory.passed)


def run(request: BootRequest, directory: Path, progress: Progress | None) -> BootResult:
    """One boot in `directory`; see h4.emulator.boot."""
    with (
        SharedMemory(request.megabytes) as memory,
        start(request, directory, progress, memory) as child,
    ):
        this = Run(request, child, memory)
        try:
            this.drive()
            raise AssertionError("a run that does not end")
        except Ended as ended:
            end = ended
        except EmulatorGone:
            this.log.ended()
            end = this.ended(child.output, child.fault())
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
            hang=this.hang,
            trying=this.trying,
            detail=end.detail,
        )
