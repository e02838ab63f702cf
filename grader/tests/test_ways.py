# SPDX-License-Identifier: MIT
"""What a function always executes, from its machine code; and that tests are asked for
some of it."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from h4 import outside_ways
from h4.control_flow import Function, _on_every_way, disassembled
from h4.course import Course
from h4.endings import PASS
from h4.outside_ways import Ways, ways_of
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests
from h4.ways_in_code import Code

OTHERS = 16  # in place of one: at each the machine stops
FOLLOWED_AT_ONCE = 4
TRIALS = {5: 30, 6: 6, 7: 3}  # at least, that tests of a lab run

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
    steps = Function(instructions).always_passed()
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


# Of its calls, from the first on: whether it is in a loop.
CALLED = {
    "call 0\n 1: call 0\n dec %ecx\n jne 1b\n call 0\n ret": [False, True, False],
    "1: call 0\n jecxz 2f\n call 0\n jmp 1b\n 2: call 0\n ret": [True, True, False],
    "jecxz 1f\n call 0\n 1: nop\n ret": [False],
    "call 0\n jmp *%eax\n call 0\n ret": [True, False],  # wherever that leads
    "nop\n call 0": [],  # it does not come back
}


@pytest.mark.parametrize("code", CALLED)
def test_which_calls_may_be_made_again(code: str, tmp_path: Path) -> None:
    source, built = tmp_path / "code.s", tmp_path / "code.o"
    source.write_text(f"{code}\n")
    subprocess.run(["as", "--32", source, "-o", built], check=True)
    instructions = disassembled(built, 0, 1 << 16)
    found = Function(instructions).calls()
    assert [again for _, _, again in found] == CALLED[code]
    for call, back, _ in found:
        assert call.calls and instructions[instructions.index(call) + 1].address == back


# Instructions, and the numbers of those that may come behind the one that is named.
FURTHER = {
    "nop\n nop\n ret": (1, [1, 2]),
    "jne 1f\n nop\n ret\n 1: nop\n ret": (1, [1, 2]),
    "jne 1f\n nop\n 1: nop\n ret": (0, [0, 1, 2, 3]),
    "nop\n 1: nop\n nop\n jne 1b\n ret": (2, [1, 2, 3, 4]),
    "nop\n jmp *%eax\n nop\n ret": (1, [0, 1, 2, 3]),
}


@pytest.mark.parametrize("code", FURTHER)
def test_what_may_come_behind(code: str, tmp_path: Path) -> None:
    source, built = tmp_path / "code.s", tmp_path / "code.o"
    source.write_text(f"{code}\n")
    subprocess.run(["as", "--32", source, "-o", built], check=True)
    instructions = disassembled(built, 0, 1 << 16)
    begin, due = FURTHER[code]
    found = Function(instructions).reached_from(instructions[begin].address)
    assert sorted({instructions.index(one) for one in found}) == due


# The files of a kernel: what a student has written, a test, and the harness behind it.
FILES = [
    """\
.globl kernel_read_only_begin, exercise
kernel_read_only_begin:
{exercise}
""",
    """\
{helper}
{enters}
{test}
.section .h4.tests, "a"
.long name, test
.section .rodata
name: .asciz "it"
""",
    """\
