# SPDX-License-Identifier: MIT
"""Manifests: what is loaded, and that each mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny

from h4.errors import GraderError
from h4.manifest import DEFAULT_LIMIT, load_course, load_mutants

TOML = "labs/1-tiny/lab.toml"
TEST_1_3 = (
    '[[test]]\nname = "third_adds"\nexercise = "1.3"\nkind = "works"\npoints = 20'
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny.write(tmp_path)


def test_everything_is_loaded(root: Path) -> None:
    course = load_course(root)
    assert (course.name, course.release) == ("Tiny", 1)
    lab = course.lab(1)
    assert (lab.folder, lab.title, lab.version) == ("labs/1-tiny", "A tiny lab", 1)
    assert lab.gradable
    assert lab.exercise_files == ("kernel/low.c", "kernel/high.c", "kernel/third.S")
    one, two = course.exercise("1.1"), course.exercise("1.2")
    assert one.hints[1] == "No loop is\nneeded."
    assert (one.after, two.after) == ((), ("1.1",))
    assert two.without["refuses"] == "every pair is a good pair"
    assert two.do_nothing == ("7",)
    assert [t.name for t in lab.tests_of(one)] == [
        "low_doubles", "low_refuses", "low_keeps",
    ]  # fmt: skip
    assert [t.limit for t in lab.tests_of(one)] == [DEFAULT_LIMIT, 5000, DEFAULT_LIMIT]


def test_a_lab_without_exercises_is_not_gradable(root: Path) -> None:
    (root / "labs/0-boot").mkdir()
    (root / "kernel/boot.S").write_text("\n")
    (root / "labs/0-boot/lab.toml").write_text(
        '[lab]\nnumber = 0\nname = "boot"\ntitle = "Boot"\nversion = 1\n'
        'files = ["kernel/boot.S"]\n'
    )
    labs = load_course(root).labs
    assert [(lab.number, lab.gradable) for lab in labs] == [(0, False), (1, True)]


def test_labs_are_in_the_order_of_their_numbers(root: Path) -> None:
    for number in (10, 2):
        folder = root / f"labs/{number}-more"
        folder.mkdir()
        (root / f"kernel/more{number}.c").write_text("\n")
        (folder / "lab.toml").write_text(
            f'[lab]\nnumber = {number}\nname = "more"\ntitle = "More"\nversion = 1\n'
            f'files = ["kernel/more{number}.c"]\n'
        )
    assert [lab.number for lab in load_course(root).labs] == [1, 2, 10]


# What is replaced in lab.toml, by what, and the words of the complaint.
MISTAKES = {
    "syntax": ("number = 1\n", "number = \n", ["is not TOML", "line 2"]),
    "unknown key": (
        "version = 1\n", "version = 1\nverson = 2\n",
        ["lab: verson", "version"],
    ),
    "missing key": ("version = 1\n", "", ["lab: lacks version"]),
    "wrong type": (
        "version = 1\n", 'version = "1"\n',
        ["lab, version", '"1"', "counted"],
    ),
    "two hints": (
        '"Twice is once and once more.", ', "",
        ["exercise 1 (1.1), hints", "three hints"],
    ),
    "empty hint": ('"One line."', '" "', ["exercise 1 (1.1), hints 3", '" "']),
    "kind": (
        'kind = "refuses"', 'kind = "refuse"',
        ["test 2 (low_refuses), kind", '"refuse"'],
    ),
    "limit": ("limit = 5000", "limit = 5", ["test 2 (low_refuses), limit", "found 5"]),
    "name of a test": ('"third_adds"', '"third-adds"', ["third-adds", "underscores"]),
    "path": (
        '"kernel/given.c"]', '"kernel/../secret.c"]',
        ["secret.c", "below kernel/"],
    ),
    "folder": ('name = "tiny"', 'name = "small"', ["labs/1-small", "folder"]),
    "file is missing": (
        '"kernel/given.c"]', '"kernel/gone.c"]',
        ["no file kernel/gone.c"],
    ),
    "compiled, and edited": (
        "version = 1\n", 'version = 1\ncompiled = ["kernel/low.c"]\n',
        ["compiled: kernel/low.c", "students edit it"],
    ),
    "compiled, and another's": (
        "version = 1\n", 'version = 1\ncompiled = ["kernel/else.c"]\n',
        ["compiled: kernel/else.c", "of the lab's"],
    ),
    "file twice": ('"kernel/given.c"]', '"kernel/low.c"]', ["each once"]),
    "id twice": ('id = "1.2"', 'id = "1.1"', ["exercise 1.1: is there twice"]),
    "id of another lab": (
        'id = "1.3"', 'id = "2.3"',
        ["exercise 2.3", "begins with 1."],
    ),
    "name twice": (
        '"low_keeps"', '"low_doubles"',
        ["test low_doubles: is there twice"],
    ),
    "sum of the lab": (
        "points = 30\nlines", "points = 31\nlines",
        ["add up to 101", "100"],
    ),
    "sum of an exercise": (
        "points = 30\nlines", "points = 29\nlines",
        ["exercise 1.2: points = 29", "have 30"],
    ),
    "kind without reason": (
        'refuses = "none: every pair is a good pair"\n', "",
        ["exercise 1.2", "no test of kind 'refuses'"],
    ),
    "reason without reason": (
        '"none: every pair is a good pair"', '"none: "',
        ["1.2", "reason"],
    ),
    "kind and reason": (
        'after = ["1.1"]\n', 'after = ["1.1"]\nworks = "none: why"\n',
        ["exercise 1.2", "why"],
    ),
    "unknown prerequisite": (
        'after = ["1.1"]', 'after = ["1.9"]',
        ["exercise 1.2", "1.9"],
    ),
    "circle": (
        'lines = 6\n', 'lines = 6\nafter = ["1.2"]\n',
        ["1.1 after 1.2 after 1.1", "circle"],
    ),
    "itself": ('after = ["1.1"]', 'after = ["1.2"]', ["1.2 after 1.2"]),
    "file of nobody": (
        'file = "kernel/third.S"', 'file = "kernel/other.S"',
        ["exercise 1.3", "kernel/other.S", "owned"],
    ),
    "test of nobody": (TEST_1_3, TEST_1_3.replace("1.3", "1.7"), ["third_adds", "1.7"]),
    "no handout": ('handout = "handouts/1-tiny.md"\n', "", ["lacks handout"]),
    "no tests": (
        TEST_1_3, "",
        ["exercise 1.3: points = 20, but its tests have 0", "kind 'works'"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(root: Path, mistake: str) -> None:
    old, new, words = MISTAKES[mistake]
    tiny.change(root / TOML, old, new)
    with pytest.raises(GraderError) as found:
        load_course(root)
    assert TOML in str(found.value)
    for word in words:
        assert word in str(found.value)


def test_an_exercise_in_a_header_is_refused(root: Path) -> None:
    tiny.change(root / TOML, 'files = ["kernel/low.c"', 'files = ["kernel/a.h"')
    tiny.change(root / TOML, 'file = "kernel/low.c"', 'file = "kernel/a.h"')
    (root / "kernel/a.h").write_text("\n")
    with pytest.raises(GraderError, match=r"1\.1: file kernel/a\.h: .*\.c or \.S"):
        load_course(root)


def test_a_file_belongs_to_one_lab(root: Path) -> None:
    (root / "labs/2-more").mkdir()
    (root / "labs/2-more/lab.toml").write_text(
        '[lab]\nnumber = 2\nname = "more"\ntitle = "More"\nversion = 1\n'
        'files = ["kernel/given.c"]\n'
    )
    with pytest.raises(GraderError, match="given.c belongs to labs/1-tiny already"):
        load_course(root)


def test_two_labs_with_one_number(root: Path) -> None:
    (root / "labs/1-more").mkdir()
    (root / "kernel/more.c").write_text("\n")
    (root / "labs/1-more/lab.toml").write_text(
        '[lab]\nnumber = 1\nname = "more"\ntitle = "More"\nversion = 1\n'
        'files = ["kernel/more.c"]\n'
    )
    with pytest.raises(GraderError, match="both are lab 1"):
        load_course(root)


def test_all_mistakes_at_once(root: Path) -> None:
    tiny.change(root / TOML, "points = 30\nlines", "points = 31\nlines")
    tiny.change(root / TOML, 'after = ["1.1"]', 'after = ["1.9"]')
    with pytest.raises(GraderError) as found:
        load_course(root)
    assert len(str(found.value).split("\n")) == 3


def test_a_missing_course_file(root: Path) -> None:
    (root / "labs/course.toml").unlink()
    with pytest.raises(GraderError, match="labs/course.toml: cannot be read"):
        load_course(root)


def test_an_unknown_exercise_is_answered_with_a_list(root: Path) -> None:
    course = load_course(root)
    with pytest.raises(GraderError, match=r"(?s)no exercise 1\.8.*1\.2  Pairs"):
        course.exercise("1.8")
    with pytest.raises(GraderError, match="no lab 4; the labs are 1"):
        course.exercise("4.1")
    for name in ("", "1", "1.", "x.y", "1.1.1", "-1.1"):
        with pytest.raises(GraderError, match="is not an exercise"):
            course.exercise(name)


MUTANT_MISTAKES = {
    "exercise": ('"1.2"', '"1.7"', "exercise 1.7"),
    "file": ("kernel/high.c", "kernel/low.c", "kernel/high.c"),
    "test": ("high_pairs", "high_pears", "high_pears is not a test"),
    "test of another": ("high_pairs", "low_keeps", "test of exercise 1.1"),
    "same": ('replace = ""', 'replace = ".first = first, "', "same text"),
    "key": ("title =", "words =", "words"),
}


@pytest.mark.parametrize("mistake", MUTANT_MISTAKES)
def test_a_mistake_in_a_mutant_is_named(root: Path, mistake: str) -> None:
    old, new, words = MUTANT_MISTAKES[mistake]
    lab = load_course(root).lab(1)
    assert [m.name for m in load_mutants(root, lab)] == ["first-lost"]
    tiny.change(root / "labs/1-tiny/mutants.toml", old, new)
    with pytest.raises(GraderError) as found:
        load_mutants(root, lab)
    assert words in str(found.value)
    assert "first-lost" in str(found.value)


def test_a_mutant_twice(root: Path) -> None:
    file = root / "labs/1-tiny/mutants.toml"
    file.write_text(file.read_text() * 2)
    with pytest.raises(GraderError, match="first-lost: is there twice"):
        load_mutants(root, load_course(root).lab(1))


def test_a_lab_without_mutants(root: Path) -> None:
    (root / "labs/1-tiny/mutants.toml").unlink()
    assert load_mutants(root, load_course(root).lab(1)) == ()
