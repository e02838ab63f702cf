# SPDX-License-Identifier: MIT
"""The stage of lab 5 or 6 with tests that the harness's <h4/system.h> runs, and the
programs that hold their trials: lab 5's own, those of the harness itself, or those of
the whole interface of L4."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from h4.course import Course
from h4.manifest import Lab, Test
from h4.manifest_rules import SOURCES
from h4.submission import listing

LIMIT = 20_000_000  # instructions
LIBRARIES = ("libl4", "trial")
TEST = re.compile(r"^(?:TEST|RUN\w*)\((\w+)\)", re.M)


def without_tests(lab: Lab, found: list[str]) -> list[str]:
    """Of a lab's files those that link without its tests: a student's own test does not,
    as what it calls is with those that try it. Where it is left there, each stage is linked
    anew with one exercise file at a time, to find whose fault that is."""
    own = {exercise.file for exercise in lab.own_tests}
    return [path for path in found if "/test_" not in path and path not in own]


@dataclass(frozen=True)
class Suite:
    """Tests, and the programs below user/ with their trials."""

    folder: str
    programs: tuple[str, ...]
    lab: int = 5
    begin: str = "test_"  # how the files' names begin
    headers: tuple[str, ...] = ()  # in other folders
    libraries: tuple[str, ...] = LIBRARIES


OWN = Suite("labs/5-threads/", ("trial5",))
ENDINGS = Suite("grader/tests/system/", ("endings",))
# The trials of lab 6's own tests are some of the interface's: here they are a library.
API = Suite(
    "grader/tests/api/", ("trial6_api", "trial5_api"), lab=6,
    libraries=(*LIBRARIES, "trial6"),
)  # fmt: skip
SIGMA0 = ("sigma0",)
API_OF_LAB_8 = replace(API, lab=8, programs=(*SIGMA0, *API.programs))
API_OF_LAB_5 = Suite("grader/tests/api/", ("trial5_api",), begin="test_calls")
STRINGS = Suite(
    "grader/tests/api7/", (*SIGMA0, "trial7"), lab=7, headers=("grader/tests/api/api.h",)
)


class System(Course):
    """The course with one of these suites in its lab."""

    def __init__(self, root: Path, suite: Suite = OWN) -> None:
        super().__init__(root)
        self.suite = suite

    def files(self, lab: Lab) -> list[str]:
        found = super().files(lab)
        if lab.number == self.suite.lab:
            for name in (*self.suite.programs, *self.suite.libraries):
                found += listing(self.root, f"user/{name}", SOURCES)
        return list(dict.fromkeys(found))

    def tests_of(self, lab: Lab) -> list[str]:
        found = super().tests_of(lab)
        if lab.number != self.suite.lab:
            return found
        kept = without_tests(lab, found)
        return [*kept, *self.suite.headers] + [
            path
            for path in listing(self.root, self.suite.folder, (".c", ".h"))
            if path not in kept and self.is_wanted(path)
        ]

    def is_wanted(self, path: str) -> bool:
        begin = f"{self.suite.folder}{self.suite.begin}"
        return path.startswith(begin) or path.endswith(".h")

    def system_lab(self, limit: int = LIMIT) -> Lab:
        """The lab with these tests, each with so many instructions; which exercise each
        is said to be of does not matter, as all exercises are done."""
        lab = self.lab(self.suite.lab)
        texts = [self.text(p) for p in self.tests_of(lab) if "/test_" in p]
        names = [name for text in texts for name in TEST.findall(text)]
        return replace(
            lab,
            programs=self.suite.programs,
            tested=(),
            tasks=(),
            libraries=self.suite.libraries,
            tests=tuple(Test(n, "4.1", "works", 1, limit) for n in names),
        )
