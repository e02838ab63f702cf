# SPDX-License-Identifier: MIT
"""Which tests share a boot, and how a boot is told which tests are its own."""

from __future__ import annotations

from h4.manifest import Test


def test_list(numbers: list[int]) -> str:
    """`0-4.7`: the form in which the kernel's command line names tests."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ".".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)


# A boot costs as much as this many tests or more: fewer are not worth a second one.
TOGETHER = 64


def first_boots(tests: list[Test]) -> list[list[Test]]:
    """How a lab's tests begin: many of them by turns in two boots, since the dear
    ones stand side by side."""
    return [tests[0::2], tests[1::2]] if len(tests) > TOGETHER else [tests]


def halves(tests: list[Test]) -> list[list[Test]]:
    """Two lists, or as many as there are tests for."""
    middle = (len(tests) + 1) // 2
    return [half for half in (tests[:middle], tests[middle:]) if half]
