# SPDX-License-Identifier: MIT
"""`make lint-labs` names each thing that does not agree, in a copy of the labs."""

from __future__ import annotations

from pathlib import Path

import copied_labs
import pytest
import tiny

from h4.course import Course
from h4.lint import lint

HANDOUT = "handouts/2-status.md"
TABLE = "handouts/7-mapping.md"
MANIFEST = "labs/2-status/lab.toml"
MUTANTS = "labs/2-status/mutants.toml"
COUNTS = "kernel/counts.c"
HEAD = "File: `kernel/counts.c`. Headers: `status.h`. 16 points."


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_labs.copy(tmp_path_factory.mktemp("labs"))


# Where, what is replaced, by what, and the words of the finding.
MISTAKES = {
    "no section": (HANDOUT, "## 2.3 Counts", "## Counts", ["2.3", "no section `## 2.3 Counts`"]),
    "points": (HANDOUT, "16 points.", "17 points.", ["2.3", "17 points", "has 16"]),
    "file": (HANDOUT, "`kernel/counts.c`. H", "`kernel/count.c`. H", ["2.3", "kernel/counts.c"]),
    "size": (HANDOUT, "about 59 lines", "about 60 lines", ["2.3", "about 60", "has 59"]),
    "needs too much": (HANDOUT, "Needs 1.2", "Needs 1.2, 2.1", ["2.5", "leads to 2.1"]),
    "table": (
        TABLE, "| Unmap | 6 | 61 |", "| Unmap | 5 | 61 |",
        ["the table of exercises: 7.8 is told as Unmap, 5, 61; it is Unmap, 6, 61"],
    ),
    "needs in the table": (TABLE, "| 61 | 7.5 |", "| 61 | 7.4 |", ["7.8: Needs leads to 7.4"]),
    "not in the table": (TABLE, "| 7.8 | U", "| 7.11 | U", ["7.8 is not in it"]),
    "contents": (HANDOUT, "[2.3](#23-counts)", "2.3", ["contents", "[2.3](#23-counts)"]),
    "how many": (HANDOUT, "Six exercises", "Five exercises", ["'Five exercises", "is Six"]),
    "all lines": (HANDOUT, "about 330 lines in all", "about 350 lines in all", ["334 lines"]),
    "anchor": (HANDOUT, "(#what-all-exercises-share)", "(#what-they-share)", ["no heading"]),
    "figure": (HANDOUT, "](figures/", "](figure/", ["there is no figure/"]),
    "lines of the manifest": (MANIFEST, "lines = 59", "lines = 58", ["lines = 58", "have 59"]),
    "anchor of the manifest": (MANIFEST, '"#23-counts"', '"#23-count"', ["would be #23-counts"]),
    "test of nobody": (
        MANIFEST, '"entries_from_none_to_all"', '"entries_from_all_to_none"',
        ["TEST(entries_from_none_to_all) is not in", "there is no TEST(entries_from_all_to_none)"],
    ),
    "mutant does not fit": (
        COUNTS, "if (entries > page->entries)", "if (page->entries < entries)",
        ["mutant", "is not in the regions of exercise 2.3"],
    ),
    "mutant of another": (
        MUTANTS, 'killed_by = "boot_of_a_plain_machine"', 'killed_by = "random_counts"',
        ["is a test of exercise 2.3"],
    ),
    "schema": (MUTANTS, 'title = "the end', 'tittle = "the end', ["tittle is not known here"]),
    "mark": (COUNTS, "// H4-STUB 2.3", "// H4-SUTB 2.3", ["unknown mark", COUNTS]),
    "placeholder": (
        HANDOUT, "**The array.**", "FILL IN: what an array is",
        [f"{HANDOUT}:", "to be filled in: what an array is"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(copied: Path, mistake: str) -> None:
    path, old, new, words = MISTAKES[mistake]
    before = (copied / path).read_text()
    assert old in before
    (copied / path).write_text(before.replace(old, new, 1))
    try:
        found = "\n".join(lint(Course(copied)))
    finally:
        (copied / path).write_text(before)
    for word in words:
        assert word in found, found


def test_an_exercise_has_mutants_and_points(copied: Path) -> None:
    for path, old, new in (
        (MUTANTS, 'exercise = "2.3"', 'exercise = "2.2"'),
        (MANIFEST, "points = 16", "points = 0"),
    ):
        before = (copied / path).read_text()
        text = before.replace(old, new)
        if path == MANIFEST:  # its tests have none either, and another exercise has them
            head, *blocks = text.split("[[test]]")
            blocks = [
                "\n".join("points = 0" if line.startswith("points") else line
                          for line in block.split("\n"))
                if 'exercise = "2.3"' in block else block for block in blocks
            ]  # fmt: skip
            blocks[0] = blocks[0].replace("points = 2", "points = 18")
            text = "[[test]]".join([head.replace("points = 22", "points = 38"), *blocks])
        else:  # mutants whose exercise is gone would be refused before
            text = "\n[[mutant]]".join(
                block for block in before.split("\n[[mutant]]") if 'exercise = "2.3"' not in block
            )
        (copied / path).write_text(text)
        try:
            found = "\n".join(lint(Course(copied)))
        finally:
            (copied / path).write_text(before)
        words = "2.3 has no mutant" if path == MUTANTS else "exercise 2.3: points = 0"
        assert words in found, found


def test_a_course_without_handouts_texts(tmp_path: Path) -> None:
    """The made-up course says what its handout lacks, and does not stumble."""
    found = lint(Course(tiny.write(tmp_path)))
    assert any("its first page says: Three exercises" in line for line in found)
    assert any("no points are told" in line for line in found)
