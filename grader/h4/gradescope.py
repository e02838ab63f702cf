# SPDX-License-Identifier: MIT
"""`make gradescope`: the zip file of an autograder for Gradescope.

It holds setup.sh and run_autograder, as Gradescope wants them, Debian's keys, by which
setup.sh knows Debian's packages on another system, and in h4/ the course as far as
grading needs it: with the solutions and the course's secret, so it is for
Gradescope alone.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

from h4.course import SYSTEM
from h4.errors import GraderError
from h4.grading import course_and_labs
from h4.whole_file import write_bytes

SCRIPTS = "grader/gradescope"
FOLDERS = (*SYSTEM, "labs", "grader")
FILES = ("Makefile", "LICENSE")
WITHOUT = {"tests", "gradescope", "student", "build", "__pycache__"}
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same course makes the same file


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lab", metavar="N|all", help="which lab is handed in")
    parser.add_argument(
        "--base", choices=("own", "reference"), default="own",
        help="earlier labs: the student's own, or the reference objects",
    )  # fmt: skip
    parser.add_argument("--zip", default="autograder.zip", metavar="FILE")


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    known = [str(lab.number) for lab in labs]
    if given.lab not in (*known, "all"):
        raise GraderError(
            f"LAB={given.lab or ''}: an autograder is for one of the labs "
            f"{', '.join(known)}, or for `all`"
        )
    words = f"--lab {given.lab} --base {given.base}"
    write_bytes(Path(given.zip), archive(course.root, words), "ZIP=")
    print(f"{given.zip}: an autograder for LAB={given.lab}. Solutions are in it.")
    return 0


def archive(root: Path, words: str) -> bytes:
    """The file. `words`: the options with which each submission is graded."""
    if not KEYS.is_file():
        raise GraderError(f"{KEYS} is not there: install debian-archive-keyring")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for script in ("setup.sh", "run_autograder"):
            text = (root / SCRIPTS / script).read_text("utf-8")
            _add(file, script, text.replace("@OPTIONS@", words).encode(), True)
        _add(file, KEYS.name, KEYS.read_bytes(), False)
        for path in course_files(root):
            here = root / path
            executable = bool(here.stat().st_mode & 0o100)
            _add(file, f"h4/{path}", here.read_bytes(), executable)
    return out.getvalue()


def course_files(root: Path) -> list[str]:
    """What of the course is needed, by path."""
    found = [
        path.relative_to(root)
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
    names = [p.as_posix() for p in found if not set(p.parts[:-1]) & WITHOUT]
    return [*names, *(name for name in FILES if (root / name).is_file())]


def _add(file: zipfile.ZipFile, name: str, content: bytes, executable: bool) -> None:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o100755 if executable else 0o100644) << 16
    file.writestr(info, content)
