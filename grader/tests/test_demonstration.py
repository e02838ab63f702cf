# SPDX-License-Identifier: MIT
"""The demonstration of lab 4: programs run under a client of H, in both emulators,
those of the course and those of strangers."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import ROOT

from h4 import grub
from h4.course import Course
from h4.emulator import BootResult, Ending
from h4.running import run_stage
from h4.stage import Recipe, StageBuilder

NUMBER = re.compile(r"^#define (CALL_\w+) (\w+)", re.M)


def test_client_and_programs_speak_of_the_same_calls() -> None:
    files = ("user/include/user/calls.h", "labs/4-contexts/client/calls.h")
    one, other = (dict(NUMBER.findall((ROOT / path).read_text())) for path in files)
    assert one == other and len(one) == 7


WELL = """hello: Hello from ring 3, by INT 0x80.
hello: Hello again, by SYSENTER.
hello: has ended well
counter: 3245 primes below 30000
counter: has ended well
faulty: 13 things that I may not do: each came back as an exception.
faulty: has ended well
float 1: 20 of 20 times all floating-point registers were mine alone.
float 1: has ended well
float 2: 20 of 20 times all floating-point registers were mine alone.
float 2: has ended well
COM1 is mine.
ports 1: My ports are mine, as it should be.
ports 1: has ended well
ports 2: No port is mine, as it should be.
ports 2: has ended well""".splitlines()
END = ["every page has come back.", "H kept its promises."]


def said(result: BootResult) -> list[str]:
    assert result.ending == Ending.POWER_OFF, result
    return [line.strip() for line in result.com1.decode("ascii").splitlines()]


def missing(lines: list[str], wanted: list[str]) -> list[str]:
    """Those that no line begins with."""
    return [one for one in wanted if not any(x.startswith(one) for x in lines)]


@pytest.mark.parametrize(
    ("emulator", "compiler", "paranoid"), [("bochs", "gcc", 0), ("qemu", "clang", 1)]
)
def test_all_goes_well(
    course: Course, builder: StageBuilder, emulator: str, compiler: str, paranoid: int
) -> None:
    recipe = Recipe(compiler=compiler, paranoid=paranoid)
    stage = builder.stage(course.lab(4), recipe)
    lines = said(run_stage(stage, 8, emulator))
    assert missing(lines, WELL) == [] and lines[-2:] == END, lines
    # What `refuse.c` makes of a sound file: each is refused.
    first = lines.index("what looks like hello, and is no program:") + 1
    assert len(lines[first:-2]) == 9
    assert all(": refused, " in line for line in lines[first:-2]), lines
    stopped = re.compile(r"counter: .* (\d+) times stopped by the timer")
    times = [int(found[1]) for line in lines if (found := stopped.fullmatch(line))]
    assert times and times[0] >= 1


AT = 0x08048000


def program(
    code: bytes,
    memory: int,
    entry: int = AT,
    at: int = AT,
    size: int | None = None,
    segments: int = 1,
) -> bytes:
    """A file of one segment, all of it on one page but for what is zeros. `size`: how
    much of the file is said to be its. `segments`: so often it is there."""
    header = struct.pack(
        "<7s9xHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 3, 1, entry, 52, 0, 0, 52, 32,
        segments, 0, 0, 0,
    )  # fmt: skip
    begin = 52 + 32 * segments
    size = len(code) if size is None else size
    segment = struct.pack("<8I", 1, begin, at, at, size, memory, 7, 4096)
    return header + segment * segments + code


PERIODS = 2000  # that a program gets
NAME, SEEN = "te\a\x1bxt", "te??xt"  # a module's name, and what is shown of it

STRANGERS = {
    SEEN: (b"Not a program, but long enough to be one. " * 3, "refused, no ELF file"),
    "short": (b"\x7fELF", "refused, the file ends too early"),
    "empty": (b"", "refused, the file ends too early"),
    "high": (program(b"\xf4", 0xB8000000), "refused, a segment in kernel space"),
    "around": (program(b"\xf4", 0xFFFFF000), "refused, a segment that wraps around"),
    "wrong": (program(b"\xf4", 1, size=0xFFFFFFF0), "refused, sizes that overflow"),
    "cut": (program(b"\xf4", 4096, size=2), "refused, the file ends too early"),
    "null": (program(b"\xf4", 4096, 0, 0), "refused, a segment on the page of null"),
    "twice": (program(b"\xf4", 4096, segments=2), "refused, two segments on one page"),
    "lost": (program(b"\xf4", 4096, 0), "refused, the entry point is in no executable"),
    "huge": (program(b"\xf4", 16 << 20), "could not be loaded"),
    "below": (program(b"\xf4" + bytes(9), 4096, AT + 1), "was ended"),
    "wild": (program(b"\xf4", 4096), "was ended, after 0 system calls, 1 exceptions"),
    # mov eax, 99; int 0x80; mov edx, eax; xor eax, eax; int 0x80
    "odd": (program(bytes.fromhex("b863000000 cd80 89c2 31c0 cd80"), 13), "was ended"),
    # 1: jmp 1b
    "loops": (program(b"\xeb\xfe", 4096), f"{PERIODS} periods of the timer are"),
}  # fmt: skip


def test_modules_of_strangers(
    course: Course,
    builder: StageBuilder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beside a good program. What is no program is refused with the reason, what is
    one is ended, and nothing is lost. Names are not trusted either."""
    configuration = grub.early_configuration

    def named(modules: Sequence[str]) -> str:
        return configuration(modules).replace("/text text\n", f"/text '{NAME}'\n")

    monkeypatch.setattr(grub, "early_configuration", named)
    stage = builder.stage(course.lab(4), Recipe(paranoid=1))
    stage.modules = [one for one in stage.modules if one[0] == "hello"]
    for name, (content, _) in STRANGERS.items():
        name = name.replace(SEEN, "text")
        (tmp_path / name).write_bytes(content)
        stage.modules.append((name, tmp_path / name))
    lines = said(run_stage(stage, 8, "qemu"))
    wanted = [f"{name}: {words}" for name, (_, words) in STRANGERS.items()]
    wanted.append(f"loops: was ended, after 0 system calls, 0 exceptions, {PERIODS} ")
    assert missing(lines, [*WELL[:3], *wanted]) == [], lines
    assert lines[-2:] == [END[0], "Not every program has ended well."]
