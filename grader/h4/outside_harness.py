# SPDX-License-Identifier: MIT
"""Whether the harness is still what was linked, seen from outside: its code and
constants, where they are mapped, the data that decide, and the way back to it.

The forms of the data are those of grader/guest/harness.h.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from h4.outside_machine import NOT_USED
from h4.protocol import shown
from h4.snapshot import PAGE_SIZE, PRESENT, Code, Moment, Snapshot
from h4.symbols import Image

LINE = struct.Struct("<40sI")  # struct harness_line
PLAN = struct.Struct("<I1000s")  # struct harness_plan
RUNNING = struct.Struct("<4B3I")  # struct harness_running
PAIR = struct.Struct("<II")

CALL = 0xE8  # call, with a distance of four bytes behind it
DISPATCHER = ("dispatch.c", {"harness_main"})
REPORT = ("report.c", {"report_failure", "report_trap", "report_panic"})
OBSERVERS = {
    ("fault.c", "trap_observer"): "report_trap",
    ("panic.c", "panic_observer"): "report_panic",
}
LARGE_PAGE = 1 << 7
# struct own_trials, of students' own tests, and who may write to it.
TRIALS, TRIALS_SIZE = "own_trials", 2
TRIES = ("own.c", {"own_accepts", "own_finds"})

NONCE_SIZE = 40


def fixed(image: Image) -> list[tuple[int, int]]:
    """Linear address and size of what is the same from the first test on. Each of them an
    emulator asks for at each write, so kernel.ld has put together what belongs to it: the
    kernel's IDT, on which the harness lives, the observers, the plan, and the nonce."""
    begin, last = image.constants
    data, nonce = image.address("kernel_set_once"), image.address("harness_line")
    return [(begin, last + 1 - begin), (data, nonce + NONCE_SIZE - data)]


@dataclass(frozen=True)
class Orders:
    """What the harness was told on the command line."""

    nonce: str
    seed: int
    tests: str  # the list as it stands there
    numbers: list[int]  # the tests by their place, in order
    own: frozenset[int] = frozenset()  # which of them, from 0 on, try a test of a student's


