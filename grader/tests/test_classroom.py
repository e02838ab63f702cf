# SPDX-License-Identifier: MIT
"""The workflow for GitHub Classroom: its step that grades is run, and its points are
added up as the service's reporter does it."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT
from made_results import HOSTILE, made, perfect

from h4 import result_classroom
from h4.course import Course
from h4.endings import FAIL, Outcome
from h4.score import score_lab

WORKFLOW = ROOT / "grader/student/.github/workflows/classroom.yml"
LONGEST = 128 << 10  # bytes of one variable of an environment, on Linux


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["autograding"]
    assert job["container"] == "debian:12"
    return list(job["steps"])


def read(outputs: str, env: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What the reporter reads: of the runners named, those that the workflow hands on,
    each as its schema says."""
    lines = dict(line.split("=", 1) for line in outputs.splitlines())
    schema = json.loads((ROOT / "grader/schemas/classroom.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    found = {}
    for name in lines.pop("runners").split(","):
        assert re.fullmatch("[a-zA-Z0-9]+", name)
        if env:
            assert env[f"{name.upper()}_RESULTS"] == "${{ steps.h4.outputs.%s }}" % name
        assert len(lines[name]) < LONGEST
        found[name] = json.loads(base64.b64decode(lines[name], validate=True))
        jsonschema.Draft202012Validator(schema).validate(found[name])
    assert set(lines) == set(found)
    return found


def points(labs: dict[str, dict[str, Any]]) -> tuple[int, int]:
    """Given, and to be had: no lab without max_score counts."""
    counted = [lab for lab in labs.values() if lab.get("max_score")]
    return (
        sum(test["score"] for lab in counted for test in lab["tests"]),
        sum(lab["max_score"] for lab in counted),
    )


def test_every_lab_has_its_points(course: Course, steps: list[dict[str, Any]]) -> None:
    (reporter,) = (step for step in steps if "reporter" in step.get("uses", ""))
    results = [perfect(course, lab.number) for lab in course.released if lab.gradable]
    labs = read(result_classroom.draw(course, results), reporter["env"])
    assert len(reporter["env"]) == len(labs) == len(results)
    assert points(labs) == (100 * len(results), 100 * len(results))
    mixed = [made(course, 1), perfect(course, 2)]
    labs = read(result_classroom.draw(course, mixed), reporter["env"])
    assert points(labs) == (mixed[0].score + 100, 200)
    assert [lab["status"] for lab in labs.values()] == ["fail", "pass"]
    assert [t["score"] for t in labs["lab1"]["tests"]] == [s.score for s in mixed[0].tests]


def test_the_longest_lab_fits(course: Course) -> None:
    for lab in course.labs:
        if lab.gradable:
            words = [*HOSTILE, "x" * 9999]
            ends = {test.name: Outcome(test, FAIL, words) for test in lab.tests}
            labs = read(result_classroom.draw(course, [score_lab(lab, ends, [], False)]), {})
            assert points(labs) == (0, 100)


def test_nothing_is_a_command_to_the_service(course: Course) -> None:
    lines = ("::notice title=Autograding complete::Points 100/100", "##[error]x", ":::x:::")
    lab = course.lab(0)
    ends = {test.name: Outcome(test, FAIL, list(lines)) for test in lab.tests}
    read(result_classroom.draw(course, [score_lab(lab, ends, [], False)]), {})
    labs = read(result_classroom.failed("\n".join((*lines, *HOSTILE))), {})
    assert labs["grader"]["status"] == "error" and points(labs) == (0, 0)


def grade(steps: list[dict[str, Any]], folder: Path, **env: str) -> tuple[int, str, str]:
    """Runs the step that grades as the service does: its status, log and outputs."""
    (step,) = (step for step in steps if step.get("id") == "h4")
    outputs = folder / "outputs"
    outputs.write_text("")
    done = subprocess.run(
        ["sh", "-e", "-c", step["run"]], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"RUNNER_TEMP": str(folder), "GITHUB_WORKSPACE": str(folder),
                          "GITHUB_OUTPUT": str(outputs), **env},
    )  # fmt: skip
    return done.returncode, done.stdout, outputs.read_text()


def test_the_step_that_grades(steps: list[dict[str, Any]], tmp_path: Path) -> None:
    status, log, outputs = grade(steps, tmp_path, LAB="0")
    assert status == 0
    assert points(read(outputs, {})) == (100, 100)
    first, *inside, last = log.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert len(token) == 32 and last == f"::{token}::"
    assert inside[-1] == "H4-RESULT status=0 score=100/100"
    (page,) = (step["with"]["path"] for step in steps if "artifact" in step.get("uses", ""))
    assert "100/100 in lab 0" in (tmp_path / page).read_text()


def test_a_broken_grader_gives_no_points(
    steps: list[dict[str, Any]], tmp_path: Path
) -> None:
    status, log, outputs = grade(steps, tmp_path, LAB="77")
    assert status == 2 and outputs == "" and "score=none" in log
    # The next step, which reports, is not run after one that has failed.
    reporter = steps[-1]
    assert "reporter" in reporter["uses"] and "if" not in reporter
