# SPDX-License-Identifier: MIT
"""A student's own wrong gates, segments and task state are mistakes: they cost the tests
that meet them, and nobody is said to have tampered with the harness.

One kernel holds all mutants of the exercise, and more mistakes; the boot's seed says which
of them it makes. Each point on a test's way is asked for, and looked at.
"""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ROOT

from h4 import verdict
from h4.course import Course
from h4.endings import FAIL, FORGED, PASS
from h4.manifest import Mutant, load_mutants
from h4.marks import mutate
from h4.outside_ways import Ways
from h4.stage import Recipe, Stage, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests

FILE, EXERCISE = "h/gates.c", "4.1"

# What else may go wrong: a text of the solution, and another in its place.
MISTAKES = {
    "array-not-read": (
        "return gate_descriptor(KERNEL_CODE, gate_entries[vector], type);",
        "return gate_descriptor(KERNEL_CODE, (uint32_t)&gate_entries[vector], type);",
    ),
    "entry-of-the-next": (
        "return gate_descriptor(KERNEL_CODE, gate_entries[vector], type);",
        "return gate_descriptor(KERNEL_CODE, gate_entries[vector + 1], type);",
    ),
    "tasks-in-place-of-gates": (
        "return gate_descriptor(KERNEL_CODE, gate_entries[vector], type);",
        "return gate_descriptor(KERNEL_CODE, gate_entries[vector], TYPE_TASK_GATE);",
    ),
    "sysenter-of-data": (
        "wrmsr(MSR_SYSENTER_CS, KERNEL_CODE);", "wrmsr(MSR_SYSENTER_CS, KERNEL_DATA);"
    ),
    "data-of-programs": (
        "lidt(&table);",
        'lidt(&table);\n__asm__ volatile("mov %0, %%es" : : "r"(USER_DATA));',
    ),
}  # fmt: skip


def mistakes(course: Course) -> dict[str, str]:
    """The complete file with each of them in it."""
    lab = course.lab(4)
    mutants = [one for one in load_mutants(ROOT, lab) if one.exercise == EXERCISE]
    made = [
        Mutant(name, "", FILE, EXERCISE, find, replace, "")
        for name, (find, replace) in MISTAKES.items()
    ]
    text = (course.root / FILE).read_text()
    return {one.name: mutate(text, one) for one in (*mutants, *made)}


@pytest.fixture(scope="module")
def stage(builder: StageBuilder, course: Course) -> Stage:
    """All of them, each with names of its own for what it defines; 0 makes none."""
    texts = [course.solved(FILE), *mistakes(course).values()]
    names = ("gates", "interrupt_gate", "set_task_gate", "gates_init")
    parts, cases = [], ""
    for at, text in enumerate(texts):
        defines = "".join(f"#define {name} {name}_{at}\n" for name in names)
        ends = "".join(f"#undef {name}\n" for name in names)
        parts.append(f"{defines}void gates_init(void);\n{text}{ends}")
        cases += f"case {at}: gates_init_{at}(); return;\n"
    chosen = (
        "extern struct { uint32_t seed; } harness_plan;\n"
        f"void gates_init(void)\n{{\nswitch (harness_plan.seed) {{\n{cases}}}\n}}\n"
    )
    begin = "#include <h/internal/entry.h>\n"
    text = begin + "".join(parts) + chosen
    made = builder.stage(course.lab(4), Recipe(texts={FILE: text}, jobs=1))
    assert not made.failures, made.failures
    return made


@pytest.mark.parametrize("name", ["none", *mistakes(Course(ROOT))])
def test_a_mistake_is_no_attack(
    course: Course, stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_of_them(image: Image, secret: int, _: bool, *more: Any) -> Ways:
        return Ways(image, secret, True, *more)

    monkeypatch.setattr(verdict, "Ways", all_of_them)
    tests = stage.lab.tests_of(course.exercise(EXERCISE))
    seed = ["none", *mistakes(course)].index(name)
    machine = Machine(jobs=1, seed=seed, direct=True)
    outcomes = run_tests(stage, stage.lab, tests, course.secret, machine)
    said = {one.test.name: (one.status, one.message) for one in outcomes.values()}
    assert FORGED not in {status for status, _ in said.values()}, said
    assert ({status for status, _ in said.values()} == {PASS}) == (name == "none"), said


@pytest.mark.parametrize(
    "name, test, words",
    [
        (
            "gates-sysenter-in-ring-3", "gates_hold_in_ring_3",
            "CS is 0x0018, base 0x00000000, limit 0xffffffff; the kernel's is 0x0008",
        ),
        (
            "data-of-programs", "sysenter_is_set_up",
            "ES is 0x0023, base 0x00000000, limit 0xffffffff; the kernel's is 0x0010",
        ),
    ],
)  # fmt: skip
def test_it_is_said_what_was_found(
    course: Course, stage: Stage, name: str, test: str, words: str
) -> None:
    """By nobody but the host."""
    seed = ["none", *mistakes(course)].index(name)
    machine = Machine(jobs=1, seed=seed, direct=True)
    tests = [one for one in stage.lab.tests if one.name == test]
    (outcome,) = run_tests(stage, stage.lab, tests, course.secret, machine).values()
    assert outcome.status == FAIL and outcome.on_host, outcome.message
    assert "the guest reported no mistake" in outcome.message[0]
    assert words in "\n".join(outcome.message)
