# SPDX-License-Identifier: MIT
"""A zoo of cheats: submissions that want points for nothing, or harm. None gains a point
for what it fakes, none disturbs an honest submission that is graded beside it, and each is
told what happened. See cheats/cheats.toml."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from rich.console import Console

from h4 import bochs_pace, verdict
from h4.bodies import Stub, replace_body
from h4.course import Course
from h4.endings import FORGED, HANG, PASS, Outcome
from h4.outside_ways import Ways
from h4.report import Report
from h4.score import LabResult, score_lab
from h4.stage import Recipe, Stage, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests

ZOO = Path(__file__).parent / "cheats"
MACHINE = Machine(jobs=1, direct=True)
SECRETS = [str(secret) for secret in range(16)]
HONEST = ("1.3", 2)  # exercise, how many of its tests
TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # but for line ends


@dataclass(frozen=True)
class Cheat:
    name: str
    exercise: str
    tests: list[str]
    status: str
    words: str
    solved: bool = False
    beside: bool = False
    seconds: float = 0
    drawn: bool = False

    def text(self, course: Course) -> str:
        """The exercise's file, with the cheat in it."""
        exercise = course.exercise(self.exercise)
        path = exercise.file
        if self.solved:
            body = course.solved(path)
            for name in exercise.functions:
                begin = re.compile(rf"^{name}\([^)]*\)\n{{\n", re.M)
                body, found = begin.subn(r"\g<0>cheat();\n", body)
                assert found == 1, name
        else:
            body = replace_body(course.text(path), path, exercise.id, _body)
        at = body.rindex("\n#include")
        at = body.index("\n", at + 1) + 1
        machine, own = (
            (ZOO / f"{name}.inc").read_text() for name in ("machine", self.name)
        )
        answer = "#ifndef ANSWER\n#define ANSWER 0\n#endif\n"
        return body[:at] + machine + own + answer + body[at:]


def _body(stub: Stub) -> str:
    used = "".join(f"(void)({argument}); " for argument in stub.arguments)
    if stub.returns == "void":
        return f"cheat(); {used}return;"
    if re.match(r"(?:const )?(?:struct|union) ", stub.returns) and "*" not in stub.returns:
        return f"cheat(); {used}return ({stub.returns}){{ ANSWER }};"
    return f"cheat(); {used}return ({stub.returns})(ANSWER);"


CHEATS = [
    Cheat(**entry)
    for entry in tomllib.loads((ZOO / "cheats.toml").read_text())["cheat"]
]


@pytest.fixture(scope="module")
def honest(builder: StageBuilder, course: Course) -> Stage:
    return builder.stage(course.lab(1), Recipe(jobs=1))


def all_of_them(image: Image, secret: int, _: bool, *more: Any) -> Ways:
    """What may be asked for, whatever the secret is."""
    return Ways(image, secret, True, *more)


def tried(
    course: Course, stage: Stage, names: list[str], secrets: Sequence[str] = ()
) -> dict[str, Outcome]:
    """With the course's secret; if others are named, until all that was tried is found."""
    tests = [test for test in stage.lab.tests if test.name in names]
    assert len(tests) == len(names)
    for secret in (course.secret, *secrets):
        outcomes = run_tests(stage, stage.lab, tests, secret, MACHINE)
        if PASS not in {outcome.status for outcome in outcomes.values()}:
            break
    return outcomes


def honest_verdict(course: Course, stage: Stage) -> list[tuple[str, int | None]]:
    name, count = HONEST
    tests = course.lab(1).tests_of(course.exercise(name))[:count]
    found = tried(course, stage, [test.name for test in tests])
    return [(outcome.status, outcome.instructions) for outcome in found.values()]


