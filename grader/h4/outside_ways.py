# SPDX-License-Identifier: MIT
"""Which points a test must have come by when it passes, as the linked kernel says.

Checks stand in a test's own code, so no call may take it past them. From that code
follows what it always executes on its way to its end (h4.control_flow). The grader has
the machine stopped at a few of these points (h4.bochs_ways): at the last one, and at
some before that nobody knows who has not the course's secret.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from pathlib import Path
from threading import Lock

from h4 import control_flow
from h4.beside_image import kept
from h4.control_flow import Instruction, always_passed, disassembled
from h4.symbols import Image

# A point stops the machine once. The last one of a test does so always; in one test of
# so many, some before it do.
ONE_IN = 2
LEAST_OTHERS, MOST_OTHERS = 1, 2
DEEPEST = 4  # calls of functions of a test's own file


class Code:
    """The code of all tests of one image, and what is always executed in it."""

    def __init__(self, image: Image) -> None:
        """Reads the code."""
        self.image = image
        sizes, own = image.function_sizes, image.own
        tests = set(image.test_functions)
        files = {file for (file, _), address in own.items() if address in tests}
        inside = {address for (file, _), address in own.items() if file in files}
        self.sizes = {address: sizes[address] for address in inside if address in sizes}
        self._instructions: list[Instruction] = []
        if self.sizes:
            end = max(address + size for address, size in self.sizes.items())
            self._instructions = disassembled(image.path, min(self.sizes), end)
        self._addresses = [one.address for one in self._instructions]
        self._known: dict[int, list[tuple[int, int | None]]] = {}

    def points(self, function: int, above: tuple[int, ...] = ()) -> list[int]:
        """Where this function of a test always comes by on its way to its end, in the
        order in which it does so for the first time: with the points of functions of
        its own file that it always calls. `above` are those that it was called by."""
        found: list[int] = []
        above = (*above, function)
        for address, called in self._own(function):
            found.append(address)
            if called in self.sizes and called not in above and len(above) < DEEPEST:
                found += self.points(called, above)
        return found

    def _own(self, function: int) -> list[tuple[int, int | None]]:
        """A function's own points, and what is called there. Each call is one, as checks
        are calls: what comes there executes it. Where checks may stand behind the last
        that are not always made, the beginning of the last block is one."""
        if function in self._known:
            return self._known[function]
        begin = bisect_left(self._addresses, function)
        end = bisect_left(self._addresses, function + self.sizes.get(function, 0))
        found: list[tuple[int, int | None]] = []
        block: list[tuple[int, int | None]] = []
        for step in always_passed(self._instructions[begin:end]):
            one = step.instruction
            if one.calls or step.leaves:
                found.append((one.address, one.target if one.calls else None))
                block = []
            elif step.begins:
                block = [(one.address, None)]
        self._known[function] = found + block
        return self._known[function]


_READING = Lock()  # two boots of one image come here at the same time
_HOW = Path(__file__).read_bytes() + Path(control_flow.__file__).read_bytes()


def points_of(image: Image) -> list[list[int]]:
    """Of each test, by its number. They are kept beside the image."""
    with _READING:
        found = kept(image, ".ways", _HOW, lambda: _from_code(image))
    return [list(map(int, one)) for one in found]


def _from_code(image: Image) -> list[list[int]]:
    code = Code(image)
    return [code.points(function) for function in image.test_functions]


class Ways:
    """Chooses the points of one boot."""

    def __init__(self, image: Image, secret: int) -> None:
        self.every = points_of(image)
        self.secret = secret

    def points(self, number: int) -> list[int]:
        """Of the test with this number, in the order in which it comes by."""
        *others, last = self.every[number] or [0]
        if not last:
            return []
        draw = random.Random(f"{self.secret} {number}")
        count = 0 if draw.randrange(ONE_IN) else draw.randint(LEAST_OTHERS, MOST_OTHERS)
        chosen = sorted(draw.sample(range(len(others)), min(count, len(others))))
        return [*(others[at] for at in chosen), last]
