# SPDX-License-Identifier: MIT
"""What must hold of every lab: right solutions get everything, and wrong ones
nothing that they have not earned."""

from __future__ import annotations

import guide_quotes
import pytest
from conftest import ROOT

from h4.bodies import do_nothing
from h4.course import Course
from h4.endings import MISSING, PASS
from h4.manifest import Exercise, Lab, load_course, load_mutants
from h4.mutants import kill
from h4.score import WORKS, score_lab
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

LABS = [lab for lab in load_course(ROOT).labs if lab.tests]
EXERCISES = [(lab, exercise) for lab in LABS for exercise in lab.exercises]
# What every function may be made to return: each result of the paging
# operations, and the usual suspects.
VALUES = [str(value) for value in range(10)] + ["-1", "null"]
ONE_JOB = Machine(jobs=1)
# Booted without GRUB, which takes less than half the time. That verdicts are the same
# is what the tests of full marks say that use both.
DIRECT = Machine(jobs=1, direct=True)


def lab_name(value: object) -> str:
    return f"lab{value.number}" if isinstance(value, Lab) else getattr(value, "id", "")


@pytest.fixture(params=LABS, ids=lab_name)
def lab(request: pytest.FixtureRequest) -> Lab:
    return request.param


def passes(builder: StageBuilder, lab: Lab, recipe: Recipe, machine: Machine) -> None:
    """Full marks for what the recipe builds, on this machine."""
    stage = builder.stage(lab, recipe)
    outcomes = run_tests(stage, lab, list(lab.tests), builder.course.secret, machine)
    wrong = {n: (o.status, o.message) for n, o in outcomes.items() if o.status != PASS}
    assert not wrong
    assert score_lab(lab, outcomes, [], False).score == 100


# The tests of some labs have superpages of memory, which a small machine has not.
LEAST_MEGABYTES = {7: 24}
# GRUB boots the least machine and the largest; that of a verdict, with 32 MB, in the
# proofs of limits and of the other compiler.
SIZES = {8: False, 32: True, 64: True, 512: True, 1024: False}


@pytest.mark.parametrize("megabytes", SIZES)
def test_full_marks_with_memory(builder: StageBuilder, lab: Lab, megabytes: int) -> None:
    size = max(megabytes, LEAST_MEGABYTES.get(lab.number, 0))
    machine = Machine(megabytes=size, jobs=1, direct=SIZES[megabytes])
    passes(builder, lab, Recipe(), machine)


def test_too_little_memory_is_said(builder: StageBuilder) -> None:
    lab = next(lab for lab in LABS if lab.number == 7)
    stage = builder.stage(lab, Recipe())
    test = next(test for test in lab.tests if test.name == "superpages_are_granted")
    machine = Machine(megabytes=8, jobs=1)
    outcome = run_tests(stage, lab, [test], builder.course.secret, machine)[test.name]
    assert outcome.status != PASS
    assert "24 MB are enough for every test" in " ".join(outcome.message)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_full_marks_in_qemu(builder: StageBuilder, lab: Lab, compiler: str) -> None:
    passes(builder, lab, Recipe(compiler=compiler), Machine("qemu", jobs=1))


def test_full_marks_by_clang(builder: StageBuilder, lab: Lab) -> None:
    passes(builder, lab, Recipe(compiler="clang"), ONE_JOB)


@pytest.mark.parametrize("seed", [0, 1, 0xFFFFFFFF])
def test_full_marks_whatever_the_seed(
    builder: StageBuilder, lab: Lab, seed: int
) -> None:
    passes(builder, lab, Recipe(), Machine(seed=seed, jobs=1, direct=True))


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES, ids=lab_name)
def test_each_reference_object_stands_in(
    builder: StageBuilder, lab: Lab, exercise: Exercise
) -> None:
    passes(builder, lab, Recipe(without=(exercise.id,)), DIRECT)


def test_all_reference_objects_stand_in(builder: StageBuilder, lab: Lab) -> None:
    every = tuple(exercise.id for exercise in lab.exercises)
    passes(builder, lab, Recipe(without=every), DIRECT)


def test_full_marks_on_the_reference(
    builder: StageBuilder, course: Course, lab: Lab
) -> None:
    """BASE=reference: of earlier labs the tree has nothing but the starters."""
    own = {exercise.file for exercise in lab.exercises}
    texts = {
        exercise.file: course.starter(exercise.file)
        for earlier in LABS
        if earlier.number < lab.number
        for exercise in earlier.exercises
        if exercise.file not in own and not exercise.about
    }
    recipe = Recipe(texts=texts, base_reference=True, jobs=1)
    passes(builder, lab, recipe, DIRECT)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_starters_compile_clean_and_score_nothing(
    builder: StageBuilder, course: Course, lab: Lab, compiler: str
) -> None:
    texts = {path: course.starter(path) for path in lab.exercise_files}
    stage = builder.stage(lab, Recipe(texts=texts, compiler=compiler))
    assert not stage.warnings
    assert not stage.failures
    outcomes = run_tests(stage, lab, list(lab.tests), course.secret, ONE_JOB)
    assert {outcome.status for outcome in outcomes.values()} == {MISSING}
    assert score_lab(lab, outcomes, [], False).score == 0


