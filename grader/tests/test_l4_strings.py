# SPDX-License-Identifier: MIT
"""Memory, ports and strings in messages, as l4/README.md tells of them, tried by programs:
the trials of user/trial7. They see each of the mistakes in memory_mistakes.py,
string_mistakes.py, refusal_mistakes.py and sigma0_mistakes.py."""

from __future__ import annotations

import re

import memory_mistakes
import pytest
import refusal_mistakes
import sigma0_mistakes
import string_mistakes
from conftest import ROOT
from system_course import LIMIT, STRINGS, TEST, System
from test_system_fixture import build, expect_pass, run

from h4.endings import FAIL
from h4.mutants import KILLED
from h4.stage import Recipe, Stage
from h4.verdict import Machine, run_tests

SUITES = (memory_mistakes, string_mistakes, refusal_mistakes, sigma0_mistakes)
MISTAKES = {name: one for suite in SUITES for name, one in suite.MISTAKES.items()}
assert len(MISTAKES) == sum(len(suite.MISTAKES) for suite in SUITES)
DIRECT = Machine(jobs=1, direct=True)
LOOKING = 5 * LIMIT  # instructions
TRIAL = re.compile(r"^TRIAL\((\w+)\)", re.M)


@pytest.fixture(scope="module")
def system() -> System:
    return System(ROOT, STRINGS)


@pytest.fixture(scope="module")
def stage(system: System) -> Stage:
    return build(system)


def test_each_trial_has_a_test() -> None:
    sources = (ROOT / "user" / "trial7").glob("*.c")
    trials = {name for file in sources for name in TRIAL.findall(file.read_text())}
    files = (ROOT / STRINGS.folder).glob("test_*.c")
    tested = {name for file in files for name in TEST.findall(file.read_text())}
    # Some are tests of the lab itself.
    own = (ROOT / "labs/7-mapping/test_at_once.c").read_text()
    assert trials == tested | set(TEST.findall(own))


@pytest.mark.parametrize("megabytes", [8, 32])
def test_they_arrive(stage: Stage, megabytes: int) -> None:
    expect_pass(run(stage, list(stage.lab.tests), "bochs", megabytes))


def test_they_arrive_while_h_looks_after_itself(system: System) -> None:
    """With little memory. H finds nothing that is not as it says: it would stop the
    machine. Its looking takes time, after each operation too much for any trial; a few,
    which are about time, may find even this to be too long."""
    looking = Recipe(paranoid=1, paranoid_each=64)
    stage = build(system, looking, LOOKING)
    outcomes = run(stage, list(stage.lab.tests), megabytes=8, direct=True)
    late = {n: o for n, o in outcomes.items() if o.status == FAIL}
    expect_pass({n: o for n, o in outcomes.items() if n not in late})
    assert len(late) <= len(outcomes) // 20, late.keys()


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_seen(name: str, system: System) -> None:
    mistake = MISTAKES[name]
    text = system.text(mistake.file)
    assert text.count(mistake.find) == 1
    texts = {mistake.file: text.replace(mistake.find, mistake.replace)}
    stage = build(system, Recipe(texts=texts, jobs=1))
    tests = [test for test in stage.lab.tests if test.name == mistake.seen_by]
    outcome = run_tests(stage, stage.lab, tests, system.secret, DIRECT)
    assert outcome[mistake.seen_by].status in KILLED


def test_they_arrive_in_any_order(stage: Stage) -> None:
    expect_pass(run(stage, list(stage.lab.tests)[::-1], direct=True))


def test_long_ones_arrive_in_qemu(stage: Stage) -> None:
    """However quick it is: none of these trials counts on how long a string takes."""
    long = TRIAL.findall((ROOT / "user/trial7/long.c").read_text())
    tests = [test for test in stage.lab.tests if test.name in long]
    assert len(tests) == len(long)
    expect_pass(run(stage, tests, "qemu"))