.globl kernel_read_only_end, check, points, unsized
unsized: ret
{check}
{fixture}
{points}
kernel_read_only_end:
""",
]
FUNCTION = ".type {0}, @function\n{0}:\n{1}\n.size {0}, . - {0}\n"
FUNCTIONS = {
    "exercise": "ret",
    "helper": "call exercise\n h: call check\n ret",
    "enters": "push %eax\n iret",
    "check": "jne 1f\n ret\n 1: jmp check",
    "fixture": "call *%eax\n ret",
    "points": "call fixture\n ret",
}
# Of the test: the labels of its points, and of those that are always asked for.
WAYS = {
    "call exercise\n a: push $1\n b: call check\n ret": ("ab", "a"),
    "call exercise\n a: call exercise\n b: push $1\n c: call check\n ret": ("abc", "b"),
    "call exercise\n a: call check\n ret": ("a", "a"),
    "1: call exercise\n a: push $1\n call check\n jne 1b\n c: ret": ("ac", "ac"),
    "1: call exercise\n a: push $1\n jne 1b\n nop\n b: call check\n ret": ("ab", "ab"),
    "call exercise\n a: jne 1f\n call exercise\n 1: nop\n b: call check\n ret":
        ("ab", "ab"),
    "call helper\n a: push $1\n b: call check\n ret": ("hab", "hb"),
    "call helper\n a: push $1\n call helper\n b: nop\n ret": ("hahb", "hb"),
    "call *%eax\n a: push $1\n b: call check\n ret": ("ab", "a"),
    "call points\n a: push $1\n b: call check\n ret": ("ab", "a"),
    "call enters\n a: push $1\n b: call check\n ret": ("ab", "a"),
    "call unsized\n a: push $1\n b: call check\n ret": ("ab", "a"),
    "call check\n nop\n a: call check\n ret": ("a", "a"),
    "jne 1f\n call exercise\n 1: call check\n nop\n a: call check\n ret": ("a", "a"),
    "call exercise\n a: push $1\n b: jmp check": ("ab", "a"),
}  # fmt: skip


def linked(test: str, folder: Path) -> Image:
    """A kernel with this test."""
    built, path = [], folder / "kernel.elf"
    written = {**FUNCTIONS, "test": test}
    functions = {name: FUNCTION.format(name, code) for name, code in written.items()}
    for number, file in enumerate(FILES):
        source = folder / f"{number}.s"
        source.write_text(f'.file "{number}.c"\n.text\n{file.format(**functions)}')
        built.append(source.with_suffix(".o"))
        subprocess.run(["as", "--32", source, "-o", built[-1]], check=True)
    command = ["ld", "-m", "elf_i386", "-Ttext=0xC0100000", "-e", "0", "-o", path]
    subprocess.run([*command, *built], check=True)
    return Image(path)


@pytest.mark.parametrize("test", WAYS)
def test_where_a_test_is_awaited(test: str, tmp_path: Path) -> None:
    image = linked(test, tmp_path)
    (way,) = ways_of(image).values()
    points, always = WAYS[test]
    names = {address: name for name, address in image.addresses.items() if len(name) == 1}
    assert "".join(names[one] for one in way.points) == points
    assert "".join(names[way.points[at]] for at in way.always) == always
    assert Code(image).way(image.test_functions[0]) == way
    assert all(back not in way.points or again for _, back, again in way.calls)


# Of the test: the labels behind the calls that may be followed, those that may be made
# again with a star.
FOLLOWED = {
    "call exercise\n a: call check\n ret": "",
    "1: call exercise\n a: push $1\n call check\n jne 1b\n ret": "a*",
    "jne 1f\n call exercise\n a: nop\n 1: call check\n ret": "a",
    "call helper\n call helper\n ret": "h*",
    "1: call *%eax\n a: call check\n jne 1b\n ret": "a*",
    "1: call enters\n a: call check\n jne 1b\n ret": "a*",
    # A check is given the helper's address, and may call it.
    "push $helper\n call helper\n ret": "",
    "push $helper\n 1: call exercise\n a: jne 1b\n ret": "a*",
}


@pytest.mark.parametrize("test", FOLLOWED)
def test_which_calls_are_followed(test: str, tmp_path: Path) -> None:
    image = linked(test, tmp_path)
    (way,) = ways_of(image).values()
    names = {address: name for name, address in image.addresses.items() if len(name) == 1}
    found = [names[one.back] + "*" * one.again for one in way.calls]
    assert " ".join(found) == FOLLOWED[test]
    for call, back, _ in way.calls:
        assert 2 <= back - call <= 5


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("lab", range(8))
def test_right_solutions_come_by_many_of_them(
    builder: StageBuilder, course: Course, lab: int, compiler: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """And every test has some, nearly all of them one behind an exercise. Those are in
    front of the tests."""
    stage = builder.stage(course.lab(lab), Recipe(compiler=compiler, jobs=1))
    every = ways_of(stage.image)
    assert len(every) == len(stage.image.tests) and all(one.always for one in every.values())
    begin = Code(stage.image).calls.begin
    names = [name for one in stage.lab.exercises for name in one.functions]
    known = stage.image.addresses
    assert names and max(known.get(name, 0) for name in names) < begin
    ways = Ways(stage.image, 0, programs=stage.tested)
    trials = [ways.names[number] for number, way in every.items() if way.starts]
    assert len(list(filter(None, map(ways.trials.points, trials)))) >= TRIALS.get(lab, 0)
    monkeypatch.setattr(outside_ways, "ONE_IN", 1)
    monkeypatch.setattr(outside_ways, "OTHERS", OTHERS)
    monkeypatch.setattr(outside_ways, "LOOKED_AT_ONE_IN", 1)
    monkeypatch.setattr(outside_ways, "CALLS", FOLLOWED_AT_ONCE)
    tests = stage.lab.tests
    machine = Machine(direct=True)
    outcomes = run_tests(stage, stage.lab, tests, course.secret, machine)
    assert {one.status for one in outcomes.values()} == {PASS}


def test_some_are_always_asked_for_and_others_by_the_secret(
    builder: StageBuilder, course: Course
) -> None:
    image = builder.stage(course.lab(1), Recipe(jobs=1)).image
    every = ways_of(image)
    chosen = [Ways(image, 1).points(number) for number in range(len(every))]
    assert [Ways(image, 1).points(number) for number in range(len(every))] == chosen
    assert [Ways(image, 2).points(number) for number in range(len(every))] != chosen
    assert {len(some) for some in chosen} == {1, 2, 3}
    assert sum(map(len, chosen)) < 2.5 * len(chosen)
    for some, way in zip(chosen, every.values()):
        assert {way.points[at] for at in way.always} <= set(some)
        places = iter(way.points)
        assert all(point in places for point in some)


def test_the_machine_is_looked_at_in_some_tests_at_any_point(
    builder: StageBuilder, course: Course
) -> None:
    image = builder.stage(course.lab(1), Recipe(jobs=1)).image
    ways = Ways(image, 1)
    numbers = range(len(ways.every))
    found = [ways.looked_at(number) for number in numbers]
    assert all(found[number] <= {*range(len(ways.points(number)))} for number in numbers)
    assert len(numbers) / 8 < sum(map(len, found)) < len(numbers) / 2
    assert {0, 1} <= set().union(*found) and {*map(len, found)} == {0, 1}
    assert [Ways(image, 2).looked_at(number) for number in numbers] != found
    suspected = Ways(image, 1, all_of_them=True)
    for number in numbers:
        assert suspected.points(number) == ways.every[number].points
        assert suspected.looked_at(number) == {*range(len(suspected.points(number)))}


def test_what_is_kept_is_of_this_image(
    builder: StageBuilder, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = builder.stage(course.lab(1), Recipe(jobs=1)).image
    copy = tmp_path / "kernel.elf"
    copy.write_bytes(image.path.read_bytes())
    every = ways_of(Image(copy))
    kept = copy.with_suffix(".ways")
    assert kept.is_file() and sorted(tmp_path.iterdir()) == [copy, kept]
    with monkeypatch.context() as patched:
        patched.setattr(outside_ways, "Code", None)
        assert ways_of(Image(copy)) == every
    with copy.open("ab") as file:
        file.write(b"\0")
    kept.write_text(kept.read_text().replace("1", "2", 1))
    assert ways_of(Image(copy)) == every


def test_a_way_is_the_same_whichever_others_are_read(
    builder: StageBuilder, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is read once."""
    kernel = tmp_path / "kernel.elf"
    kernel.write_bytes(builder.stage(course.lab(5), Recipe(jobs=1)).image.path.read_bytes())
    image = Image(kernel)
    code, functions = Code(image), image.test_functions
    some = range(0, len(functions), 7)
    for number in some:
        assert ways_of(image, [number]) == {number: code.way(functions[number])}
    monkeypatch.setattr(outside_ways, "Code", None)
    assert list(ways_of(image, some)) == [*some]
    with pytest.raises(TypeError):
        ways_of(image, [1])
