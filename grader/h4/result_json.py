# SPDX-License-Identifier: MIT
"""The verdict for programs: JSON, described by grader/schemas/result.json."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from h4.course import Course
from h4.errors import GraderError
from h4.score import LabResult


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
                "tests": [
                    {
                        "name": s.test.name,
                        "exercise": s.test.exercise,
                        "kind": s.test.kind,
                        "score": s.score,
                        "max_score": s.test.points,
                        "status": s.outcome.status,
                        "message": "\n".join(
                            s.outcome.message
                            + [f"in {place}" for place in s.outcome.backtrace]
                            + ([s.note] if s.note else [])
                        ),
                    }
                    for s in result.tests
                ],
            }
            for result in results
        ],
    }


def write_json(path: Path, value: object) -> None:
    """All of it or nothing: a reader never finds half a file."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.absolute().parent, delete=False
        ) as out:
            json.dump(value, out, indent=2)
            out.write("\n")
        os.chmod(out.name, 0o644)
        os.replace(out.name, path)
    except OSError as failure:
        raise GraderError(f"JSON={path}: {failure.strerror}") from failure
