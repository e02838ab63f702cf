# SPDX-License-Identifier: MIT
"""A submission is read whatever form it has; one that cannot be is refused, with the
reason."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path

import class_archives_made as made
import pytest
from student_tree import commit, git

from h4 import class_archives
from h4.class_entries import entries, fingerprint
from h4.class_reading import Submission, read_submission
from h4.course import Course
from h4.errors import GraderError
from h4.overlay import examine, ignored_changes
from h4.released import HIDDEN
from h4.submission import Refused, read

PATH = "kernel/serial.c"
TIME = "2026-09-21T14:13:20+00:00"


@pytest.fixture
def files(course: Course) -> dict[str, bytes]:
    solved = {path: course.solved(path).encode() for path in course.lab(0).exercise_files}
    return solved | {"README.md": b"Mine.\n"}


def below(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": text for path, text in files.items()}


def taken(course: Course, given: Path, tmp_path: Path) -> Submission:
    work = tmp_path / "work"
    work.mkdir()
    return read_submission(course, given, work)


FORMS = {
    "folder": lambda p, f: made.tree(p, f),
    "deeper": lambda p, f: made.tree(p, below("my h4/tree", f)),
    "tar": lambda p, f: made.tar(made.at(p, ".tar"), below("h4", f)),
    "tgz": lambda p, f: made.tar(made.at(p, ".tgz"), below("./h4", f)),
    "bz2": lambda p, f: made.tar(made.at(p, ".tar.bz2"), f),
    "xz": lambda p, f: made.tar(made.at(p, ".tar.xz"), below("h4", f)),
    "git": lambda p, f: made.repository(p, f),
    "bare": lambda p, f: made.repository(p, below("work", f), bare=True),
    "tar-in-a-folder": lambda p, f: made.tar((p.mkdir() or p) / "h4.tgz", f).parent,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form(course: Course, files: dict[str, bytes], tmp_path: Path, form: str) -> None:
    found = taken(course, FORMS[form](tmp_path / "anna", files), tmp_path)
    assert read(found.tree, PATH) == files[PATH]
    assert found.handed_in(course, course.lab(0)) == TIME
    assert found.handed_in(course, course.lab(1)) == ""
    assert not found.notes


@pytest.mark.parametrize("form", ["deeper", "tgz", "git", "bare"])
def test_of_a_whole_tree_nothing_is_missing(
    course: Course, files: dict[str, bytes], tmp_path: Path, form: str
) -> None:
    """Whoever hands in all that students were given has changed nothing of it; and what
    somebody did change is named."""
    given = {p: (course.root / p).read_bytes() for p in course.given}
    whole = files | given | {f"{HIDDEN}/pristine/{p}": text for p, text in given.items()}
    found = taken(course, FORMS[form](tmp_path / "anna", whole), tmp_path)
    assert ignored_changes(course, found.tree, course.lab(0)) == []
    changed = "grader/guest/include/h4/test.h"
    (found.tree / changed).write_bytes(given[changed] + b"// mine\n")
    lines = ignored_changes(course, found.tree, course.lab(0))
    assert lines == [f"{changed} was changed; the course's is used"]


def test_what_later_labs_want_is_not_missing(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    found = taken(course, FORMS["tar"](tmp_path / "anna", files), tmp_path)
    assert ignored_changes(course, found.tree, course.lab(0)) == []
    missing = {line.partition(" ")[0] for line in ignored_changes(course, found.tree, course.lab(1))}
    assert missing == set(course.lab(1).exercise_files)


def test_a_zip_file_has_local_times(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    given = made.zipped(tmp_path / "anna.zip", below("h4", files))
    found = taken(course, given, tmp_path)
    assert read(found.tree, PATH) == files[PATH]
    assert found.handed_in(course, course.lab(0)) == "2026-09-21T14:00:00"


@pytest.mark.parametrize("name", made.BROKEN)
def test_refused_with_its_reason(
    course: Course, files: dict[str, bytes], tmp_path: Path, name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(class_archives, "MOST_BYTES", 8 << 20)  # the real ones take long
    monkeypatch.setattr(class_archives, "MOST_MEMBERS", 200)
    monkeypatch.setattr(made, "MANY", 201)
    make, words = made.BROKEN[name]
    given = make(tmp_path / "anna", files)
    with pytest.raises(Refused) as reason:
        taken(course, given, tmp_path)
    assert words in str(reason.value)
    outside = {path.name for path in tmp_path.iterdir()} - {given.name, "work"}
    assert not outside


def test_what_is_committed_counts(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    given = made.repository(tmp_path / "anna", files)
    (given / PATH).write_text("later\n")
    found = taken(course, given, tmp_path)
    assert read(found.tree, PATH) == files[PATH]
    assert found.notes == [f"{PATH} has changes that are not committed; the commit counts"]
    assert found.commit == git(given, "rev-parse", "HEAD")


def test_times_are_those_of_the_lab(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    given = made.repository(tmp_path / "anna", files)
    other = course.lab(1).exercise_files[0]
    (given / other).parent.mkdir(parents=True, exist_ok=True)
    (given / other).write_text(course.solved(other))
    commit(given)
    found = taken(course, given, tmp_path)
    assert found.handed_in(course, course.lab(0)) == TIME
    assert found.handed_in(course, course.lab(1)) > TIME


def test_a_repository_runs_nothing(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    """Its own settings name programs: also for a commit that is signed, and for objects
    that are to be fetched where they are missing."""
    given = made.repository(tmp_path / "anna", {**files, ".gitattributes": b"*.c filter=x diff=x\n"})
    ran, program = tmp_path / "ran", tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    for name in ("core.fsmonitor", "filter.x.smudge", "diff.x.textconv", "core.pager",
                 "core.sshCommand", "gpg.program", "core.alternateRefsCommand"):  # fmt: skip
        git(given, "config", name, str(program))
    git(given, "config", "log.showSignature", "true")
    made.commit_again(given, lambda text: text.replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n", 1))
    found = taken(course, given, tmp_path)
    assert found.handed_in(course, course.lab(0)) == TIME
    assert not ran.exists()
    blob = git(given, "rev-parse", f"HEAD:{PATH}")
    (given / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for name, value in {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin",
        "remote.origin.promisor": "true", "remote.origin.url": f"ext::{program}",
        "protocol.ext.allow": "always",
    }.items():  # fmt: skip
        git(given, "config", name, value)
    with pytest.raises(Refused, match="is not there"):
        read_submission(course, given, (tmp_path / "more").mkdir() or tmp_path / "more")
    assert not ran.exists()


BORROWED = {
    "common": lambda g, c: (g / "commondir").write_text(str(c)),
    "alternates": lambda g, c: (g / "objects/info/alternates").write_text(f"{c}/objects"),
    "objects": lambda g, c: linked(g / "objects", c / "objects"),
    "packs": lambda g, c: linked(g / "objects/pack", c / "objects/pack"),
    "names": lambda g, c: linked(g / "refs", c / "refs"),
    "branches": lambda g, c: linked(g / "refs/heads", c / "refs/heads"),
    "head": lambda g, c: linked(g / "HEAD", c / "HEAD"),
    "beside-a-bare-one": lambda g, c: bare(g, c),
    "pipe": lambda g, c: os.mkfifo(g / "objects/pack/x.pack"),
}


def linked(path: Path, to: Path) -> None:
    path.rename(path.with_name(path.name + ".was"))
    path.symlink_to(to)


def bare(repository: Path, to: Path) -> None:
    """What says that there is a bare one, and a .git that is another's."""
    for name in ("objects", "refs"):
        (repository.parent / name).mkdir()
    (repository.parent / "HEAD").write_text("ref: refs/heads/work\n")
    linked(repository, to)


