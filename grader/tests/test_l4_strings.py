# SPDX-License-Identifier: MIT
"""Strings in messages, as l4/README.md tells of them, tried by programs: the trials of
user/trial7."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from system_course import STRINGS, TEST, System
from test_system_fixture import build, expect_pass, run

from h4.stage import Stage

TRIAL = re.compile(r"^TRIAL\((\w+)\)", re.M)


@pytest.fixture(scope="module")
def stage() -> Stage:
    return build(System(ROOT, STRINGS))


def test_each_trial_has_a_test() -> None:
    sources = (ROOT / "user" / "trial7").glob("*.c")
    trials = {name for file in sources for name in TRIAL.findall(file.read_text())}
    files = (ROOT / STRINGS.folder).glob("test_*.c")
    assert trials == {name for file in files for name in TEST.findall(file.read_text())}


@pytest.mark.parametrize("megabytes", [8, 32])
def test_they_arrive(stage: Stage, megabytes: int) -> None:
    expect_pass(run(stage, list(stage.lab.tests), "bochs", megabytes))


def test_they_arrive_in_any_order(stage: Stage) -> None:
    expect_pass(run(stage, list(stage.lab.tests)[::-1]))
