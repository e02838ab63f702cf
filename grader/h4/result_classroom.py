# SPDX-License-Identifier: MIT
"""The verdict as GitHub Classroom's reporter of points reads it: outputs of a step,
`name=value` a line. `runners` names the others; each of these is a lab's tests with
their points, as JSON in base 64. See grader/student/.github/workflows/classroom.yml;
grader/schemas/classroom.json describes the JSON.
"""

from __future__ import annotations

import base64
import json
import re

from h4.course import Course
from h4.endings import PASS
from h4.printable import printable
from h4.score import LabResult, Scored

MOST_WORDS = 300  # of a test: a lab has to fit into one variable of an environment


def draw(course: Course, results: list[LabResult]) -> str:
    """The verdict as a file's text."""
    del course
    return _outputs({f"lab{r.lab.number}": _lab(r) for r in results})


def failed(words: str) -> str:
    """The grader could not give a verdict, and this is why: an error without points."""
    test = {"name": "grader", "status": "error", "score": 0, "message": _harmless(words)}
    return _outputs({"grader": {"version": 1, "status": "error", "tests": [test]}})


def _outputs(labs: dict[str, dict[str, object]]) -> str:
    lines = [f"runners={','.join(labs)}"]
    for name, lab in labs.items():
        lines.append(f"{name}={base64.b64encode(json.dumps(lab).encode()).decode()}")
    return "\n".join(lines) + "\n"


def _lab(result: LabResult) -> dict[str, object]:
    return {
        "version": 1,
        "status": "pass" if result.score == result.max_score else "fail",
        "max_score": result.max_score,
        "tests": [_test(scored) for scored in result.tests],
    }


def _test(scored: Scored) -> dict[str, object]:
    test, status = scored.test, scored.outcome.status
    full = status == PASS and scored.score == test.points
    words = scored.explanation()
    if status != PASS:
        words = f"{status}: {words}"
    return {
        "name": f"{test.exercise} {test.name} ({scored.score}/{test.points})",
        "status": "pass" if full else "fail",
        "score": scored.score,
        "message": "" if full else _harmless(words),
    }


def _harmless(words: str) -> str:
    """The reporter prints it, and a line that begins with two colons, or has ##[ in
    it, would be a command to the service."""
    line = " | ".join(printable(words).split("\n"))
    if len(line) > MOST_WORDS:
        line = line[:MOST_WORDS] + " ..."
    return re.sub(":(?=:)", ": ", line).replace("##[", "# #[")
