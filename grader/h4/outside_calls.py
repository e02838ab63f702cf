# SPDX-License-Identifier: MIT
"""Which calls a test makes of what a student has written, as the linked kernel says.

A test's verdict rests on the checks behind such calls, so a function has to come back
from where it was called. The grader follows some calls of each test (h4.bochs_calls).
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from h4.course import Course
from h4.manifest import Lab
from h4.symbols import Image

CALL = 0xE8  # call, with a distance of four bytes behind it
CALL_SIZE = 5


# Following a call stops the machine twice. In most tests one call is followed; in one of
# so many, more: which, nobody knows who has not the course's secret.
ONE_IN = 4
MOST_FUNCTIONS = 4
MOST_CALLS = 3  # of each of them


class Calls:
    """Of one image."""

    def __init__(
        self,
        image: Image,
        written: Collection[str],
        own: Mapping[str, Collection[str]],
        secret: int,
    ) -> None:
        """written  names of the functions that students write
        own      those of a test's own exercise, by its name"""
        self.image = image
        self.own = own
        self.secret = secret
        self.written = {
            image.addresses[name]: name for name in written if name in image.addresses
        }
        self._called: dict[int, list[int]] = {}

    def followed(self, number: int) -> dict[int, int]:
        """Of this test: the functions whose first calls are followed, and how many."""
        draw = random.Random(f"{self.secret} {number}")
        called = self.of_test(number)
        if not draw.randrange(ONE_IN):
            some = draw.sample(called, min(len(called), MOST_FUNCTIONS))
            return dict.fromkeys(some, MOST_CALLS)
        names = self.own.get(self.image.tests[number], ())
        own = [one for one in called if self.written[one] in names] or called
        return {draw.choice(own): 1} if own else {}

    @cached_property
    def _course(self) -> tuple[int, int]:
        """Tests, their fixtures and the harness are linked behind all else: from where,
        to where."""
        sizes, own = self.image.function_sizes, self.image.own
        tests = set(self.image.test_functions)
        files = {file for (file, _), address in own.items() if address in tests}
        begin = min(
            address for (file, _), address in own.items()
            if file in files and address in sizes
        )  # fmt: skip
        return begin, max(at + size for at, size in sizes.items())

    def by_the_course(self, address: int) -> bool:
        """Whether what is called from here is called by a test, by a fixture or by the
        harness."""
        begin, end = self._course
        return begin <= address <= end

    def of_test(self, number: int) -> list[int]:
        """The students' functions that a test calls, by itself or by its fixtures."""
        found: set[int] = set()
        seen: set[int] = set()
        waiting = [self.image.test_functions[number]]
        begin, end = self._course
        while waiting:
            function = waiting.pop()
            if function in seen:
                continue
            seen.add(function)
            for called in self._called_by(function):
                if called in self.written:
                    found.add(called)
                elif begin <= called < end:
                    waiting.append(called)
        return [address for address in self.written if address in found]

    def _called_by(self, function: int) -> Sequence[int]:
        """What looks like a call of a function's beginning, and so is one."""
        known = self._called.get(function)
        if known is not None:
            return known
        begin, code = self.image.read_only
        size = self.image.function_sizes[function]
        body = code[function - begin : function - begin + size]
        found = []
        at = body.find(CALL)
        while 0 <= at <= len(body) - CALL_SIZE:
            distance = int.from_bytes(body[at + 1 : at + CALL_SIZE], "little")
            target = function + at + CALL_SIZE + distance & 0xFFFFFFFF
            if target in self.image.function_sizes:
                found.append(target)
            at = body.find(CALL, at + 1)
        self._called[function] = found
        return found


def calls_of(image: Image, course: Course, lab: Lab, secret: int) -> Calls:
    """Of a stage of this lab."""
    functions = {one.id: one.functions for one in course.manifest.exercises}
    own = {test.name: functions[test.exercise] for test in lab.tests}
    return Calls(image, course.functions, own, secret)
