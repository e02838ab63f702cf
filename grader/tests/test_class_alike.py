# SPDX-License-Identifier: MIT
"""Who is named as nearly the same: a friend's solution that was lightly edited is, and
two honest ones are not, by far. The figures that the threshold stands between are here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from test_variants import VARIANTS, files as written

from h4.class_alike import LEAST, SMALLEST, in_common
from h4.class_words import own_lines
from h4.course import Course

LABS = range(8)
HONEST = 30  # percent at most of what one has written that is the other's, too
COPIED = 90  # percent at least that a light edit leaves
KEYWORDS = frozenset(
    "auto bool break case char const continue default do else enum extern false for goto "
    "if inline int long register return short signed sizeof static struct switch true "
    "typedef union unsigned void volatile while".split()
)


def renamed(text: str) -> str:
    """Every name is another one, those of functions and macros, too."""
    return re.sub(
        r"\b[A-Za-z_]\w*\b", lambda m: m[0] if m[0] in KEYWORDS else f"my_{m[0]}", text
    )


def reordered(text: str) -> str:
    """What stands between two lines that are `}` alone, last to first."""
    return "".join(reversed(re.split(r"(?<=^\}\n)", text, flags=re.M)))


def reindented(text: str) -> str:
    """Braces on lines of their own, nothing indented, long lines broken."""
    text = re.sub(r"([{};,])", r"\1\n", text)
    return "\n".join(line.strip() for line in text.splitlines()) + "\n"


def commented(text: str) -> str:
    """Other comments: what there were are gone, and each line has one."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    return "".join(f"{line} // my own\n" for line in text.splitlines())


def all_of_it(text: str) -> str:
    return reindented(renamed(reordered(commented(text))))


EDITS: list[Callable[[str], str]] = [renamed, reordered, reindented, commented, all_of_it]


def common(folder: Path, texts: dict[str, str]) -> dict[tuple[str, str], int]:
    """How much of the first is in the second, in percent, by sim_c as `make class` has
    it."""
    done = subprocess.run(
        [sys.executable, "-m", "h4.class_alike"], input=json.dumps(list(texts.values())),
        env={"PYTHONPATH": str(ROOT / "grader"), "PATH": "/usr/bin"}, cwd=folder,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return in_common(list(texts), done.stdout)


def own(course: Course, files: dict[str, str]) -> str:
    lines: list[str] = []
    for path, text in files.items():
        lines += own_lines(text, course.starter(path))
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture(scope="module")
def solutions(course: Course) -> dict[int, str]:
    """What the course's own solution has of each lab."""
    return {
        number: own(course, {p: course.solved(p) for p in course.lab(number).exercise_files})
        for number in LABS
    }


def test_copies_that_were_edited_are_named(
    solutions: dict[int, str], tmp_path: Path
) -> None:
    texts = {f"{number}": text for number, text in solutions.items()}
    for edit in EDITS:
        texts |= {f"{n} {edit.__name__}": edit(text) for n, text in solutions.items()}
    found = common(tmp_path, texts)
    figures = {
        (edit.__name__, number): max(found.get(pair, 0), found.get(pair[::-1], 0))
        for edit in EDITS
        for number in LABS
        for pair in [(f"{number}", f"{number} {edit.__name__}")]
    }
    assert COPIED > LEAST and min(figures.values()) >= COPIED, figures


def test_those_who_did_it_themselves_are_not(
    course: Course, solutions: dict[int, str], tmp_path: Path
) -> None:
    """Right solutions that are written differently, against the course's, in the files in
    which they differ and in all; and labs against each other."""
    texts = {f"{number}": text for number, text in solutions.items()}
    compared: list[str] = []
    for file in VARIANTS:
        theirs = written(course, file.read_text())
        text = own(course, theirs)
        if len(re.findall(r"\w+", text)) < SMALLEST:
            continue
        compared.append(file.name)
        texts[file.name] = text
        texts[f"{file.name} same files"] = own(course, {p: course.solved(p) for p in theirs})
    assert len(compared) > 12
    found = common(tmp_path, texts)
    honest = {
        pair: percent
        for pair, percent in found.items()
        if any(name in pair for name in compared)
        or all(name in map(str, LABS) for name in pair)
    }
    assert max(honest.values()) <= HONEST < LEAST, honest


def test_most_of_it_taken_over_is_between(
    course: Course, solutions: dict[int, str], tmp_path: Path
) -> None:
    """Four fifths are a friend's, the rest is not: named, and by about so much."""
    theirs = solutions[3].splitlines(keepends=True)
    mine = solutions[5].splitlines(keepends=True)
    mixed = "".join(theirs[: len(theirs) * 4 // 5] + mine[: len(mine) // 5])
    found = common(tmp_path, {"friend": solutions[3], "mixed": mixed, "other": solutions[6]})
    assert LEAST <= found["mixed", "friend"] <= 90
    assert found.get(("mixed", "other"), 0) <= HONEST
