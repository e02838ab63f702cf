# SPDX-License-Identifier: MIT
"""Grades what a service was handed in: a tree, an archive of one, or a repository,
wherever in the folder it lies. Else it is `grade`."""

from __future__ import annotations

import argparse
from pathlib import Path

from h4 import grading
from h4.class_reading import read_submission
from h4.course import Course
from h4.errors import GraderError
from h4.reports import Reports
from h4.submission import Refused
from h4.work_folder import work_folder


def options(parser: argparse.ArgumentParser) -> None:
    grading.options(parser)


def main(root: Path, given: argparse.Namespace) -> int:
    if not given.submission:
        raise GraderError("which one? --submission names what was handed in")
    reports = Reports.asked(given)
    with work_folder("autograde-") as work:
        try:
            found = read_submission(Course(root), Path(given.submission), Path(work))
            given.submission = str(found.tree)
        except Refused as reason:
            # As it lies there: no exercise is in it, and each is missing.
            print(f"What was handed in {reason}.")
            given.submission = str(Path(work))
        except GraderError as failure:
            reports.failed(str(failure))
            raise
        return grading.main(root, given)