@pytest.mark.parametrize("how", BORROWED)
def test_a_repository_is_nobody_elses(
    course: Course, files: dict[str, bytes], tmp_path: Path, how: str
) -> None:
    """Else it could be the course's own, with all solutions."""
    theirs = made.repository(tmp_path / "course", files) / ".git"
    given = made.repository(tmp_path / "anna", {"README.md": b"Mine.\n"})
    BORROWED[how](given / ".git", theirs)
    with pytest.raises(Refused, match="elsewhere|a link|without a commit"):
        taken(course, given, tmp_path)


def test_another_form_of_names_of_objects(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    given = made.tree(tmp_path / "anna", files)
    git(given, "init", "-q", "-b", "work", "--object-format=sha256")
    given = made.repository(given, files)
    found = taken(course, given, tmp_path)
    assert read(found.tree, PATH) == files[PATH] and len(found.commit) == 64


def test_a_year_that_no_calendar_has(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    given = made.repository(tmp_path / "anna", files)
    made.commit_again(given, lambda text: text.replace(str(made.WHEN), f"{made.WHEN}0000"))
    assert taken(course, given, tmp_path).handed_in(course, course.lab(0)) == ""


def test_links_in_a_folder_are_not_followed(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    elsewhere = made.tree(tmp_path / "elsewhere", files)
    given = made.tree(tmp_path / "anna", files)
    (given / PATH).unlink()
    (given / PATH).symlink_to(elsewhere / PATH)
    found = taken(course, given, tmp_path)
    assert PATH in examine(course, found.tree).refused
    (tmp_path / "bert").mkdir()
    (tmp_path / "bert/h4").symlink_to(elsewhere)
    (tmp_path / "work").rmdir()
    with pytest.raises(Refused, match="none of the course"):
        taken(course, tmp_path / "bert", tmp_path)


def test_large_files_are_named_with_their_size(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    files[PATH] = b"/" * 300_000
    found = taken(course, made.tar(tmp_path / "anna.tgz", files), tmp_path)
    assert "300000 bytes" in examine(course, found.tree).refused[PATH]


def test_names(tmp_path: Path) -> None:
    odd = ["anna.tar.gz", "Bert.ZIP", "bert", "carla", "carla.zip", "-rf", "a\nb<i>", ".hidden",
           ".zip", "_.._.._x", "x" * 200]  # fmt: skip
    for name in odd:
        (tmp_path / name).touch()
    (tmp_path / os.fsdecode(b"\xff\xfe")).touch()
    (tmp_path / "dora").symlink_to("/")
    os.mkfifo(tmp_path / "emil")
    found = {entry.entry: entry for entry in entries(tmp_path)}
    assert ".hidden" not in found and len(found) == len(odd) - 2 + 3
    assert found["anna.tar.gz"].folder == found["anna.tar.gz"].name == "anna"
    assert found["Bert.ZIP"].name == "Bert" and not found["Bert.ZIP"].refused
    assert "carla, carla.zip" in found["carla"].refused == found["carla.zip"].refused
    assert "link" in found["dora"].refused and "neither" in found["emil"].refused
    assert "a\\x0ab<i>" in found and "\\xff\\xfe" in found
    folders = [entry.folder.lower() for entry in found.values()]
    assert len(set(folders)) == len(folders)
    for folder in folders:
        assert len(folder) < 80 and folder[0] != "-"
        assert not set(folder) - set("abcdefghijklmnopqrstuvwxyz0123456789._-")


def test_a_number_behind_a_name_is_nobody_elses(tmp_path: Path) -> None:
    """Who knows how another one's folder will be named may be named so himself."""
    (tmp_path / "José.zip").touch()
    (entry,) = entries(tmp_path)
    (tmp_path / f"{entry.folder}.zip").touch()
    folders = {one.folder for one in entries(tmp_path)}
    assert len(folders) == 2 and entry.folder in folders


def test_a_folder_as_deep_as_it_may_be(tmp_path: Path) -> None:
    """Python's own walk ends in an exception, and with it ended the run of the class."""
    (tmp_path / "anna").mkdir()
    (entry,) = entries(tmp_path)
    before = fingerprint(entry)
    os.makedirs(entry.path / "/".join("a" * 200))
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    try:
        assert fingerprint(entry) != before
    finally:
        sys.setrecursionlimit(usual)


def test_nothing_to_grade(tmp_path: Path) -> None:
    (tmp_path / ".hidden").touch()
    with pytest.raises(GraderError, match="no submission in it"):
        entries(tmp_path)
    with pytest.raises(GraderError, match="No such file"):
        entries(tmp_path / "nowhere")


def test_a_changed_submission_is_another_one(tmp_path: Path) -> None:
    file = made.tree(tmp_path / "anna", {"a/b.c": b"12"}) / "a/b.c"
    (entry,) = entries(tmp_path)
    before = fingerprint(entry)
    assert fingerprint(entry) == before
    file.write_bytes(b"34")
    os.utime(file, (made.WHEN, made.WHEN))  # as if nothing had been written
    assert fingerprint(entry) != before
