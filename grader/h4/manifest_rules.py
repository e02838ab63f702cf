# SPDX-License-Identifier: MIT
"""The rules of the manifests that a schema cannot say.

Each function yields a line a mistake, naming file, entry, value and rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from h4.manifest import Exercise, Lab, Mutant

KINDS = ("works", "refuses", "invariants")
KILLS = "kills"  # beside "works", of an exercise that is to write a test
LAB_POINTS = 100
SOURCES = (".c", ".S")
USER = "user/"
LIBRARIES = ("lib",)  # what programs are linked with, unless their lab says more
NO_PROGRAMS = ("include", "kip", *LIBRARIES)  # below user/, and none


def _twice(values: list[Any]) -> list[Any]:
    return [value for value in dict.fromkeys(values) if values.count(value) > 1]


def course_mistakes(root: Path, labs: list[Lab]) -> Iterator[str]:
    for number in _twice([lab.number for lab in labs]):
        folders = " and ".join(lab.folder for lab in labs if lab.number == number)
        yield f"{folders}: both are lab {number}; a number belongs to one lab"
    owner: dict[str, Lab] = {}
    for lab in labs:
        for file in lab.files:
            first = owner.setdefault(file, lab)
            if first is not lab:
                yield (
                    f"{lab.folder}/lab.toml: lab, files: {file} belongs to "
                    f"{first.folder} already; a file belongs to one lab"
                )
            there = root / file
            if file in lab.compiled and not there.is_file():  # in a student's tree
                there = root.parent / "reference" / f"{file}.o"
            if not there.is_file():
                yield f"{lab.folder}/lab.toml: lab, files: there is no file {file}"
    for lab in labs:
        yield from _stand_in_mistakes(root, lab, owner)
    known = {e.id: e for lab in labs for e in lab.exercises}
    sources: list[str] = []
    for lab in labs:
        sources += [file for file in lab.files if file.endswith(SOURCES)]
        yield from _program_mistakes(lab, sources)
        yield from _lab_mistakes(lab, known)
    yield from _circles(known, labs)


def _stand_in_mistakes(root: Path, lab: Lab, owner: dict[str, Lab]) -> Iterator[str]:
    here = f"{lab.folder}/lab.toml: lab, stand_ins"
    for file in lab.stand_ins:
        if file in owner:
            yield (
                f"{here}: {file} is one of the files of {owner[file].folder}, and in "
                "all stages from there on; what stands in is in one alone"
            )
        elif not file.endswith(SOURCES) or file.startswith(USER):
            yield f"{here}: {file} is not a source file of the kernel"
        elif not (root / file).is_file():
            yield f"{here}: there is no file {file}"


def _lab_mistakes(lab: Lab, known: dict[str, Exercise]) -> Iterator[str]:
    here = f"{lab.folder}/lab.toml"
    if lab.folder != f"labs/{lab.number}-{lab.name}":
        yield (
            f"{here}: lab: number {lab.number} and name {lab.name!r} do not fit the "
            f"folder; it would be labs/{lab.number}-{lab.name}"
        )
    for file in lab.compiled:
        if file not in lab.files or not file.endswith(SOURCES):
            yield f"{here}: lab, compiled: {file} is not a source file of the lab's"
        elif file in lab.exercise_files:
            yield f"{here}: lab, compiled: {file} is an exercise's, so students edit it"
    for name in _twice([e.id for e in lab.exercises]):
        yield f"{here}: exercise {name}: is there twice; an id is used once"
    for name in _twice([t.name for t in lab.tests]):
        yield f"{here}: test {name}: is there twice; a name is used once"
    if not lab.exercises and not lab.tests:
        return
    if not lab.handout:
        yield f"{here}: lab: lacks handout; a lab with exercises has one"
    total = sum(e.points for e in lab.exercises)
    if total != LAB_POINTS:
        yield (
            f"{here}: exercise points: they add up to {total}; those of a lab add "
            f"up to {LAB_POINTS}"
        )
    ids = {e.id for e in lab.exercises}
    for test in lab.tests:
        if test.exercise not in ids:
            yield (
                f"{here}: test {test.name}: exercise {test.exercise} is not one of "
                f"this lab's; they are {', '.join(sorted(ids))}"
            )
        for name in test.after:
            if name not in ids:
                yield (
                    f"{here}: test {test.name}: after names {name}, which is not an "
                    "exercise of this lab"
                )
    for exercise in lab.exercises:
        for words in _exercise_mistakes(lab, exercise, known):
            yield f"{here}: exercise {exercise.id}: {words}"


def _program_mistakes(lab: Lab, sources: list[str]) -> Iterator[str]:
    """`sources` are those of the labs up to this one."""
    for name in lab.libraries if lab.programs else ():
        if not any(f"{path}/".startswith(f"{USER}{name}/") for path in sources):
            yield (
                f"{lab.folder}/lab.toml: lab, libraries: {USER}{name} is or has no "
                "source that belongs to this lab or an earlier one"
            )
    for name in lab.tested:
        if name not in lab.programs:
            yield (
                f"{lab.folder}/lab.toml: lab, tested: {name} is not one of the lab's "
                "programs"
            )
    here = f"{lab.folder}/lab.toml: lab, programs"
    for name in _twice([*lab.programs, *lab.tasks]):
        yield f"{here} and tasks: {name} is there twice; a program is one or the other"
    for name in (*lab.programs, *lab.tasks):
        if name in (*NO_PROGRAMS, *lab.libraries):
            yield (
                f"{here}: {USER}{name} holds what programs share, and is none itself"
            )
        elif not any(path.startswith(f"{USER}{name}/") for path in sources):
            yield (
                f"{here}: {name} has no source below {USER}{name}/ that belongs to "
                "this lab or an earlier one"
            )


def _exercise_mistakes(
    lab: Lab, exercise: Exercise, known: dict[str, Exercise]
) -> Iterator[str]:
    if exercise.id.partition(".")[0] != str(lab.number):
        yield f"the id of an exercise of lab {lab.number} begins with {lab.number}."
    if exercise.about:
        yield from _own_test_mistakes(lab, exercise)
    elif exercise.file not in lab.files:
        yield (
            f"file {exercise.file} is not one of the lab's files; an exercise's file "
            "is owned by its lab"
        )
    if exercise.file.startswith(USER):
        yield (
            f"file {exercise.file}: an exercise is a part of the kernel; programs "
            "are given"
        )
    if not exercise.file.endswith(SOURCES):
        yield f"file {exercise.file}: an exercise stands in a .c or .S file"
    tests = lab.tests_of(exercise)
    points = sum(test.points for test in tests) + exercise.hidden
    if points != exercise.points:
        yield (
            f"points = {exercise.points}, but its tests have {points}; the points of "
            "an exercise are those of its tests"
        )
    if tests and not any(test.kind == KINDS[0] and not test.hidden for test in tests):
        yield (
            f"has no test of kind {KINDS[0]!r} that is not hidden; students see one "
            "that tells them whether they are on the right way"
        )
    if not exercise.about and any(test.kind == KILLS for test in tests):
        yield f"has a test of kind {KILLS!r}; only one with `about` has"
    for kind in (KINDS[0], KILLS) if exercise.about else KINDS:
        there = any(test.kind == kind for test in tests)
        if not there and kind not in exercise.without and not exercise.hidden:
            yield (
                f"has no test of kind {kind!r}; write one, or say why there is none: "
                f'{kind} = "none: ..."'
            )
        if there and kind in exercise.without:
            yield (
                f'{kind} = "none: {exercise.without[kind]}", but it has a test of '
                "that kind"
            )
    for name in exercise.after:
        if name not in known:
            yield f"after names {name}, and there is no such exercise"
        elif int(name.partition(".")[0]) > lab.number:
            yield f"after names {name}, an exercise of a later lab"


def _own_test_mistakes(lab: Lab, exercise: Exercise) -> Iterator[str]:
    """Those of an exercise that is to write a test of another one."""
    if exercise.about not in {e.id for e in lab.exercises if not e.about}:
        yield f"about names {exercise.about}, which is not an exercise of this lab"
    if not exercise.file.startswith(f"{lab.folder}/own_"):
        yield (
            f"file {exercise.file}: a test that a student writes stands in "
            f"{lab.folder}/own_*.c"
        )
    for test in lab.tests_of(exercise):
        if test.kind not in (KINDS[0], KILLS):
            yield f"test {test.name} is of kind {test.kind!r}; it is {KINDS[0]} or {KILLS}"
        if test.kind == KINDS[0] and test.points:
            yield (
                f"test {test.name} has points; that the right solution is accepted has "
                "none, as a test that looks at nothing accepts it"
            )


def _circles(known: dict[str, Exercise], labs: list[Lab]) -> Iterator[str]:
    """Prerequisites that lead back to where they began, the first found."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return path[path.index(name) :] + [name]
        if name in done or name not in known:
            return None
        for other in known[name].after:
            circle = visit(other, path + [name])
            if circle:
                return circle
        done.add(name)
        return None

    for lab in labs:
        for exercise in lab.exercises:
            circle = visit(exercise.id, [])
            if circle:
                yield (
                    f"{lab.folder}/lab.toml: exercise {exercise.id}: after goes in a "
                    f"circle, {' after '.join(circle)}; prerequisites end somewhere"
                )
                return


