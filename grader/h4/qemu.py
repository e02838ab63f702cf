# SPDX-License-Identifier: MIT
"""Boots in QEMU: the same disk, as a second opinion.

The guest's time goes by its instructions, as in Bochs, and while it sleeps by the next
timer: however slow this machine is, or when it stops, no more ticks come than would
have come. But QEMU does not tell how many instructions there were, so a test that runs
on and on cannot be told from a slow machine: it ends in HOST_LIMIT. Official verdicts
come from Bochs.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

from h4.bochs_debugger import Memory
from h4.child import COM1, COM2, POLL, Child, Flooded, GivenUp
from h4.emulator import (
    COM1_CAP,
    COM2_CAP,
    BootRequest,
    BootResult,
    Ending,
    Progress,
)
from h4.errors import GraderError
from h4.gdb_stub import StubGone
from h4.guest_trying import guest_trying
from h4.image import disk_for
from h4.protocol import shown
from h4.qemu_look import STOPS, Guard

CPU_SECONDS = 30.0  # twenty times what a boot with all tests of a lab takes
# Seconds of the wall clock between questions whether the guest sleeps for ever.
ASK_AFTER = 0.3
# An instruction takes 2**3 ns: 125 million a second. That is about how fast QEMU is by a
# clock, and far from Bochs's 10: a second opinion of what is quick enough, and too quick.
TIME = ("-icount", "shift=3,sleep=off")

LOG = "qemu.log"
LOG_MOST = 16 << 20
REGISTER = re.compile(r"\b(E[A-DSI][XPI]|E[BD][PI]|CR[0234]|EFL)=([0-9a-f]{8})\b")
HALT = re.compile(r"\bHLT=1\b")
INTERRUPTS = 1 << 9  # EFLAGS.IF
MASK = re.compile(r"\bpic([01]):.*\bimr=([0-9a-f]{2})")
WARNING = b": warning: "  # such as that a guest sleeps without any timer
CASCADE = 1 << 2  # the first interrupt controller's input from the second
WORD = re.compile(r": 0x([0-9a-f]{8})")
NAMES = {"EFL": "eflags"}


def program() -> str:
    """QEMU's path."""
    found = shutil.which("qemu-system-i386")
    if not found:
        raise GraderError(
            "QEMU is not installed; Debian's package is qemu-system-x86: make deps"
        )
    return found


def machine(megabytes: int) -> list[str]:
    """How the machine is put together; its files are in the current folder."""
    return [
        program(), "-nodefaults", "-no-user-config", "-display", "none",
        "-accel", "tcg", "-cpu", "pentium3", "-m", str(megabytes), "-vga", "std",
        "-drive", "file=disk.img,format=raw,if=ide",
        "-serial", f"file:{COM1}", "-serial", f"file:{COM2}",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        "-no-reboot", "-d", "cpu_reset,guest_errors", "-D", LOG,
    ]  # fmt: skip


def command_line(megabytes: int, stops: bool = False) -> list[str]:
    """The machine, led by the grader; with `stops` it can be stopped at addresses."""
    led = [
        *machine(megabytes), *TIME, "-rtc", "base=2000-01-01T00:00:00,clock=rt",
        "-chardev", "stdio,id=control,signal=off",
        "-mon", "chardev=control,mode=control",
    ]  # fmt: skip
    if stops:
        led += ["-S", "-chardev", f"socket,id=stops,path={STOPS},server=on,wait=off",
                "-gdb", "chardev:stops"]  # fmt: skip
    return led


def registers_in(text: str) -> dict[str, int]:
    """From `info registers` or a dump in the log."""
    return {
        NAMES.get(name, name.lower()): int(value, 16)
        for name, value in REGISTER.findall(text)
    }


def can_wake(text: str) -> bool:
    """Whether the interrupt controllers (`info pic`) let anything through."""
    masks = {number: int(mask, 16) for number, mask in MASK.findall(text)}
    first, second = masks.get("0", 0), masks.get("1", 0)
    return bool(~first & 0xFF & ~CASCADE or (not first & CASCADE and ~second & 0xFF))


class Gone(Exception):
    """QEMU has ended."""


class Control:
    """QEMU's control protocol (QMP): one JSON object a line."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.shutdown = ""  # the reason that QEMU gave for ending
        self.other = b""  # what was no JSON: complaints, but no warnings
        self._buffer = b""
        self._number = 0

    def messages(self, seconds: float) -> list[dict[str, Any]]:
        """What QEMU said within `seconds`; events are taken note of."""
        data = self.child.receive(seconds)
        if data == b"":
            raise Gone
        self._buffer += data or b""
        *lines, self._buffer = self._buffer.split(b"\n")
        found = []
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                if WARNING not in line:
                    self.other += line + b"\n"
                continue
            if message.get("event") == "SHUTDOWN":
                self.shutdown = str(message.get("data", {}).get("reason"))
            found.append(message)
        return found

    def ask(self, what: str, **arguments: str) -> Any:
        """One command and its answer."""
        self._number += 1
        request = {"execute": what, "id": self._number}
        if arguments:
            request["arguments"] = arguments
        self.child.send(json.dumps(request))
        while True:
            for message in self.messages(POLL):
                if message.get("id") == self._number:
                    return message.get("return")
            self.child.look()

    def monitor(self, line: str) -> str:
        """A command of the monitor for people."""
        return str(self.ask("human-monitor-command", **{"command-line": line}))

    def physical_word(self, address: int) -> int | None:
        """A word of the guest's memory."""
        found = WORD.search(self.monitor(f"xp /1wx 0x{address:x}"))
        return int(found[1], 16) if found else None


