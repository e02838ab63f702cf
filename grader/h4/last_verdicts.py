# SPDX-License-Identifier: MIT
"""What the last verdicts on this tree said, test by test: for `make progress` and
`make watch`. It lies in the folder `build`, a file a lab.

Only what would count is kept: verdicts on the tree itself, as everybody's are made. It
is a convenience and no judge: where it is lost or damaged, nothing is known, and the
next verdict fills it again.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from h4.course import Course
from h4.endings import (
    BLOCKED, CRASH, FAIL, FLOOD, FORGED, HANG, MISSING, NOT_BUILT, PASS, Outcome,
)  # fmt: skip
from h4.errors import GraderError
from h4.manifest import Exercise, Lab
from h4.score import LabResult, all_right, score_lab
from h4.whole_file import write_text

FOLDER = "build/verdicts"
KNOWN = (PASS, FAIL, MISSING, BLOCKED, CRASH, HANG, FLOOD, FORGED, NOT_BUILT)


@dataclass
class Last:
    """The last verdict on a lab. Tests that had none are not in `result`.

    texts  for each test, of which text of its exercise's file it speaks
    """

    result: LabResult
    texts: dict[str, str] = field(default_factory=dict)

    def old(self, exercise: Exercise, texts: Mapping[str, bytes]) -> bool:
        """Has the exercise's file changed since it was graded?"""
        now = digest(texts.get(exercise.file, b""))
        names = [s.test.name for s in self.result.of(exercise)]
        return any(self.texts[name] != now for name in names)


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def counts(given: argparse.Namespace) -> bool:
    """Is this how everybody's verdict is made, on the tree itself?"""
    return (
        given.submission is None
        and given.seed is None
        and given.jitter is None
        and (given.emulator, given.compiler, given.memory) == ("bochs", "gcc", 32)
    )


def recall(root: Path, lab: Lab) -> Last:
    """What is known of a lab: of tests that it still has."""
    known: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError, RecursionError):
        known = json.loads(_file(root, lab).read_bytes())
    outcomes, texts = {}, {}
    for test in lab.tests:
        one = known.get(test.name) if isinstance(known, dict) else None
        if _sound(one):
            outcomes[test.name] = Outcome(test, one["status"], one["message"])
            texts[test.name] = one["text"]
    return Last(score_lab(lab, outcomes, [], len(outcomes) < len(lab.tests)), texts)


def left_behind(root: Path, labs: list[Lab], on: Lab) -> list[Lab]:
    """The labs before one in which not all that was graded last was right. Who has
    written the last exercise of a lab is on the next one, and wants to know all the same.
    """
    return [
        lab
        for lab in labs
        if lab.number < on.number and not all_right(recall(root, lab).result.tests)
    ]


def _sound(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.get("status") in KNOWN
        and isinstance(one.get("text"), str)
        and isinstance(one.get("message"), list)
        and all(isinstance(line, str) for line in one["message"])
    )


def keep(
    course: Course, results: list[LabResult], texts: Mapping[str, bytes]
) -> None:
    """Enters verdicts; of tests that were not run stays what is known. What was taken
    from the reference tells nothing of the tree.

    texts  of the exercise files, read before they were graded
    """
    try:
        (course.root / FOLDER).mkdir(parents=True, exist_ok=True)
        # Two verdicts at a time: what one enters the other must not lose.
        with (course.root / FOLDER / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for result in results:
                _enter(course.root, result, texts)
    except (OSError, GraderError) as failure:
        print(f"grader: {failure}; `make progress` will not know", file=sys.stderr)


def _enter(root: Path, result: LabResult, texts: Mapping[str, bytes]) -> None:
    lab = result.lab
    last = recall(root, lab)
    table = {
        s.test.name: _entry(s.outcome, last.texts[s.test.name])
        for s in last.result.tests
    }
    for scored in result.tests:
        if scored.test.exercise not in result.without:
            file = lab.exercise(scored.test.exercise).file
            text = digest(texts.get(file, b""))
            table[scored.test.name] = _entry(scored.outcome, text)
    write_text(_file(root, lab), json.dumps(table, indent=1) + "\n")


def _entry(outcome: Outcome, text: str) -> dict[str, object]:
    # Some bytes of a guest are no text, and stand for themselves in Python alone.
    lines = [line.encode("utf-8", "replace").decode() for line in outcome.message]
    return {"status": outcome.status, "message": lines, "text": text}


def _file(root: Path, lab: Lab) -> Path:
    return root / FOLDER / f"{lab.number}.json"
