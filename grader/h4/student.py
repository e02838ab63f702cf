# SPDX-License-Identifier: MIT
"""`make student DIR=path`: writes a student's tree, or a release into one.

The tree is a git repository: the branch `course` has one commit a release, the
student's `main` begins at the first. Everything is prepared and looked over in a
temporary repository. What reaches the student's is a fetch of one branch and one
tag, so files, index, HEAD and stash stay as they are, whatever state they are in.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from h4.course import Course
from h4.errors import GraderError
from h4.git import COURSE, MAIN, Git
from h4.leaks import Secrets, in_objects, leaks, refuse
from h4.release import write_release
from h4.released import HIDDEN
from h4.update import release_in
from h4.work_folder import work_folder


@dataclass(frozen=True)
class Report:
    """What was done. `commit` is the tip of the branch `course`."""

    directory: Path
    release: int
    created: bool
    changed: bool
    commit: str
    files: tuple[str, ...]  # those that the release changed

    def __str__(self) -> str:
        if self.created:
            return (
                f"{self.directory}: a student's tree, release {self.release}.\n"
                f"The branch `{COURSE}` holds the releases, `{MAIN}` the student's "
                "work. `make help` there says how to go on."
            )
        if not self.changed:
            return (
                f"{self.directory}: has release {self.release} already, and nothing "
                "has changed since."
            )
        names = "".join(f"\n  {name}" for name in self.files)
        return (
            f"{self.directory}: release {self.release} is on the branch `{COURSE}`; "
            f"nothing else was touched.\nChanged:{names}\n`make update` there merges "
            "it."
        )


def write_student_tree(course_root: Path, directory: Path) -> Report:
    """Writes the course's release to `directory`: a new tree, or one commit more.

    Raises GraderError, and writes nothing, where the folder is something else,
    the release's number is used, or students would be given a solution.
    """
    course = Course(course_root)
    if course.is_student:
        raise GraderError(
            f"{course_root} is a student's tree; student's trees are written from the "
            "instructor's"
        )
    course.check()
    directory = Path(os.path.abspath(directory))
    exists = _look_at(course, directory)
    with work_folder("student-") as name:
        content, store = Path(name, "content"), Path(name, "store.git")
        content.mkdir()
        git = _store(store, directory if exists else None)
        kept = _answers(git) if exists else {}
        write_release(course, content, kept)
        commit, files = _commit(git, course, content)
        refuse(in_objects(Secrets(course), store))
        if not files:
            return Report(directory, course.release, False, False, commit, ())
        _tag(git, course, commit)
        if exists:
            _hand_over(Git(directory), store, course.release)
        else:
            _create(course, directory, store)
    return Report(directory, course.release, not exists, True, commit, tuple(files))


def _look_at(course: Course, directory: Path) -> bool:
    """Is a student's tree there? Refuses a folder that is anything else."""
    real, root = directory.resolve(), course.root.resolve()
    if real == root or real in root.parents:
        raise GraderError(
            f"DIR={directory}: holds the course itself; name a folder of its own"
        )
    if not os.path.lexists(directory):
        return False
    if not directory.is_dir():
        raise GraderError(f"DIR={directory}: is there, and is not a folder")
    if not any(directory.iterdir()):
        return False
    git = Git(directory)
    tip = f"refs/heads/{COURSE}"
    if not (directory / ".git").exists():
        raise GraderError(
            f"DIR={directory}: is neither empty nor a student's tree; name a new folder"
        )
    git("rev-parse", "--git-dir")  # says why, where git will not work in it
    if git.asks("cat-file", "-e", f"{tip}:{HIDDEN}/release.json") is None:
        raise GraderError(
            f"DIR={directory}: is a repository without the branch `{COURSE}` of a "
            f"student's tree. In a clone of one, `git branch {COURSE} "
            f"origin/{COURSE}` makes it"
        )
    for line in git("worktree", "list", "--porcelain").split("\n"):
        if line == f"branch {tip}":
            raise GraderError(
                f"DIR={directory}: the branch `{COURSE}` is checked out there, so a "
                f"release would change its files; `git switch {MAIN}` first"
            )
    return True


