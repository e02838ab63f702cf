# SPDX-License-Identifier: MIT
"""The verdict in the forms that were asked for, each a file: one result, drawn by one
module a form.

A module has `draw(course, results)` and `failed(words)`, which return the file's text:
the verdict, or that the grader could not give one. There is never a file with a score
when the grader has failed. What an earlier run has written goes before anything else
is done, so that it is gone even if this one is killed.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from h4.course import Course
from h4.errors import GraderError
from h4.score import LabResult
from h4.whole_file import write_text

# What each option writes, and the module that draws it.
FORMS = {
    "json": ("h4.result_json", "as JSON"),
    "junit": ("h4.result_junit", "as JUnit XML"),
    "gradescope": ("h4.result_gradescope", "as Gradescope's results.json"),
    "classroom": ("h4.result_classroom", "as outputs of a step, for GitHub Classroom"),
    "html": ("h4.result_html", "as a page for a browser, with pictures of memory"),
}
# How the file of a form begins. What begins otherwise is somebody's other file, and a
# slip of the hand must not cost them that.
BEGINS = {
    "json": b"{", "junit": b"<?xml", "gradescope": b"{", "classroom": b"runners=",
    "html": b"<!DOCTYPE html>",
}  # fmt: skip


def options(parser: argparse.ArgumentParser) -> None:
    for name, (_, words) in FORMS.items():
        parser.add_argument(
            f"--{name}", metavar="FILE", help=f"write the verdict {words}"
        )


@dataclass(frozen=True)
class Reports:
    """The files that were asked for, by form."""

    files: dict[str, Path]

    @staticmethod
    def asked(given: argparse.Namespace) -> Reports:
        """Those that the options name. Verdicts that are there go, even if there will be
        no other: nobody must take one for this run's. Other files stay."""
        paths = {name: getattr(given, name) for name in FORMS}
        files = {name: Path(path) for name, path in paths.items() if path}
        standing = {name: _in_the_way(name, path) for name, path in files.items()}
        for name, path in files.items():
            if not standing[name]:
                _goes(path)
        for name, words in standing.items():
            if words:
                raise GraderError(f"{name.upper()}={files[name]}: is there, and is {words}")
        if len({path.absolute() for path in files.values()}) < len(files):
            names = ", ".join(f"{name.upper()}={files[name]}" for name in files)
            raise GraderError(f"{names}: each form wants a file of its own")
        return Reports(files)

    def write(self, course: Course, results: list[LabResult]) -> None:
        """The verdict, in every form: all are drawn before the first is written."""
        self._write(lambda form: str(form.draw(course, results)))

    def failed(self, words: str) -> None:
        """Says in every form that there is no verdict. Where even that cannot be
        written there is no file."""
        for name in self.files:
            with contextlib.suppress(OSError):
                self.files[name].unlink()
            with contextlib.suppress(ImportError, GraderError):
                text = import_module(FORMS[name][0]).failed(words)
                write_text(self.files[name], text)

    def _write(self, text: Callable[..., str]) -> None:
        texts = {name: text(import_module(FORMS[name][0])) for name in self.files}
        for name, path in self.files.items():
            write_text(path, texts[name], f"{name.upper()}=")


def _goes(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as failure:
        raise GraderError(f"{path}: {failure.strerror}") from failure


def _in_the_way(name: str, path: Path) -> str:
    """What stands there that a verdict must not replace; empty: nothing does."""
    try:
        if path.exists() and not path.is_file():
            return "not a regular file"
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            begin = file.read(len(BEGINS[name]))
            if begin and begin != BEGINS[name]:
                return f"no verdict {FORMS[name][1]}; it stays as it is"
    except OSError as failure:
        raise GraderError(f"{path}: {failure.strerror}") from failure
    return ""