def test_the_complete_system_compiles_clean(builder: StageBuilder, lab: Lab) -> None:
    for compiler in ("gcc", "clang"):
        assert builder.stage(lab, Recipe(compiler=compiler)).warnings == {}


# A test that does nothing is right to pass on what is right; that it earns nothing shows
# test_own_tests.py.
@pytest.mark.parametrize(
    ("lab", "exercise"),
    [(lab, exercise) for lab, exercise in EXERCISES if not exercise.about],
    ids=lab_name,
)
def test_doing_nothing_earns_nothing(
    variants: StageBuilder, course: Course, lab: Lab, exercise: Exercise
) -> None:
    """Each function of the exercise returns one constant and does no more."""
    works = [t for t in lab.tests_of(exercise) if t.kind == WORKS]
    assert works
    # Values that the functions' types make the same give the same kernel.
    seen = set()
    for value in dict.fromkeys([*VALUES, *exercise.do_nothing]):
        text = do_nothing(course.text(exercise.file), exercise.file, exercise.id, value)
        stage = variants.stage(lab, Recipe(texts={exercise.file: text}, jobs=1))
        assert not stage.failures and stage.path, (value, stage.failures)
        if stage.path in seen:
            continue
        seen.add(stage.path)
        outcomes = run_tests(stage, lab, works, course.secret, DIRECT)
        earned = [n for n, o in outcomes.items() if o.status == PASS]
        assert not earned, f"returning {value} passes {earned}"


def test_reversed_order_gives_the_same(builder: StageBuilder, lab: Lab) -> None:
    stage = builder.stage(lab, Recipe())
    outcomes = run_tests(
        stage, lab, list(reversed(lab.tests)), builder.course.secret, DIRECT
    )
    assert {n for n, o in outcomes.items() if o.status == PASS} == {
        t.name for t in lab.tests
    }


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES, ids=lab_name)
def test_each_test_alone_gives_the_same(
    builder: StageBuilder, lab: Lab, exercise: Exercise
) -> None:
    stage = builder.stage(lab, Recipe())
    for test in lab.tests_of(exercise):
        outcomes = run_tests(stage, lab, [test], builder.course.secret, DIRECT)
        assert outcomes[test.name].status == PASS, outcomes[test.name].message


# What these look for is how long it takes with many, so the limit lies below what the
# quickest of the slow mutants needs: 3.5 times as much as the reference, by either
# compiler. There are 1,368 mappings at most, with which a search is not ten times as slow.
# Most of what the reference spends there is the test's own.
COUNTED = ("thousand_children",)


def test_limits_leave_room(builder: StageBuilder, lab: Lab) -> None:
    """The reference uses at most a tenth of what each test may use."""
    stage = builder.stage(lab, Recipe())
    outcomes = run_tests(stage, lab, list(lab.tests), builder.course.secret, ONE_JOB)
    for test in lab.tests:
        spent = outcomes[test.name].instructions
        assert spent is not None, test.name
        room = 3 if test.name in COUNTED else 10
        assert spent * room <= test.limit, (test.name, spent)


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES, ids=lab_name)
def test_mutants_are_killed(
    variants: StageBuilder, lab: Lab, exercise: Exercise
) -> None:
    """Each by the test that its entry names, and each test kills one: a boot a
    mutant. `make mutants` runs all tests on all of them."""
    mutants = [m for m in load_mutants(ROOT, lab) if m.exercise == exercise.id]
    assert mutants
    tests = {test.name: test for test in lab.tests_of(exercise)}
    for mutant in mutants:
        row = kill(variants, lab, mutant, [tests[mutant.killed_by]])
        assert not row.problem, f"{mutant.name}: {row.problem}"
        quoted = guide_quotes.quotes().get((exercise.id, mutant.name))
        if quoted:  # in the instructor's guide, which does not invent messages
            said = row.outcomes[mutant.killed_by].message[0]
            assert guide_quotes.words(said) == guide_quotes.words(quoted), mutant.name
    for name in tests.keys() - {mutant.killed_by for mutant in mutants}:
        assert any(
            kill(variants, lab, mutant, [tests[name]]).killers for mutant in mutants
        ), f"{name} kills nothing"
