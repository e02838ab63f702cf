# SPDX-License-Identifier: MIT
"""The course as data: labs, exercises, tests and mutants.

The manifests are written by hand, so every mistake in them is named with its
file, entry, value and rule, all of them at once. What has been loaded here can
be relied on everywhere else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from h4.dropped import without_dropped
from h4.errors import GraderError
from h4.manifest_rules import KINDS, LIBRARIES, course_mistakes, mutant_mistakes

DEFAULT_LIMIT = 20_000_000
SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


@dataclass(frozen=True)
class Test:
    """One test of the stage.

    limit    in instructions
    by_hand  rules that the machine does not keep when it ends, as the test itself has
             written pages and tables: see outside_judge.py
    after    exercises that it needs beside its own one's
    hidden   students do not have it; it stands in a file hidden_*.c
    """

    __test__ = False  # not one of pytest's

    name: str
    exercise: str
    kind: str
    points: int
    limit: int = DEFAULT_LIMIT
    by_hand: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Exercise:
    """What a student writes: some functions of one file."""

    id: str
    title: str
    file: str
    functions: tuple[str, ...]
    points: int
    lines: int  # size of the reference solution
    handout: str  # the section's anchor, "#14-title"
    hints: tuple[str, str, str]
    after: tuple[str, ...] = ()
    without: dict[str, str] = field(default_factory=dict)  # kind: why no test
    do_nothing: tuple[str, ...] = ()
    hours: float | None = None  # of work, as somebody has estimated; None: nobody has
    hidden: int = 0  # in a student's tree: points of tests that are not there
    about: str = ""  # the exercise that it is a test of, where it is a test


@dataclass(frozen=True)
class Mutant:
    """A mistake that a student really makes, and the test that must see it.

    jitter  the first of some seeds, where it passes unless the timer's interrupts come
            by one of them
    version  its number where students' own tests are tried on it
    """

    name: str
    title: str
    file: str
    exercise: str
    find: str
    replace: str
    killed_by: str
    jitter: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Lab:
    """One lab. `folder` is its path in the tree, such as labs/1-paging."""

    number: int
    name: str
    title: str
    version: int
    folder: str
    files: tuple[str, ...]
    handout: str = ""
    programs: tuple[str, ...] = ()  # boot modules, built from user/NAME
    tested: tuple[str, ...] = ()  # of them: those that tests need; empty: all
    tasks: tuple[str, ...] = ()  # more of them, for the first root program to load
    libraries: tuple[str, ...] = LIBRARIES  # what each of them is linked with
    compiled: tuple[str, ...] = ()  # of the files: students are given the object
    stand_ins: tuple[str, ...] = ()  # only here, for what later labs ask for
    exercises: tuple[Exercise, ...] = ()
    tests: tuple[Test, ...] = ()

    @property
    def gradable(self) -> bool:
        """A lab whose exercises are not written yet has nothing to grade."""
        return bool(self.tests)

    @property
    def exercise_files(self) -> tuple[str, ...]:
        """The files that a student edits, each once."""
        return tuple(dict.fromkeys(e.file for e in self.exercises))

    @property
    def own_tests(self) -> tuple[Exercise, ...]:
        """The exercises that are to write a test."""
        return tuple(e for e in self.exercises if e.about)

    def exercise(self, name: str) -> Exercise:
        for exercise in self.exercises:
            if exercise.id == name:
                return exercise
        known = "".join(f"\n  {e.id}  {e.title}" for e in self.exercises)
        raise GraderError(
            f"lab {self.number} has no exercise {name}; it has"
            + (f":{known}" if known else " none yet")
        )

    def tests_of(self, exercise: Exercise) -> tuple[Test, ...]:
        return tuple(t for t in self.tests if t.exercise == exercise.id)


@dataclass(frozen=True)
class Course:
    """The whole course, labs in ascending order."""

    name: str
    release: int
    secret: str
    labs: tuple[Lab, ...]
    dropped: tuple[Exercise, ...] = ()  # those of labs that are not done

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(e for lab in self.labs for e in lab.exercises)

    @property
    def stand_ins(self) -> frozenset[str]:
        return frozenset(path for lab in self.labs for path in lab.stand_ins)

    def lab(self, number: int) -> Lab:
        for lab in self.labs:
            if lab.number == number:
                return lab
        known = ", ".join(str(lab.number) for lab in self.labs)
        raise GraderError(f"there is no lab {number}; the labs are {known}")

    def exercise(self, name: str) -> Exercise:
        """The exercise with this id; an unknown one is answered with a list."""
        lab, dot, number = name.partition(".")
        if not (dot and lab.isdecimal() and number.isdecimal()):
            raise GraderError(
                f"{name!r} is not an exercise: its id is the lab, a dot and a "
                "number, such as 1.4"
            )
        return self.lab(int(lab)).exercise(name)


def load_course(root: Path) -> Course:
    """Reads labs/course.toml and every labs/N-name/lab.toml below `root`."""
    head = read_manifest(root, "labs/course.toml", "course")["course"]
    names = sorted(p.parent.name for p in (root / "labs").glob("*/lab.toml"))
    if not names:
        raise GraderError("labs: there is no labs/N-name/lab.toml; a course has labs")
    labs = sorted(
        (_lab(read_manifest(root, f"labs/{name}/lab.toml", "lab"), name) for name in names),
        key=lambda lab: lab.number,
    )
    labs, dropped = without_dropped(labs, head.get("dropped", []))
    _complain(list(course_mistakes(root, labs)))
    return Course(head["name"], head["release"], head["secret"], tuple(labs), dropped)


def load_mutants(root: Path, lab: Lab) -> tuple[Mutant, ...]:
    """Reads the mutants of a lab; a lab without mutants.toml has none."""
    name = f"{lab.folder}/mutants.toml"
    if not (root / name).exists():
        return ()
    mutants = tuple(Mutant(**entry) for entry in read_manifest(root, name, "mutants")["mutant"])
    _complain(list(mutant_mistakes(name, lab, mutants)))
    return mutants


def read_manifest(root: Path, name: str, schema: str) -> dict[str, Any]:
    """A manifest that keeps its schema's rules. What it says is remembered in the
    folder `build`: reading TOML and the rules takes longer than all that a run does
    with it."""
    try:
        text = (root / name).read_bytes()
    except OSError as error:
        raise GraderError(f"{name}: cannot be read: {error.strerror}") from error
    try:
        rules = (SCHEMAS / f"{schema}.json").read_bytes()
    except OSError as error:
        raise GraderError(f"grader/schemas/{schema}.json: {error}") from error
    digest = hashlib.sha256(rules + text).hexdigest()
    known = root / "build" / "manifests" / f"{digest}.json"
    with contextlib.suppress(OSError, ValueError):
        remembered: dict[str, Any] = json.loads(known.read_bytes())
        return remembered
    try:
        data = tomllib.loads(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise GraderError(f"{name}: is not UTF-8 text: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise GraderError(f"{name}: is not TOML: {error}") from error
    _check(name, data, schema, rules)
    with contextlib.suppress(OSError):  # then it is read again the next time
        _remember(known, data)
    return data


def _remember(known: Path, data: dict[str, Any]) -> None:
    known.parent.mkdir(exist_ok=True)
    aside = known.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps(data))
    os.replace(aside, known)


def _check(name: str, data: dict[str, Any], schema: str, rules: bytes) -> None:
    """The schema's rules."""
    from jsonschema import Draft202012Validator  # slow to load

    try:
        validator = Draft202012Validator(json.loads(rules))
    except ValueError as error:
        raise GraderError(f"grader/schemas/{schema}.json: {error}") from error
    errors = sorted(validator.iter_errors(data), key=lambda e: str(e.path))
    _complain([f"{name}: {_words(data, error)}" for error in errors])