def _store(store: Path, existing: Path | None) -> Git:
    """A temporary repository with the releases that there are."""
    kind = Git(existing)("rev-parse", "--show-object-format") if existing else "sha1"
    store.mkdir()
    git = Git(store)
    git("init", "-q", "--bare", "--template=", f"--object-format={kind}")
    if existing:
        git(
            "fetch", "-q", str(existing),
            f"refs/heads/{COURSE}:refs/heads/{COURSE}",
            "refs/tags/release-*:refs/tags/release-*",
        )  # fmt: skip
    return git


def _answers(git: Git) -> dict[str, bytes]:
    """The answers' skeletons of the release before. They are the student's from
    then on: a release that changed them would meet what was written there."""
    names = (git.asks("ls-tree", "--name-only", f"{COURSE}:answers") or "").split("\n")
    return {
        f"answers/{name}": git.run("show", f"{COURSE}:answers/{name}").stdout
        for name in names
        if name
    }


def _commit(git: Git, course: Course, content: Path) -> tuple[str, list[str]]:
    """Commits `content` to the branch; the commit and the files that changed."""
    place = {"GIT_WORK_TREE": str(content), "GIT_INDEX_FILE": str(git.tree / "fresh")}
    git("add", "--all", "--force", "--", str(content), env=place)
    tree = git("write-tree", env=place)
    before = git.asks("rev-parse", "-q", "--verify", f"refs/heads/{COURSE}")
    if before:
        names = git("diff", "--name-only", before, tree)
        if not names:
            return before, []
        files = names.split("\n")
        _check_number(git, course, before)
    else:
        files = git("ls-tree", "-r", "--name-only", tree).split("\n")
    labs = "\n".join(
        f"Lab {lab.number}: {lab.title}, version {lab.version}" for lab in course.labs
    )
    message = f"Release {course.release} of {course.name}\n\n{labs}"
    parent = ["-p", before] if before else []
    commit = git("commit-tree", "--no-gpg-sign", "-m", message, *parent, tree)
    git("update-ref", f"refs/heads/{COURSE}", commit)
    return commit, [name for name in files if not name.startswith(HIDDEN)] or files


def _check_number(git: Git, course: Course, before: str) -> None:
    last = release_in(git, before)
    if last.isdecimal() and course.release <= int(last):
        raise GraderError(
            f"labs/course.toml: release = {course.release}, but the tree has release "
            f"{last} already, with other content; a number stands for one content. "
            f"Set release = {int(last) + 1}"
        )


def _tag(git: Git, course: Course, commit: str) -> None:
    git("update-ref", f"refs/tags/release-{course.release}", commit)


def _hand_over(git: Git, store: Path, release: int) -> None:
    """Brings branch and tag into the student's repository, both or neither."""
    tag = f"refs/tags/release-{release}"
    git(
        "fetch", "-q", "--atomic", "--no-tags", "--no-prune", "--no-write-fetch-head",
        "--no-auto-maintenance", "--no-recurse-submodules", str(store),
        f"refs/heads/{COURSE}:refs/heads/{COURSE}", f"{tag}:{tag}",
    )  # fmt: skip


def _create(course: Course, directory: Path, store: Path) -> None:
    """Makes the whole tree beside its place, and moves it there when it is done."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(
            tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent)
        )
    except OSError as error:
        raise GraderError(f"DIR={directory}: {error.strerror}") from error
    try:
        tree = aside / directory.name
        tree.mkdir()
        git = Git(tree)
        git("init", "-q", "--template=", "--object-format=sha1", "-b", MAIN)
        _hand_over(git, store, course.release)
        git("checkout", "-q", "--no-track", "-b", MAIN, COURSE)
        refuse(leaks(course, tree))
        os.rename(tree, directory)
    except OSError as error:
        raise GraderError(f"DIR={directory}: {error.strerror}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dir", default="", metavar="PATH", help="where it goes")


def main(root: Path, given: argparse.Namespace) -> int:
    if not given.dir:
        raise GraderError("where to? `make student DIR=path`")
    print(write_student_tree(root, Path(given.dir)))
    return 0