class Run:
    """One boot."""

    def __init__(self, request: BootRequest, child: Child) -> None:
        self.request = request
        self.child = child
        self.control = Control(child)
        self.registers: dict[str, int] = {}
        self.frames: list[int] = []
        self.trying = ""
        self.guard: Guard | None = None

    def prepare(self) -> None:
        """Has the machine stop where the harness wants to be looked at."""
        self.control.ask("qmp_capabilities")
        if self.request.watch:
            self.guard = Guard(
                self.request, self.request.watch, self.child, self.control.monitor,
                registers_in,
            )  # fmt: skip

    def drive(self) -> tuple[Ending, str]:
        """Lets the machine run to its end."""
        self.prepare()
        asked = time.monotonic()
        while True:
            self.child.wait(POLL, self.guard and self.guard.stub)
            self.control.messages(0)
            if self.guard and not self.guard.goes_on():
                return Ending.SEEN, ""
            self.child.look()
            if time.monotonic() < asked + ASK_AFTER:
                continue
            asleep = self.sleeps_for_ever()
            if asleep:
                return Ending.HALTED, asleep
            asked = time.monotonic()

    def sleeps_for_ever(self) -> str | None:
        """Whether the processor is halted and nothing can wake it, and why. This does not
        go by how long it has been so: then it never changes."""
        if not HALT.search(self.control.monitor("info registers")):
            return None
        # Between two questions it may wake up, and mask lines.
        self.control.ask("stop")
        text = self.control.monitor("info registers")
        if HALT.search(text):
            if not registers_in(text).get("eflags", 0) & INTERRUPTS:
                return "with interrupts off (cli; hlt)"
            if not can_wake(self.control.monitor("info pic")):
                return "waiting for an interrupt, with all masked"
        # Where it has come to a breakpoint meanwhile, it stops there once more.
        if self.guard:
            self.guard.stub.resume_interrupted()
        else:
            self.control.ask("cont")
        return None

    def look_around(self) -> None:
        """Where the machine is, if it can still be asked."""
        self.child.seconds += CPU_SECONDS  # for this it has time
        try:
            self.control.ask("stop")
            self.registers = registers_in(self.control.monitor("info registers"))
            memory = Memory(
                self.control.physical_word, self.registers, self.request.megabytes
            )
            self.frames = memory.frames()
            self.trying = guest_trying(memory, self.request.trying)
        except (Gone, GivenUp, Flooded):
            pass

    def gone(self) -> tuple[Ending, str]:
        """QEMU ended: why?"""
        with contextlib.suppress(Gone, GivenUp, Flooded):
            while True:  # what it still had to say
                self.control.messages(POLL)
                self.child.look()
        status = self.child.process.wait()
        log = self.child.read(LOG, LOG_MOST).decode("ascii", "replace")
        if "Triple fault" in log:
            return Ending.TRIPLE_FAULT, ""
        if self.control.shutdown == "guest-reset":
            return Ending.REBOOT, ""
        # isa-debug-exit ends QEMU with twice the number written, and one.
        said = bytes(self.control.other).strip()
        if status > 0 and status % 2 and not said:
            return Ending.POWER_OFF, ""
        if self.control.shutdown == "guest-shutdown":
            return Ending.POWER_OFF, ""
        return Ending.EMULATOR_FAILED, f"status {status}: {shown(said[-300:], 300)}"


def run(
    request: BootRequest,
    directory: Path,
    progress: Progress | None,
    seconds: float = CPU_SECONDS,
) -> BootResult:
    """One boot in `directory`; see h4.emulator.boot."""
    command = command_line(request.megabytes, request.watch is not None)
    disk_for(request, directory)
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(directory)}
    seconds = request.seconds or seconds
    with Child(command, directory, environment, seconds, progress) as child:
        this = Run(request, child)
        try:
            ending, detail = this.drive()
            this.look_around()
        except (Gone, StubGone):
            ending, detail = this.gone()
        except GivenUp as reason:
            ending, detail = Ending.HOST_LIMIT, str(reason)
            this.look_around()
        except Flooded:
            ending, detail = Ending.FLOOD, ""
        finally:
            if this.guard:
                this.guard.close()
        flood = child.flooded()
        if flood:
            ending, detail = Ending.FLOOD, flood
        child.pass_on()
        return BootResult(
            com1=child.read(COM1, COM1_CAP),
            com2=child.read(COM2, COM2_CAP),
            ending=ending,
            instructions=[None] * len(request.limits),
            registers=this.registers,
            frames=this.frames,
            trying=this.trying,
            detail=detail,
        )
