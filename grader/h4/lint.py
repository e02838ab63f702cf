# SPDX-License-Identifier: MIT
"""`make lint-labs`: do manifests, sources, tests, mutants and handouts agree?

Everything here is read, nothing is built: it takes a second, while an exercise is
being written. Each finding is a line that names file, value and rule. The course's
own tests use the same checks.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from h4 import lint_handouts, marks
from h4.course import SYSTEM, Course, hidden_of
from h4.errors import GraderError
from h4.manifest import Lab, load_mutants, read_manifest
from h4.manifest_rules import SOURCES
from h4.submission import listing

# What `make new-exercise` leaves to be written.
PLACEHOLDER = re.compile(r"FILL IN\b:? ?(.*)")
_TEST = re.compile(r"^([A-Z_]+)\((\w+)", re.M)


def options(_parser: argparse.ArgumentParser) -> None:
    """The command takes none."""


def placeholders(course: Course) -> Iterator[str]:
    """What a skeleton has left open."""
    texts = [f"{lab.folder}/{name}.toml" for lab in course.labs for name in ("lab", "mutants")]
    texts += [path for lab in course.labs for path in course.tests_of(lab)]
    for folder in SYSTEM:
        texts += listing(course.root, folder, (*SOURCES, ".h"))
    texts += [lab.handout for lab in course.labs if lab.handout]
    for path in dict.fromkeys(texts):
        if not (course.root / path).is_file():
            continue
        for number, line in enumerate(course.text(path).split("\n"), 1):
            found = PLACEHOLDER.search(line)
            if found:
                words = found[1].strip().strip('",`') or line.strip()
                yield f"{path}:{number}: to be filled in: {words}"


def points(course: Course) -> Iterator[str]:
    """The manifest's rules leave room for an exercise that is being written."""
    for lab in course.labs:
        for exercise in lab.exercises:
            if not exercise.points:
                yield (
                    f"{lab.folder}/lab.toml: exercise {exercise.id}: points = 0; an "
                    "exercise has points, taken from others, so that the lab has 100"
                )


def sizes(course: Course) -> Iterator[str]:
    """Lines of code between the marks: without comments and blanks."""
    for path, exercises in course.exercise_files.items():
        text = course.text(path)
        for exercise in exercises:
            mark = rf"// H4-BEGIN {re.escape(exercise.id)}\n(.*?)// H4-STUB"
            lines = "".join(re.findall(mark, text, re.S)).splitlines()
            code = [line for line in map(str.strip, lines) if line and not line.startswith("//")]
            if len(code) != exercise.lines:
                yield (
                    f"labs: exercise {exercise.id}: lines = {exercise.lines}, but the "
                    f"regions in {path} have {len(code)}, comments and blanks left out"
                )


def stage_tests(course: Course) -> Iterator[str]:
    """Each test is in the sources and in the manifest. Macros of a lab's headers make
    tests too: they begin a line, and the test's name is the first that they are told."""
    for lab in course.labs:
        known = {test.name for test in lab.tests}
        hidden = {test.name for test in lab.tests if test.hidden}
        made: set[str] = set()
        for path in course.tests_of(lab):
            if not path.endswith(".c"):
                continue
            for macro, name in _TEST.findall(course.text(path)):
                made.add(name)
                if (name in hidden) != path.startswith(hidden_of(lab)) and name in known:
                    yield (
                        f"{path}: {name}: a test that is hidden stands in hidden_*.c, and "
                        "no other one does"
                    )
                if macro == "TEST" and name not in known and lab.exercises:
                    yield (
                        f"{path}: TEST({name}) is not in {lab.folder}/lab.toml, so it is "
                        "never run"
                    )
        for test in lab.tests:
            if test.name not in made:
                yield (
                    f"{lab.folder}/lab.toml: test {test.name}: there is no "
                    f"TEST({test.name}) in {lab.folder}/test_*.c"
                )


def mutants(course: Course) -> Iterator[str]:
    """Each fits its region and names a test of its exercise; each exercise has some.
    Whether that test kills it, `make mutants` tells."""
    for lab in course.labs:
        if not lab.exercises:  # dropped, or to come
            continue
        try:
            found = load_mutants(course.root, lab)
        except GraderError as wrong:
            yield from str(wrong).split("\n")
            continue
        for mutant in found:
            try:
                marks.mutate(course.text(mutant.file), mutant)
            except GraderError as wrong:
                yield f"{lab.folder}/mutants.toml: {wrong}"
        yield from _without(lab, {mutant.exercise for mutant in found})


def _without(lab: Lab, having: set[str]) -> Iterator[str]:
    for exercise in lab.exercises:
        if exercise.id not in having:
            yield (
                f"{lab.folder}/mutants.toml: exercise {exercise.id} has no mutant; one "
                "shows that its tests see a mistake"
            )


def marked(course: Course) -> Iterator[str]:
    """Marks in their places; the first mistake hides the others."""
    try:
        course.check()
    except GraderError as wrong:
        yield str(wrong)


def equivalents(course: Course) -> Iterator[str]:
    """The lists of edits that are no mistakes keep their schema."""
    for lab in course.labs:
        name = f"{lab.folder}/equivalent.toml"
        try:
            if (course.root / name).exists():
                read_manifest(course.root, name, "equivalent")
        except GraderError as wrong:
            yield from str(wrong).split("\n")


CHECKS: dict[str, Callable[[Course], Iterator[str]]] = {
    "marks": marked,
    "points": points,
    "sizes": sizes,
    "tests": stage_tests,
    "mutants": mutants,
    "equivalents": equivalents,
    "sections": lint_handouts.sections,
    "overviews": lint_handouts.overviews,
    "contents": lint_handouts.contents,
    "introductions": lint_handouts.introductions,
    "links": lint_handouts.links,
    "placeholders": placeholders,
}


def lint(course: Course) -> list[str]:
    """All findings, each once."""
    return list(dict.fromkeys(line for check in CHECKS.values() for line in check(course)))


def main(root: Path, _given: argparse.Namespace) -> int:
    course = Course(root)  # schemas and the manifests' own rules: GraderError names all
    found = lint(course)
    for line in found:
        print(line)
    count = sum(len(lab.exercises) for lab in course.labs)
    print(f"{len(course.labs)} labs, {count} exercises, {len(found)} findings")
    return 1 if found else 0
