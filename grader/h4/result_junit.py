# SPDX-License-Identifier: MIT
"""The verdict as JUnit XML, which most services that build software can show.

The form has no points. They stand in a lab's properties, and of each test in what it
says on its `system-out`. grader/schemas/junit.xsd describes the file.
"""

from __future__ import annotations

from junit_xml import TestCase, TestSuite, to_xml_report_string

from h4.course import Course
from h4.endings import PASS
from h4.printable import printable
from h4.score import LabResult, Scored


def draw(course: Course, results: list[LabResult]) -> str:
    """The verdict as a file's text: a suite a lab."""
    return _text([_suite(course, result) for result in results])


def failed(words: str) -> str:
    """The grader could not give a verdict, and this is why: an error, no points."""
    case = TestCase("verdict", classname="grader")
    plain = printable(words)
    case.add_error_info(plain.split("\n")[0], plain, "grader")
    return _text([TestSuite("grader", [case])])


def _text(suites: list[TestSuite]) -> str:
    return str(to_xml_report_string(suites, encoding="utf-8"))


def _suite(course: Course, result: LabResult) -> TestSuite:
    lab = result.lab
    return TestSuite(
        f"Lab {lab.number}: {lab.title}",
        [_case(result, scored) for scored in result.tests],
        properties={
            "release": course.release,
            "version": lab.version,
            "score": result.score,
            "max_score": result.max_score,
            **({"hidden_points": result.hidden} if result.hidden else {}),
        },
    )


def _case(result: LabResult, scored: Scored) -> TestCase:
    """All that is not a pass is a failure, what is missing too: a lab of which
    nothing is done must not be green."""
    test, why = scored.test, scored.explanation()
    case = TestCase(
        test.name,
        classname=f"lab{result.lab.number}.{test.exercise}",
        stdout=f"{scored.score} of {test.points} points",
    )
    if scored.outcome.status != PASS:
        first = why.split("\n")[0] or scored.outcome.status
        case.add_failure_info(first, why, scored.outcome.status)
    elif why:
        case.stdout += f": {why}"
    return case
