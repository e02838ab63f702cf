# SPDX-License-Identifier: MIT
"""Which points a test must have come by when it passes, as the linked kernel says.

Checks stand in a test's own code, so no call may take it past them. From that code
follows what it always executes on its way to its end (h4.control_flow). Where a student's
code may run, by a call, that is, points are where it comes back: what is executed from
there to the next such call nobody can change, as no one else runs. The grader has the
machine stopped at a few of these points (h4.bochs_ways): at the last one, and at some
before that nobody knows who has not the course's secret. Of a trial that a program runs
for the test the same is asked (h4.trial_ways).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from h4 import ways_in_code
from h4.beside_image import kept_parts
from h4.snapshot import KERNEL_BASE, Call
from h4.symbols import Image, Place
from h4.trial_ways import Trials
from h4.ways_in_code import Code, Made, Way

ONE_IN = 2  # tests are asked for others than they always are
OTHERS = 1  # so many
CALLS = 1  # so many of a test's are followed
SUSPECTED = 4  # so many where all of them are asked for
TURNS = (2, 4, 8, 64)  # a call that may be made again is followed in one of so many
LOOKED_AT_ONE_IN = 4  # tests, at one of their points

_READING = Lock()  # two boots of one image come here at the same time
_HOW = Path(__file__).read_bytes() + ways_in_code.HOW


def ways_of(image: Image, numbers: Iterable[int] | None = None) -> dict[int, Way]:
    """Of each test, or those with these numbers. They are kept beside the image."""
    wanted = range(len(image.tests)) if numbers is None else numbers
    with _READING:
        found = kept_parts(
            image, ".ways", _HOW, list(map(str, wanted)), lambda new: _read(image, new)
        )
    return {
        int(number): Way(points, always, [Made(*call) for call in calls], starts)
        for number, (points, always, calls, starts) in found.items()
    }


def _read(image: Image, numbers: list[str]) -> dict[str, Way]:
    functions = {number: image.test_functions[int(number)] for number in numbers}
    code = Code(image, functions.values())
    return {number: code.way(function) for number, function in functions.items()}


class Drawn(NamedTuple):
    """What one test is asked for; see Ways."""

    points: list[int]
    calls: list[Call]
    looked_at: set[int]


class Ways:
    """Chooses the points of one boot, and where the machine is looked at."""

    def __init__(
        self, image: Image, secret: int, all_of_them: bool = False,
        numbers: Iterable[int] | None = None, programs: Sequence[tuple[str, Path]] = (),
    ) -> None:  # fmt: skip
        """all_of_them  of points and looks, whatever the secret is
        numbers      of the tests that the boot has; all, unless told
        programs     by name, that run trials for tests of their names
        """
        self.every = ways_of(image, numbers)
        self.names = image.tests
        self.trials = Trials(programs)
        self.secret = secret
        self.all_of_them = all_of_them
        self._drawn: dict[int, Drawn] = {}

    def points(self, number: int) -> list[int]:
        """Of the test with this number, in the order in which it comes by."""
        return self._of(number).points

    def called(self, number: int) -> list[Call]:
        """The calls in it that are followed. By the one that starts its trial it is seen
        whether that comes by its points: each is followed to one of them."""
        return self._of(number).calls

    def left_out(self, number: int, back: int) -> Place | None:
        """Where this is in the test's trial; None: it is in no program."""
        is_there = back < KERNEL_BASE
        return self.trials.place(back, self.names[number]) if is_there else None

    def looked_at(self, number: int) -> set[int]:
        """Of these points the places of those at which the whole machine is looked at."""
        return self._of(number).looked_at

    def _of(self, number: int) -> Drawn:
        if number not in self._drawn:
            draw = random.Random(f"{self.secret} {number}")
            way = self.every[number]
            drawn = _all_of(way, draw) if self.all_of_them else _some_of(way, draw)
            points = self.trials.points(self.names[number]) if way.starts else []
            if points:
                asked = [points[-1], *self._others(points[:-1], draw)]
                drawn.calls.extend(Call(way.starts, point, 1, 1) for point in asked)
            self._drawn[number] = drawn
        return self._drawn[number]

    def _others(self, points: list[int], draw: random.Random) -> list[int]:
        """Never many: all of them are awaited at the same time, and Bochs has 16
        breakpoints."""
        count = SUSPECTED if self.all_of_them else 0 if draw.randrange(ONE_IN) else OTHERS
        return draw.sample(points, min(count, SUSPECTED, len(points)))


def _all_of(way: Way, draw: random.Random) -> Drawn:
    calls = _followed(way, SUSPECTED, draw)
    return Drawn(way.points, calls, set(range(len(way.points))))


def _some_of(way: Way, draw: random.Random) -> Drawn:
    others = sorted({*range(len(way.points))} - {*way.always})
    count = 0 if draw.randrange(ONE_IN) else min(OTHERS, len(others))
    points = [way.points[at] for at in sorted([*way.always, *draw.sample(others, count)])]
    calls = _followed(way, CALLS, draw)
    is_looked_at = not draw.randrange(LOOKED_AT_ONE_IN)
    return Drawn(points, calls, {draw.randrange(len(points))} if is_looked_at else set())


def _followed(way: Way, count: int, draw: random.Random) -> list[Call]:
    return [
        Call(one.call, one.back, draw.choice(TURNS) if one.again else 1,
             draw.randrange(1, 1 << 32, 2))
        for one in draw.sample(way.calls, min(count, len(way.calls)))
    ]  # fmt: skip
