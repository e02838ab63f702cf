# SPDX-License-Identifier: MIT
"""Right solutions that are written differently get full marks.

Each file of variants/ is a student's way of doing some exercises of a lab: other
data structures, other orders, other arithmetic. It holds what such a student writes
between the marks of the course's files, in their order, or whole files, as everything
in an exercise file is the student's:

    // h4-file l4/table.c
    // h4-region 5.2
    ...
    // h4-whole l4/ready.c
    ...

A line of output more, another compiler or another level of optimisation must not
cost anything either.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT

from h4.course import Course
from h4.endings import PASS
from h4.manifest import Lab
from h4.marks import parse
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

VARIANTS = sorted((ROOT / "grader/tests/variants").glob("*.c.in"))
_FILE = re.compile(r"^// h4-(file|whole) (\S+)\n", re.MULTILINE)
_REGION = re.compile(r"^// h4-region (\d+\.\d+)\n", re.MULTILINE)

# Where a student's own line of output stands: at the begin of all functions of an
# exercise.
PRINTING = [
    (0, "0.2", "kernel/console.h", 'printk("map\\n");'),
    (1, "1.5", "kernel/console.h", 'printk("here\\n");'),
    (2, "2.2", "kernel/console.h", 'printk("%s\\n", __func__);'),
    (3, "3.3", "kernel/console.h", 'printk("%s\\n", __func__);'),
    (4, "4.1", "kernel/console.h", 'printk("gates\\n");'),
    (5, "5.4", "h/h.h", "h_putch('t');"),
    (6, "6.8", "h/h.h", "h_putch('e');"),
    (7, "7.8", "h/h.h", "h_putch('u');"),
]
# The last one: JITTER. What is slow may be left by the timer anywhere.
LEVELS = [
    (0, "gcc", "-O0", None),
    (1, "gcc", "-O3", None),
    (2, "clang", "-O2", None),
    (3, "gcc", "-Os", None),
    (4, "clang", "-O1", None),
    (5, "gcc", "-O0", 4),
    (6, "clang", "-O2", None),
    (7, "gcc", "-O3", None),
]


def files(course: Course, text: str) -> dict[str, str]:
    """The files of a variant as the student hands them in."""
    found: dict[str, str] = {}
    _, *parts = _FILE.split(text)
    for kind, path, part in zip(parts[::3], parts[1::3], parts[2::3]):
        if kind == "whole":
            found[path] = part
            continue
        before, *pieces = _REGION.split(part)
        assert not before, f"{path}: text in front of its first region: {before!r}"
        found[path] = written(course, path, list(zip(pieces[::2], pieces[1::2])))
    return found


def written(course: Course, path: str, pieces: list[tuple[str, str]]) -> str:
    """The course's file with these pieces where its solutions were."""
    marked = parse(course.text(path), path)
    assert [r.exercise for r in marked.regions] == [e for e, _ in pieces], path
    lines, at = [], 0
    for region, (_, piece) in zip(marked.regions, pieces):
        lines += [*marked.lines[at : region.begin - 1], piece.rstrip("\n")]
        at = region.end
    return "\n".join([*lines, *marked.lines[at:]])


def full_marks(
    builder: StageBuilder, lab: Lab, recipe: Recipe, jitter: int | None = None
) -> None:
    stage = builder.stage(lab, recipe)
    assert not stage.failures and not stage.link_failure, stage.failures
    tests = list(lab.tests)
    machine = Machine(jobs=1, direct=True, jitter=jitter)
    outcomes = run_tests(stage, lab, tests, builder.course.secret, machine)
    wrong = {n: o.message for n, o in outcomes.items() if o.status != PASS}
    assert not wrong


@pytest.mark.parametrize("number", sorted({file.name[0] for file in VARIANTS}))
def test_right_is_right(builder: StageBuilder, course: Course, number: str) -> None:
    """All variants of a lab in one stage; no two write the same exercise."""
    texts: dict[str, str] = {}
    for variant in VARIANTS:
        if variant.name.startswith(number):
            own = files(course, variant.read_text())
            assert not texts.keys() & own.keys()
            texts |= own
    full_marks(builder, course.lab(int(number)), Recipe(texts=texts, jobs=1))


@pytest.mark.parametrize(("number", "exercise", "header", "words"), PRINTING)
def test_output_costs_nothing(
    builder: StageBuilder,
    course: Course,
    number: int,
    exercise: str,
    header: str,
    words: str,
) -> None:
    path = course.exercise(exercise).file
    text = course.text(path)
    begin = f"        // H4-BEGIN {exercise}\n"
    assert begin in text
    noisy = text.replace(begin, f"{begin}        {words}\n")
    texts = {path: f"#include <{header}>\n{noisy}"}
    full_marks(builder, course.lab(number), Recipe(texts=texts, jobs=1))


@pytest.mark.parametrize(("number", "compiler", "level", "jitter"), LEVELS)
def test_the_compiler_does_not_matter(
    builder: StageBuilder,
    course: Course,
    number: int,
    compiler: str,
    level: str,
    jitter: int | None,
) -> None:
    recipe = Recipe(compiler=compiler, exercise_flags=(level,), jobs=1)
    full_marks(builder, course.lab(number), recipe, jitter)
