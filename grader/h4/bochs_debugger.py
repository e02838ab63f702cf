# SPDX-License-Identifier: MIT
"""A conversation with Bochs's own debugger, over two pipes.

Facts about Bochs 2.7 that this rests on, each found by trying:

- From its standard input it reads a line for each prompt, by readline, letter by letter,
  and echoes it. From the file that `source` names it reads whole lines without a prompt;
  that may be a pipe. One word there that it does not know ends it.
- It takes the buffer away from its standard output: each part of a line that it prints
  would be a system call. It is given another one (whole_answers.c), which is written out
  behind each `?`.
- `? N` prints a number in hexadecimal and decimal digits.
- `Next at t=N` counts executed instructions, exactly, and is the same from run to
  run. `sb N` stops N instructions from here; there is room for five, none can be
  taken back, and none fires while the processor sleeps in HLT.
- Where a time breakpoint and an address breakpoint meet, only the first is
  reported, and `c`, or `s`, then goes past the second.
- With `magic_break` on it stops behind each `xchg %bx, %bx`, and prints the place of
  what comes next; the exchange itself counts as an instruction.
- `crc` never ends.
- Whenever the processor goes to sleep in HLT, Bochs waits a millisecond of this machine's
  for something to be read on its standard input. A byte that is there keeps it from
  waiting, and is read by a prompt only.
- `watch w ADDRESS LENGTH` stops behind an instruction that writes there, by whatever
  linear address. Each makes every instruction that writes a little slower.
- Whenever `c` comes to a stop the screen is drawn, for which the devices' clock is asked,
  which goes on in whole microseconds from there: the timer's next interrupt comes up to
  nine instructions earlier or later. `s N` stops at all the same, and draws nothing.
- One of its own timers, of 100 ms, goes by this machine's clock (`show "virt_timer"`). Now
  and then the guest's timer would come some instructions earlier or later for that; so the
  clock stands still for it (stopped_clock.c).
- SIGINT stops the machine between two instructions, wakes nobody, and leaves no
  trace in the guest, not even in its instruction count.
- An address that is printed as [0x...] is a physical one.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from h4.child import POLL, Child, GivenUp
from h4.emulator import FRAMES
from h4.protocol import shown

PROMPT = re.compile(rb"<bochs:\d+> $")
COMMANDS = "commands"  # the pipe that they are read from
AWAKE = b"\n"  # lies on the standard input, for nobody to read
# Processor seconds after which a running machine is asked where it is. It is no
# limit: the machine goes on afterwards as if nothing had happened.
ASK_AFTER = 0.4

# Lets the guest go on for so many instructions, which are more than any limit. Not `c`,
# which moves the timer's next interrupt: see above.
GO_ON = "s 1000000000"

# Bochs writes what it is asked at a prompt part by part: seconds after which there is more
# than one of them to read.
PIECES = 0.0001

STOP = re.compile(rb"^Next at t=(\d+)", re.M)
HIT = re.compile(rb"^\(0\) Breakpoint \d+, 0x([0-9a-f]+) in", re.M)
WRITTEN = re.compile(rb"^\(0\) Caught write watch point at 0x([0-9a-f]+)", re.M)
PLACE = re.compile(rb"^\(0\) \[0x([0-9a-f]+)\] ([0-9a-f]{4}):([0-9a-f]+) ", re.M)
REGISTER = re.compile(rb"^r([a-d]x|[sd]i|[bsi]p): [0-9a-f]{8}_([0-9a-f]{8})", re.M)
EFLAGS = re.compile(rb"\beflags 0x([0-9a-f]+)")
CONTROL = re.compile(rb"\bCR([0234])=(?:page fault laddr=)?0x([0-9a-f]+)")
WORD = re.compile(rb">:\t0x([0-9a-f]{8})")

RESET_VECTOR = 0xFFFFFFF0
PAGING = 1 << 31  # CR0.PG
PRESENT, LARGE = 1, 1 << 7
PSE = 1 << 4  # CR4.PSE


@dataclass(frozen=True)
class Stop:
    """The machine stands still in front of an instruction."""

    tick: int
    address: int | None  # linear
    by_clock: bool  # a time breakpoint
    asked: bool  # after an interrupt of ours
    written: int | None = None  # the physical address of a write that was watched for


class EmulatorGone(Exception):
    """The emulator ended while an answer was expected."""


def registers_in(general: bytes, control: bytes) -> dict[str, int]:
    """From what `r` and `creg` print."""
    found = {
        f"e{name.decode()}": int(value, 16)
        for name, value in REGISTER.findall(general)
    }
    found |= {"eflags": int(value, 16) for value in EFLAGS.findall(general)}
    found |= {
        f"cr{number.decode()}": int(value, 16)
        for number, value in CONTROL.findall(control)
    }
    return found


class Debugger:
    """Speaks with one running Bochs."""

    def __init__(self, child: Child, watch: Callable[[], bool]) -> None:
        """watch  called often while the guest runs; True asks it to stop"""
        self.child = child
        self.watch = watch
        self._asked = secrets.randbits(30)  # the number behind the last answer
        self._queue: list[str] = []
        self._ahead = ""
        self._told: dict[str, bytes] = {}  # answers that hold while the machine stands still
        self._until(PROMPT.search, self._patiently)
        child.turn_to(COMMANDS, f"source {COMMANDS}", AWAKE)

    def _ask(self, lines: list[str], wait: Callable[[], None]) -> bytes:
        """What it says until it has done all this. Behind the last line it is asked for a
        number, which nobody knows before."""
        question, end = self._number()
        self.child.send("\n".join([*lines, question]))

        def ends(said: bytes) -> bool:
            return said == end or said.endswith(b"\n" + end)

        return self._until(ends, wait)[: -len(end)]

    def _number(self) -> tuple[str, bytes]:
        """A question, and the answer to it alone."""
        self._asked += 1
        return f"? {self._asked}", b"0x%x %d\n" % (self._asked, self._asked)

    def _until(self, ends: Callable[[bytes], object], wait: Callable[[], None]) -> bytes:
        """What it says until this is true of it."""
        said = b""
        while not ends(said):
            data = self.child.receive(POLL)
            if data == b"":
                raise EmulatorGone
            if data is None:
                wait()
                continue
            said += data
            if not ends(said):
                time.sleep(PIECES)
        return said

    def _patiently(self) -> None:
        self.child.look()

    def command(self, line: str) -> bytes:
        """One command that the guest's time stands still for."""
        told = self._told.get(line)
        return self._ask([line], self._patiently) if told is None else told

    def ahead(self, line: str) -> None:
        """A command that changes nothing, and will be given where the machine stops next:
        it goes there with the next `resume`, and costs no turn between two processes."""
        self._ahead = line

    def later(self, line: str) -> None:
        """A command to go before the next `resume`, whose answer nobody needs.

        Sent together they cost no turn each between two processes.
        """
        self._queue.append(line)

    def resume(self) -> Stop:
        """Lets the guest run until something stops it."""
        begun: float | None = None  # not asked for before there is time to wait
        asked = False

        def wait() -> None:
            nonlocal begun, asked
            self.child.look()
            now = self.child.cpu_seconds()
            begun = now if begun is None else begun
            if self.watch() and not asked or now > begun + ASK_AFTER:
                begun, asked = now, True
                self.child.interrupt()

        lines, self._queue = [*self._queue, GO_ON], []
        ahead, self._ahead = self._ahead, ""
        question, between = self._number()
        if ahead:
            # By its other name, behind which nothing is written out yet.
            lines += [question.replace("?", "calc"), ahead]
        answer = self._ask(lines, wait)
        self._told.clear()
        if ahead:
            answer, found, told = answer.partition(between)
            if found:
                self._told[ahead] = told
        self.child.look()
        return self._stop(answer, asked)

    def _stop(self, answer: bytes, asked: bool) -> Stop:
        ticks = STOP.search(answer)
        hit = HIT.search(answer)
        place = None if hit else PLACE.search(answer)
        if not ticks:
            raise GivenUp(f"an answer that says nothing: {shown(answer[-200:])}")
        address: int | None
        if hit:
            address = int(hit[1], 16)
        elif place and int(place[1], 16) == RESET_VECTOR and len(place[3]) == 4:
            address = RESET_VECTOR
        elif place:
            # All segments are flat in protected mode; before it nothing matters.
            address = int(place[3], 16)
        else:
            address = self.registers().get("eip")
        caught = b" Caught " in answer
        by_clock = caught and b"Caught time breakpoint" in answer
        written = WRITTEN.search(answer) if caught else None
        return Stop(
            int(ticks[1]), address, by_clock, asked, int(written[1], 16) if written else None
        )

    def registers(self) -> dict[str, int]:
        """Of the processor: eax to edi, eip, eflags, cr0, cr2, cr3, cr4."""
        return registers_in(self.command("r"), self.command("creg"))

    def physical_word(self, address: int) -> int | None:
        """A word of physical memory; None where the debugger cannot read it."""
        found = WORD.search(self.command(f"xp /1wx 0x{address:x}"))
        return int(found[1], 16) if found else None


