# SPDX-License-Identifier: MIT
"""What the tests of a linked kernel come by when they pass, as their code says.

From a test's code follows what it always executes on its way to its end (h4.control_flow).
Where a student's code may run, by a call, that is (h4.kernel_calls), points are where it
comes back. What is local to a test's file is read with it. Of other tests' files a test
calls little, by functions that are global: this is read when it is needed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from h4 import control_flow, kernel_calls, symbols
from h4.control_flow import RETURNS, Function, Instruction, disassembled
from h4.kernel_calls import Calls
from h4.symbols import Image

IRET = b"\xcf"
# Start a trial and await its end; start one; await its end. See <h4/system.h>.
TRIALS = ("system_run", "system_start", "system_until_end")
DEEPEST = 4  # calls of functions of a test's own file
HOW = b"".join(
    Path(file).read_bytes()
    for file in (__file__, control_flow.__file__, kernel_calls.__file__, symbols.__file__)
)  # the source of all that ways follow from, but for the image


class Made(NamedTuple):
    """A call's address, where it comes back, and whether it may be made again: in a loop,
    or in a function."""

    call: int
    back: int
    again: bool


class Way(NamedTuple):
    """What a test comes by, in the order in which it does so for the first time.

    points  addresses
    always  which of them are always asked for, by their place
    calls   that may lead into what a student has written, and may be made in more than
            one turn, or in none
    starts  where a program's trial is started, whose end is awaited; 0: nowhere, or not
            always, or more than once
    """

    points: list[int]
    always: list[int]
    calls: list[Made]
    starts: int = 0


class Point(NamedTuple):
    """back     an instruction to which a call comes back that may have led into what a
             student has written; otherwise it is the last call that a function makes,
             or what follows on it: checks, that is
    innermost  it comes back from no function of the test's own file that has such ones
    """

    address: int
    back: bool
    innermost: bool = False


class _Part(NamedTuple):
    """left  whether the function may be left by a call behind the innermost of its points
    that is last"""

    points: list[Point]
    left: bool


class _Own(NamedTuple):
    """A call that a function always makes, or what stands for checks at its end."""

    address: int
    calls: bool
    target: int | None = None
    behind: int = 0


class Code:
    """The code of tests of one image, and what is always executed in it."""

    def __init__(self, image: Image, tests: Iterable[int] | None = None) -> None:
        """Reads the code of the files that these functions are in, or of all tests."""
        self.image = image
        sizes = image.function_sizes
        every = _beside(image, image.test_functions) & sizes.keys()
        read = every if tests is None else _beside(image, tests) & sizes.keys()
        self.sizes = {address: sizes[address] for address in every}
        self._instructions: list[Instruction] = []
        if read:
            end = max(address + sizes[address] for address in read)
            self._instructions = disassembled(image.path, min(read), end)
        self._addresses = [one.address for one in self._instructions]
        self._functions: dict[int, Function] = {}
        self._elsewhere: dict[int, list[Instruction]] = {}
        self._unread = every - read
        self.calls = Calls(image, min(every, default=0), self._enters)
        self._known: dict[int, list[_Own]] = {}
        self._parts: dict[tuple[int, int], _Part] = {}  # by the depth too
        self._pointed_at = self._reentered(read)

    def way(self, test: int) -> Way:
        """Of the test whose function this is. The last point at which a call came back
        is always asked for; what follows on it is one where it need not be executed."""
        points, left = self._part(test, ())
        always = [at for at, point in enumerate(points) if point.innermost][-1:]
        if left and len(points) - 1 not in always:
            always.append(len(points) - 1)
        places = [one.address for one in points]
        calls = [one for one in self._made(test) if one.again or one.back not in places]
        return Way(places, always, calls, self._starts(test))

    def _starts(self, test: int) -> int:
        """See Way."""
        run, start, end = (self.image.addresses.get(name, -1) for name in TRIALS)
        function = self._function(test)
        always = [step.instruction for step in function.always_passed()]
        if not any(one.target in (run, end) for one in always):
            return 0
        again = {one.address for one, _, in_loop in function.calls() if in_loop}
        found = [one for one in self._code(test) if one.target in (run, start)]
        once = len(found) == 1 and found[0] in always and found[0].address not in again
        return found[0].address if once else 0

    def _made(self, test: int) -> list[Made]:
        """The innermost calls that a test may make, in functions of its own file that are
        not entered again meanwhile: whoever makes such a call comes back behind it before
        it is made again, and before the test's end."""
        found: list[Made] = []
        waiting, seen = [test], set(self._pointed_at)
        while waiting:
            function = waiting.pop()
            if function in seen:
                continue
            seen.add(function)
            for one, back, again in self._function(function).calls():
                if one.target in self.sizes and not self._enters(one.target):
                    waiting.append(one.target)
                elif self.calls.lead_out(one.target):
                    found.append(Made(one.address, back, again or function != test))
        return sorted(found)

    def _reentered(self, read: Iterable[int]) -> set[int]:
        """Of these functions those whose address stands somewhere, and what they call:
        others may call them back. Tests are in their table, for the dispatcher alone."""
        tests = set(self.image.test_functions)
        waiting = [one for one in read if one not in tests and self.image.holds(one)]
        found: set[int] = set()
        while waiting:
            function = waiting.pop()
            if function not in found:
                found.add(function)
                calls = [one.target for one in self._code(function) if one.calls]
                waiting += [one for one in calls if one in self.sizes]
        return found

    def _part(self, function: int, above: tuple[int, ...]) -> _Part:
        """The points of a function, with those of functions of its own file that it
        always calls. `above` are those that it was called by."""
        known = self._parts.get((function, len(above)))
        if known:
            return known
        points: list[Point] = []
        end: list[Point] = []  # what stands for the checks behind the last of them
        left = True
        above = (*above, function)
        for one in self._own(function):
            inner = _Part([], False)
            if one.target in self.sizes and one.target not in above:
                if one.calls and len(above) < DEEPEST:
                    inner = self._part(one.target, above)
            if one.calls and self.calls.lead_out(one.target):
                innermost = not any(point.innermost for point in inner.points)
                left = not innermost or self._may_leave(function, one.behind)
                points += [point for point in inner.points if point.back]
                points.append(Point(one.behind, True, innermost))
                end = []
            elif not points or points[-1].address != one.address:
                end = inner.points[-1:] or [Point(one.address, False)]
        part = self._parts[function, len(above) - 1] = _Part(points + end, left)
        return part

    def _may_leave(self, function: int, address: int) -> bool:
        """Whether a call of this function's, from this instruction of it on, may lead
        into what a student has written."""
        return any(
            one.calls and self.calls.lead_out(one.target)
            for one in self._function(function).reached_from(address)
        )

    def _function(self, function: int) -> Function:
        if function not in self._functions:
            self._functions[function] = Function(self._code(function))
        return self._functions[function]

    def _enters(self, function: int) -> bool:
        """Whether it goes to ring 3."""
        base, data = self.image.read_only
        begin = function - base
        if IRET not in data[begin : begin + self.sizes.get(function, 0)]:
            return False
        return any(one.name in RETURNS for one in self._code(function))

    def _code(self, function: int) -> list[Instruction]:
        if function in self._unread:
            if function not in self._elsewhere:
                end = function + self.sizes[function]
                self._elsewhere[function] = disassembled(self.image.path, function, end)
            return self._elsewhere[function]
        begin = bisect_left(self._addresses, function)
        end = bisect_left(self._addresses, function + self.sizes.get(function, 0))
        return self._instructions[begin:end]

    def _own(self, function: int) -> list[_Own]:
        """In order. What stands for checks is a jump that leaves the function, and, as
        there may be some behind the last call, the beginning of the last block."""
        if function in self._known:
            return self._known[function]
        found: list[_Own] = []
        block: list[_Own] = []
        for step in self._function(function).always_passed():
            one = step.instruction
            if one.calls or step.leaves:
                found.append(_Own(one.address, one.calls, one.target, step.behind))
                block = []
            elif step.begins:
                block = [_Own(one.address, False)]
        self._known[function] = found + block
        return self._known[function]


def _beside(image: Image, functions: Iterable[int]) -> set[int]:
    """The addresses of all that is local to the files in which these functions are."""
    wanted = set(functions)
    files = {file for (file, _), address in image.own.items() if address in wanted}
    return {address for (file, _), address in image.own.items() if file in files}
