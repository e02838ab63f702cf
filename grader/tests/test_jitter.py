# SPDX-License-Identifier: MIT
"""Schedules by a seed: right solutions pass whatever it is, a schedule is the same
whenever a test runs, and a failure says how to have it again. `make soak ONLY=jitter`
tries 200 seeds; mutants that only a seed kills are among those of test_lab_proofs.py."""

from __future__ import annotations

import pytest
from conftest import ROOT

from h4 import bochs
from h4.bochs_debugger import Debugger, Stop
from h4.course import Course
from h4.endings import PASS
from h4.grading import main as grade
from h4.jitter import DISTURBED, disturb, with_schedule
from h4.manifest import load_mutants
from h4.marks import mutate
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

SEEDS = (1, 2)
# Of lab 5: at each pace there are some, and each has interrupts at odd places.
REPLAYED = ("exchange_halts", "the_highest_priority_runs", "thread_switch_gives_turns")
# And of these in each of its periods.
STOPPED = ("time_slices_end", "thread_switch_to_nobody", *REPLAYED)


@pytest.mark.parametrize("number", DISTURBED)
def test_the_reference_passes_with_any_schedule(course: Course, number: int) -> None:
    *failures, summary = disturb(course, course.lab(number), SEEDS[0], len(SEEDS))
    assert not failures
    assert ", 0 failed" in summary


def test_without_a_seed_there_is_no_schedule(builder: StageBuilder) -> None:
    lab = builder.course.lab(5)
    tests = [test for test in lab.tests if test.name in REPLAYED]
    outcomes = run_tests(
        builder.stage(lab, Recipe()), lab, tests, builder.course.secret,
        Machine(jobs=1, direct=True),
    )  # fmt: skip
    assert {outcome.schedule for outcome in outcomes.values()} == {""}


def test_a_schedule_is_the_same_alone_and_among_others(builder: StageBuilder) -> None:
    """To the instruction: the digest is of where each interrupt came, and when."""
    course = builder.course
    lab = course.lab(5)
    stage = builder.stage(lab, Recipe())
    among = with_schedule(course, stage, list(lab.tests), 7)
    other = with_schedule(course, stage, list(lab.tests), 8)
    for name in REPLAYED:
        test = next(test for test in lab.tests if test.name == name)
        # By GRUB, at another time since the machine began.
        machine = Machine(jobs=1, jitter=7)
        alone = run_tests(stage, lab, [test], course.secret, machine)[name]
        assert alone.status == PASS
        assert alone.schedule == among[name].schedule != ""
        assert alone.schedule != other[name].schedule


def test_a_schedule_is_the_same_wherever_the_machine_is_stopped(
    builder: StageBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the grader stops it to look at the clock hangs on what was before, and where
    it asks, on how fast this machine is. No stop may move an interrupt."""
    course = builder.course
    lab = course.lab(5)
    stage = builder.stage(lab, Recipe())
    tests = [test for test in lab.tests if test.name in STOPPED]
    once = with_schedule(course, stage, tests, 7)
    resume = Debugger.resume
    stops: list[Stop] = []

    def resume_again(debugger: Debugger) -> Stop:
        stops.append(resume(debugger))
        return stops[-1]

    monkeypatch.setattr(bochs, "STRIDE", 9_973)
    monkeypatch.setattr(Debugger, "resume", resume_again)
    often = with_schedule(course, stage, tests, 7)
    assert sum(stop.by_clock for stop in stops) > 1_000
    for name in STOPPED:
        assert once[name].status == often[name].status == PASS
        assert once[name].schedule == often[name].schedule != ""


def test_there_are_mistakes_that_only_schedules_find(builder: StageBuilder) -> None:
    """A schedule kills each of them where all mutants are proved. Without one their
    exercises' tests pass: but where the timer interrupts then is a matter of few
    instructions too, and any change of the kernel moves it. So some may fail."""
    course = builder.course
    passed = 0
    for lab in map(course.lab, DISTURBED):
        for mutant in load_mutants(ROOT, lab):
            if mutant.jitter is None:
                continue
            text = mutate((ROOT / mutant.file).read_text(), mutant)
            stage = builder.stage(lab, Recipe(texts={mutant.file: text}, jobs=1))
            outcomes = run_tests(
                stage, lab, list(lab.tests_of(course.exercise(mutant.exercise))),
                course.secret, Machine(jobs=1, direct=True),
            )  # fmt: skip
            passed += {one.status for one in outcomes.values()} == {PASS}
    assert passed >= 12
