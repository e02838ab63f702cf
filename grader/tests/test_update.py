# SPDX-License-Identifier: MIT
"""Releases: how they reach the branch `course`, and from there the student's work."""

from __future__ import annotations

import shutil
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
    solve,
    tree,
)

from h4.course import Course
from h4.errors import GraderError
from h4.hints import next_hint
from h4.overlay import ignored_changes
from h4.student import write_student_tree
from h4.update import update


def test_nothing_changed(root: Path, tree: Path) -> None:
    before = snapshot(tree)
    report = write_student_tree(root, tree)
    assert not report.changed and "nothing" in str(report)
    assert snapshot(tree) == before
    assert git(tree, "rev-list", "--count", "course") == "1"


def test_a_release_is_one_commit_on_course(root: Path, tree: Path) -> None:
    (tree / "kernel/low.c").write_text("half a thought\n")
    (tree / "untracked").write_text("mine\n")
    git(tree, "add", "untracked")
    before = snapshot(tree)
    new_release(root)
    report = write_student_tree(root, tree)
    assert (report.created, report.changed, report.release) == (False, True, 2)
    assert set(report.files) == {
        "kernel/given.c", "labs/1-tiny/lab.toml", "labs/1-tiny/test_low.c",
        "labs/course.toml",
    }  # fmt: skip
    assert snapshot(tree) == before
    assert git(tree, "rev-list", "--count", "course") == "2"
    assert git(tree, "rev-parse", "course^") == git(tree, "rev-parse", "release-1")
    assert git(tree, "rev-parse", "course") == git(tree, "rev-parse", "release-2")
    assert not (tree / ".git/FETCH_HEAD").exists()


def test_a_number_stands_for_one_content(root: Path, tree: Path) -> None:
    tiny.change(root / "handouts/1-tiny.md", "Why twice?", "Why not?")
    with pytest.raises(GraderError, match="Set release = 2"):
        write_student_tree(root, tree)
    assert git(tree, "rev-list", "--count", "--all") == "1"


def test_a_release_in_the_middle_of_a_merge(root: Path, tree: Path) -> None:
    git(tree, "switch", "-q", "-c", "other")
    (tree / "kernel/low.c").write_text("one\n")
    commit(tree)
    git(tree, "switch", "-q", "main")
    (tree / "kernel/low.c").write_text("two\n")
    commit(tree)
    (tree / "kernel/high.c").write_text("stashed\n")
    git(tree, "stash")
    git(tree, "merge", "other", check=False)
    before, status = snapshot(tree), git(tree, "status", "--porcelain")
    assert before["MERGE_HEAD"] and before["refs/stash"] and "UU" in status
    new_release(root)
    assert write_student_tree(root, tree).changed
    assert (snapshot(tree), git(tree, "status", "--porcelain")) == (before, status)
    with pytest.raises(GraderError, match="git merge --abort"):
        update(tree)
    assert snapshot(tree) == before


def test_answers_are_the_student_s(root: Path, tree: Path) -> None:
    (tree / "answers/1.md").write_text("My thoughts.\n")
    commit(tree)
    new_release(root)
    tiny.change(root / "labs/1-tiny/lab.toml", '"Doubling"', '"Twice"')
    write_student_tree(root, tree)
    update(tree)
    assert (tree / "answers/1.md").read_text() == "My thoughts.\n"


def test_a_checked_out_course_branch_is_refused(root: Path, tree: Path) -> None:
    git(tree, "switch", "-q", "course")
    new_release(root)
    before = snapshot(tree)
    with pytest.raises(GraderError, match="is checked out"):
        write_student_tree(root, tree)
    assert snapshot(tree) == before


# What `make update` does with them


def test_half_a_lab_survives_a_release(root: Path, tree: Path) -> None:
    """The student's work and the release's changes are both there afterwards."""
    solve(tree, root, "kernel/low.c")
    (tree / "answers/1.md").write_text("Twice is enough.\n")
    commit(tree, "1.1 works")
    (tree / "kernel/third.S").write_text("// not yet\n")
    commit(tree, "A try at 1.3")
    next_hint(tree, "1.1")
    new_release(root)
    write_student_tree(root, tree)
    mine = {
        path: (tree / path).read_text()
        for path in ("kernel/low.c", "kernel/third.S", "answers/1.md")
    }
    said = update(tree)
    assert "Release 2" in said and "before: release 1" in said
    assert "labs/1-tiny/test_low.c" in said and ".course" not in said
    for path, text in mine.items():
        assert (tree / path).read_text() == text
    assert "tiny_test_of_release_2" in (tree / "labs/1-tiny/test_low.c").read_text()
    assert "Release 2 has more" in (tree / "kernel/given.c").read_text()
    assert Course(tree).exercise("1.1").hints[2] == "Line 2."
    assert (Course(tree).release, Course(tree).lab(1).version) == (2, 2)
    assert ignored_changes(Course(tree), tree) == []
    assert git(tree, "status", "--porcelain") == ""
    assert "1.1 works" in git(tree, "log", "--format=%s")
    assert "Hint 2 of 3" in next_hint(tree, "1.1")
    assert "Nothing to merge" in update(tree)

    new_release(root, 3)
    assert write_student_tree(root, tree).release == 3
    assert "Release 3" in update(tree)
    assert (tree / "kernel/low.c").read_text() == mine["kernel/low.c"]
    assert git(tree, "tag").split() == ["release-1", "release-2", "release-3"]


