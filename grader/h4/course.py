# SPDX-License-Identifier: MIT
"""Where the course's own files are, and which of them a stage is made of.

In the instructor's tree the course is the tree itself. In a student's tree it
is the hidden folder .course/, because everything beside it may have been
edited:

    .course/pristine/           given files, headers, tests, starters, manifests
    .course/reference/PATH.o    each exercise file's solution, compiled, and given
                                files that would show one
    .course/guest/NAME.o        the harness, compiled
    .course/versions/N/NAME.o   right and wrong solutions, for students' own tests
    .course/release.json        which release this is, and how it was compiled
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path

from h4 import marks
from h4.errors import GraderError
from h4.manifest import Exercise, Lab, Test, load_course
from h4.manifest_rules import SOURCES
from h4.released import HIDDEN, release_of
from h4.submission import listing

KERNEL = ("kernel", "h", "l4")  # what a stage's image is made of
USER = "user"  # its programs
HEADERS = (".h", ".ld")
SYSTEM = (*KERNEL, USER)
GUEST = "grader/guest"
GUEST_INCLUDE = "grader/guest/include"

# Folders of a lab that hold a stage of their own, in place of stage.c, tests and
# client: what is measured, and what is tried with random cases. They are no part
# of what is graded, nor of a student's tree.
OWN_STAGES = ("measure", "laws", "random", "fuzz", "latency")


@lru_cache(maxsize=None)
def _versions(text: str, path: str, is_student: bool) -> frozenset[bytes]:
    found = {text}
    if not is_student:
        found |= {marks.starter(text, path), marks.solved(text, path)}
    return frozenset(version.encode() for version in found)


def hidden_of(lab: Lab) -> str:
    """What the paths of tests begin with that students do not have."""
    return f"{lab.folder}/hidden_"


class Course:
    """The course as it lies in the tree `root`, an instructor's or a student's."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.is_student = (self.root / HIDDEN).is_dir()
        hidden = self.root / HIDDEN
        self.pristine = hidden / "pristine" if self.is_student else self.root
        if self.is_student:
            release_of(self.root)  # a damaged folder is named as such
        self.manifest = load_course(self.pristine)
        self.name = self.manifest.name
        self.release = self.manifest.release
        self.secret = self.manifest.secret
        self.labs = self.manifest.labs

    def lab(self, number: int) -> Lab:
        return self.manifest.lab(number)

    def exercise(self, name: str) -> Exercise:
        return self.manifest.exercise(name)

    def prerequisites(self, exercise: Exercise) -> list[Exercise]:
        """All exercises that must be done before, indirectly too, in order."""
        return self._behind(exercise.after)

    def needed(self, test: Test) -> list[Exercise]:
        """The same of a test: those of its exercise, and what it names beside them."""
        return self._behind((*self.exercise(test.exercise).after, *test.after))

    def _behind(self, names: Iterable[str]) -> list[Exercise]:
        """These exercises, and what they need."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.exercise(name).after
        return [e for e in self.manifest.exercises if e.id in found]

    # What a stage is made of

    @cached_property
    def exercise_files(self) -> dict[str, list[Exercise]]:
        """Each file that a student edits, with its exercises."""
        table: dict[str, list[Exercise]] = {}
        for exercise in self.manifest.exercises:
            table.setdefault(exercise.file, []).append(exercise)
        return table

    @cached_property
    def functions(self) -> list[str]:
        """All that students write, in the order of the exercises."""
        every = self.manifest.exercises
        return list(dict.fromkeys(name for one in every for name in one.functions))

    @cached_property
    def compiled(self) -> frozenset[str]:
        """Given files that students have as objects only."""
        return frozenset(path for lab in self.labs for path in lab.compiled)

    @cached_property
    def headers(self) -> list[str]:
        """Headers and linker scripts of the kernel, which belong to no lab."""
        return [
            path
            for folder in (*KERNEL, GUEST)
            for path in listing(self.pristine, folder, HEADERS)
        ]

    @cached_property
    def own_test_headers(self) -> list[str]:
        """Those of labs in which students write a test: it includes some of them."""
        return [
            path
            for lab in self.labs
            if lab.own_tests
            for path in self.tests_of(lab)
            if path.endswith(".h")
        ]

    @cached_property
    def released(self) -> tuple[Lab, ...]:
        """The labs that students are given: up to the last one with tests. What comes
        behind is not an exercise yet, and would show how one is done."""
        last = max((lab.number for lab in self.labs if lab.gradable), default=None)
        return tuple(
            lab for lab in self.labs if last is None or lab.number <= last
        )

    @cached_property
    def given(self) -> list[str]:
        """Everything of a student's tree that stages are built from as source, but
        for the exercise files: headers, given sources, tests, manifests."""
        harness = [path for path in self.headers if path.startswith(GUEST)]
        hidden = {p for p in harness if not p.startswith(GUEST_INCLUDE)}
        every = [path for path in self.headers if path not in hidden]
        every += listing(self.pristine, USER, HEADERS)
        every = [path for path in every if not self._comes_later(path)]
        for lab in self.released:
            apart = {*self.exercise_files, *lab.compiled}
            every += [p for p in (*lab.files, *lab.stand_ins) if p not in apart]
            shown = [
                p for p in self.tests_of(lab)
                if not p.startswith(hidden_of(lab)) and p not in lab.exercise_files
            ]  # fmt: skip
            every += [*shown, f"{lab.folder}/lab.toml"]
        return list(dict.fromkeys(every))

    def _comes_later(self, path: str) -> bool:
        """Is it a header beside sources all of which are of labs behind the released
        ones?"""
        folder = str(Path(path).parent) + "/"
        beside = {
            lab.number
            for lab in self.labs
            for file in (*lab.files, *lab.stand_ins)
            if file.startswith(folder)
        }
        return bool(beside) and min(beside) > self.released[-1].number

    def tests_of(self, lab: Lab) -> list[str]:
        """stage.c and the tests of one lab, the headers that they share, and the
        client that the stage runs."""
        inside = listing(self.pristine, lab.folder, (".c", ".h"))
        others = tuple(self.own_stage(lab, name) for name in OWN_STAGES)
        return [
            path
            for path in inside
            if not path.startswith(others)
            and (
                path.endswith(".h")
                or path == f"{lab.folder}/stage.c"
                or path.startswith((f"{lab.folder}/test_", hidden_of(lab)))
                or path in lab.exercise_files
                or path.startswith(self.client_of(lab))
            )
        ]

    def has(self, lab: Lab, folder: str) -> bool:
        """Is something of this folder, such as L4, in the stage of `lab`?"""
        return any(path.startswith(folder) for path in self.files(lab))

    def client_of(self, lab: Lab) -> str:
        """Where the sources of the client lie that the stage of `lab` runs."""
        return f"{lab.folder}/client/"

    def own_client(self, lab: Lab) -> list[str]:
        """What a student has added to the client of `lab`: for a look, not for a
        verdict."""
        inside = listing(self.root, self.client_of(lab), (".c", ".h"))
        return [path for path in inside if path not in self.tests_of(lab)]

    def own_stage(self, lab: Lab, name: str) -> str:
        """Where the stage of OWN_STAGES lies."""
        return f"{lab.folder}/{name}/"

    def own_stage_files(self, lab: Lab, name: str) -> list[str]:
        return listing(self.pristine, self.own_stage(lab, name), (".c", ".h"))

    def lab_with(self, name: str) -> Lab:
        """The last lab that has this stage of its own."""
        for lab in reversed(self.labs):
            if self.own_stage_files(lab, name):
                return lab
        raise GraderError(f"{self.root}: no lab has a folder {name}/")

    def units(self, lab: Lab, name: str = "") -> list[str]:
        """The source files of the stage of `lab`: everything up to that lab, its
        own tests, and the harness where it is there as source. `name`: those of
        one of OWN_STAGES."""
        owned = [p for p in self.kernel_files(lab) if p.endswith(SOURCES)]
        own = self.own_stage_files(lab, name) if name else self.tests_of(lab)
        return owned + [p for p in own if p.endswith(".c")] + self.guest_sources

    def files(self, lab: Lab) -> list[str]:
        """Those of the labs up to `lab`, and what stands in for later ones."""
        upto = [one for one in self.labs if one.number <= lab.number]
        return [p for one in upto for p in one.files] + list(lab.stand_ins)

    def kernel_files(self, lab: Lab) -> list[str]:
        return [p for p in self.files(lab) if not p.startswith(f"{USER}/")]

    def stage_tree(self, lab: Lab, name: str = "") -> list[str]:
        """Every file that a build of the stage may read, by path in `pristine`."""
        own = self.own_stage_files(lab, name) if name else self.tests_of(lab)
        every = self.headers + self.kernel_files(lab) + own + self.units(lab, name)
        return [p for p in dict.fromkeys(every) if not self.only_object(p)]

    def only_object(self, path: str) -> bool:
        """Is there no source of this file here?"""
        return self.is_student and path in self.compiled

    @cached_property
    def guest_sources(self) -> list[str]:
        """The harness's sources; a student's tree has none."""
        return [] if self.is_student else listing(self.pristine, GUEST, SOURCES)

    # The texts of exercise files

    def text(self, path: str) -> str:
        """A file of the course as it stands there, marks included."""
        try:
            return (self.pristine / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise GraderError(f"{path}: cannot be read: {error}") from error

    def starter(self, path: str) -> str:
        """An exercise file as a student is given it."""
        text = self.text(path)
        return text if self.is_student else marks.starter(text, path)

    def solved(self, path: str) -> str:
        """A file with its solutions and without marks; not for a student's tree."""
        if self.is_student:
            raise GraderError("a student's tree holds no solutions")
        return marks.solved(self.text(path), path)

    def wrote(self, path: str, text: bytes) -> bool:
        """Is this the course's own text of an exercise file: as it stands in the
        course, as its starter, or as its solution?"""
        return text in _versions(self.text(path), path, self.is_student)

    def check(self) -> None:
        """Refuses marks out of place, exercises without marks, files without lab.

        For the instructor's tree; a student's has no marks.
        """
        every = (*self.manifest.exercises, *self.manifest.dropped)
        owners = {e.id: e.file for e in every}
        owned = {p for lab in self.labs for p in lab.files} | self.manifest.stand_ins
        own_tests = [one.file for lab in self.labs for one in lab.own_tests]
        kinds = (*SOURCES, *HEADERS)
        system = [p for one in SYSTEM for p in listing(self.pristine, one, kinds)]
        for path in own_tests + system:
            found = marks.parse(self.text(path), path, owners).exercises
            for exercise in self.exercise_files.get(path, []):
                if exercise.id not in found:
                    raise GraderError(
                        f"{path}: there is no region of exercise {exercise.id}, "
                        "whose file this is"
                    )
        for path in system:
            if path.endswith(SOURCES) and path not in owned:
                raise GraderError(
                    f"{path}: belongs to no lab, so no stage would contain it; "
                    "each source file is in `files` of one lab.toml"
                )
