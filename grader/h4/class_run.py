# SPDX-License-Identifier: MIT
"""Grades the submissions of a class, some at once, each in its own confinement; what is
done stays done.

The folder of a student is written when the verdict is there, and state.json last: it
holds the key of all that the verdict depends on. A run that was interrupted, however it
was, goes on with the submissions whose key is not there; what it writes is the same,
byte by byte, as if it had not been. Times stand in state.json alone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema

from h4.class_entries import Entry, fingerprint, printable
from h4.class_sandbox import COURSE, SUBMISSION, WORK, View, run, run_unconfined
from h4.class_watch import Ended, Limits
from h4.class_worker import COMMAND, ERROR, GRADED, REFUSED
from h4.course import Course
from h4.errors import GraderError
from h4.manifest import Lab
from h4.result_json import write_json
from h4.whole_file import write_text
from h4.work_folder import work_folder

STOPPED = "stopped"
HAND_IN = (
    "Hand in the folder of your tree, or an archive of it without links and with names as "
    "they are in the tree.\nIn the tree, when all is committed:\n"
    "  git archive --format=zip --output=mine.zip HEAD"
)
STATES = (GRADED, REFUSED, STOPPED, ERROR)
STUDENTS = "students"
RESULT, ABOUT, STATE = "result.json", "submission.json", "state.json"
REPORT, PAGE, OWN = "report.txt", "report.html", "solution.c"
_FILES = (RESULT, ABOUT, STATE, REPORT, PAGE, OWN)
# What a page of a verdict has before anything of the submission: no browser runs a script
# in what follows, whatever it is.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
form-action 'none'"
HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
"""
LATE_LOOK = 2  # seconds of processor time that may have passed since the last look
_READ = ("kernel", "h", "l4", "user", "labs", "grader/h4", "grader/guest", "grader/schemas")


@dataclass(frozen=True)
class Plan:
    """What is to be done with each submission."""

    course: Course
    labs: list[Lab]
    base: str
    emulator: str
    memory: int
    limits: Limits
    confined: bool
    out: Path

    @property
    def build(self) -> Path:
        """What is built of the course alone, for this class and the next one."""
        return self.course.root / "build/class"

    def question(self, prepares: bool, jobs: int) -> dict[str, Any]:
        return {
            "labs": [lab.number for lab in self.labs],
            "base": self.base,
            "emulator": self.emulator,
            "memory": self.memory,
            "jobs": jobs,
            "seconds": self.limits.seconds,
            "course": COURSE,
            "build": f"{COURSE}/build",
            "work": WORK,
            "submission": None if prepares else SUBMISSION,
        }


