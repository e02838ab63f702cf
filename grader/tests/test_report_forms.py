# SPDX-License-Identifier: MIT
"""The forms of a verdict: each is what its schema says, they say the same, and nothing
that a guest writes means anything in them."""

from __future__ import annotations

import json
from types import ModuleType
from xml.etree import ElementTree as ET

import jsonschema
import lxml.html
import pytest
from conftest import ROOT
from lxml import etree
from made_results import HOSTILE, made, perfect

from h4 import (
    result_classroom,
    result_gradescope,
    result_html,
    result_json,
    result_junit,
)
from h4.course import Course
from h4.printable import printable, printable_log
from h4.score import LabResult

SCHEMAS = ROOT / "grader/schemas"
FORMS = [result_json, result_junit, result_gradescope]


def check(form: ModuleType, text: str) -> None:
    """Raises where the text is not what the form's schema says."""
    if form is result_classroom:
        assert text.startswith("runners=")  # more in test_classroom.py
        return
    if form is result_html:
        assert lxml.html.document_fromstring(text).findtext(".//title")
        return
    if form is result_junit:
        schema = etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd"))
        schema.assertValid(etree.fromstring(text.encode()))
        return
    name = "result" if form is result_json else "gradescope"
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))


def results_of(course: Course) -> list[LabResult]:
    return [perfect(course, 0), made(course, 1), made(course, 3, hostile=True)]


def points_in(form: ModuleType, text: str) -> list[tuple[int, int]]:
    """What each lab was given, of how much, as a reader of the form adds it up."""
    if form is result_json:
        return [
            (sum(t["score"] for t in lab["tests"]), lab["max_score"])
            for lab in json.loads(text)["labs"]
        ]
    if form is result_junit:
        suites = ET.fromstring(text).findall("testsuite")
        every = [{p.get("name"): p.get("value") for p in s.iter("property")} for s in suites]
        return [(int(p["score"]), int(p["max_score"])) for p in every]
    tests = json.loads(text)["tests"]
    assert sum(test["score"] for test in tests) == json.loads(text)["score"]
    labs: dict[str, tuple[int, int]] = {}
    for test in tests:
        lab = test["number"].partition(".")[0]
        score, most = labs.get(lab, (0, 0))
        labs[lab] = score + test["score"], most + test["max_score"]
    return list(labs.values())


@pytest.mark.parametrize("form", FORMS, ids=lambda one: one.__name__)
def test_a_verdict_is_what_the_schema_says(course: Course, form: ModuleType) -> None:
    results = results_of(course)
    for some in (results, results[:1], results[2:]):
        text = form.draw(course, some)
        check(form, text)
        assert points_in(form, text) == [(r.score, r.max_score) for r in some]
    assert results[0].score == 100 and 0 < results[2].score < 100


def test_junit_counts_what_it_holds(course: Course) -> None:
    result = made(course, 1)
    suites = ET.fromstring(result_junit.draw(course, [result]))
    lost = [one for one in result.tests if one.outcome.status != "pass"]
    assert suites.get("tests") == str(len(result.tests))
    assert suites.get("failures") == str(len(lost)) and suites.get("errors") == "0"
    found = {f.get("type") for f in suites.iter("failure")}
    assert found == {one.outcome.status for one in lost}


@pytest.mark.parametrize("form", FORMS, ids=lambda one: one.__name__)
def test_what_a_guest_writes_means_nothing(course: Course, form: ModuleType) -> None:
    """It can be seen, letter for letter, and nothing but that."""
    text = form.draw(course, [made(course, 1, hostile=True)])
    check(form, text)
    assert all(c.isprintable() or c in "\n\t" for c in text)
    if form is result_junit:
        plain = "".join(ET.fromstring(text).itertext())
        assert {one.tag for one in ET.fromstring(text).iter()} == {
            "testsuites", "testsuite", "properties", "property", "testcase", "failure",
            "system-out",
        }  # fmt: skip
    else:
        # Strings of JSON, whose reader has no other way out of them.
        plain = "\n".join(strings(json.loads(text)))
    for line in "\n".join(map(printable, HOSTILE)).split("\n"):
        assert line in plain


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [one for part in value.values() for one in strings(part)]
    if isinstance(value, list):
        return [one for part in value for one in strings(part)]
    return [value] if isinstance(value, str) else []


def has_score(form: ModuleType, text: str) -> bool:
    """Is there anything that a reader of this form takes for points or for a test that
    has passed?"""
    if form is result_html:
        return any(word in text for word in ('class="points"', "<meter", 'class="badge'))
    if form is result_classroom:
        return not text.startswith("runners=grader\n")
    if form is result_junit:
        suites = ET.fromstring(text)
        return suites.get("errors") != "1" or any(True for _ in suites.iter("property"))
    return bool({"score", "tests", "labs"} & set(json.loads(text)))


@pytest.mark.parametrize("form", [*FORMS, result_html], ids=lambda one: one.__name__)
def test_a_failure_of_the_grader_has_no_score(form: ModuleType) -> None:
    text = form.failed("\n".join(("bochs is not there", *HOSTILE)))
    check(form, text)
    assert not has_score(form, text)
    if form is result_gradescope:
        assert "bochs" not in text and "touch" not in text  # students read it
    else:
        assert "bochs is not there" in text


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        (result_json, '"score": ', '"points": '),
        (result_json, '"release"', '"failure"'),
        (result_gradescope, '"output_format": "text"', '"output_format": "html"'),
        (result_gradescope, '"score": ', '"points": '),
        (result_junit, "<testcase ", "<test "),
        (result_junit, 'type="', 'kind="'),
        (result_junit, 'tests="', 'cases="'),
    ],
)  # fmt: skip
def test_schemas_refuse_what_is_not_so(
    course: Course, form: ModuleType, old: str, new: str
) -> None:
    text = form.draw(course, [made(course, 1)])
    assert old in text
    changed = text.replace(old, new)
    if new == "<test ":
        changed = changed.replace("</testcase>", "</test>")
    with pytest.raises((jsonschema.ValidationError, etree.DocumentInvalid)):
        check(form, changed)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a\tb", "a\\x09b"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\udcff", "\\udcff"),
        ("\u202e", "\\u202e"),
        ("\U000e0001", "\\U000e0001"),
        ("line\nline", "line\nline"),
        ("grüße ☃", "grüße ☃"),
    ],
)
def test_only_what_can_be_seen_is_shown(given: str, wanted: str) -> None:
    assert printable(given) == wanted


def test_a_log_may_be_anything() -> None:
    assert printable_log(b"a\r\nb\xff\x1b[2J\t|\r") == "a\nb\\xff\\x1b[2J       |\\x0d"
    everything = printable_log(bytes(range(256)) * 2)
    assert all(c.isprintable() or c == "\n" for c in everything)
