# SPDX-License-Identifier: MIT
"""The operations of H that lab 3 gives, on the machine: grader/tests/given/*.c are
run in the place of the lab's own tests, and see each of the mistakes in
given_mistakes.py. They need 16 MB of memory."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from given_mistakes import BOTH, MISTAKES
from system_course import without_tests

from h4 import verdict
from h4.course import Course
from h4.emulator import BootRequest, BootResult, boot
from h4.endings import PASS, Outcome
from h4.manifest import Lab, Test
from h4.mutants import KILLED
from h4.stage import Recipe, Stage, StageBuilder
from h4.submission import listing

LAB = 3
FOLDER = "grader/tests/given/"
TEST = re.compile(r"^TEST\((\w+)\)", re.M)


class Given(Course):
    """The course with tests of its given operations in lab 3."""

    def tests_of(self, lab: Lab) -> list[str]:
        kept = without_tests(lab, super().tests_of(lab))
        return kept + listing(self.root, FOLDER, (".c", ".h"))

    def given_lab(self) -> Lab:
        """The lab with these tests; whose exercise each is said to be of does not
        matter, as all exercises are done."""
        lab = self.lab(LAB)
        texts = [self.text(p) for p in self.tests_of(lab) if "/test_" in p]
        names = [name for text in texts for name in TEST.findall(text)]
        return replace(lab, tests=tuple(Test(n, "3.1", "works", 1) for n in names))


def program(entry: int) -> bytes:
    """An ELF32 program for IA-32 of 9,029 bytes, all of which are its segment, whose
    header stands at the end once more."""
    size = 9029
    head = b"\x7fELF\x01\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIIIIIHHHHHH", 2, 3, 1, entry, 52, 0, 0, 52, 32, 1, 0, 0, 0
    )
    segment = struct.pack("<8I", 1, 0, 0x08048000, 0, size, 0x4000, 5, 0x1000)
    return (head + segment).ljust(size - len(segment), b"\x90") + segment


# What given/test_modules.c finds. The entry of one stands right behind its segment.
MODULES = {
    "program": program(0x08048010),
    "hello.txt": b"hello",
    "broken": program(0x0804C000),
    "pages": b"page" * (12 * 1024),
}

Run = Callable[..., dict[str, Outcome]]


@pytest.fixture(scope="module")
def given() -> Given:
    return Given(ROOT)


@pytest.fixture
def run(given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests of a stage by their names on a machine with boot modules."""
    modules = [(name, tmp_path / name) for name in MODULES]
    for name, path in modules:
        path.write_bytes(MODULES[name])

    def with_modules(request: BootRequest, emulator: str) -> BootResult:
        return boot(replace(request, modules=modules), emulator)

    monkeypatch.setattr(verdict, "boot", with_modules)

    def run_them(
        stage: Stage, names: list[str], emulator: str, direct: bool = False
    ) -> dict[str, Outcome]:
        tests = [test for test in stage.lab.tests if test.name in names]
        assert len(tests) == len(names)
        machine = verdict.Machine(emulator, jobs=1, direct=direct)
        return verdict.run_tests(stage, stage.lab, tests, given.secret, machine)

    return run_them


@pytest.mark.parametrize("emulator", BOTH)
def test_given_operations(emulator: str, given: Given, run: Run) -> None:
    lab = given.given_lab()
    stage = StageBuilder(given, ROOT / "build").stage(lab, Recipe())
    outcomes = run(stage, [test.name for test in lab.tests], emulator)
    wrong = {
        name: [one.status, *one.message, *map(str, one.backtrace)]
        for name, one in outcomes.items()
        if one.status != PASS
    }
    assert not wrong, "\n".join(f"{n}: " + "\n  ".join(w) for n, w in wrong.items())


@pytest.mark.parametrize(
    ("name", "emulator"),
    [(name, emulator) for name, one in MISTAKES.items() for emulator in one.emulators],
)
def test_mistakes_are_seen(name: str, emulator: str, given: Given, run: Run) -> None:
    mistake = MISTAKES[name]
    text = given.text(mistake.file)
    assert text.count(mistake.find) == 1
    texts = {mistake.file: text.replace(mistake.find, mistake.replace)}
    stage = StageBuilder(given, ROOT / "build").stage(
        given.given_lab(), Recipe(texts=texts, jobs=1)
    )
    outcome = run(stage, [mistake.seen_by], emulator, True)[mistake.seen_by]
    assert outcome.status in KILLED, outcome.status
