# SPDX-License-Identifier: MIT
"""Lab 5's stage with tests that the harness's <h4/system.h> runs, and the program that
holds their trials: lab 5's own, or those of the harness itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from h4.course import Course
from h4.manifest import Lab, Test
from h4.manifest_rules import SOURCES
from h4.submission import listing

LAB = 5
LIMIT = 20_000_000  # instructions
LIBRARIES = ("libl4", "trial")
TEST = re.compile(r"^(?:TEST|RUN)\((\w+)\)", re.M)


@dataclass(frozen=True)
class Suite:
    """Tests, and the program below user/ with their trials."""

    folder: str
    program: str


OWN = Suite("labs/5-threads/", "trial5")
ENDINGS = Suite("grader/tests/system/", "endings")


class System(Course):
    """The course with one of these suites in lab 5."""

    def __init__(self, root: Path, suite: Suite = OWN) -> None:
        super().__init__(root)
        self.suite = suite

    def files(self, lab: Lab) -> list[str]:
        found = super().files(lab)
        if lab.number == LAB:
            for name in (self.suite.program, *LIBRARIES):
                found += listing(self.root, f"user/{name}", SOURCES)
        return list(dict.fromkeys(found))

    def tests_of(self, lab: Lab) -> list[str]:
        found = super().tests_of(lab)
        if lab.number != LAB:
            return found
        kept = [path for path in found if "/test_" not in path]
        return kept + [
            path
            for path in listing(self.root, self.suite.folder, (".c", ".h"))
            if path not in kept and path.startswith(f"{self.suite.folder}test_")
        ]

    def system_lab(self) -> Lab:
        """The lab with these tests; which exercise each is said to be of does not
        matter, as all exercises are done."""
        lab = self.lab(LAB)
        texts = [self.text(p) for p in self.tests_of(lab) if "/test_" in p]
        names = [name for text in texts for name in TEST.findall(text)]
        return replace(
            lab,
            programs=(self.suite.program,),
            libraries=LIBRARIES,
            tests=tuple(Test(n, "4.1", "works", 1, LIMIT) for n in names),
        )
