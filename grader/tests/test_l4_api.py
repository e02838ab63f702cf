# SPDX-License-Identifier: MIT
"""The whole interface of L4, as l4/README.md tells it, tried by programs: the trials of
user/trial5_api and user/trial6_api, in Bochs and in QEMU: in both a guest's time goes by
its instructions, in QEMU twelve times as many. They see each of the mistakes in
api_mistakes.py and message_mistakes.py.

Lab 6 has one way for all messages, lab 8 a short one beside it: there all trials are
run too, and see each of the mistakes in direct_mistakes.py."""

from __future__ import annotations

import re

import api_mistakes
import message_mistakes
import pytest
from conftest import ROOT
from direct_mistakes import MISTAKES as ON_THE_SHORT_WAY
from given_mistakes import Mistake
from system_course import API, API_OF_LAB_5, API_OF_LAB_8, TEST, System
from test_system_fixture import build, expect_pass, run

from h4.mutants import KILLED
from h4.stage import Recipe, Stage

CALLS = "test_calls"
MISTAKES = api_mistakes.MISTAKES | message_mistakes.MISTAKES
assert len(MISTAKES) == len(api_mistakes.MISTAKES) + len(message_mistakes.MISTAKES)
TRIAL = re.compile(r"^TRIAL\((\w+)\)|^EXCEPTION\((\w+),", re.M)


@pytest.fixture(scope="module")
def system() -> System:
    return System(ROOT, API)


@pytest.fixture(scope="module")
def stage(system: System) -> Stage:
    return build(system)


def names() -> set[str]:
    """The tests in all files."""
    files = (ROOT / API.folder).glob("test_*.c")
    return {name for file in files for name in TEST.findall(file.read_text())}


def test_each_trial_has_a_test() -> None:
    texts = [file.read_text() for file in (ROOT / "user").glob("trial6*/*.c")]
    trials = {a or f"exception_{b}" for t in texts for a, b in TRIAL.findall(t)}
    assert trials <= names()
    assert len(names()) >= 200


@pytest.mark.parametrize("megabytes", [8, 32])
def test_it_is_kept(stage: Stage, megabytes: int) -> None:
    expect_pass(run(stage, list(stage.lab.tests), "bochs", megabytes))


def test_it_is_kept_in_any_order(stage: Stage) -> None:
    expect_pass(run(stage, list(stage.lab.tests)[::-1], direct=True))


def test_it_is_kept_in_qemu(stage: Stage) -> None:
    expect_pass(run(stage, list(stage.lab.tests), "qemu"))


def test_lab_5_keeps_what_needs_no_messages() -> None:
    stage = build(System(ROOT, API_OF_LAB_5))
    assert len(stage.lab.tests) > 50
    expect_pass(run(stage, list(stage.lab.tests)))


@pytest.fixture(scope="module")
def short_system() -> System:
    return System(ROOT, API_OF_LAB_8)


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
def test_lab_8_keeps_it_too(emulator: str, short_system: System) -> None:
    stage = build(short_system)
    expect_pass(run(stage, list(stage.lab.tests), emulator))


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_seen(name: str, system: System) -> None:
    is_seen(MISTAKES[name], system)


@pytest.mark.parametrize("name", ON_THE_SHORT_WAY)
def test_mistakes_on_the_short_way_are_seen(name: str, short_system: System) -> None:
    is_seen(ON_THE_SHORT_WAY[name], short_system)


def is_seen(mistake: Mistake, system: System) -> None:
    text = system.text(mistake.file)
    assert text.count(mistake.find) == 1
    texts = {mistake.file: text.replace(mistake.find, mistake.replace)}
    stage = build(system, Recipe(texts=texts, jobs=1))
    tests = [test for test in stage.lab.tests if test.name == mistake.seen_by]
    outcome = run(stage, tests, direct=True)[mistake.seen_by]
    assert outcome.status in KILLED, outcome.status
