# SPDX-License-Identifier: MIT
"""What is compiled before a stage is built: in a student's tree the harness, each
exercise's solution, and the right and wrong versions that own tests are tried on."""

from __future__ import annotations

from pathlib import Path

from h4.course import Course
from h4.errors import GraderError
from h4.manifest import Lab
from h4.released import HIDDEN, damaged


def guest_objects(course: Course) -> list[Path]:
    """The harness's objects; an instructor's tree compiles it instead."""
    if not course.is_student:
        return []
    found = sorted((course.root / HIDDEN / "guest").glob("*.o"))
    if not found:
        raise GraderError(damaged("guest", "there is no object"))
    return found


def reference_object(course: Course, path: str) -> Path:
    """The compiled solution of an exercise file, or a given file that students
    have compiled."""
    if path not in course.exercise_files and path not in course.compiled:
        raise GraderError(f"{path} is not an exercise file: it has no reference")
    if not course.is_student:
        from h4 import reference  # not in a student's tree

        return reference.reference_object(course, path)
    out = course.root / HIDDEN / "reference" / f"{path}.o"
    if not out.is_file():
        raise GraderError(damaged(f"reference/{path}.o", "it is missing"))
    return out


def versions(course: Course, lab: Lab) -> list[Path]:
    """What the lab's own tests of students are tried on: objects of the right
    solution and of wrong ones, whose functions have other names."""
    if not lab.own_tests:
        return []
    if not course.is_student:
        from h4.versions import version_objects  # not in a student's tree

        made = version_objects(course, lab)
        return [made[name] for name in sorted(made)]
    folder = course.root / HIDDEN / "versions" / str(lab.number)
    found = sorted(folder.glob("*.o"))
    if not found:
        raise GraderError(damaged(f"versions/{lab.number}", "there is no object"))
    return found