def mutant_mistakes(
    name: str, lab: Lab, mutants: tuple[Mutant, ...]
) -> Iterator[str]:
    for twice in _twice([m.name for m in mutants]):
        yield f"{name}: mutant {twice}: is there twice; a name is used once"
    yield from _version_mistakes(name, lab, mutants)
    exercises = {e.id: e for e in lab.exercises}
    tests = {t.name: t for t in lab.tests}
    for mutant in mutants:
        here = f"{name}: mutant {mutant.name}"
        exercise = exercises.get(mutant.exercise)
        if exercise is None:
            yield f"{here}: exercise {mutant.exercise} is not one of lab {lab.number}"
        elif mutant.file != exercise.file:
            yield (
                f"{here}: file {mutant.file} is not the file of exercise "
                f"{exercise.id}, which is {exercise.file}"
            )
        if mutant.find == mutant.replace:
            yield f"{here}: replace is the same text as find; a mutant changes it"
        test = tests.get(mutant.killed_by)
        if test is None:
            yield f"{here}: killed_by {mutant.killed_by} is not a test of this lab"
        elif test.exercise != mutant.exercise:
            yield (
                f"{here}: killed_by {mutant.killed_by} is a test of exercise "
                f"{test.exercise}; a mutant of {mutant.exercise} is killed by one of "
                "its own tests"
            )


def _version_mistakes(
    name: str, lab: Lab, mutants: tuple[Mutant, ...]
) -> Iterator[str]:
    """Those that students' own tests are tried on are numbered from 1."""
    tested = {e.about for e in lab.own_tests}
    numbers: dict[str, list[int]] = {exercise: [] for exercise in tested}
    for mutant in mutants:
        if mutant.version is None:
            continue
        if mutant.exercise not in tested:
            yield (
                f"{name}: mutant {mutant.name}: version = {mutant.version}, but no "
                f"exercise is a test of {mutant.exercise}"
            )
        else:
            numbers[mutant.exercise].append(mutant.version)
    for exercise, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield (
                f"{name}: versions of {exercise}: {sorted(found)}; they are numbered from "
                "1, each once"
            )
