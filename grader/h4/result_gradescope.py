# SPDX-License-Identifier: MIT
"""The verdict as Gradescope's results.json, described by
grader/schemas/gradescope.json.

Students read it, so it says no more than the report in their own terminal.
"""

from __future__ import annotations

from h4.course import Course
from h4.endings import PASS
from h4.result_json import text_of
from h4.score import LabResult, Scored

FAILED = (
    "The grader could not give a verdict. This says nothing about what you have handed "
    "in, and no points were given or taken. Please tell your instructor, who can see "
    "what went wrong."
)


def draw(course: Course, results: list[LabResult]) -> str:
    """The verdict as a file's text."""
    several = len(results) > 1
    return text_of({
        "score": sum(result.score for result in results),
        "output": "\n".join(_summary(course, result) for result in results),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [
            _test(result, scored, several)
            for result in results
            for scored in result.tests
        ],
        "extra_data": {
            "release": course.release,
            "versions": {str(r.lab.number): r.lab.version for r in results},
        },
    })  # fmt: skip


def failed(words: str) -> str:
    """The grader could not give a verdict. Gradescope takes a file without any score
    for an autograder that did not work: nothing is entered. Why it did not is not for
    students: it is in the output, which only instructors are shown."""
    del words
    return text_of(
        {"output": FAILED, "output_format": "text", "stdout_visibility": "hidden"}
    )


def _summary(course: Course, result: LabResult) -> str:
    lab = result.lab
    words = (
        f"Lab {lab.number}, {lab.title}: {result.score} of {result.max_score} points "
        f"(release {course.release}, version {lab.version})"
    )
    return f"{words}. {result.hidden_words()}" if result.hidden else words


def _test(result: LabResult, scored: Scored, several: bool) -> dict[str, object]:
    test, status = scored.test, scored.outcome.status
    words = scored.explanation()
    if status != PASS:
        words = f"{status}\n{words}".strip()
    lab = f"Lab {result.lab.number}, " if several else ""
    return {
        "number": test.exercise,
        "name": f"{lab}{test.name} ({test.kind})",
        "name_format": "text",
        "score": scored.score,
        "max_score": test.points,
        "status": "passed" if status == PASS and not scored.note else "failed",
        "output": words,
        "output_format": "text",
        "visibility": "after_published" if test.hidden else "visible",
    }
