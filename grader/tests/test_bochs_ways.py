# SPDX-License-Identifier: MIT
"""Who walks along with a test: where he has the machine stopped, and what he makes of the
stops. No emulator runs here."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from h4.bochs_debugger import Stop
from h4.bochs_ways import TOLD_APART, Walker, condition
from h4.snapshot import Call


class _Machine:
    """In place of debugger, eye, memory and watch."""

    def __init__(self, way: list[int], calls: Sequence[Call] = ()) -> None:
        self.lines: list[str] = []
        self.points, self.followed = way, calls
        self.passed, self.misses, self.skips = 0, list[int](), list[int]()
        self.memory = self

    def command(self, line: str) -> bytes:
        self.lines.append(line)
        address = int(self.lines[0].split()[1], 16)
        return b"  7 lbreakpoint    keep y   0x%016x \n" % address

    def later(self, line: str) -> None:
        self.lines.append(line)

    def now(self, address: int, size: int) -> bytes:
        return bytes(size)

    def way(self) -> list[int]:
        return list(self.points)

    def calls(self) -> list[Call]:
        return list(self.followed)

    def comes_by(self, read: object, machine: object) -> None:
        self.passed += 1

    def missed(self, point: int) -> None:
        self.misses.append(point)

    def skipped(self, back: int) -> None:
        self.skips.append(back)


def walks(machine: _Machine, *stops: int) -> Walker:
    """Begins a test, and stops at these places."""
    walker = Walker(machine, machine, machine)  # type: ignore[arg-type]
    walker.begins()
    for tick, address in enumerate(stops):
        assert walker.is_here(Stop(tick, address, False, False)), hex(address)
        walker.comes_by(Stop(tick, address, False, False))
    return walker


def test_points_are_reached_in_order() -> None:
    first, second = 0xC0000010, 0xC0000020
    machine = _Machine([first, second])
    walker = walks(machine)
    assert not walker.is_here(Stop(1, second, False, False))
    stop = Stop(2, first, True, False)  # the clock stopped it there
    assert walker.is_here(stop)
    walker.comes_by(stop)
    assert not walker.is_here(Stop(2, first, False, False))
    assert walker.is_here(Stop(3, second, False, False))
    walker.ends()
    assert machine.misses == [second] and machine.passed == 1
    assert machine.lines == [
        f"lb {first:#x}", "info break", "d 7", f"lb {second:#x}", "d 8",
    ]  # fmt: skip


POINT, CALL, BACK, LAST = 0xC0000010, 0xC0000020, 0xC0000025, 0xC0000040
# Where the test stops, and whether the call has been skipped by its end.
TURNS = [
    ((POINT, LAST), False),  # its turn did not come
    ((POINT, CALL, BACK, LAST), False),
    ((CALL, BACK, POINT, LAST), False),
    ((CALL, POINT, BACK, LAST), False),  # the point is in a function that is called
    ((POINT, CALL, LAST), True),
    ((POINT, CALL, CALL, LAST), True),
]


@pytest.mark.parametrize("stops, skipped", TURNS)
def test_a_call_comes_back_before_it_is_made_again(
    stops: tuple[int, ...], skipped: bool
) -> None:
    machine = _Machine([POINT, LAST], [Call(CALL, BACK, 2, 5)])
    walker = walks(machine, *stops)
    walker.ends()
    assert machine.misses == [] and machine.passed == 2
    assert machine.skips == [BACK] * skipped
    numbers = [7 + at for at, _ in enumerate([one for one in machine.lines if one[:2] == "lb"])]
    assert sorted(int(one[2:]) for one in machine.lines if one[0] == "d") == numbers
    assert not any(walker.is_here(Stop(99, at, False, False)) for at in (POINT, CALL, BACK))


def test_a_place_may_be_awaited_for_more_than_one_reason() -> None:
    machine = _Machine([BACK], [Call(CALL, BACK, 1, 5), Call(BACK, LAST, 1, 5)])
    walker = walks(machine, CALL, BACK)
    assert machine.passed == 1 and machine.skips == []
    walker.ends()
    assert machine.skips == [LAST]


@pytest.mark.parametrize("one_in", [2, 8, 64])
@pytest.mark.parametrize("state", [0, 1, 1 << 24, 3 << 24, 1 << 31, 0xDEADBEEF])
def test_no_state_is_followed_always_or_never(state: int, one_in: int) -> None:
    """A student's code has a say in what the registers are: whatever it makes of them, it
    depends on the key whether this turn is followed."""
    draw, followed, keys = random.Random(1), 0, 4096
    for _ in range(keys):
        words = condition(Call(0, 0, one_in, draw.randrange(1, 1 << 32, 2)))
        for at, name in reversed([*enumerate(TOLD_APART)]):
            words = words.replace(f"{name} ", f"{state if at == 0 else 0} ")
        followed += eval(words)
    assert keys / one_in / 2 < followed < keys / one_in * 2
