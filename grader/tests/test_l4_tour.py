# SPDX-License-Identifier: MIT
"""The complete system, as `make run` starts it: the root server loads all further boot
modules into spaces of their own, and tells on one screen what runs. Modules of
strangers are among them."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from system_course import STRINGS, System
from test_demonstration import program
from test_system_fixture import build, run

from h4 import verdict
from h4.course import Course
from h4.emulator import BootRequest, BootResult, Ending
from h4.errors import GraderError
from h4.running import choose_root, run_stage
from h4.stage import Recipe, Stage, StageBuilder

LAB = 7
ROWS, COLUMNS = 24, 78  # a screen

# Who is there: 64 threads in 10 spaces. How much memory a program has depends on the
# compiler.
TABLE = """\
  who         paged by     threads  spaces   memory  faults
  sigma0      the kernel         1       1
  root7       sigma0             2       1
  console     root7              1       1
  timer       root7              1       1
  cow         root7              1       1
    its tasks cow                2       2
  lend        root7              1       1
    its task  lend               1       1
  crowd       root7             54       1
  in all                        64      10
""".splitlines()
ROW = re.compile(r"  (\w+) .* (\d+) KB +(\d+)$")
SAID = """\
cow: two tasks find 100 and 100 in my pages and write: 102, 104; I see 100.
cow: 8 page faults by reading: shared; 4 by writing: copied.
lend: lent with 41 in it: written, and is 42; taken back.
lend: then a fault; lent for reading: read, not written; writing: a fault.
lend: flushed: gone, fault 3; mine comes back, 42 in it.
crowd: 53 of 53 threads have slept, woken by the timer server.
""".splitlines()
END = "L4: no thread will ever run again."


def shown(stage: Stage, megabytes: int, emulator: str = "bochs") -> list[str]:
    result = run_stage(stage, megabytes, emulator)
    assert result.ending == Ending.POWER_OFF, result
    return result.com1.decode("ascii").splitlines()


def the_stage(
    course: Course, builder: StageBuilder, recipe: Recipe | None = None
) -> Stage:
    stage = builder.stage(course.lab(LAB), recipe or Recipe())
    choose_root(stage, None)
    return stage


@pytest.mark.parametrize(
    ("emulator", "compiler", "megabytes", "paranoid"),
    [("bochs", "gcc", 8, 0), ("bochs", "gcc", 32, 0), ("qemu", "gcc", 8, 1),
     ("qemu", "clang", 64, 0)],
)  # fmt: skip
def test_the_system_is_shown_on_one_screen(
    course: Course, builder: StageBuilder, emulator: str, compiler: str,
    megabytes: int, paranoid: int,
) -> None:  # fmt: skip
    recipe = Recipe(compiler=compiler, paranoid=paranoid)
    lines = shown(the_stage(course, builder, recipe), megabytes, emulator)
    assert len(lines) <= ROWS and max(map(len, lines)) <= COLUMNS, lines
    assert lines[-len(SAID) - 1 :] == [*SAID, END], lines
    table = lines[-len(SAID) - 1 - len(TABLE) : -len(SAID) - 1]
    assert [row[:40].rstrip() for row in table] == [row[:40].rstrip() for row in TABLE]
    for row in table:
        if found := ROW.match(row):
            # A page, a fault; lend has one of its pages taken away from itself too.
            more = int(found[3]) - int(found[2]) // 4
            assert more == (found[1] == "lend") or found[1] == "crowd", row
            assert int(found[2]) < (512 if found[1] == "crowd" else 128), row


def test_tests_are_booted_with_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    booted: list[str] = []

    def boot(request: BootRequest, emulator: str) -> BootResult:
        booted.extend(name for name, _ in request.modules)
        raise GraderError("that is all")

    monkeypatch.setattr(verdict, "boot", boot)
    stage = build(System(ROOT, STRINGS))
    stage.lab = replace(stage.lab, tested=("sigma0",))
    with pytest.raises(GraderError, match="that is all"):
        run(stage, list(stage.lab.tests)[:1])
    assert booted == ["sigma0"] and len(stage.modules) == 2


def test_the_tour_comes_first(course: Course) -> None:
    lab = course.lab(LAB)
    assert lab.programs[:2] == ("sigma0", "root7")
    assert set(lab.tested).isdisjoint(lab.tasks)


# Modules of strangers. A task of one segment is on the page of its address.

AT = 0x00400000


def task(code: str, at: int = AT, memory: int = 4096) -> bytes:
    return program(bytes.fromhex(code), memory, at, at)


def changed(content: bytes, offset: int, fmt: str, value: int) -> bytes:
    out = bytearray(content)
    struct.pack_into(fmt, out, offset, value)
    return bytes(out)


HALT = task("f4")
THREAD = "thread 0x{:08x} has a {} fault, "
LOST = "it is lost"

STRANGERS = {
    "text": (b"Not a program, but long enough to be one. " * 3, "no ELF file of 32"),
    "empty": (b" ", "no ELF file of 32"),
    "wide": (changed(HALT, 4, "B", 2), "no ELF file of 32"),
    "library": (changed(HALT, 16, "H", 3), "no executable for this"),
    "other": (changed(HALT, 18, "H", 40), "no executable for this"),
    "headers": (changed(HALT, 28, "I", 0xFFFFFFF0), "program headers that are not"),
    "many": (changed(HALT, 44, "H", 0xFFFF), "program headers that are not"),
    "sizes": (changed(HALT, 42, "H", 40), "program headers that are not"),
    "cut": (changed(HALT, 52 + 4, "I", 8192), "a segment that is not in the file"),
    "round": (changed(HALT, 52 + 4, "I", 0xFFFFFFFF), "a segment that is not in the"),
    "more": (program(b"\xf4" * 9, 4), "a segment that is not in the file"),
    "null": (task("f4", 0), "a segment where a task has no memory"),
    "utcbs": (task("f4", 0xBF000000), "a segment where a task has no memory"),
    "huge": (task("f4", AT, 0xFFFFFFFF), "a segment where a task has no memory"),
    "nothing": (changed(HALT, 52, "I", 4), "nothing to be loaded"),
}  # fmt: skip


def with_modules(
    stage: Stage, folder: Path, contents: dict[str, bytes], others: Sequence[str]
) -> Stage:
    stage.modules = [one for one in stage.modules if one[0] in others]
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        stage.modules.append((name, folder / name))
    return stage


@pytest.mark.parametrize("half", [0, 1])  # there are 16 modules at most
def test_what_is_no_program_is_refused(
    course: Course, builder: StageBuilder, tmp_path: Path, half: int
) -> None:
    """With the reason, and all others are there."""
    stage = the_stage(course, builder)
    names = list(STRANGERS)[half::2]
    contents = {name: STRANGERS[name][0] for name in names}
    wanted = ("sigma0", "root7", "console-server", "lend")
    lines = shown(with_modules(stage, tmp_path, contents, wanted), 8, "qemu")
    first = next(n for n, line in enumerate(lines) if line.startswith("Module "))
    for n, name in enumerate(names):
        line = lines[first + n]
        assert line.startswith(f"Module {n + 2}, at 0x00"), (name, line)
        assert f": {STRANGERS[name][1]}" in line, (name, line)
    rows = [row for row in lines if row.startswith("  ")]
    assert len(rows) == 7 and "in all" in rows[-1], lines
    assert rows[-1].split() == ["in", "all", "6", "5"]
    assert lines[-1] == END


# What a task does that it may not: the words, and where the thread is afterwards.
HARM = {
    "reads null": ("a100000000", "page", 0, "nothing is there"),
    "writes code": ("a200004000", "page", 0x400000, "it may not do that there"),
    "behind it": ("a100104000", "page", 0x401000, "nothing is there"),
    "below its stack": ("a1fffffeaf", "page", 0xAFFEFFFF, "nothing is there"),
    "uses a port": ("e460", "port", 0x00600020, "these ports are not for tasks"),
}  # fmt: skip


def test_a_task_that_never_becomes_ready(
    course: Course, builder: StageBuilder, tmp_path: Path
) -> None:
    """HLT stops its thread, as there is nobody to handle its exceptions."""
    stage = the_stage(course, builder)
    wanted = ("sigma0", "root7")
    lines = shown(with_modules(stage, tmp_path, {"halt": HALT}, wanted), 8)
    said = [line for line in lines if line.startswith("Module 0, at 0x00")]
    assert said and said[0].endswith(": it does not become ready."), lines
    assert lines[-1] == END


@pytest.mark.parametrize("harm", HARM)
def test_what_a_task_may_not_do(
    course: Course, builder: StageBuilder, tmp_path: Path, harm: str
) -> None:
    """It is told, the task waits for ever, and the next one is loaded."""
    code, kind, where, why = HARM[harm]
    # Its only segment can be read and executed.
    content = changed(task(code), 52 + 24, "I", 5)
    stage = with_modules(
        the_stage(course, builder), tmp_path, {"harm": content}, ("sigma0", "root7")
    )
    lend = dict(builder.stage(course.lab(LAB), Recipe()).modules)["lend"]
    stage.modules.append(("lend", lend))
    lines = shown(stage, 8, "qemu")
    first = lines.index(
        f"Module 0: thread 0x001c8002 has a {kind} fault, 0x{where:08x}, by the"
    )
    assert lines[first + 1] == f"instruction at 0x00400000: {why}."
    assert f": {LOST}." in lines[first + 2] and lines[first + 2].startswith("Module 0")
    assert SAID[4] in lines and lines[-1] == END, lines


def test_stack_and_zeros(
    course: Course, builder: StageBuilder, tmp_path: Path
) -> None:
    """A stack that can be pushed to, zeros behind what the file has, and what the file
    has, its own first bytes: a task that finds it so reads null at last; else it reads
    another page.

        push esp; cmp dword [AT + 0x1FFC], 0; jne no; cmp dword [AT], 0xFC3D8354; jne no
        mov eax, [0]; no: mov eax, [0xDEAD0000]
    """
    code = (
        "54 833dfc1f400000 7511 813d00004000 54833dfc 7505 a100000000 a10000adde"
    )
    stage = with_modules(
        the_stage(course, builder), tmp_path,
        {"looks": task(code.replace(" ", ""), memory=8192)}, ("sigma0", "root7"),
    )  # fmt: skip
    lines = shown(stage, 8, "qemu")
    assert any("page fault, 0x00000000" in line for line in lines), lines
