# SPDX-License-Identifier: MIT
"""Running user code, on the machine, as far as it is given: the bound form, and what
both forms share. grader/tests/bound/*.c are run in the place of lab 4's own tests, and
see each of the mistakes in bound_mistakes.py and ring3_mistakes.py."""

from __future__ import annotations

import re
from dataclasses import replace

from pathlib import Path

import bound_mistakes
import pytest
import ring3_mistakes
from bound_mistakes import BOTH
from conftest import ROOT
from system_course import without_tests

from h4 import qemu
from h4.course import Course
from h4.emulator import Ending
from h4.endings import PASS, Outcome
from h4.manifest import Lab, Test
from h4.mutants import KILLED
from h4.stage import Recipe, Stage, StageBuilder
from h4.submission import listing
from h4.verdict import Machine, run_tests

LAB = 4
FOLDER = "grader/tests/bound/"
OTHERS = "grader/tests/given/real_machine."  # a fixture of given operations'
STOPS = "stops_"  # how tests are called that end with the machine
TEST = re.compile(r"^TEST\((\w+)\)", re.M)
# Where QEMU counts instructions it looks for interrupts behind each that asks for one. Not
# to do so is what this test is about, and it needs no time.
BEHIND = "a_real_nmi_at_sysenter"
LIMIT = 40_000_000  # instructions; the longest needs a quarter


MISTAKES = bound_mistakes.MISTAKES | ring3_mistakes.MISTAKES
assert len(MISTAKES) == len(bound_mistakes.MISTAKES) + len(ring3_mistakes.MISTAKES)


class Bound(Course):
    """The course with these tests in lab 4."""

    def tests_of(self, lab: Lab) -> list[str]:
        kept = without_tests(lab, super().tests_of(lab))
        if lab.number != LAB:
            return kept
        others = listing(self.root, str(Path(OTHERS).parent), (".c", ".h"))
        kept += [path for path in others if path.startswith(OTHERS)]
        return kept + listing(self.root, FOLDER, (".c", ".h"))

    def bound_lab(self) -> Lab:
        """The lab with these tests; whose exercise each is said to be of does not
        matter, as all exercises are done."""
        lab = self.lab(LAB)
        texts = [self.text(p) for p in self.tests_of(lab) if "/test_" in p]
        names = [name for text in texts for name in TEST.findall(text)]
        return replace(
            lab, tests=tuple(Test(n, "4.1", "works", 1, LIMIT) for n in names)
        )


@pytest.fixture(scope="module")
def bound() -> Bound:
    return Bound(ROOT)


def run(
    course: Bound,
    stage: Stage,
    names: list[str],
    emulator: str,
    keep: Path | None = None,
    direct: bool = False,
) -> dict[str, Outcome]:
    """Runs tests of a stage by their names."""
    tests = [test for test in stage.lab.tests if test.name in names]
    assert len(tests) == len(names)
    # They put reporters of their own in the harness's place, and map devices.
    machine = Machine(emulator, jobs=1, keep=keep, direct=direct, look=False)
    apart = [test for test in tests if test.name == BEHIND and emulator == "qemu"]
    tests = [test for test in tests if test not in apart]
    outcomes = {}
    if tests:
        outcomes = run_tests(stage, stage.lab, tests, course.secret, machine)
    if apart:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(qemu, "TIME", ())
            outcomes |= run_tests(stage, stage.lab, apart, course.secret, machine)
    return outcomes


@pytest.mark.parametrize("emulator", BOTH)
def test_the_bound_form(emulator: str, bound: Bound) -> None:
    lab = bound.bound_lab()
    stage = StageBuilder(bound, ROOT / "build").stage(lab, Recipe())
    names = [t.name for t in lab.tests if not t.name.startswith(STOPS)]
    outcomes = run(bound, stage, names, emulator)
    wrong = {
        name: [one.status, *one.message, *map(str, one.backtrace)]
        for name, one in outcomes.items()
        if one.status != PASS
    }
    assert not wrong, "\n".join(f"{n}: " + "\n  ".join(w) for n, w in wrong.items())


# What the kernel's own report says where it ends the machine, and on which.
REPORTS = {
    "stops_at_a_real_nmi": (
        "bochs",
        "fault: non-maskable interrupt (vector 2, error code 0x0) at 0x400000",
    ),
    "stops_at_a_real_machine_check": (
        "qemu",
        "fault: machine check (vector 18, error code 0x0) at 0x40000000",
    ),
}


@pytest.fixture
def machine_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """QEMU raises one when its monitor is told so, if the processor has banks of
    registers for it; Bochs never does."""
    machine, drive = qemu.machine, qemu.Run.drive

    def with_banks(megabytes: int) -> list[str]:
        return [f"{w},+mca" if w == "pentium3" else w for w in machine(megabytes)]

    def raise_it(this: qemu.Run) -> tuple[Ending, str]:
        this.control.ask("qmp_capabilities")
        while "CPL=3" not in this.control.monitor("info registers"):
            this.child.look()
        # Valid, uncorrected, enabled; a machine check is in progress.
        this.control.monitor("mce 0 1 0xb000000000000000 0x4 0 0")
        return drive(this)

    monkeypatch.setattr(qemu, "machine", with_banks)
    monkeypatch.setattr(qemu.Run, "drive", raise_it)


def is_reported(bound: Bound, name: str, recipe: Recipe, keep: Path) -> bool:
    """Whether ring 3 was left with the right report, and the machine has stopped."""
    emulator, due = REPORTS[name]
    stage = StageBuilder(bound, ROOT / "build").stage(bound.bound_lab(), recipe)
    assert run(bound, stage, [name], emulator, keep)[name].status != PASS
    said = (keep / f"lab{LAB}-{name}.com1").read_text("ascii")
    return due in said and "CS  0x001b" in said


@pytest.mark.usefixtures("machine_checks")
@pytest.mark.parametrize("name", REPORTS)
def test_what_stops_the_machine_is_reported(
    name: str, bound: Bound, tmp_path: Path
) -> None:
    assert is_reported(bound, name, Recipe(), tmp_path)
    mistake = ring3_mistakes.REPORTED[name]
    text = bound.text(mistake.file)
    assert text.count(mistake.find) == 1
    texts = {mistake.file: text.replace(mistake.find, mistake.replace)}
    assert not is_reported(bound, name, Recipe(texts=texts, jobs=1), tmp_path)


@pytest.mark.parametrize(
    ("name", "emulator"),
    [(name, emulator) for name, one in MISTAKES.items() for emulator in one.emulators],
)
def test_mistakes_are_seen(name: str, emulator: str, bound: Bound) -> None:
    mistake = MISTAKES[name]
    text = bound.text(mistake.file)
    assert text.count(mistake.find) == 1
    texts = {mistake.file: text.replace(mistake.find, mistake.replace)}
    stage = StageBuilder(bound, ROOT / "build").stage(
        bound.bound_lab(), Recipe(texts=texts, jobs=1)
    )
    outcomes = run(bound, stage, [mistake.seen_by], emulator, direct=True)
    outcome = outcomes[mistake.seen_by]
    assert outcome.status in KILLED, outcome.status
