# SPDX-License-Identifier: MIT
"""What a function always executes, from its machine code; and that tests are asked for
some of it."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from h4 import outside_ways
from h4.bochs_debugger import Stop
from h4.bochs_ways import Walker
from h4.control_flow import _on_every_way, always_passed, disassembled
from h4.course import Course
from h4.endings import PASS
from h4.outside_ways import Ways, points_of
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests

OTHERS = 8  # in place of a few: at each the machine stops

# In each, the numbers of the instructions that are always executed.
CODE = {
    "nop\n nop\n ret": [0, 1, 2],
    "test %eax, %eax\n jne 1f\n nop\n 1: nop\n ret": [0, 1, 3, 4],
    "1: nop\n dec %ecx\n jne 1b\n ret": [0, 1, 2, 3],
    "jecxz 2f\n 1: nop\n loop 1b\n 2: ret": [0, 3],
    "jne 1f\n ret\n 1: nop\n ret": [0],
    "jne 1f\n nop\n jmp 2f\n 1: nop\n 2: nop\n repz ret": [0, 4, 5],
    "jne 1f\n nop\n ret\n 1: call 0": [0, 1, 2],  # the last call does not come back
    "jne 1f\n nop\n ret\n 1: ud2": [0, 1, 2],
    "nop\n jne 0\n nop\n ret": [0, 1],  # a jump out of the function is an end of it
    "nop\n jmp 0": [0, 1],
    "nop\n jmp *%eax\n nop\n nop\n ret": [0, 1],
    "notrack jmp *table(,%eax,4)\n nop\n ret": [0],
    "1: jmp 1b": [],
    "rep stosl\n lock incl 4(%eax)\n ret": [0, 1, 2],
}


@pytest.mark.parametrize("code", CODE)
def test_what_is_always_executed(code: str, tmp_path: Path) -> None:
    source, built = tmp_path / "code.s", tmp_path / "code.o"
    source.write_text(f"nop\n nop\n{code}\n")
    subprocess.run(["as", "--32", source, "-o", built], check=True)
    instructions = disassembled(built, 2, 1 << 16)
    at = {one.address: number for number, one in enumerate(instructions)}
    steps = always_passed(instructions)
    assert [at[step.instruction.address] for step in steps] == CODE[code]


def test_it_is_what_cannot_be_left_out() -> None:
    draw = random.Random(1)
    some = 0
    for _ in range(2000):
        over = draw.randint(1, 9)
        ways = [draw.choices(range(over + 1), k=draw.randint(0, 2)) for _ in range(over)]
        found = _on_every_way(over, ways)
        due = [node for node in range(over) if not _reaches(over, ways, node)]
        if _reaches(over, ways, None):
            assert sorted(found) == due
            some += len(found) > 1
        else:
            assert found == []
    assert some > 100


def _reaches(over: int, ways: list[list[int]], without: int | None) -> bool:
    seen, waiting = {without}, [0]
    while waiting:
        node = waiting.pop()
        if node == over:
            return True
        if node not in seen:
            seen.add(node)
            waiting += ways[node]
    return False


@pytest.mark.parametrize("lab", range(8))
def test_right_solutions_come_by_many_of_them(
    builder: StageBuilder, course: Course, lab: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And every test has some."""
    stage = builder.stage(course.lab(lab), Recipe(jobs=1))
    every = points_of(stage.image)
    assert len(every) == len(stage.image.tests) and all(every)
    monkeypatch.setattr(outside_ways, "ONE_IN", 1)
    monkeypatch.setattr(outside_ways, "LEAST_OTHERS", OTHERS)
    monkeypatch.setattr(outside_ways, "MOST_OTHERS", OTHERS)
    tests = stage.lab.tests
    machine = Machine(direct=True)
    outcomes = run_tests(stage, stage.lab, tests, course.secret, machine)
    assert {one.status for one in outcomes.values()} == {PASS}


def test_most_tests_have_many_and_the_last_is_always_asked_for(
    builder: StageBuilder, course: Course
) -> None:
    image = builder.stage(course.lab(1), Recipe(jobs=1)).image
    every = points_of(image)
    chosen = [Ways(image, 1).points(number) for number in range(len(every))]
    assert [Ways(image, 1).points(number) for number in range(len(every))] == chosen
    assert [Ways(image, 2).points(number) for number in range(len(every))] != chosen
    assert [some[-1] for some in chosen] == [points[-1] for points in every]
    assert {len(some) for some in chosen} == {1, 2, 3}
    for some, points in zip(chosen, every):
        places = iter(points)
        assert all(point in places for point in some)


def test_what_is_kept_is_of_this_image(
    builder: StageBuilder, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = builder.stage(course.lab(1), Recipe(jobs=1)).image
    copy = tmp_path / "kernel.elf"
    copy.write_bytes(image.path.read_bytes())
    every = points_of(Image(copy))
    kept = copy.with_suffix(".ways")
    assert kept.is_file() and sorted(tmp_path.iterdir()) == [copy, kept]
    with monkeypatch.context() as patched:
        patched.setattr(outside_ways, "Code", None)
        assert points_of(Image(copy)) == every
    with copy.open("ab") as file:
        file.write(b"\0")
    kept.write_text(kept.read_text().replace("1", "2", 1))
    assert points_of(Image(copy)) == every


class _Machine:
    """In place of debugger, memory and watch."""

    def __init__(self, way: list[int]) -> None:
        self.lines: list[str] = []
        self.points, self.passed, self.misses = way, 0, list[int]()

    def command(self, line: str) -> bytes:
        self.lines.append(line)
        return b"  7 lbreakpoint    keep y   0x00000000c0000010 \n"

    def later(self, line: str) -> None:
        self.lines.append(line)

    def now(self, address: int, size: int) -> bytes:
        return bytes(size)

    def way(self) -> list[int]:
        return list(self.points)

    def comes_by(self, read: object) -> None:
        self.passed += 1

    def missed(self, point: int) -> None:
        self.misses.append(point)


def test_points_are_reached_in_order() -> None:
    first, second = 0xC0000010, 0xC0000020
    machine = _Machine([first, second])
    walker = Walker(machine, machine, machine)  # type: ignore[arg-type]
    walker.begins()
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
