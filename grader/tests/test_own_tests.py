# SPDX-License-Identifier: MIT
"""Tests that students write: what they earn, what is said of them, and what is no way
around. The course's own are judged by the proofs of the labs and by `make mutants`."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT
from elftools.elf.elffile import ELFFile
from rich.console import Console

from h4.bodies import replace_body
from h4.course import Course
from h4.endings import BLOCKED, CRASH, FAIL, FORGED, HANG, MISSING, NOT_BUILT, PASS, Outcome
from h4.manifest import SCHEMAS, Exercise, Lab, load_course, load_mutants
from h4.manifest_rules import KILLS, KINDS, course_mistakes, mutant_mistakes
from h4.overlay import edited
from h4.ready_objects import versions
from h4.report import Report
from h4.score import WORKS, score_lab
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests
from h4.versions import made_of, version_texts

RIGHT = r"your test fails on the right solution"
TESTED = [
    (lab, own)
    for lab in load_course(ROOT).labs
    for own in lab.own_tests
]
each = pytest.mark.parametrize(
    ("lab", "own"), TESTED, ids=[own.id for _, own in TESTED]
)


def verdict(
    builder: StageBuilder, lab: Lab, own: Exercise, body: str, most: int | None = None
) -> dict[str, Outcome]:
    """What is said of a test that does this, by all or the first `most` of its tests."""
    course = builder.course
    text = replace_body(course.text(own.file), own.file, own.id, lambda _: body)
    return outcomes_of(builder, lab, own, text, most)


def outcomes_of(
    builder: StageBuilder, lab: Lab, own: Exercise, text: str, most: int | None = None
) -> dict[str, Outcome]:
    stage = builder.stage(lab, Recipe(texts={own.file: text}, jobs=1))
    machine = Machine(jobs=1, direct=True)
    secret = builder.course.secret
    tests = list(lab.tests_of(own))[:most]
    return run_tests(stage, lab, tests, secret, machine)


def score(lab: Lab, outcomes: dict[str, Outcome]) -> int:
    return score_lab(lab, outcomes, [], False).score


def of_kind(lab: Lab, own: Exercise, kind: str) -> list[str]:
    return [test.name for test in lab.tests_of(own) if test.kind == kind]


@each
def test_a_test_that_looks_at_nothing(
    builder: StageBuilder, lab: Lab, own: Exercise
) -> None:
    """It passes on the right version, and finds nothing; each kind of mistake is told,
    with all of its versions."""
    outcomes = verdict(builder, lab, own, "")
    assert score(lab, outcomes) == 0
    for name in of_kind(lab, own, WORKS):
        assert outcomes[name].status == PASS
    for name in of_kind(lab, own, KILLS):
        assert outcomes[name].status == FAIL
        assert outcomes[name].message[0].startswith("your test passes although")
    said = " ".join(" ".join(o.message) for o in outcomes.values())
    wrong = len(version_texts(builder.course, lab, lab.exercise(own.about))) - 1
    assert len(re.findall("although", said)) == wrong >= 8


@each
def test_a_test_that_nothing_passes(
    builder: StageBuilder, lab: Lab, own: Exercise
) -> None:
    """It finds all mistakes there are, and earns nothing: what it has said of the right
    version is told, and where."""
    body = 'expect_number(3, 4, "my own sum");'
    outcomes = verdict(builder, lab, own, body, 2)
    assert score(lab, outcomes) == 0
    assert [outcome.status for outcome in outcomes.values()] == [FAIL, FAIL]
    for name in of_kind(lab, own, WORKS):
        message = outcomes[name].message
        assert message == [f"{RIGHT}, by saying: my own sum", "expected: 3", "found:    4"]
        assert outcomes[name].backtrace[0].file == own.file
        assert outcomes[name].backtrace[0].function == own.functions[0]
    kills = of_kind(lab, own, KILLS)[0]
    where = "on the right solution too, which comes among the wrong ones"
    assert reported(lab, outcomes, "my own sum", "finds") == [
        f"{RIGHT}, by saying: my own sum", f"the same in {kills}, {where}",
    ]  # fmt: skip
    # It alone says it all.
    assert len(reported(lab, {kills: outcomes[kills]}, f"{RIGHT} too,")) == 1


def reported(lab: Lab, outcomes: dict[str, Outcome], *words: str) -> list[str]:
    """The lines of the report in which one of these words is."""
    out = io.StringIO()
    result = score_lab(lab, outcomes, [], True)
    Report(Console(file=out, width=200, soft_wrap=True), "").lab(result)
    lines = [line.strip() for line in out.getvalue().splitlines()]
    return [line for line in lines if any(word in line for word in words)]


@pytest.mark.parametrize("body", [
    '__asm__ volatile("ud2");', 'h4_todo("nothing");', '__asm__ volatile("1: jmp 1b");',
])  # fmt: skip
def test_the_same_end_is_told_once(builder: StageBuilder, body: str) -> None:
    """And on which versions it came."""
    lab, own = TESTED[0]
    outcomes = verdict(builder, lab, own, body, 4)
    accepts, *finds = outcomes
    lines = reported(lab, outcomes, "while your test", "the same in ")
    assert lines[0] == "while your test ran on the right solution"
    told = " ".join(lines[1:])
    assert all(f"the same in {name}" in told or f", {name}" in told for name in finds)
    assert all(" on " in line for line in lines[1:])
    assert len(reported(lab, outcomes, f"in {own.functions[0]} at")) == 1
    assert accepts not in told


def test_what_a_test_overlooks_is_told_each_time(builder: StageBuilder) -> None:
    """That is what judges it, not the test itself: each says something else."""
    lab, own = TESTED[0]
    outcomes = verdict(builder, lab, own, "", 3)
    assert len(reported(lab, outcomes, "your test passes although")) == 2
    assert not reported(lab, outcomes, "the same in")


# What a test may do that does not ask what it tests, and what becomes of it.
TRICKS = {
    "fails from the third run on": (
        'static int runs; if (++runs > 2) fail("it is the third");', {PASS, FAIL},
    ),
    "every second run": ('static int runs; if (runs++ % 2) fail("odd");', {FAIL}),
    "at random": ('if (random_word() & 1) fail("by chance");', {PASS, FAIL}),
    "hangs": ('__asm__ volatile("1: jmp 1b");', {HANG}),
    "crashes": ('__asm__ volatile("ud2");', {CRASH}),
    "panics": ('h4_todo("nothing");', {CRASH}),
    "leaves as the harness does": (
        "extern _Noreturn void own_leave(void); own_leave();", {FAIL},
    ),
    "ends the test": (
        "extern void report_pass(void); report_pass();", {FORGED},
    ),
    "patches the judge": (
        "extern void own_finds(void); *(volatile uint8_t *)(void *)own_finds = 0xC3;",
        {CRASH},
    ),
    "runs a trial itself": (
        "extern void own_accepts(const void *); static void (*two[2])(void);"
        'if (!two[0]) { two[0] = two[1] = own_test_of_regions; own_accepts(two); }'
        'fail("in a trial of its own");',
        {FAIL},
    ),
    "writes results": (
        '__asm__ volatile("outb %b0, %w1" : : "a"(79), "d"(0x2F8));', {FORGED},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRICKS)
def test_no_way_around(builder: StageBuilder, name: str) -> None:
    lab, own = TESTED[0]
    body, statuses = TRICKS[name]
    outcomes = verdict(builder, lab, own, body, 3)
    assert score(lab, outcomes) == 0
    assert {outcome.status for outcome in outcomes.values()} <= statuses
    assert all(o.message for o in outcomes.values() if o.status != PASS)


def test_one_that_calls_what_is_not_there_waits_for_it(builder: StageBuilder) -> None:
    """Not that it crashes: the exercise is named, and where it is called. Whoever says
    the same of what is there, has panicked."""
    lab, own = TESTED[0]
    course, called = builder.course, lab.exercise("2.3")
    text = replace_body(
        course.text(own.file), own.file, own.id,
        lambda _: "pages_begin(); page_count_mapping(page_frame(0x400));",
    )  # fmt: skip
    text = text.replace("#include <kernel/todo.h>", "#include <kernel/status.h>")
    texts = {own.file: text, called.file: course.starter(called.file)}
    stage = builder.stage(lab, Recipe(texts=texts, jobs=1))
    tests = list(lab.tests_of(own))[:2]
    outcomes = run_tests(stage, lab, tests, course.secret, Machine(jobs=1, direct=True))
    for outcome in outcomes.values():
        assert (outcome.status, outcome.waits_for) == (BLOCKED, "2.3")
        (words,) = outcome.message
        assert words.startswith("needs 2.3, which is not there yet: page_count_mapping at ")
        assert f" is called by {own.functions[0]} at {own.file}:" in words
    said = 'h4_todo("2.3");'
    assert verdict(builder, lab, own, said, 1)[tests[0].name].status == CRASH


def test_a_test_that_is_too_long(builder: StageBuilder) -> None:
    """The right version alone leaves it more time than one among wrong ones."""
    lab, own = TESTED[0]
    body = "for (volatile unsigned i = 0; i < 2500000; i++)\n;"
    outcomes = list(verdict(builder, lab, own, body, 2).values())
    assert [outcome.status for outcome in outcomes] == [PASS, HANG]
    assert outcomes[1].message[1].startswith("all runs of your test share them:")


def test_what_cannot_be_built(builder: StageBuilder) -> None:
    """A test of its own in the table of tests, and headers of the harness."""
    lab, own = TESTED[0]
    text = builder.course.solved(own.file)
    for more in ("TEST(own_more)\n{\n}\n", '#include "grader/guest/own_trial.h"\n'):
        outcomes = outcomes_of(builder, lab, own, text + more)
        assert {outcome.status for outcome in outcomes.values()} == {NOT_BUILT}


def test_what_is_not_there_to_be_linked_is_named_with_its_line(
    builder: StageBuilder,
) -> None:
    """And not the object, whose name is made of a digest."""
    lab, own = TESTED[0]
    body = "extern void no_such_function(void); no_such_function();"
    (outcome,) = verdict(builder, lab, own, body, 1).values()
    assert outcome.status == NOT_BUILT
    first, second, *more = "\n".join(outcome.message).splitlines()
    assert first == f"{own.file} cannot be built:" and not more
    assert re.fullmatch(rf"{own.file}:\d+: undefined reference to .no_such_function.", second)


@each
def test_the_starter_is_missing(
    builder: StageBuilder, lab: Lab, own: Exercise
) -> None:
    outcomes = outcomes_of(builder, lab, own, builder.course.starter(own.file))
    assert {outcome.status for outcome in outcomes.values()} == {MISSING}


@each
def test_what_is_tested_is_the_courses(
    builder: StageBuilder, lab: Lab, own: Exercise
) -> None:
    """A student whose own solution is not there, or wrong, can do this exercise."""
    course, about = builder.course, lab.exercise(own.about)
    texts = {about.file: course.starter(about.file)}
    stage = builder.stage(lab, Recipe(texts=texts, jobs=1))
    machine = Machine(jobs=1, direct=True)
    tests = list(lab.tests_of(own))
    outcomes = run_tests(stage, lab, tests, course.secret, machine)
    assert score(lab, outcomes) == own.points


@each
def test_versions_have_nothing_but_their_functions(
    course: Course, lab: Lab, own: Exercise
) -> None:
    """As objects they tell no names but those that the test calls them by, and those
    that they call."""
    about = lab.exercise(own.about)
    names = list(version_texts(course, lab, about))
    found = versions(course, lab)
    assert len(found) == len(names) == len({path.read_bytes() for path in found})
    for name, path in zip(sorted(names), found):
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            symbols = list(elf.get_section_by_name(".symtab").iter_symbols())
            assert not any(s.name.startswith(".debug") for s in elf.iter_sections())
        defined = {s.name for s in symbols if s.name and s["st_shndx"] != "SHN_UNDEF"}
        assert defined == {f"{name}__{function}" for function in about.functions}


def test_versions_are_known_by_all_that_they_are_made_of(tmp_path: Path) -> None:
    lab, own = TESTED[0]
    about = lab.exercise(own.about)
    header = tmp_path / "h.h"
    header.write_text("int one;\n")
    stand_in = SimpleNamespace(
        root=tmp_path, pristine=tmp_path, headers=["h.h"], own_test_headers=[]
    )

    def known(exercise: Exercise = about, name: str = "right", text: str = "x") -> str:
        return made_of(stand_in, [(exercise, name, text)])  # type: ignore[arg-type]

    before = known()
    others = [known(replace(about, file="h/other.c")), known(replace(about, functions=()))]
    others += [known(name="wrong_1"), known(text="y")]
    assert known() == before
    header.write_text("int two;\n")
    assert len({before, *others, known()}) == 6


def test_a_stage_with_other_tests_has_the_same_versions(course: Course) -> None:
    """Tests of the course's own take the place of a lab's; its mutants stay what they are."""
    lab, own = TESTED[0]
    about = lab.exercise(own.about)
    assert version_texts(course, replace(lab, tests=()), about) == version_texts(
        course, lab, about
    )


def test_it_is_in_the_stage_of_its_lab_alone(course: Course) -> None:
    for lab in course.labs:
        there = {path for path in course.stage_tree(lab) if path in course.exercise_files}
        assert {path for path in edited(course, lab) if path.startswith("labs/")} == {
            own.file for own in lab.own_tests
        }
        assert there == {p for p in edited(course, lab) if not p.startswith("user/")}


def test_mistakes_in_the_versions_are_named() -> None:
    """A number twice, and one of an exercise that no test is about."""
    lab, own = TESTED[0]
    mutants = load_mutants(ROOT, lab)
    assert not list(mutant_mistakes("m", lab, mutants))
    last = max(one.version or 0 for one in mutants)
    for old, new, exercise, words in (
        (last, 1, own.about, f"versions of {own.about}: [1, 1, 2,"),
        (None, last + 1, "2.1", "no exercise is a test of 2.1"),
    ):
        at = next(
            at for at, one in enumerate(mutants)
            if one.version == old and one.exercise == exercise
        )  # fmt: skip
        wrong = list(mutants)
        wrong[at] = replace(mutants[at], version=new)
        assert words in "\n".join(mutant_mistakes("m", lab, tuple(wrong)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"about": "2.9"}, "about names 2.9"),
        ({"about": "2.6"}, "about names 2.6"),
        ({"file": "kernel/counts.c"}, "stands in labs/2-status/own_*.c"),
        ({"about": ""}, "has a test of kind 'kills'"),
    ],
)
def test_mistakes_in_the_manifest_are_named(change: dict[str, str], words: str) -> None:
    lab, own = TESTED[0]
    others = load_course(ROOT).labs
    exercises = tuple(
        replace(one, **change) if one is own else one for one in lab.exercises
    )
    labs = [
        replace(lab, exercises=exercises) if one.number == lab.number else one
        for one in others
    ]
    assert not list(course_mistakes(ROOT, list(others)))
    assert words in "\n".join(course_mistakes(ROOT, labs))


def test_that_the_right_is_accepted_has_no_points() -> None:
    lab, own = TESTED[0]
    others = load_course(ROOT).labs
    tests = tuple(
        replace(one, points=1) if one.exercise == own.id else one for one in lab.tests
    )
    labs = [
        replace(lab, tests=tests) if one.number == lab.number else one for one in others
    ]
    said = "\n".join(course_mistakes(ROOT, labs))
    assert "own_test_accepts_the_reference has points" in said


def test_the_results_schema_knows_all_kinds() -> None:
    """Those of manifests: what is graded is written down by its kind."""
    results = json.loads((SCHEMAS / "result.json").read_text())
    labs = json.loads((SCHEMAS / "lab.json").read_text())
    lab = results["properties"]["labs"]["items"]["properties"]
    written = lab["tests"]["items"]["properties"]["kind"]["enum"]
    assert written == labs["$defs"]["test"]["properties"]["kind"]["enum"]
    assert written == [*KINDS, KILLS]