def shown(result: LabResult) -> str:
    """The report, as a terminal is given it."""
    out = io.StringIO()
    Report(Console(file=out, soft_wrap=True, no_color=True), "").lab(result)
    return out.getvalue()


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_it_gains_nothing(
    builder: StageBuilder,
    course: Course,
    honest: Stage,
    cheat: Cheat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exercise = course.exercise(cheat.exercise)
    lab = course.lab(int(cheat.exercise.partition(".")[0]))
    stage = builder.stage(
        lab, Recipe(texts={exercise.file: cheat.text(course)}, jobs=1)
    )
    assert stage.failures == {} and stage.path is not None, stage.failures
    kernel = stage.path.read_bytes()
    if cheat.seconds:
        monkeypatch.setattr(bochs_pace, "SLOW_SECONDS", cheat.seconds)
    if cheat.drawn:
        monkeypatch.setattr(verdict, "Ways", all_of_them)
    with ThreadPoolExecutor(2) as both:
        secrets = SECRETS if cheat.drawn else ()
        mine = both.submit(tried, course, stage, cheat.tests, secrets)
        beside = both.submit(honest_verdict, course, honest) if cheat.beside else None
        outcomes = mine.result()
    monkeypatch.undo()
    if beside:
        found = beside.result()
        assert {status for status, _ in found} == {PASS}
        assert found == honest_verdict(course, honest)
    assert stage.path.read_bytes() == kernel

    result = score_lab(lab, outcomes, [], selected=True)
    text = shown(result)
    assert result.score == 0, text
    assert bool(result.errors) == (cheat.status == "error"), text
    assert {o.status for o in outcomes.values()} <= set(cheat.status.split("|")), text
    assert any(words in text for words in cheat.words.split("|")), text
    assert not TERMINAL.search(text)
    assert all(outcome.message for outcome in outcomes.values())


def test_slow_instructions_cost_only_the_test_that_has_them(
    builder: StageBuilder, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not tried again, and the others run in another boot."""
    cheat = next(one for one in CHEATS if one.name == "slow-instructions")
    file = course.exercise(cheat.exercise).file
    stage = builder.stage(
        course.lab(1), Recipe(texts={file: cheat.text(course)}, jobs=1)
    )
    others = course.lab(1).tests_of(course.exercise("1.3"))[:2]
    monkeypatch.setattr(bochs_pace, "SLOW_SECONDS", cheat.seconds)
    names = [*cheat.tests, *(test.name for test in others)]
    slow, *rest = tried(course, stage, names).values()
    assert slow.status == HANG and slow.backtrace[0].function == "cheat"
    assert [outcome.status for outcome in rest] == [PASS, PASS]


def test_who_is_found_out_once_is_looked_at_wherever_it_can_be(
    builder: StageBuilder, course: Course
) -> None:
    """A cheat that is seen in some tests only, if they are drawn."""
    cheat = next(one for one in CHEATS if one.name == "never-fails")
    exercise = course.exercise(cheat.exercise)
    lab = course.lab(1)
    stage = builder.stage(
        lab, Recipe(texts={exercise.file: cheat.text(course)}, jobs=1)
    )
    found = set()
    for secret in range(8):
        outcomes = run_tests(
            stage, lab, [test for test in lab.tests if test.name in cheat.tests],
            str(secret), MACHINE,
        )  # fmt: skip
        found.add(tuple(sorted(outcome.status for outcome in outcomes.values())))
    assert found == {(FORGED, FORGED), (PASS, PASS)}


def test_there_are_many_and_each_says_what_it_tries() -> None:
    files = {path.stem for path in ZOO.glob("*.inc")} - {"machine"}
    assert files == {cheat.name for cheat in CHEATS}
    assert len(CHEATS) == len(files) >= 30
    assert {cheat.exercise[0] for cheat in CHEATS} == set("01234567")
    for name in files:
        first = (ZOO / f"{name}.inc").read_text().splitlines()[0]
        assert re.fullmatch(r"// [A-Z].*\.", first), name


# What a tree may hold that some tool, somewhere, runs or obeys.
RUNS_SHELL = "touch {mark}\n"
RUNS_PYTHON = "open({mark!r}, 'w')\n"
TRAPS = {
    "Makefile": "$(shell touch {mark})\nall grade test:\n\ttouch {mark}\n",
    "GNUmakefile": "$(shell touch {mark})\n",
    ".gdbinit": "shell touch {mark}\n",
    ".bochsrc": "debug_symbols: file={mark}\nlog: {mark}\n",
    "bochsrc": "log: {mark}\n",
    "grub.cfg": "load_env -f {mark}\n",
    ".git/config": "[core]\n\tfsmonitor = touch {mark}\n\tpager = touch {mark}\n",
    ".git/hooks/post-checkout": "#!/bin/sh\n" + RUNS_SHELL,
    ".git/HEAD": "ref: refs/heads/main\n",
    "gcc": "#!/bin/sh\n" + RUNS_SHELL,
    "as": "#!/bin/sh\n" + RUNS_SHELL,
    "grader/grade": "#!/usr/bin/python3\n" + RUNS_PYTHON,
    "grader/deps": "#!/bin/sh\n" + RUNS_SHELL,
    "grader/h4/__init__.py": RUNS_PYTHON,
    "grader/h4/cli.py": RUNS_PYTHON,
    "h4/__init__.py": RUNS_PYTHON,
    "rich/__init__.py": RUNS_PYTHON,
    "json.py": RUNS_PYTHON,
    "sitecustomize.py": RUNS_PYTHON,
    "conftest.py": RUNS_PYTHON,
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n",
    "kernel/kernel.ld": "INCLUDE {mark}\n",
    "kernel/include/kernel/page.h": "#error mine\n",
    "labs/1-paging/lab.toml": "evil = 1\n",
    "labs/course.toml": "evil = 1\n",
    ".course/release.json": "evil\n",
    ".course/reference/kernel/flexpage.c.o": "evil\n",
    ".course/guest/harness.o": "evil\n",
}  # fmt: skip


def test_nothing_of_a_submission_is_run(course: Course, tmp_path: Path) -> None:
    """Not even by someone who stands in it."""
    tree, mark = tmp_path / "handed-in", str(tmp_path / "was-here")
    for path in course.lab(1).exercise_files:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(course.solved(path))
    for path, text in TRAPS.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text.format(mark=mark))
        os.chmod(tree / path, 0o755)
    os.symlink("/", tree / "labs/everything")
    before = sorted(tree.rglob("*"))
    done = subprocess.run(
        [
            sys.executable, ROOT / "grader/grade", "--submission", ".", "--lab", "1",
            "--test", "fpage_make",
        ],
        cwd=tree,
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "H4-RESULT status=0" in done.stdout
    assert "kernel/kernel.ld was changed; the course's is used" in done.stdout
    assert not os.path.exists(mark)
    assert sorted(tree.rglob("*")) == before