def test_an_update_without_work_of_one_s_own(root: Path, tree: Path) -> None:
    new_release(root)
    write_student_tree(root, tree)
    update(tree)
    assert git(tree, "rev-parse", "main") == git(tree, "rev-parse", "course")


def test_a_merge_has_an_author_without_any_configuration(
    root: Path, tree: Path
) -> None:
    solve(tree, root, "kernel/low.c")
    commit(tree)
    new_release(root)
    write_student_tree(root, tree)
    update(tree)
    assert git(tree, "log", "-1", "--format=%an %P").count(" ") == 2


def test_a_student_s_own_name_stands_on_the_merge(root: Path, tree: Path) -> None:
    git(tree, "config", "user.name", "Grace")
    git(tree, "config", "user.email", "grace@example.org")
    solve(tree, root, "kernel/low.c")
    commit(tree)
    new_release(root)
    write_student_tree(root, tree)
    update(tree)
    assert git(tree, "log", "-1", "--format=%an") == "Grace"


def test_uncommitted_changes_are_not_merged_into(root: Path, tree: Path) -> None:
    new_release(root)
    write_student_tree(root, tree)
    (tree / "kernel/low.c").write_text("half a thought\n")
    before = snapshot(tree)
    words = r"(?s)not committed.*kernel/low\.c.*git commit"
    with pytest.raises(GraderError, match=words):
        update(tree)
    assert snapshot(tree) == before


def test_untracked_files_do_not_stop_an_update(root: Path, tree: Path) -> None:
    new_release(root)
    write_student_tree(root, tree)
    (tree / "notes").write_text("mine\n")
    assert "Release 2" in update(tree)
    assert (tree / "notes").read_text() == "mine\n"


def test_an_untracked_file_in_the_way_is_kept(root: Path, tree: Path) -> None:
    new_release(root)
    (root / "handouts/2-new.md").write_text("# New\n")
    write_student_tree(root, tree)
    (tree / "handouts/2-new.md").write_text("mine\n")
    before = snapshot(tree)
    with pytest.raises(GraderError, match=r"(?s)would not merge.*2-new\.md"):
        update(tree)
    # git notes where HEAD was, whether it merged or not.
    (tree / ".git/ORIG_HEAD").unlink()
    assert snapshot(tree) == before


def test_a_conflict_is_explained_and_can_be_given_up(root: Path, tree: Path) -> None:
    (tree / "kernel/given.c").write_text(tiny.GIVEN + "// Mine.\n")
    commit(tree)
    head = git(tree, "rev-parse", "main")
    new_release(root)
    write_student_tree(root, tree)
    with pytest.raises(GraderError) as found:
        update(tree)
    assert "kernel/given.c" in str(found.value)
    assert "git merge --abort" in str(found.value)
    assert "<<<<<<<" in (tree / "kernel/given.c").read_text()
    git(tree, "merge", "--abort")
    assert git(tree, "rev-parse", "HEAD") == head
    assert git(tree, "status", "--porcelain") == ""


def test_a_detached_head_and_the_course_s_branch_are_refused(
    root: Path, tree: Path
) -> None:
    git(tree, "switch", "-q", "--detach")
    with pytest.raises(GraderError, match="git switch main"):
        update(tree)
    git(tree, "switch", "-q", "course")
    with pytest.raises(GraderError, match="git switch main"):
        update(tree)


def test_a_copy_without_git_is_refused(tree: Path) -> None:
    shutil.rmtree(tree / ".git")
    with pytest.raises(GraderError, match="not a git repository"):
        update(tree)


def test_the_remote_s_course_comes_first(
    root: Path, tree: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(tree), str(clone))
    solve(clone, root, "kernel/low.c")
    commit(clone)
    assert "Nothing to merge" in update(clone)
    new_release(root)
    write_student_tree(root, tree)
    said = update(clone)
    assert "Release 2" in said
    assert Course(clone).release == 2
    assert "origin" in update(clone)


def test_a_remote_without_course_falls_back(
    root: Path, tree: Path, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "own.git")
    git(tree, "remote", "add", "origin", str(tmp_path / "own.git"))
    git(tree, "push", "-q", "origin", "main")
    new_release(root)
    write_student_tree(root, tree)
    assert "Release 2" in update(tree)


def test_a_remote_that_does_not_answer(root: Path, tree: Path, tmp_path: Path) -> None:
    git(tree, "remote", "add", "origin", str(tmp_path / "gone.git"))
    before = snapshot(tree)
    with pytest.raises(GraderError, match="does not answer"):
        update(tree)
    assert snapshot(tree) == before


def test_a_clone_without_any_course_branch(tree: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(tree), str(clone))
    git(clone, "remote", "remove", "origin")
    with pytest.raises(GraderError, match="git remote add origin"):
        update(clone)