def _words(data: Any, error: Any) -> str:
    """A schema error as entry, value and rule."""
    where: list[str] = []
    for step in error.absolute_path:
        data = data[step]
        if isinstance(step, str):
            where.append(step)
            continue
        name = data.get("id") or data.get("name") if isinstance(data, dict) else None
        where[-1] += f" {step + 1}" + (f" ({name})" if name else "")
    entry = ", ".join(where) or "the file"
    if error.validator == "required":
        lost = [key for key in error.validator_value if key not in error.instance]
        return f"{entry}: lacks {' and '.join(lost)}, which must be there"
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        extra = [key for key in error.instance if key not in known]
        return (
            f"{entry}: {' and '.join(extra)} is not known here; the keys are "
            + ", ".join(known)
        )
    value = json.dumps(error.instance, ensure_ascii=False)
    if len(value) > 80:
        value = value[:77] + "..."
    rule = error.schema.get("description") or error.message
    return f"{entry}: found {value}, but the rule is: {rule}"


def _lab(data: dict[str, Any], folder: str) -> Lab:
    head = data["lab"]
    return Lab(
        number=head["number"],
        name=head["name"],
        title=head["title"],
        version=head["version"],
        folder=f"labs/{folder}",
        files=tuple(head["files"]),
        handout=head.get("handout", ""),
        programs=tuple(head.get("programs", [])),
        tested=tuple(head.get("tested", [])),
        tasks=tuple(head.get("tasks", [])),
        libraries=tuple(head.get("libraries", LIBRARIES)),
        compiled=tuple(head.get("compiled", [])),
        stand_ins=tuple(head.get("stand_ins", [])),
        exercises=tuple(_exercise(entry) for entry in data.get("exercise", [])),
        tests=tuple(_test(entry) for entry in data.get("test", [])),
    )


def _test(entry: dict[str, Any]) -> Test:
    lists = {key: tuple(entry.get(key, ())) for key in ("by_hand", "after")}
    return Test(**{**entry, **lists})


def _exercise(entry: dict[str, Any]) -> Exercise:
    plain = {key: value for key, value in entry.items() if key not in KINDS}
    for key in ("functions", "hints", "after", "do_nothing"):
        plain[key] = tuple(plain.get(key, ()))
    reasons = {k: entry[k].removeprefix("none: ") for k in KINDS if k in entry}
    return Exercise(**plain, without=reasons)


def _complain(mistakes: list[str]) -> None:
    if mistakes:
        raise GraderError("\n".join(mistakes))
