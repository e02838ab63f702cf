# SPDX-License-Identifier: MIT
"""A test that fails has failed, whichever compiler has made the kernel and the harness."""

from __future__ import annotations

import pytest
from conftest import ROOT

from h4.compiling import COMPILERS
from h4.endings import CRASH, FAIL
from h4.manifest import load_mutants
from h4.marks import mutate
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(
    ("number", "name", "status"),
    [
        (1, "split-capacity-off-by-one", FAIL),
        (4, "enter-ds-of-the-context", CRASH),
        (5, "exchange-anybody", FAIL),
    ],
)
def test_a_failure_is_one(
    builder: StageBuilder, number: int, name: str, status: str, compiler: str
) -> None:
    lab = builder.course.lab(number)
    mutant = next(one for one in load_mutants(ROOT, lab) if one.name == name)
    test = next(test for test in lab.tests if test.name == mutant.killed_by)
    text = mutate((ROOT / mutant.file).read_text(), mutant)
    stage = builder.stage(
        lab, Recipe(texts={mutant.file: text}, jobs=1, compiler=compiler)
    )
    machine = Machine(jobs=1, direct=True)
    found = run_tests(stage, lab, [test], builder.course.secret, machine)[test.name]
    assert (found.status, found.on_host) == (status, False), found.message
