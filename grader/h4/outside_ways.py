# SPDX-License-Identifier: MIT
"""Which points a test must have come by when it passes, as the linked kernel says.

Checks stand in a test's own code, so no call may take it past them. From that code
follows what it always executes on its way to its end (h4.control_flow). Where a student's
code may run, by a call, that is, points are where it comes back: what is executed from
there to the next such call nobody can change, as no one else runs. The grader has the
machine stopped at a few of these points (h4.bochs_ways): at the last one, and at some
before that nobody knows who has not the course's secret.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from h4 import control_flow, kernel_calls
from h4.beside_image import kept_parts
from h4.control_flow import (
    RETURNS,
    Instruction,
    always_passed,
    calls_in,
    disassembled,
    reached_from,
)
from h4.kernel_calls import Calls
from h4.snapshot import Call
from h4.symbols import Image

ONE_IN = 2  # tests are asked for others than they always are
OTHERS = 1  # so many
CALLED_ONE_IN = 4  # tests have a call of theirs followed
CALLS = 1  # so many
SUSPECTED = 4  # so many where all of them are asked for
TURNS = (2, 4, 8, 64)  # a call that may be made again is followed in one of so many
LOOKED_AT_ONE_IN = 4  # tests, at one of their points
DEEPEST = 4  # calls of functions of a test's own file


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
    """

    points: list[int]
    always: list[int]
    calls: list[Made]


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


class _Elsewhere(Exception):
    """A test calls what is local to a file that was not read: a student's file can name
    functions so that this seems to be the case."""


class Code:
    """The code of tests of one image, and what is always executed in it."""

    def __init__(self, image: Image, tests: Iterable[int] | None = None) -> None:
        """Reads the code of the files that these functions are in, or of all tests."""
        self.image = image
        sizes, own = image.function_sizes, image.own
        inside = _beside(own, image.test_functions)
        self.sizes = {address: sizes[address] for address in inside if address in sizes}
        read = self.sizes.keys() & (inside if tests is None else _beside(own, tests))
        self._instructions: list[Instruction] = []
        if read:
            end = max(address + sizes[address] for address in read)
            self._instructions = disassembled(image.path, min(read), end)
        self._addresses = [one.address for one in self._instructions]
        self._unread = self.sizes.keys() - read
        self.calls = Calls(image, min(self.sizes, default=0), self._enters)
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
        return Way(places, always, calls)

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
            for one, back, again in calls_in(self._code(function)):
                if one.target in self.sizes and not self._enters(one.target):
                    waiting.append(one.target)
                elif self.calls.lead_out(one.target):
                    found.append(Made(one.address, back, again or function != test))
        return sorted(found)

    def _reentered(self, read: Iterable[int]) -> set[int]:
        """Functions of these whose address stands somewhere, and what these call: others may call
        them back. Tests are in their table, for the dispatcher alone."""
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
            for one in reached_from(self._code(function), address)
        )

    def _enters(self, function: int) -> bool:
        """Whether it goes to ring 3."""
        return any(one.name in RETURNS for one in self._code(function))

    def _code(self, function: int) -> list[Instruction]:
        if function in self._unread:
            raise _Elsewhere
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
        for step in always_passed(self._code(function)):
            one = step.instruction
            if one.calls or step.leaves:
                found.append(_Own(one.address, one.calls, one.target, step.behind))
                block = []
            elif step.begins:
                block = [_Own(one.address, False)]
        self._known[function] = found + block
        return self._known[function]


def _beside(own: Mapping[tuple[str, str], int], functions: Iterable[int]) -> set[int]:
    """The addresses of all that is local to the files in which these functions are."""
    wanted = set(functions)
    files = {file for (file, _), address in own.items() if address in wanted}
    return {address for (file, _), address in own.items() if file in files}


_READING = Lock()  # two boots of one image come here at the same time
_HOW = b"".join(
    Path(file).read_bytes()
    for file in (__file__, control_flow.__file__, kernel_calls.__file__)
)


def ways_of(image: Image, numbers: Iterable[int] | None = None) -> dict[int, Way]:
    """Of each test, or those with these numbers. They are kept beside the image."""
    wanted = range(len(image.tests)) if numbers is None else numbers
    with _READING:
        found = kept_parts(
            image, ".ways", _HOW, list(map(str, wanted)), lambda new: _read(image, new)
        )
    return {
        int(number): Way(points, always, [Made(*call) for call in calls])
        for number, (points, always, calls) in found.items()
    }


def _read(image: Image, numbers: list[str]) -> dict[str, Way]:
    functions = {number: image.test_functions[int(number)] for number in numbers}
    try:
        code = Code(image, functions.values())
        return {number: code.way(function) for number, function in functions.items()}
    except _Elsewhere:
        code = Code(image)
        return {number: code.way(function) for number, function in functions.items()}


class Ways:
    """Chooses the points of one boot, and where the machine is looked at."""

    def __init__(
        self, image: Image, secret: int, all_of_them: bool = False,
        numbers: Iterable[int] | None = None,
    ) -> None:  # fmt: skip
        """all_of_them  of points and looks, whatever the secret is
        numbers      of the tests that the boot has; all, unless told
        """
        self.every = ways_of(image, numbers)
        self.secret = secret
        self.all_of_them = all_of_them
        self._drawn: dict[int, list[int]] = {}

    def points(self, number: int) -> list[int]:
        """Of the test with this number, in the order in which it comes by."""
        if number not in self._drawn:
            self._drawn[number] = self._draw(number)
        return self._drawn[number]

    def _draw(self, number: int) -> list[int]:
        points, always, _ = self.every[number]
        if self.all_of_them:
            return points
        draw = random.Random(f"{self.secret} {number}")
        others = sorted({*range(len(points))} - {*always})
        count = 0 if draw.randrange(ONE_IN) else min(OTHERS, len(others))
        return [points[at] for at in sorted([*always, *draw.sample(others, count)])]

    def called(self, number: int) -> list[Call]:
        """The calls in it that are followed."""
        calls = self.every[number].calls
        draw = random.Random(f"{self.secret} {number} call")
        count = 0 if draw.randrange(CALLED_ONE_IN) else CALLS
        if self.all_of_them:
            count = SUSPECTED
        return [
            Call(one.call, one.back, draw.choice(TURNS) if one.again else 1,
                 draw.randrange(1, 1 << 32, 2))
            for one in draw.sample(calls, min(count, len(calls)))
        ]  # fmt: skip

    def looked_at(self, number: int) -> set[int]:
        """Of these points the places of those at which the whole machine is looked at."""
        places = range(len(self.points(number)))
        if self.all_of_them:
            return set(places)
        draw = random.Random(f"{self.secret} {number} look")
        return set() if draw.randrange(LOOKED_AT_ONE_IN) else {draw.choice(places)}
