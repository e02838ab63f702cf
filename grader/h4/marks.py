# SPDX-License-Identifier: MIT
"""The marks around solutions, and the three texts that come out of them.

        // H4-BEGIN 1.5
        solution
        // H4-STUB 1.5
        //| what stands there in a student's tree
        // H4-END 1.5

A marked file compiles as it is, since marks are comments. `solved` is the file
without marks and stubs, `starter` the file with the stubs in the solutions'
place. A mistake in the marks would hand out a solution or lose an exercise, so
every text that does not look exactly like the above is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from h4.errors import GraderError

if TYPE_CHECKING:
    from h4.manifest import Exercise, Mutant

_MARK = re.compile(r"[ \t]*// H4-(BEGIN|STUB|END) (\d+\.\d+)")
_STUB_LINE = re.compile(r"([ \t]*)//\|(?: (.*))?")
_LIKE_A_MARK = re.compile(r"\bh4\s*-\s*(begin|stub|end)\b", re.IGNORECASE)
_UNKNOWN_MARK = re.compile(r"(//|/\*)\s*H4-[A-Z]")
_LIKE_A_STUB = re.compile(r"//\|")
_MARKED = (".c", ".S")
_BEGIN, _STUB, _END = "BEGIN", "STUB", "END"


@dataclass(frozen=True)
class Region:
    """A marked region; the numbers are those of its marks' lines, from 1."""

    exercise: str
    begin: int
    stub: int
    end: int


@dataclass(frozen=True)
class Marked:
    """A file's lines, without their ends, and the regions in them."""

    path: str
    lines: tuple[str, ...]
    regions: tuple[Region, ...]

    def solution(self, region: Region) -> tuple[str, ...]:
        return self.lines[region.begin : region.stub - 1]

    def stub(self, region: Region) -> tuple[str, ...]:
        """The stub's lines as they stand in a student's tree."""
        plain = []
        for line in self.lines[region.stub : region.end - 1]:
            found = _STUB_LINE.fullmatch(line)
            assert found, "parse accepts nothing else"
            text = found[2] or ""
            plain.append(found[1] + text if text else "")
        return tuple(plain)

    @property
    def exercises(self) -> dict[str, list[Region]]:
        """The regions by exercise."""
        table: dict[str, list[Region]] = {}
        for region in self.regions:
            table.setdefault(region.exercise, []).append(region)
        return table


def parse(text: str, path: str, owners: Mapping[str, str] | None = None) -> Marked:
    """Finds the regions of a file, and refuses marks that are not as they must be.

    `path` is for the messages, and tells a header from a source. `owners`, where
    given, says in which file each exercise stands.
    """
    return _parse(text, path, None if owners is None else tuple(sorted(owners.items())))


@lru_cache(maxsize=256)
def _parse(
    text: str, path: str, owned: tuple[tuple[str, str], ...] | None
) -> Marked:
    owners = None if owned is None else dict(owned)
    lines = tuple(text.split("\n"))
    regions: list[Region] = []
    open_mark: tuple[str, str, int] | None = None  # kind, exercise, line
    begin = 0
    for number, line in enumerate(lines, 1):
        here = f"{path}:{number}"
        found = _MARK.fullmatch(line)
        if not found:
            if line or number < len(lines):  # else it is the end of the last line
                _check_plain(here, line, open_mark[0] if open_mark else None)
            continue
        kind, exercise = found.groups()
        _check_place(here, path, exercise, owners)
        _check_order(here, kind, exercise, open_mark)
        if kind == _BEGIN:
            begin = number
        if kind == _END:
            assert open_mark
            regions.append(Region(exercise, begin, open_mark[2], number))
            open_mark = None
        else:
            open_mark = (kind, exercise, number)
    if open_mark:
        kind, exercise, number = open_mark
        raise GraderError(
            f"{path}:{number}: unbalanced: the region of {exercise} is not ended; "
            f"after H4-{kind} comes H4-{_STUB if kind == _BEGIN else _END} {exercise}"
        )
    return Marked(path, lines, tuple(regions))


def _check_plain(here: str, line: str, inside: str | None) -> None:
    """A line that is not a mark must not look like one."""
    if _LIKE_A_MARK.search(line) or _UNKNOWN_MARK.search(line):
        raise GraderError(
            f"{here}: unknown mark {line.strip()!r}; a mark is a line of its own: "
            "`// H4-BEGIN n.m`, `// H4-STUB n.m` or `// H4-END n.m`"
        )
    if inside == _STUB:
        if not _STUB_LINE.fullmatch(line):
            raise GraderError(
                f"{here}: {line.strip()!r} stands in a stub; each line between "
                "H4-STUB and H4-END begins with `//| `"
            )
    elif _LIKE_A_STUB.search(line):
        raise GraderError(
            f"{here}: misplaced: `//|` begins a line of a stub, and stands only "
            "between H4-STUB and H4-END"
        )


