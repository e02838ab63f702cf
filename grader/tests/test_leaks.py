# SPDX-License-Identifier: MIT
"""Nothing of a solution reaches students, in files or in the history."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny
from student_tree import (  # noqa: F401
    commit,
    git,
    hostile_git,
    new_release,
    root,
    snapshot,
    tree,
)

from h4.course import Course
from h4.errors import GraderError
from h4.leaks import leaks
from h4.student import write_student_tree


def test_a_new_tree_has_no_leaks(root: Path, tree: Path) -> None:
    assert leaks(Course(root), tree) == []


def planted(root: Path, tree: Path, path: str, content: bytes) -> str:
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return "\n".join(str(leak) for leak in leaks(Course(root), tree))


LINE = b"return value * 17u + 3u;"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("notes.txt", LINE),
        ("notes.txt", b"before\n  \t" + LINE + b"// after\n"),
        ("notes.txt", LINE.replace(b" * ", b"  \t* ")),
        (".course/reference/kernel/low.c.o", b"\x7fELF\0\0" + LINE + b"\0"),
        ("notes.txt", b"// The helper that only the solution knows."),
        ("notes.txt", b"nobody knows this"),
        ("kernel/low.c", tiny.LOW.encode()),
    ],
)
def test_a_leak_in_a_file_is_found(
    root: Path, tree: Path, path: str, content: bytes
) -> None:
    assert path in planted(root, tree, path, content)


@pytest.mark.parametrize(
    "content",
    [
        b"pair->second = a",  # 16 characters, but of no solution
        b"return result;",  # a line of a solution, but short
        b"low_double(unsigned value)",  # stands outside the marks
    ],
)
def test_what_is_no_leak(root: Path, tree: Path, content: bytes) -> None:
    assert planted(root, tree, "notes.txt", content) == ""


def test_a_line_that_stands_outside_too_is_none(root: Path, tree: Path) -> None:
    tiny.change(root / "kernel/given.c", "// Given code.", "// " + LINE.decode())
    assert planted(root, tree, "notes.txt", LINE) == ""


def test_a_test_may_share_a_line_with_a_solution(root: Path, tmp_path: Path) -> None:
    tiny.change(root / "labs/1-tiny/test_low.c", "// The tiny tests.", LINE.decode())
    assert write_student_tree(root, tmp_path / "tree").created


def test_a_leak_in_the_history_is_found(root: Path, tree: Path) -> None:
    (tree / "notes.txt").write_bytes(LINE)
    commit(tree)
    (tree / "notes.txt").unlink()
    commit(tree)
    assert "history: blob" in planted(root, tree, "other.txt", b"harmless")


def test_a_leak_in_a_message_or_a_lost_blob_is_found(root: Path, tree: Path) -> None:
    git(tree, "commit", "-q", "--allow-empty", "-m", LINE.decode())
    assert "history: commit" in planted(root, tree, "other.txt", b"harmless")
    git(tree, "reset", "-q", "--hard", "course")
    (tree / "other.txt").write_bytes(LINE)
    git(tree, "hash-object", "-w", "other.txt")
    assert "history: blob" in planted(root, tree, "other.txt", b"harmless")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("handouts/1-tiny.md", "Why twice?", LINE.decode()),
        ("labs/1-tiny/lab.toml", "One line.", LINE.decode()),
        ("labs/1-tiny/test_low.c", "// The tiny tests.",
         "low_secret_helper(unsigned value)\n{\n" + LINE.decode() + "\n}\n"),
        ("grader/guest/harness.c", "harness_secret = 1;",
         f'harness_secret = 1;\nconst char text[] = "{LINE.decode()}";'),
    ],
)  # fmt: skip
def test_a_leak_refuses_the_tree(
    root: Path, tmp_path: Path, path: str, old: str, new: str
) -> None:
    tiny.change(root / path, old, new)
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(GraderError, match=r"kernel/low\.c:11"):
        write_student_tree(root, tmp_path / "tree")
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_leak_refuses_a_release(root: Path, tree: Path) -> None:
    new_release(root)
    tiny.change(root / "handouts/1-tiny.md", "Why twice?", LINE.decode())
    before, refs = snapshot(tree), git(tree, "for-each-ref")
    objects = git(tree, "count-objects", "-v")
    with pytest.raises(GraderError, match="would be given a solution"):
        write_student_tree(root, tree)
    assert (snapshot(tree), git(tree, "for-each-ref")) == (before, refs)
    assert git(tree, "count-objects", "-v") == objects


def test_given_code_that_becomes_an_exercise_is_in_the_history(
    root: Path, tree: Path
) -> None:
    """Release 1 printed what release 2 asks for."""
    new_release(root)
    tiny.change(
        root / "kernel/given.c", "        return pair.first + pair.second;",
        '        // H4-BEGIN 1.4\n        return pair.first + pair.second;\n'
        '        // H4-STUB 1.4\n        //| H4_TODO("1.4", pair);\n'
        "        // H4-END 1.4",
    )  # fmt: skip
    lab = root / "labs/1-tiny/lab.toml"
    text = lab.read_text().replace("points = 20", "points = 10")
    entries = text.split("\n\n")
    exercise = next(e for e in entries if 'id = "1.3"' in e)
    test = next(e for e in entries if '"third_adds"' in e)
    lab.write_text(
        "\n\n".join(
            [
                text.rstrip(),
                exercise.replace("1.3", "1.4").replace("third.S", "given.c"),
                test.replace("1.3", "1.4").replace("third_adds", "given_adds"),
            ]
        )
    )  # fmt: skip
    with pytest.raises(GraderError, match="(?s)history: blob.*write a new tree"):
        write_student_tree(root, tree)
    assert write_student_tree(root, tree.parent / "new").created