class Memory:
    """The guest's memory as its own page tables show it, for reading.

    Done here, and not by the debugger's `x`, because it works after the reset
    that a triple fault causes too: memory is as it was, CR3 stands in the log.
    """

    def __init__(
        self,
        read: Callable[[int], int | None],
        registers: dict[str, int],
        megabytes: int,
    ) -> None:
        self._read = read
        self._registers = registers
        self._end = megabytes << 20
        self._known: dict[int, int | None] = {}

    def physical(self, address: int) -> int | None:
        """A word of RAM. Devices are left alone: reading may change them."""
        if address % 4 or not 0 <= address <= self._end - 4:
            return None
        if address not in self._known:
            self._known[address] = self._read(address)
        return self._known[address]

    def translate(self, address: int) -> int | None:
        """The physical address of a linear one."""
        if not self._registers.get("cr0", 0) & PAGING:
            return address
        directory = self._registers.get("cr3", 0) & ~0xFFF
        entry = self.physical(directory + (address >> 22) * 4)
        if entry is None or not entry & PRESENT:
            return None
        if entry & LARGE and self._registers.get("cr4", 0) & PSE:
            return entry & 0xFFC00000 | address & 0x003FFFFF
        entry = self.physical((entry & ~0xFFF) + (address >> 12 & 0x3FF) * 4)
        if entry is None or not entry & PRESENT:
            return None
        return entry & ~0xFFF | address & 0xFFF

    def word(self, address: int) -> int | None:
        """A word at a linear address; None where there is none."""
        if address % 4:
            return None
        place = self.translate(address)
        return None if place is None else self.physical(place)

    def frames(self) -> list[int]:
        """Where the processor is, then return addresses by the frame pointers."""
        found = [self._registers["eip"]] if "eip" in self._registers else []
        frame = self._registers.get("ebp", 0)
        while frame and len(found) <= FRAMES:
            above, back = self.word(frame), self.word(frame + 4)
            if not back:
                break
            found.append(back)
            # Stacks grow down: a chain that does not go up is none.
            if above is None or above <= frame:
                break
            frame = above
        return found


