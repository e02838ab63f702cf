# SPDX-License-Identifier: MIT
"""The mutants that are made by rule: of all exercises, and the survivors of which the
course says that they are no mistakes (labs/N-name/equivalent.toml).

A mutant is told by what its line said, what it says now, and in which function: that
is the same as long as the line is, whatever is written around it.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from h4 import auto_assembly, auto_edits
from h4.auto_text import Edit, Span
from h4.compile_commands import flags_of
from h4.compiling import own_headers
from h4.course import Course
from h4.manifest import Exercise, Lab, read_manifest
from h4.marks import parse


@dataclass(frozen=True)
class AutoMutant:
    """One edit of one solution."""

    exercise: str
    file: str
    edit: Edit
    text: str  # of the whole file, with marks, without the mistake
    nth: int  # of those in its function that change the same words in the same way

    @property
    def mutated(self) -> str:
        return self.edit.apply(self.text)

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.edit.begin) + 1

    @cached_property
    def find(self) -> str:
        """The lines that are changed, as one."""
        return _words(self.text[slice(*self._lines)])

    @cached_property
    def becomes(self) -> str:
        begin, end = self._lines
        return _words(self.mutated[begin : end + len(self.mutated) - len(self.text)])

    @property
    def _lines(self) -> Span:
        begin = self.text.rfind("\n", 0, self.edit.begin) + 1
        end = self.text.find("\n", self.edit.end)
        return begin, end if end >= 0 else len(self.text)

    @property
    def key(self) -> tuple[str, str, str, str, str, int]:
        edit = self.edit
        return self.exercise, self.file, edit.function, self.find, self.becomes, self.nth

    @property
    def name(self) -> str:
        """Where it is, what it does, and a number that stays the same."""
        digest = hashlib.sha256("\0".join(map(str, self.key)).encode()).hexdigest()[:6]
        return f"{self.file}:{self.line}:{self.edit.operator}:{digest}"

    def diff(self) -> str:
        lines = difflib.unified_diff(
            self.text.splitlines(), self.mutated.splitlines(),
            self.file, self.name, lineterm="", n=2,
        )  # fmt: skip
        return "\n".join(lines)


def _words(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Equivalent:
    """An entry of equivalent.toml."""

    exercise: str
    file: str
    function: str
    find: str
    becomes: str
    nth: int
    reason: str

    @property
    def key(self) -> tuple[str, str, str, str, str, int]:
        return (
            self.exercise, self.file, self.function, self.find, self.becomes, self.nth,
        )  # fmt: skip

    def __str__(self) -> str:
        nth = f", number {self.nth}" if self.nth > 1 else ""
        return (
            f"{self.exercise}: {self.function} in {self.file}{nth}: "
            f"`{self.find}` becomes `{self.becomes}`"
        )


def load_equivalents(root: Path, lab: Lab) -> list[Equivalent]:
    """Those of a lab; a lab without the file has none."""
    name = f"{lab.folder}/equivalent.toml"
    if not (root / name).exists():
        return []
    data = read_manifest(root, name, "equivalent")
    return [
        Equivalent(
            exercise=entry["exercise"],
            file=lab.exercise(entry["exercise"]).file,
            function=entry["function"],
            find=entry["find"],
            becomes=becomes,
            nth=entry.get("nth", 1),
            reason=entry["reason"],
        )
        for entry in data["equivalent"]
        for becomes in entry["becomes"]
    ]


def mutants_of(root: Path, lab: Lab) -> list[AutoMutant]:
    """All mutants of a lab's exercises, file by file. Students' own tests are not
    changed by rule: what they look at more than once is no mistake."""
    files = dict.fromkeys(e.file for e in lab.exercises if not e.about)
    return [m for file in files for m in mutants_of_file(root, file)]


def mutants_of_file(root: Path, file: str) -> list[AutoMutant]:
    text = (root / file).read_text(encoding="utf-8")
    return mutants_of_text(text, file, arguments(root, file))


def mutants_of_text(text: str, file: str, arguments: Sequence[str]) -> list[AutoMutant]:
    """Those of one marked text."""
    spans = _spans(text, file)
    regions = [span for _, span in spans]
    if file.endswith(".S"):
        edits = auto_assembly.find_edits(text, regions)
    else:
        edits = auto_edits.find_edits(text, file, regions, arguments)
    count: Counter[tuple[str, ...]] = Counter()
    found = []
    for edit in edits:
        owner = next(e for e, (a, b) in spans if a <= edit.begin and edit.end <= b)
        first = AutoMutant(owner, file, edit, text, 1)
        same = (owner, edit.function, first.find, first.becomes)
        count[same] += 1
        found.append(AutoMutant(owner, file, edit, text, count[same]))
    return found


def _spans(text: str, file: str) -> list[tuple[str, Span]]:
    """The exercise and the place of each solution in a text."""
    marked = parse(text, file)
    begins = [0]
    for line in marked.lines:
        begins.append(begins[-1] + len(line) + 1)
    return [
        (region.exercise, (begins[region.begin], begins[region.stub - 1]))
        for region in marked.regions
    ]


def arguments(root: Path, file: str) -> list[str]:
    """What clang is told to read a file of the course."""
    kept = [f for f in flags_of(Path(file)) if f in ("-std=c11", "-ffreestanding")]
    folders = [
        f"-I{root / f.removeprefix('-I')}"
        for f in flags_of(Path(file))
        if f.startswith("-I")
    ]
    return [
        *kept, *folders, f"-iquote{(root / file).parent}", "--target=i686-linux-gnu",
        "-nostdinc", "-isystem", own_headers("clang"),
    ]  # fmt: skip


def exercises_of(lab: Lab, wanted: str | None) -> list[Exercise]:
    return [e for e in lab.exercises if wanted in (None, e.id)]


def survey(course: Course, mutants: Sequence[AutoMutant]) -> str:
    """How many there are of each kind."""
    count = Counter(mutant.edit.operator for mutant in mutants)
    return ", ".join(f"{number} {name}" for name, number in count.most_common())
