# SPDX-License-Identifier: MIT
"""Handouts against manifests: sections, numbers, links. Each finding is a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from h4.course import Course
from h4.manifest import Exercise, Lab

_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*?) *$", re.M)
_FENCED = re.compile(r"^```.*?^```", re.M | re.S)
_ELSEWHERE = re.compile(r"[a-z]+:")
_NUMBERS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
    "Eleven", "Twelve",
)  # fmt: skip
_ROW = re.compile(r"^\| (\d+\.\d+) \|(.*)\|(.*)\|(.*)\|(.*)\|$", re.M)
_TENS = 10  # the sum of all lines is told to the nearest of them


def anchor(heading: str) -> str:
    """What the usual viewers of Markdown call a heading in links."""
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Those of a page; what is fenced is no heading."""
    return {anchor(heading) for heading in _HEADING.findall(_FENCED.sub("", text))}


def _labs(course: Course) -> Iterator[tuple[Lab, str]]:
    """Those with exercises, and their handouts' texts."""
    for lab in course.labs:
        if lab.exercises and (course.root / lab.handout).is_file():
            yield lab, course.text(lab.handout)


def section(text: str, exercise: Exercise) -> str | None:
    """An exercise's section, without its heading."""
    parts = text.split(f"\n## {exercise.id} {exercise.title}\n", 1)
    return parts[1].split("\n## ", 1)[0] if len(parts) == 2 else None


def sections(course: Course) -> Iterator[str]:
    """Each exercise has its own, and what stands on top of it is what is so."""
    for lab in course.labs:
        if lab.exercises and not (course.root / lab.handout).is_file():
            yield f"{lab.folder}/lab.toml: lab, handout: there is no {lab.handout}"
    for lab, text in _labs(course):
        for exercise in lab.exercises:
            for words in _section(course, lab, exercise, text):
                yield f"{lab.handout}: exercise {exercise.id}: {words}"


def _section(course: Course, lab: Lab, exercise: Exercise, text: str) -> Iterator[str]:
    heading = f"{exercise.id} {exercise.title}"
    if exercise.handout != f"#{anchor(heading)}":
        yield f"handout = {exercise.handout!r} in the manifest; it would be #{anchor(heading)}"
    found = section(text, exercise)
    if found is None:
        yield f"there is no section `## {heading}`"
        return
    head = found.strip().split("\n\n")[0]
    begin, _, rest = head.partition("Needs ")
    if re.findall(r"^File: `(.*?)`", begin) != [exercise.file]:
        yield f"its section begins with File: `{exercise.file}`"
    told = re.findall(r"(\d+)\spoints\.", begin)
    if told != [str(exercise.points)]:
        yield f"{' and '.join(told) or 'no'} points are told; the manifest has {exercise.points}"
    size = re.search(r"about (\d+) lines", found)
    if not size or int(size[1]) != exercise.lines:
        yield (
            f"{f'about {size[1]}' if size else 'no'} lines are told; the reference solution "
            f"has {exercise.lines}"
        )
    hours = re.search(r"About ([\d.]+) hours?\.", found)
    if (float(hours[1]) if hours else None) != exercise.hours:
        yield (
            f"{hours[1] if hours else 'no'} hours are told; the manifest has "
            f"{'none' if exercise.hours is None else f'{exercise.hours:g}'}"
        )
    needs = set(re.findall(r"\d+\.\d+\b(?! hours)", rest))
    yield from _needs(course, lab, exercise, needs)


def _needs(course: Course, lab: Lab, exercise: Exercise, told: set[str]) -> Iterator[str]:
    """Of needs that stand on others the last suffice."""
    known = {one.id for one in course.manifest.exercises}
    told -= {one.id for one in course.manifest.dropped}
    for name in sorted(told - known):
        yield f"Needs names {name}, and there is no such exercise"
    whole = set(told & known)
    for name in told & known:
        whole |= {one.id for one in course.prerequisites(course.exercise(name))}
    needed = {one.id for one in course.prerequisites(exercise)}
    own = {one.id for one in lab.exercises}
    for name in sorted((whole & known) - needed):
        yield f"Needs leads to {name}, which `after` in the manifest does not"
    for name in sorted((needed - whole) & own):
        yield f"Needs does not lead to {name}, as `after` in the manifest does"


def overviews(course: Course) -> Iterator[str]:
    """`| 2.3 | Counts | 16 | 59 | 1.2 |`: a row of a table of all exercises, where a
    handout has one, is what is so."""
    for lab, text in _labs(course):
        rows = {row[0]: [cell.strip() for cell in row[1:]] for row in _ROW.findall(text)}
        for exercise in lab.exercises if rows else ():
            where = f"{lab.handout}: the table of exercises: {exercise.id}"
            if exercise.id not in rows:
                yield f"{where} is not in it"
                continue
            title, points, lines, needs = rows[exercise.id]
            due = [exercise.title, str(exercise.points), str(exercise.lines)]
            if [title, points, lines] != due:
                yield f"{where} is told as {title}, {points}, {lines}; it is {', '.join(due)}"
            told = set(needs.split(", ")) - {""}
            yield from (f"{where}: {words}" for words in _needs(course, lab, exercise, told))


def contents(course: Course) -> Iterator[str]:
    """The list on a handout's first page leads to each exercise."""
    for lab, text in _labs(course):
        first = text.split("\n## ", 1)[0]
        for exercise in lab.exercises:
            link = f"[{exercise.id}]({exercise.handout})"
            if link not in first:
                yield f"{lab.handout}: its contents have no {link}"


def introductions(course: Course) -> Iterator[str]:
    """`Five exercises, about 280 lines in all, in five files`, on the first page."""
    for lab, text in _labs(course):
        plain = " ".join(text.split("\n## ", 1)[0].split())
        count = len(lab.exercises)
        files = _NUMBERS[len(lab.exercise_files)].lower()
        lines = sum(exercise.lines for exercise in lab.exercises)
        found = re.search(r"(\w+) exercises, about (\d+) lines in all, in (\w+) files", plain)
        due = f"{_NUMBERS[count]} exercises, about {lines} lines in all, in {files} files"
        if not found:
            yield f"{lab.handout}: its first page says: {due}"
        elif (found[1], found[3]) != (_NUMBERS[count], files) or (
            abs(int(found[2]) - lines) > _TENS
        ):
            yield f"{lab.handout}: {found[0]!r}; it is {due}"


def pages(course: Course) -> list[str]:
    """What is linked together: README and handouts, by path."""
    every = sorted(path for path in (course.root / "handouts").glob("*.md"))
    return ["README.md", *(str(path.relative_to(course.root)) for path in every)]


def links(course: Course) -> Iterator[str]:
    for path in pages(course):
        if (course.root / path).is_file():
            yield from links_of(course.root, path)


def links_of(root: Path, page: str) -> Iterator[str]:
    """Each file and figure is there, and each heading; other places are not asked."""
    text = (root / page).read_text(encoding="utf-8")
    for target in _LINK.findall(_FENCED.sub("", text)):
        if _ELSEWHERE.match(target):
            continue
        name, _, place = target.partition("#")
        file = (root / page).parent / name if name else root / page
        if not file.exists():
            yield f"{page}: ({target}): there is no {name}"
        elif place and file.suffix == ".md" and place not in anchors(file.read_text()):
            yield f"{page}: ({target}): {name or 'this page'} has no heading with that anchor"
