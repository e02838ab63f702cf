# SPDX-License-Identifier: MIT
"""The outside look: at each stop of the harness the machine itself is read, and its
answer stands where the guest says something else.

There are two kinds of findings. The harness may have been tampered with: then
nothing of the boot counts. Or it has not, and a test that it would have passed left
the machine in a state that it must not be in: that test has failed.

What remains possible is in grader/guest/README.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from h4.outside_between import careless, disturbed
from h4.outside_gates import mistaken, taken
from h4.outside_harness import Harness, Orders, fixed
from h4.outside_machine import (
    Baseline,
    after_start,
    bent,
    descriptors,
    renamed,
    task_wrong,
)
from h4.outside_ways import Ways
from h4.protocol import Transcript
from h4.snapshot import KERNEL_BASE, PAGE_SIZE, Call, Code, Judge, Moment, Snapshot
from h4.symbols import Image


# The dispatcher calls a test so many bytes behind where it has called for the stop, or
# less.
BESIDE = 16
# By these functions a check fails. Where the processor has their pages is asked for, and of
# so many other pages of the tests' and the harness's code.
FAILING = (
    "expect_number", "expect_hex", "expect_bool", "expect_result", "fail", "fail_values",
    "report_failure", "report_failure_at",
)  # fmt: skip
OTHER_PAGES = 2


@dataclass(frozen=True)
class Finding:
    """What was seen.

    test      its place in this boot, from 0 on; None: before the first began
    tampered  with the harness; otherwise the test has failed
    in_the_act  the machine still stands where it happened
    """

    test: int | None
    tampered: bool
    words: list[str]
    in_the_act: bool = False


class Outside:
    """Looks at one boot. It ends with the first finding."""

    def __init__(
        self,
        image: Image,
        orders: Orders,
        judges: Sequence[Judge] = (),
        ways: Ways | None = None,
    ) -> None:
        self.image = image
        self.judges = judges
        self.code = Code((image.address("harness_line"),))
        self.fixed = [(Code.physical(at), size) for at, size in fixed(image)]
        self.stack = image.address("boot_stack_bottom"), image.address("boot_stack_top")
        self.finding: Finding | None = None
        self.executed: list[int] = []
        self.ways = ways
        self._orders = orders
        self._lost: list[str] = []
        self._mistaken: list[str] = []  # what the running test has failed by, seen in between
        self._came_by, self._looked_at = 0, set[int]()  # points of the running test
        self._missed: int | None = None
        self._skipped: int | None = None
        self._way_back, self._called_from = 0, 0  # of the running test, see there
        self.ends: list[int] = []  # bytes on COM2 when each test had ended
        self.begun = 0
        self._harness = Harness(image, orders)
        self._baseline: Baseline | None = None
        self._lines, self._read = 0, 0

    def look(
        self,
        moment: Moment,
        machine: Callable[[], Snapshot],
        line: Callable[[int], bytes],
    ) -> bool:
        """See h4.snapshot.Watch."""
        new = line(self._read)
        self._read += len(new)
        self._lines += new.count(b"\n")
        seen = machine()
        if moment == Moment.END:
            self.finding = self._end(seen)
        else:
            self.finding = self._between(moment, seen)
        return self.finding is None

    def written(self, physical: int, behind: int) -> bool:
        """See h4.snapshot.Watch. That it was changed back later is of no use."""
        if self._harness.may_write(self.begun - 1, physical, behind):
            return True
        place = self.image.named(physical + KERNEL_BASE)
        words = [
            f"there was a write to {place}, which nobody may change while tests run; "
            f"the instruction is in front of {self.image.named(behind)}"
        ]
        self.finding = Finding(self.begun - 1, True, words, in_the_act=True)
        return False

    def is_watched(self) -> None:
        """See h4.snapshot.Watch."""
        self._harness.watched = True

    def way(self) -> list[int]:
        """See h4.snapshot.Watch."""
        if self.ways is None:
            return []
        number = self._orders.numbers[self.begun - 1]
        self._came_by, self._looked_at = 0, self.ways.looked_at(number)
        self._mistaken = []
        if self._looked_at:
            draw = random.Random(f"{self.ways.secret} {number} pages")
            self.executed = self._pages(draw)
        return self.ways.points(number)

    def _pages(self, draw: random.Random) -> list[int]:
        """Those of which the running test is asked, in between, where they are executed."""
        known = [self.image.addresses.get(name) for name in FAILING]
        begin, end = min(self.image.test_functions), self.image.code_end
        pages = range(begin & -PAGE_SIZE, end, PAGE_SIZE)
        others = draw.sample(pages, min(OTHER_PAGES, len(pages)))
        return sorted({*others, *(at & -PAGE_SIZE for at in known if at)})

    def comes_by(
        self, read: Callable[[int, int], bytes], machine: Callable[[], Snapshot]
    ) -> None:
        """See h4.snapshot.Watch. The test goes back to the dispatcher, if it does. And
        where all is as it has to be nobody comes between this point and the next call."""
        back = int.from_bytes(read(self._way_back, 4), "little")
        if not self._lost and not 0 < back - self._called_from <= BESIDE:
            self._lost = [
                "while the test ran its way back to the harness was changed: it leads "
                f"to {self.image.named(back)}"
            ]
        if not self._lost and self._came_by in self._looked_at:
            seen = machine()
            wrong = disturbed(seen, self.image)
            self._lost = [f"while the test ran: {one}" for one in wrong]
            self._mistaken = self._mistaken or careless(seen)
        self._came_by += 1

    def calls(self) -> list[Call]:
        """See h4.snapshot.Watch."""
        self._skipped = None
        number = self._orders.numbers[self.begun - 1]
        return self.ways.called(number) if self.ways else []

    def skipped(self, back: int) -> None:
        """See h4.snapshot.Watch."""
        self._skipped = back

    def missed(self, point: int) -> None:
        """See h4.snapshot.Watch. It is told if the test has not failed by itself."""
        self._missed = point

    def _left(self) -> list[str]:
        """How the test was left, if not by its way, in words."""
        if self._lost:
            return self._lost
        if self._skipped is not None:
            place = self.image.places([self._skipped])[0]
            return [
                "a call that the test made did not come back where it was made: the test "
                f"has gone on, and has not been in {place}"
            ]
        if self._missed is None:
            return []
        place = self.image.places([self._missed])[0]
        return [
            "the test has come to its end, but not by the way that it always takes: "
            f"it has not been in {place}"
        ]

    def _between(self, moment: Moment, machine: Snapshot) -> Finding | None:
        """Before a test or behind the last: all is as it was before the first."""
        before = self.begun - 1 if self.begun else None
        changed = self._harness.changed(moment, machine, self.begun, self._lines)
        if changed:
            return Finding(before, True, [changed])
        now = Baseline.of(machine)
        if self._baseline is None:
            self._baseline = now
            wrong = after_start(machine, self.image) + mistaken(machine, self.image)
            if wrong:
                return Finding(None, True, wrong)
        else:
            wrong = self._baseline.differs(now)
            if wrong:
                return Finding(before, False, contradicted(
                    "that the machine is as it was before the test", wrong
                ))  # fmt: skip
        if moment == Moment.BEGIN:
            self.begun += 1
            # The stop's own way back lies where that of the test will lie: the
            # dispatcher calls both without anything else between.
            self._way_back = Code.physical(machine.registers.get("ebp", 0) + 4)
            self._called_from = machine.word(self._way_back)
        return None

    def _end(self, machine: Snapshot) -> Finding | None:
        """A test has ended, and its fixtures have not tidied up yet. Only who attacks the
        harness leads the processor elsewhere, by segments, tasks or gates; what else is
        wrong in them is a mistake of this test's."""
        test = self.begun - 1
        if self._harness.failed(machine):
            return None  # it has failed, and says how
        changed = self._harness.changed(Moment.END, machine, test, self._lines)
        wrong = [*([changed] if changed else []), *self._left()]
        wrong = wrong or bent(machine) + descriptors(machine, self.image)
        wrong = wrong or taken(machine, self.image)
        if wrong:
            return Finding(test, True, wrong)
        self.ends.append(self._read)
        wrong = self._mistaken or renamed(machine)
        wrong += mistaken(machine, self.image) + task_wrong(machine, self.image)
        for judge in self.judges:
            wrong += judge(machine, self.image, test)
        if wrong:
            return Finding(test, False, contradicted("no mistake", wrong))
        return None

    def contradiction(self, script: Transcript) -> Finding | None:
        """A result on the line for which there was no test: each comes between the
        stop at the test's end and the next stop."""
        for at, run in enumerate(script.tests):
            if run.ok and (at >= len(self.ends) or run.result_at < self.ends[at]):
                return Finding(at, True, [
                    "the result `ok` came on the line before the harness had come to "
                    "the end of the test"
                ])  # fmt: skip
        return None


def contradicted(said: str, wrong: list[str]) -> list[str]:
    """The words for a test that the guest would have passed."""
    return [f"the guest reported {said}; in the machine, seen from outside:", *wrong]
