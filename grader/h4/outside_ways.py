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
from h4.control_flow import Function, Instruction, disassembled
from h4.kernel_calls import Calls
from h4.symbols import Image

ONE_IN = 2  # tests are asked for others than they always are
OTHERS = 1  # so many
LOOKED_AT_ONE_IN = 4  # tests, at one of their points
DEEPEST = 4  # calls of functions of a test's own file


class Way(NamedTuple):
    """What a test comes by, in the order in which it does so for the first time.

    points  addresses
    always  which of them are always asked for, by their place
    """

    points: list[int]
    always: list[int]


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
        sizes, own = image.function_sizes, image.own
        # Functions of other files are never followed: all of these are local.
        inside = _beside(own, image.test_functions)
        self.sizes = {address: sizes[address] for address in inside if address in sizes}
        self.calls = Calls(image, min(self.sizes, default=0))
        read = inside if tests is None else _beside(own, tests)
        self._begin = min(read & self.sizes.keys(), default=0)
        self._end = max((at + self.sizes[at] for at in read & self.sizes.keys()), default=0)
        self._instructions: list[Instruction] = []
        if self._begin < self._end:
            self._instructions = disassembled(image.path, self._begin, self._end)
        self._addresses = [one.address for one in self._instructions]
        self._functions: dict[int, Function] = {}
        self._known: dict[int, list[_Own]] = {}
        self._parts: dict[tuple[int, int], _Part] = {}  # by the depth too

    def way(self, test: int) -> Way:
        """Of the test whose function this is. The last point at which a call came back
        is always asked for; what follows on it is one where it need not be executed."""
        points, left = self._part(test, ())
        always = [at for at, point in enumerate(points) if point.innermost][-1:]
        if left and len(points) - 1 not in always:
            always.append(len(points) - 1)
        return Way([one.address for one in points], always)

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
            size = self.sizes.get(function, 0)
            if not size or self._begin <= function < function + size <= self._end:
                begin = bisect_left(self._addresses, function)
                end = bisect_left(self._addresses, function + size)
                code = self._instructions[begin:end]
            else:
                code = disassembled(self.image.path, function, function + size)
            self._functions[function] = Function(code)
        return self._functions[function]

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
        int(number): Way(*(list(map(int, part)) for part in one))
        for number, one in found.items()
    }


def _read(image: Image, numbers: list[str]) -> dict[str, Way]:
    functions = {number: image.test_functions[int(number)] for number in numbers}
    code = Code(image, functions.values())
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

    def points(self, number: int) -> list[int]:
        """Of the test with this number, in the order in which it comes by."""
        points, always = self.every[number]
        if self.all_of_them:
            return points
        draw = random.Random(f"{self.secret} {number}")
        others = sorted({*range(len(points))} - {*always})
        count = 0 if draw.randrange(ONE_IN) else min(OTHERS, len(others))
        return [points[at] for at in sorted([*always, *draw.sample(others, count)])]

    def looked_at(self, number: int) -> set[int]:
        """Of these points the places of those at which the whole machine is looked at."""
        places = range(len(self.points(number)))
        if self.all_of_them:
            return set(places)
        draw = random.Random(f"{self.secret} {number} look")
        return set() if draw.randrange(LOOKED_AT_ONE_IN) else {draw.choice(places)}
