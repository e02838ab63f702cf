# SPDX-License-Identifier: MIT
"""The verdict for programs: JSON, described by grader/schemas/result.json."""

from __future__ import annotations

import json
from pathlib import Path

from h4.course import Course
from h4.printable import printable
from h4.score import LabResult
from h4.whole_file import write_text


def as_json(course: Course, results: list[LabResult]) -> dict[str, object]:
    """The verdict in the form that the schema result.json describes."""
    return {
        "release": course.release,
        "labs": [
            {
                "lab": result.lab.number,
                "version": result.lab.version,
                "score": result.score,
                "max_score": result.max_score,
                **({"hidden_points": result.hidden} if result.hidden else {}),
                "tests": [
                    {
                        "name": s.test.name,
                        "exercise": s.test.exercise,
                        "kind": s.test.kind,
                        "score": s.score,
                        "max_score": s.test.points,
                        "status": s.outcome.status,
                        "message": s.explanation(),
                    }
                    for s in result.tests
                ],
            }
            for result in results
        ],
    }


def draw(course: Course, results: list[LabResult]) -> str:
    """The verdict as a file's text."""
    return text_of(as_json(course, results))


def failed(words: str) -> str:
    """The grader could not give a verdict, and this is why: no lab, no score."""
    return text_of({"failure": printable(words)})


def text_of(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def write_json(path: Path, value: object) -> None:
    """All of it or nothing: a reader never finds half a file."""
    write_text(path, text_of(value), "JSON=")