def course_digest(course: Course) -> str:
    """Of everything in the course that a verdict may depend on."""
    digest = hashlib.sha256()
    for folder in _READ:
        for path in sorted((course.root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                text = path.read_bytes()
                name = path.relative_to(course.root).as_posix()
                digest.update(f"{name}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()


class Runner:
    """Grades submissions by one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.over = threading.Event()
        self.digest = course_digest(plan.course)
        schema = plan.course.root / "grader/schemas/result.json"
        self.schema = json.loads(schema.read_text())

    def key(self, entry: Entry) -> str:
        plan = self.plan
        # How it is confined, and how many at once, changes no verdict.
        asked = json.dumps(plan.question(False, 1), sort_keys=True)
        words = [self.digest, fingerprint(entry), asked, repr(plan.limits)]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    def folder(self, entry: Entry) -> Path:
        return self.plan.out / STUDENTS / entry.folder

    def is_done(self, entry: Entry) -> bool:
        try:
            state = json.loads((self.folder(entry) / STATE).read_text())
            return bool(state["key"] == self.key(entry))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def prepare(self, jobs: int) -> float:
        """Seconds of processor time that it took. GraderError: nobody can be graded on
        this machine."""
        build = self.plan.build
        build.mkdir(parents=True, exist_ok=True)
        (build / "objects").mkdir(exist_ok=True)
        ended = self._run(self.plan.question(True, jobs), None)
        found = _answer(ended)
        if found["status"] != GRADED:
            raise GraderError(f"nothing was graded: {found['reason']}")
        return _seconds(ended, found)

    def grade(self, entries: list[Entry], jobs: int) -> Iterator[tuple[Entry, str]]:
        """Each of them with what became of it, as they end."""
        with ThreadPoolExecutor(jobs) as pool:
            waiting = {pool.submit(self.one, entry): entry for entry in entries}
            try:
                for done in as_completed(waiting):
                    yield waiting[done], done.result()
            except BaseException:
                self.over.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def one(self, entry: Entry) -> str:
        """Grades one submission and writes its folder."""
        key = self.key(entry)  # before it is read: what changes meanwhile is read again
        found: dict[str, Any] = {"status": REFUSED, "reason": entry.refused}
        seconds = 0.0
        if not entry.refused:
            try:
                ended = self._run(self.plan.question(False, 1), entry.path)
                answer = _answer(ended)
                seconds, found = _seconds(ended, answer), self._checked(answer)
            except GraderError as failure:
                found = {"status": ERROR, "reason": str(failure)}
        self._write(entry, found, key, seconds)
        return str(found["status"])

    def _run(self, question: dict[str, Any], entry: Path | None) -> Ended:
        plan, root = self.plan, self.plan.course.root
        if plan.confined:
            (root / "build").mkdir(exist_ok=True)  # where build/class is seen
            view = View(root, plan.build, entry is None, entry)
            return run(COMMAND, view, plan.limits, json.dumps(question).encode(), self.over)
        with work_folder("class-") as work:
            question |= {"course": str(root), "build": str(plan.build), "work": work}
            if entry is not None:
                question["submission"] = str(entry)
            told = json.dumps(question).encode()
            return run_unconfined(COMMAND, Path(work), plan.limits, told, root, self.over)

    def _checked(self, found: dict[str, Any]) -> dict[str, Any]:
        """An answer as it must be: nobody vouches for what was confined."""
        if found["status"] != GRADED:
            return {"status": found["status"], "reason": str(found["reason"])}
        try:
            jsonschema.validate(found["result"], self.schema)
            given = [
                (test["name"], test["max_score"])
                for lab in found["result"]["labs"]
                for test in lab["tests"]
            ]
            due = [(test.name, test.points) for lab in self.plan.labs for test in lab.tests]
            if given != due:
                raise ValueError("other tests than those of the labs")
            for lab in found["result"]["labs"]:
                if any(not 0 <= t["score"] <= t["max_score"] for t in lab["tests"]):
                    raise ValueError("more points than there are")
                if lab["score"] != sum(test["score"] for test in lab["tests"]):
                    raise ValueError("a score that its tests do not add up to")
            if not found["page"].startswith(HEAD):
                raise ValueError("a page without its policy")
            for time in found["handed_in"].values():
                if time:
                    datetime.fromisoformat(time)
        except (
            KeyError, TypeError, ValueError, AttributeError, jsonschema.ValidationError,
        ) as error:  # fmt: skip
            words = str(error).splitlines()[0][:200]
            return {"status": ERROR, "reason": f"its answer is no verdict: {words}"}
        return found

    def _write(
        self, entry: Entry, found: dict[str, Any], key: str, seconds: float
    ) -> None:
        folder = self.folder(entry)
        for name in _FILES:
            (folder / name).unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        reason = printable(found["reason"])
        about = {
            "name": entry.name,
            "entry": entry.entry,
            "status": found["status"],
            "reason": reason,
        }
        report = f"No score: {entry.entry} {reason}\n"
        if found["status"] == REFUSED:
            report += f"\n{HAND_IN}\n"
        if found["status"] == GRADED:
            about |= {
                name: _plain(found[name])
                for name in ("kind", "commit", "notes", "bases", "handed_in")
            }
            report = "".join(c if c == "\n" else printable(c) for c in found["report"])
            write_json(folder / RESULT, found["result"])
            for name, what in ((OWN, "words"), (PAGE, "page")):
                text = str(found[what]).encode("utf-8", "replace").decode()
                write_text(folder / name, text)
        write_text(folder / REPORT, report)
        write_json(folder / ABOUT, about)
        if found["status"] != ERROR:  # the next run tries again
            write_json(folder / STATE, {"key": key, "seconds": round(seconds, 2)})


def _plain(value: Any) -> Any:
    """Texts of an answer made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {printable(str(name)): _plain(one) for name, one in value.items()}
    return value


def _answer(ended: Ended) -> dict[str, Any]:
    """What was answered, or why there is no answer."""
    if ended.stopped:
        return {"status": STOPPED, "reason": f"was stopped: {ended.stopped}"}
    try:
        found = json.loads(ended.output)
        if found["status"] in STATES and isinstance(found["reason"], str):
            return dict(found)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    last = ended.said.strip()[-500:]
    return {"status": ERROR, "reason": f"ended with {ended.status}: {last}"}


def _seconds(ended: Ended, answer: dict[str, Any]) -> float:
    """Of processor time. What was looked at now and then misses the end; the worker's
    own figure does not, and is taken as far as it can be true."""
    told = answer.get("seconds")
    if isinstance(told, float) and ended.seconds <= told <= ended.seconds + LATE_LOOK:
        return told
    return ended.seconds


def remove_old(out: Path, entries: list[Entry]) -> list[str]:
    """Takes away the folders of submissions that are no longer there; their names."""
    known = {entry.folder for entry in entries}
    students = out / STUDENTS
    gone = [
        path
        for path in sorted(students.glob("*"))
        if path.name not in known and (path / ABOUT).is_file()
    ]
    for path in gone:
        shutil.rmtree(path)
    return [path.name for path in gone]