def _check_place(
    here: str, path: str, exercise: str, owners: Mapping[str, str] | None
) -> None:
    if not path.endswith(_MARKED):
        raise GraderError(
            f"{here}: misplaced: a mark of exercise {exercise}; marks stand only in "
            ".c and .S files, headers are the course's"
        )
    if owners is None:
        return
    if exercise not in owners:
        raise GraderError(
            f"{here}: unknown: no manifest has an exercise {exercise}"
        )
    if owners[exercise] != path:
        raise GraderError(
            f"{here}: misplaced: a mark of exercise {exercise}, whose file is "
            f"{owners[exercise]}"
        )


def _check_order(
    here: str, kind: str, exercise: str, before: tuple[str, str, int] | None
) -> None:
    if before is None:
        if kind != _BEGIN:
            raise GraderError(
                f"{here}: unbalanced: H4-{kind} {exercise} without an H4-BEGIN"
            )
        return
    last, outer, line = before
    if kind == _BEGIN:
        raise GraderError(
            f"{here}: nested: H4-BEGIN {exercise} within the region of {outer} that "
            f"is open since line {line}"
        )
    if exercise != outer:
        raise GraderError(
            f"{here}: unbalanced: H4-{kind} {exercise} in the region of {outer} that "
            f"is open since line {line}"
        )
    due = _STUB if last == _BEGIN else _END
    if kind != due:
        raise GraderError(
            f"{here}: unbalanced: H4-{kind} {exercise} where H4-{due} {exercise} is "
            f"due, after the H4-{last} of line {line}"
        )


def solved(text: str, path: str) -> str:
    """The complete file, without marks and stubs."""
    return _solved(text, path)[0]


@lru_cache(maxsize=256)
def _solved(text: str, path: str) -> tuple[str, list[tuple[Region, int, int]]]:
    """The same, and where in it each region lies."""
    return _replace(parse(text, path), ())


def starter(text: str, path: str, exercises: Collection[str] | None = None) -> str:
    """The file with stubs in place of solutions: all, or those of `exercises`."""
    marked = parse(text, path)
    if exercises is None:
        exercises = marked.exercises.keys()
    return _replace(marked, exercises)[0]


def secret(text: str, path: str) -> list[list[tuple[int, str]]]:
    """The lines of the solutions with their numbers, region by region."""
    marked = parse(text, path)
    return [
        [
            (region.begin + 1 + at, line)
            for at, line in enumerate(marked.solution(region))
        ]
        for region in marked.regions
    ]


def _replace(
    marked: Marked, exercises: Collection[str]
) -> tuple[str, list[tuple[Region, int, int]]]:
    """The file with the stubs of `exercises` and the solutions of the others.

    Beside the text: where in it each region that kept its solution lies.
    """
    out: list[str] = []
    kept: list[tuple[Region, int, int]] = []
    length = 0

    def put(lines: Collection[str]) -> None:
        nonlocal length
        out.extend(lines)
        length += sum(len(line) + 1 for line in lines)

    at = 0
    for region in marked.regions:
        put(marked.lines[at : region.begin - 1])
        at = region.end
        if region.exercise in exercises:
            stub = marked.stub(region)
            put(stub)
            # An empty stub between two blank lines: one of them is enough.
            if not stub and out and not out[-1] and marked.lines[at : at + 1] == ("",):
                at += 1
        else:
            begin = length
            put(marked.solution(region))
            kept.append((region, begin, length))
    put(marked.lines[at:])
    return "\n".join(out), kept


def mutate(text: str, mutant: Mutant) -> str:
    """The complete file with one mistake in it."""
    plain, kept = _solved(text, mutant.file)
    places = []
    for region, begin, end in kept:
        if region.exercise != mutant.exercise:
            continue
        at = plain.find(mutant.find, begin, end)
        while at >= 0:
            places.append(at)
            at = plain.find(mutant.find, at + 1, end)
    if len(places) != 1:
        count = "is not in" if not places else f"is {len(places)} times in"
        raise GraderError(
            f"{mutant.file}: mutant {mutant.name}: find = {mutant.find!r} {count} the "
            f"regions of exercise {mutant.exercise}; it stands there exactly once, "
            "marks and stubs left out"
        )
    at = places[0]
    return plain[:at] + mutant.replace + plain[at + len(mutant.find) :]


def _definition(names: str) -> str:
    """The line of a function's name where the function is, in C or in assembly; its
    type may stand on the line above or before it."""
    return rf"(?:[A-Za-z_][\w *]*[ *])?(?:{names})(?:\s*\((?!.*;\s*$)|:)"


def first_line(text: str, exercise: Exercise, function: str = "") -> int:
    """The line at which the work on an exercise begins, in any tree.

    That of its first stub, else of `function`, which is known to be wrong, else of
    its first mark, else of its first function; else 1.
    """
    lines = text.split("\n")
    name = re.escape(exercise.id)
    functions = "|".join(re.escape(function) for function in exercise.functions)
    patterns = (
        rf'\s*H4_TODO\s*\(?\s*"{name}"',
        _definition(re.escape(function)) if function else "(?!)",
        rf"\s*// H4-BEGIN {name}\s*$",
        _definition(functions),
    )
    for pattern in patterns:
        for number, line in enumerate(lines, 1):
            if re.match(pattern, line):
                return number
    return 1
