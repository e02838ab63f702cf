# SPDX-License-Identifier: MIT
"""The student's tree: what is in it, what is not, and how releases reach it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import tiny
from elftools.elf.elffile import ELFFile

from h4.course import Course
from h4.errors import GraderError
from h4.hints import next_hint
from h4.leaks import leaks
from h4.student import write_student_tree
from h4.update import update


@pytest.fixture(autouse=True)
def hostile_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whose git does everything differently, and says so when it ran."""
    home = tmp_path / "home"
    hooks = home / "template/hooks"
    hooks.mkdir(parents=True)
    for name in ("pre-commit", "post-checkout", "post-merge", "reference-transaction",
                 "commit-msg", "pre-merge-commit", "post-commit"):  # fmt: skip
        (hooks / name).write_text(f"#!/bin/sh\ntouch {home}/hook-ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    (home / ".gitconfig").write_text(
        f"[init]\n templateDir = {home}/template\n defaultBranch = trunk\n"
        f"[core]\n hooksPath = {hooks}\n autocrlf = true\n eol = crlf\n"
        f" excludesFile = {home}/ignore\n attributesFile = {home}/attributes\n"
        "[commit]\n gpgSign = true\n[tag]\n gpgSign = true\n[gpg]\n program = false\n"
        "[merge]\n ff = only\n[pull]\n ff = only\n[user]\n useConfigOnly = true\n"
        "[fetch]\n prune = true\n[filter \"spoil\"]\n clean = tr a-z A-Z\n"
    )
    (home / "ignore").write_text("*.c\n*.o\n")
    (home / "attributes").write_text("* filter=spoil\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "xdg"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-index"))
    yield
    assert not (home / "hook-ran").exists()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "course")


@pytest.fixture
def tree(root: Path, tmp_path: Path) -> Path:
    """A student's tree of release 1."""
    report = write_student_tree(root, tmp_path / "tree")
    assert (report.created, report.changed, report.release) == (True, True, 1)
    return report.directory


def git(tree: Path, *words: str, check: bool = True) -> str:
    """git as somebody without any configuration would run it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "Ada", f"GIT_{who}_EMAIL": "ada@example.org"}
    done = subprocess.run(
        ["git", "-C", tree, *words], env=env, capture_output=True, text=True
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


def solve(tree: Path, root: Path, path: str) -> None:
    """Puts the solution of an exercise file into a student's tree."""
    (tree / path).write_text(Course(root).solved(path))


def commit(tree: Path, message: str = "Work") -> None:
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", message)


def new_release(root: Path, number: int = 2) -> None:
    """A release that changes a test, a hint and a given file."""
    course = root / "labs/course.toml"
    course.write_text(course.read_text().replace(f"= {number - 1}\n", f"= {number}\n"))
    with (root / "labs/1-tiny/test_low.c").open("a") as out:
        out.write(f"int tiny_test_of_release_{number};\n")
    with (root / "kernel/given.c").open("a") as out:
        out.write(f"// Release {number} has more.\n")
    lab = root / "labs/1-tiny/lab.toml"
    hint = '"One line."' if number == 2 else f'"Line {number - 1}."'
    tiny.change(lab, hint, f'"Line {number}."')
    tiny.change(lab, f"version = {number - 1}", f"version = {number}")


def snapshot(tree: Path) -> dict[str, bytes]:
    """Every file outside .git, the index, HEAD and the stash."""
    found = {
        str(file.relative_to(tree)): file.read_bytes()
        for file in tree.rglob("*")
        if file.is_file() and ".git" not in file.relative_to(tree).parts
    }
    for name in ("index", "HEAD", "MERGE_HEAD", "MERGE_MSG", "ORIG_HEAD",
                 "refs/stash", "refs/heads/main", "config"):  # fmt: skip
        file = tree / ".git" / name
        found[name] = file.read_bytes() if file.exists() else b""
    return found


# What is in the tree


def test_what_is_there(tree: Path) -> None:
    for path in (
        "Makefile", "README.md", ".gitignore", ".gitattributes", "LICENSE",
        "kernel/kernel.ld", "kernel/given.c", "kernel/include/kernel/low.h",
        "labs/course.toml", "labs/1-tiny/lab.toml", "labs/1-tiny/stage.c",
        "labs/1-tiny/test_low.c", "handouts/1-tiny.md", "handouts/figures/tiny.svg",
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
    assert [path.name for path in course.guest_objects()] == ["harness.c.o"]
    assert course.reference_object("kernel/low.c").is_file()
    assert course.starter("kernel/low.c") == Course(root).starter("kernel/low.c")
    assert course.ignored_changes(tree) == []
    assert Course(root).ignored_changes(tree) == []
    with pytest.raises(GraderError, match="no solutions"):
        course.solved("kernel/low.c")


def test_reference_objects_are_the_same_in_both_trees(root: Path, tree: Path) -> None:
    for path in ("kernel/low.c", "kernel/third.S"):
        mine = Course(root).reference_object(path)
        assert mine.read_bytes() == Course(tree).reference_object(path).read_bytes()
    with pytest.raises(GraderError, match="given.c is not an exercise file"):
        Course(root).reference_object("kernel/given.c")


def test_a_tree_is_graded_from_the_pristine_copies(tree: Path) -> None:
    (tree / "labs/1-tiny/lab.toml").write_text("not even TOML")
    (tree / "kernel/given.c").write_text("int changed;\n")
    (tree / "kernel/extra.c").write_text("int extra;\n")
    (tree / "kernel/include/kernel/low.h").unlink()
    lines = Course(tree).ignored_changes(tree)
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


# Leaks


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


# Releases


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


def test_a_checked_out_course_branch_is_refused(root: Path, tree: Path) -> None:
    git(tree, "switch", "-q", "course")
    new_release(root)
    before = snapshot(tree)
    with pytest.raises(GraderError, match="is checked out"):
        write_student_tree(root, tree)
    assert snapshot(tree) == before


# Updates


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
    assert Course(tree).ignored_changes(tree) == []
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