@dataclass
class Harness:
    """What of it does not change during one boot is taken when the first test
    begins."""

    image: Image
    orders: Orders
    callers: bytes = b""  # the stack above the dispatcher's frame
    frame: int = 0  # the dispatcher's
    lines: int = 0  # sent when the running test began
    mapped: int = 0  # the image's entries, but for use, when they were found to be right
    plan: bytes = b""  # struct harness_plan, when it was found to be right
    watched: bool = False  # whether the emulator stops at writes to what is fixed
    due: bytes = b""  # code and constants, with the rest of their page
    _functions: dict[tuple[str, frozenset[str]], set[int]] = field(default_factory=dict)

    def changed(
        self, moment: Moment, machine: Snapshot, test: int, lines: int
    ) -> str | None:
        """What is not as the harness has it, in words; None if all is.

        test   the place of the running test in this boot, from 0 on
        lines  that have come on COM2
        """
        # Where the processor's writes are seen as they happen, only a device can have
        # changed this between two tests, which the end of the next shows as well; where
        # it is mapped to the baseline says.
        known = moment == Moment.BEGIN and self.watched and test > 0
        return (
            (None if known else self._fixed(moment, machine, test))
            or self._state(moment, machine, test, lines)
            or self._way_back(moment, machine, test)
        )

    def _fixed(self, moment: Moment, machine: Snapshot, test: int) -> str | None:
        return (
            self._moved(machine)
            or self._code(machine, moment == Moment.BEGIN and test == 0)
            or self._orders(machine)
            or self._observers(machine)
            or self._trials(moment, machine, test)
        )

    def _word(self, machine: Snapshot, name: str) -> int:
        return machine.word(Code.physical(self.image.address(name)))

    def _moved(self, machine: Snapshot) -> str | None:
        """Each page of the image lies where the loader has put it, but for the guard
        page, where nothing is."""
        begin = self.image.address("kernel_image_begin")
        end = self.image.address("kernel_image_end")
        guard = self.image.address("boot_stack_guard")
        directory = machine.registers.get("cr3", 0) & ~0xFFF
        entry = machine.word(directory + (begin >> 22) * 4)
        if entry & PRESENT and entry & LARGE_PAGE:
            return None if not entry >> 22 else f"{begin:#x} is mapped elsewhere"
        table = machine.read(entry & ~0xFFF, 4096) if entry & PRESENT else b""
        first, last = begin >> 12 & 0x3FF, (end - 1) >> 12 & 0x3FF
        part = table[4 * first : 4 * (last + 1)]
        kept = int.from_bytes(part, "little") & NOT_USED
        if part and kept == self.mapped:
            return None
        entries = struct.unpack(f"<{len(part) // 4}I", part)
        if len(entries) != last + 1 - first:
            return "nothing is mapped where the kernel is"
        for at, found in enumerate(entries):
            page = begin + at * PAGE_SIZE
            due = Code.physical(page)
            if page == guard or found & PRESENT and found & ~0xFFF == due:
                continue
            what = f"0x{found & ~0xFFF:08x}" if found & PRESENT else "nothing"
            return (
                f"the page at {self.image.named(page)} is mapped to {what}; "
                f"the kernel is at 0x{due:08x}"
            )
        self.mapped = kept
        return None

    def _code(self, machine: Snapshot, first: bool) -> str | None:
        """Code and constants are those of the file that was linked."""
        begin, due = self.image.read_only
        whole = self.image.constants[1] + 1 - begin
        found = machine.read(Code.physical(begin), whole)
        if first:
            self.due = due + found[len(due) :]
        due = self.due
        if found == due:
            return None
        at = next((i for i, (a, b) in enumerate(zip(found, due)) if a != b), 0)
        return (
            "the kernel's code and constants are not what was linked: at "
            f"{self.image.named(begin + at)} there were {due[at : at + 8].hex(' ')}, "
            f"now there are {found[at : at + 8].hex(' ')}"
        )

    def _orders(self, machine: Snapshot) -> str | None:
        """Nonce, seed and tests are those of the command line."""
        raw = machine.read(
            Code.physical(self.image.address("harness_plan")), PLAN.size
        )
        nonce, _ = self._line(machine)
        if raw == self.plan and nonce == self.orders.nonce.encode():
            return None
        seed, tests = PLAN.unpack(raw)
        text = tests.split(b"\0")[0]
        if text != self.orders.tests.encode():
            return (
                f"the harness was told to run the tests {self.orders.tests}, "
                f"its memory says: {shown(text)}"
            )
        if seed != self.orders.seed:
            return f"the harness's seed is {seed}, it was told {self.orders.seed}"
        if nonce != self.orders.nonce.encode():
            return (
                f"the harness's nonce is {shown(nonce)}, it was told "
                f"{self.orders.nonce}"
            )
        self.plan = raw
        return None

    def _line(self, machine: Snapshot) -> tuple[bytes, int]:
        """Nonce, and number of the last line."""
        at = Code.physical(self.image.address("harness_line"))
        nonce, number = LINE.unpack(machine.read(at, LINE.size))
        return nonce.split(b"\0")[0], number

    def _observers(self, machine: Snapshot) -> str | None:
        """Traps and panics are reported by the harness."""
        for where, function in OBSERVERS.items():
            place = self.image.own.get(where)
            due = self.image.addresses.get(function)
            if place is None or due is None:
                continue
            found = machine.word(Code.physical(place))
            if found != due:
                return (
                    f"{where[1]} is {self.image.named(found)}; the harness has set "
                    f"it to {function}"
                )
        return None

    def _trials(self, moment: Moment, machine: Snapshot, test: int) -> str | None:
        """A test that fails never goes on, but one of a student's on trial; and who tries
        one has come to a judgement."""
        place = self.image.addresses.get(TRIALS)
        if place is None:
            return None
        running, judged = machine.read(Code.physical(place), TRIALS_SIZE)
        if running:
            return f"{TRIALS} says that a test is on trial: if it failed it would go on"
        if moment == Moment.END and test in self.orders.own and not judged:
            return f"{TRIALS} says that your test has not come back from each of its trials"
        return None

    def may_write(self, test: int, physical: int, behind: int) -> bool:
        """Whether the running test is one that has trials, and this was the harness."""
        place = self.image.addresses.get(TRIALS)
        return (
            place is not None
            and 0 <= physical - Code.physical(place) < TRIALS_SIZE
            and test in self.orders.own
            and self.is_in(behind, TRIES)
        )

    def _state(
        self, moment: Moment, machine: Snapshot, test: int, lines: int
    ) -> str | None:
        """Which test runs, and how many lines were sent."""
        at = Code.physical(self.image.address("harness_running"))
        fields = RUNNING.unpack(machine.read(at, RUNNING.size))
        begun, counted, failing, debug, number, index, frame = fields
        sent = self._line(machine)[1]
        if moment == Moment.BEGIN and test == 0:
            self.frame = frame
        if moment == Moment.OVER:
            due = (0, 1, 0, 0, test, self.orders.numbers[test - 1], self.frame)
        else:
            ended = int(moment == Moment.END)
            due = (
                1, ended, 0, 0, test + 1, self.orders.numbers[test], self.frame,
            )  # fmt: skip
        if fields != due:
            return (
                f"the harness's record of the running test is {fields}, "
                f"and should be {due}"
            )
        # Before a test begins all lines have left the machine.
        if moment != Moment.END and sent != lines:
            return f"the harness has sent {sent} lines, and {lines} have come"
        if moment == Moment.END and sent < self.lines:
            return f"the harness had sent {self.lines} lines, now it says {sent}"
        self.lines = sent
        return None

    def _way_back(self, moment: Moment, machine: Snapshot, test: int) -> str | None:
        """From where the harness is stopped it goes back to the dispatcher, from
        there to where the dispatcher came from."""
        registers = machine.registers
        stack = self.image.address("boot_stack_bottom")
        top = self.image.address("boot_stack_top")
        base = registers.get("ebp", 0)
        if not stack <= registers.get("esp", 0) <= base <= top - 8:
            return (
                f"the stack pointer is 0x{registers.get('esp', 0):08x}: not on the "
                "kernel's stack"
            )
        above, back = PAIR.unpack(machine.read(Code.physical(base), PAIR.size))
        if not self._calls(back, moment) or (
            above != self.frame and moment != Moment.OVER
        ):
            return (
                "the harness's stop was not reached from the dispatcher of tests: it "
                f"goes back to {self.image.named(back)}"
            )
        if stack <= self.frame < top:
            place = Code.physical(self.frame)
            callers = machine.read(place, top - self.frame)
            if moment == Moment.BEGIN and test == 0:
                self.callers = callers
            if callers != self.callers:
                return "the stack of the harness above the test is not what it was"
        return None

    def _calls(self, back: int, moment: Moment) -> bool:
        """Whether a return address is behind the dispatcher's call."""
        called = "harness_test_end" if moment == Moment.END else "harness_test_begin"
        begin, code = self.image.read_only
        at = back - 5 - begin
        if not 0 <= at < len(code) - 5 or code[at] != CALL:
            return False
        distance = int.from_bytes(code[at + 1 : at + 5], "little")
        target = back + distance & 0xFFFFFFFF
        return target == self.image.address(called) and self.is_in(back, DISPATCHER)

    def is_in(self, address: int, part: tuple[str, set[str]]) -> bool:
        """Whether this is in the code of a file of the harness: in one of its own
        functions, or in one of these that others know too."""
        file, names = part
        known = self._functions.get((file, frozenset(names)))
        if known is None:
            known = {at for (of, _), at in self.image.own.items() if of == file}
            known |= {self.image.addresses.get(name, -1) for name in names}
            self._functions[file, frozenset(names)] = known
        return self.image.function_begin(address) in known

    def failed(self, machine: Snapshot) -> bool:
        """Whether a test's end is reached from the report of its failure."""
        base = machine.registers.get("ebp", 0)
        back = machine.word(Code.physical(base) + 4)
        return self.is_in(back, REPORT)
