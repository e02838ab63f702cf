# SPDX-License-Identifier: MIT
"""The student's tree: what is in it, and what is not."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
import tiny
from elftools.elf.elffile import ELFFile
from student_tree import (  # noqa: F401
    commit,
    git,
    hostile_git,
    root,
    snapshot,
    tree,
)

from h4.course import Course
from h4.errors import GraderError
from h4.hints import next_hint
from h4.overlay import ignored_changes
from h4.ready_objects import guest_objects, reference_object
from h4.student import write_student_tree


def test_what_is_there(tree: Path) -> None:
    for path in (
        "Makefile", "README.md", ".gitignore", ".gitattributes", "LICENSE",
        "kernel/kernel.ld", "kernel/given.c", "kernel/include/kernel/low.h",
        "labs/course.toml", "labs/1-tiny/lab.toml", "labs/1-tiny/stage.c",
        "labs/1-tiny/test_low.c", "handouts/1-tiny.md", "handouts/figures/tiny.svg",
        ".github/workflows/classroom.yml", "grader/h4/page/verdict.html",
        "answers/1.md", "grader/grade", "grader/common.mk", "grader/h4/cli.py",
        "grader/schemas/lab.json", "grader/guest/include/h4/harness.h",
        ".course/release.json", ".course/guest/harness.c.o",
        ".course/reference/kernel/low.c.o", ".course/reference/kernel/third.S.o",
        ".course/pristine/kernel/low.c", ".course/pristine/kernel/given.c",
        ".course/pristine/labs/1-tiny/test_low.c",
    ):  # fmt: skip
        assert (tree / path).is_file(), path
    assert os.access(tree / "grader/grade", os.X_OK)
    assert stat.S_IMODE(tree.stat().st_mode) & 0o700 == 0o700
    assert git(tree, "status", "--porcelain") == ""
    assert git(tree, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(tree, "rev-parse", "main") == git(tree, "rev-parse", "release-1")
    assert git(tree, "rev-list", "--count", "--all") == "1"


def test_what_is_not_there(tree: Path) -> None:
    names = git(tree, "ls-tree", "-r", "--name-only", "course").split("\n")
    files = {str(p.relative_to(tree)) for p in tree.rglob("*") if p.is_file()}
    assert {f for f in files if not f.startswith(".git/")} == set(names)
    for word in (
        "mutants", "tests/", "r/guest/harness.c\n", "private.h", "grader/student",
        "leaks.py", "student.py", "bodies.py", "__pycache__",
    ):  # fmt: skip
        assert not [name for name in names if word in name + "\n"], word
    assert not list((tree / ".git/hooks").glob("*"))


def test_starters_have_stubs_and_no_marks(tree: Path) -> None:
    for folder in (tree, tree / ".course/pristine"):
        text = (folder / "kernel/low.c").read_text()
        assert 'H4_TODO("1.1", value);' in text
        assert "H4-" not in text and "secret" not in text


def test_the_answers_name_every_exercise(tree: Path) -> None:
    text = (tree / "answers/1.md").read_text()
    assert "## 1.1 Doubling" in text and "../handouts/1-tiny.md#12-pairs" in text


def test_the_record(tree: Path) -> None:
    record = json.loads((tree / ".course/release.json").read_text())
    assert (record["course"], record["release"]) == ("Tiny", 1)
    assert record["labs"] == {"1": 1}
    assert "-DH4_TERSE_ASSERT" in record["flags"] and "gcc" in record["compiler"]
    assert "-DH4_TERSE_ASSERT" in record["client_flags"]


def test_the_secret_stays(root: Path, tree: Path) -> None:
    assert Course(root).secret == "nobody knows this"
    assert Course(tree).secret != Course(root).secret


def test_objects_tell_little(root: Path, tree: Path) -> None:
    paths = [*tree.glob(".course/**/*.o")]
    assert len(paths) == 4
    for path in paths:
        content = path.read_bytes()
        assert str(root).encode() not in content and b"/tmp/" not in content
        assert b"GCC" not in content
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            names = [section.name for section in elf.iter_sections()]
            assert not [name for name in names if "debug" in name]
            assert not [name for name in names if "secret" in name]
            assert ".h4.todo" not in names
            symbols = [s for s in elf.get_section_by_name(".symtab").iter_symbols()]
        if "reference" in path.parts:
            local = [s.name for s in symbols if s["st_info"]["bind"] == "STB_LOCAL"]
            assert not any(local), local
    with (tree / ".course/reference/kernel/low.c.o").open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".symtab")
        names = {symbol.name for symbol in table.iter_symbols()}
    assert {"low_double", "low_store"} <= names


def test_a_student_s_tree_is_a_course(root: Path, tree: Path) -> None:
    course = Course(tree)
    assert course.is_student and course.release == 1
    lab = course.lab(1)
    for path in course.stage_tree(lab):
        assert (course.pristine / path).is_file()
    assert not [path for path in course.units(lab) if path.startswith("grader")]
    assert [path.name for path in guest_objects(course)] == ["harness.c.o"]
    assert reference_object(course, "kernel/low.c").is_file()
    assert course.starter("kernel/low.c") == Course(root).starter("kernel/low.c")
    assert ignored_changes(course, tree) == []
    assert ignored_changes(Course(root), tree) == []
    with pytest.raises(GraderError, match="no solutions"):
        course.solved("kernel/low.c")


def test_reference_objects_are_the_same_in_both_trees(root: Path, tree: Path) -> None:
    for path in ("kernel/low.c", "kernel/third.S"):
        mine = reference_object(Course(root), path)
        assert mine.read_bytes() == reference_object(Course(tree), path).read_bytes()
    with pytest.raises(GraderError, match="given.c is not an exercise file"):
        reference_object(Course(root), "kernel/given.c")


def test_a_tree_is_graded_from_the_pristine_copies(tree: Path) -> None:
    (tree / "labs/1-tiny/lab.toml").write_text("not even TOML")
    (tree / "kernel/given.c").write_text("int changed;\n")
    (tree / "kernel/extra.c").write_text("int extra;\n")
    (tree / "kernel/include/kernel/low.h").unlink()
    lines = ignored_changes(Course(tree), tree)
    assert [line.split(" ")[0].rstrip(":") for line in lines] == [
        "kernel/include/kernel/low.h", "kernel/given.c", "labs/1-tiny/lab.toml",
        "kernel/extra.c",
    ]  # fmt: skip


def test_a_damaged_hidden_folder_is_named(tree: Path) -> None:
    (tree / ".course/release.json").write_text("{")
    with pytest.raises(GraderError, match="git checkout course -- .course"):
        Course(tree)


def test_hints_in_a_student_s_tree(tree: Path) -> None:
    assert "Hint 1 of 3" in next_hint(tree, "1.1")
    assert git(tree, "status", "--porcelain") == ""


def test_two_trees_of_one_release_hold_the_same(root: Path, tmp_path: Path) -> None:
    one = write_student_tree(root, tmp_path / "one").directory
    two = write_student_tree(root, tmp_path / "deep/er/two").directory
    assert git(one, "rev-parse", "main^{tree}") == git(two, "rev-parse", "main^{tree}")


@pytest.mark.parametrize("what", ["file", "folder", "repository", "course", "above"])
def test_a_folder_that_is_something_else_is_refused(
    root: Path, tmp_path: Path, what: str
) -> None:
    place = {"course": root, "above": tmp_path}.get(what, tmp_path / "place")
    if what == "file":
        place.write_text("mine\n")
    elif place == tmp_path / "place":
        place.mkdir()
        (place / "mine").write_text("mine\n")
        if what == "repository":
            git(place, "init", "-q")
            commit(place)
    before = snapshot(place) if place.is_dir() else {}
    with pytest.raises(GraderError, match="DIR="):
        write_student_tree(root, place)
    assert (snapshot(place) if place.is_dir() else {}) == before


def test_a_handout_without_the_section_is_refused(root: Path, tmp_path: Path) -> None:
    tiny.change(root / "handouts/1-tiny.md", "## 1.2 Pairs", "## 1.2 Pears")
    with pytest.raises(GraderError, match=r"(?s)exercise 1\.2.*#12-pairs"):
        write_student_tree(root, tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def test_an_empty_folder_will_do(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert write_student_tree(root, tmp_path / "empty").created
    assert (tmp_path / "empty/Makefile").exists()


def test_a_student_cannot_write_trees(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="is a student's tree"):
        write_student_tree(tree, tmp_path / "other")
