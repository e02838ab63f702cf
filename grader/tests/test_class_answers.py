# SPDX-License-Identifier: MIT
"""`make class`: what it makes of its workers' answers, and what it refuses. Nothing is
built or booted."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Any

import pytest
from class_of_six import called, done, make, rows

from h4 import class_alike, class_command, class_run
from h4.class_run import HEAD, Runner
from h4.class_watch import Ended
from h4.course import Course
from h4.errors import GraderError


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Path:
    return make(tmp_path_factory.mktemp("class") / "in", course)


def verdict_on_nothing(course: Course) -> bytes:
    """As a worker answers: every test of lab 0 has failed."""
    return json.dumps({
        "status": "graded", "reason": "", "kind": "folder", "commit": "", "notes": [],
        "bases": {"0": "own"}, "handed_in": {"0": ""}, "report": "", "words": "", "page": HEAD,
        "result": {"release": 1, "labs": [{
            "lab": 0, "version": 1, "score": 0, "max_score": 100,
            "tests": [{
                "name": test.name, "exercise": test.exercise, "kind": test.kind,
                "score": 0, "max_score": test.points, "status": "fail", "message": "",
            } for test in course.lab(0).tests],
        }]},
    }).encode()  # fmt: skip


@pytest.fixture
def without_machines(course: Course, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Nothing is confined, built or booted; what every worker answers instead."""
    good = verdict_on_nothing(course)
    monkeypatch.setattr(Runner, "_run", lambda *_: Ended(0, good, "", "", 1.0))
    monkeypatch.setattr(class_command, "find_pairs", lambda *_: [])
    monkeypatch.setattr(class_command, "_check_confinement", lambda *_: None)
    return good


def test_a_grader_that_fails_in_the_middle(
    without_machines: bytes, submissions: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Who has no verdict has no score, the others have theirs; the next run tries again."""
    good, works = without_machines, False

    def fake(self: Runner, question: dict[str, Any], entry: Path | None) -> Ended:
        if entry and entry.name == "anna" and not works:
            return Ended(-9, b'{"status": "gra', "Killed", "", 1.0)
        if entry and entry.name == "bert.tgz":
            return Ended(0, good.replace(b'"score": 0', b'"score": 9', 1), "", "", 1.0)
        return Ended(0, good, "", "", 1.0)

    monkeypatch.setattr(Runner, "_run", fake)
    assert called(submissions, tmp_path / "out") == 2
    table = rows(tmp_path / "out")
    assert (table["anna"]["status"], table["anna"]["score"]) == ("error", "")
    assert "ended with -9: Killed" in table["anna"]["reason"]
    assert "add up to" in table["bert"]["reason"]
    assert (table["carla"]["status"], table["carla"]["score"]) == ("graded", "0")
    works = True
    assert called(submissions, tmp_path / "out") == 2  # bert's answer is still none
    table = rows(tmp_path / "out")
    assert (table["anna"]["status"], table["bert"]["status"]) == ("graded", "error")


def test_more_points_than_there_are(
    without_machines: bytes, submissions: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    answer = without_machines.replace(b'"score": 0', b'"score": 1000')
    test = json.loads(answer)["result"]["labs"][0]["tests"]
    answer = answer.replace(b'"score": 1000', f'"score": {1000 * len(test)}'.encode(), 1)
    monkeypatch.setattr(Runner, "_run", lambda *_: Ended(0, answer, "", "", 1.0))
    assert called(submissions, tmp_path / "out") == 2
    assert "more points than there are" in rows(tmp_path / "out")["anna"]["reason"]


@pytest.mark.parametrize("large", [True, False])
def test_who_cannot_be_compared_keeps_nobody_from_the_results(
    without_machines: bytes, submissions: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], large: bool,
) -> None:  # fmt: skip
    """Nor whom sim_c takes too long for, and what repeats itself without end."""
    def fake(self: Runner, question: dict[str, Any], entry: Path | None) -> Ended:
        words = "x=x+x;\n" * (40_000 if large and entry and entry.name == "anna" else 100)
        return Ended(0, json.dumps(json.loads(without_machines) | {"words": words}).encode(),
                     "", "", 1.0)  # fmt: skip

    def compared(_: Runner, texts: list[str]) -> str:
        if not large:
            raise GraderError("it took more than 3600 s of processor time")
        assert not any(text.startswith("x=x+x;\n" * 101) for text in texts)
        return "1.c consists for 100 % of 2.c material\n"

    monkeypatch.setattr(Runner, "_run", fake)
    monkeypatch.setattr(class_alike, "_compare", compared)
    monkeypatch.setattr(class_command, "find_pairs", class_alike.find_pairs)
    assert called(submissions, tmp_path / "out") == 0
    assert rows(tmp_path / "out")["anna"]["status"] == "graded"
    said = capsys.readouterr().err
    assert ("anna has written 280,000 characters" if large else "nobody was compared") in said
    alike = (tmp_path / "out/alike.csv").read_text()
    assert ("bert,carla,100" in alike) == large


def test_a_course_that_changes_meanwhile(
    without_machines: bytes, submissions: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    out = tmp_path / "out"
    assert called(submissions, out) == 0
    monkeypatch.setattr(class_run, "course_digest", lambda _: "another one before")
    with pytest.raises(GraderError, match="was changed while the class was graded"):
        called(submissions, out)
    assert not (out / "results.csv").exists() and not (out / "summary.html").exists()


def test_a_page_has_its_policy(
    without_machines: bytes, submissions: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whatever a confined process makes of it."""
    bad = without_machines.replace(b"default-src", b"script-src")
    assert bad != without_machines
    monkeypatch.setattr(Runner, "_run", lambda *_: Ended(0, bad, "", "", 1.0))
    assert called(submissions, tmp_path / "out") == 2
    assert "a page without its policy" in rows(tmp_path / "out")["anna"]["reason"]


def test_refuses_without_a_confinement(
    submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_command, "unavailable", lambda: "no namespaces")
    with pytest.raises(GraderError, match="no namespaces.*UNCONFINED=1"):
        called(submissions, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--lab", "99"), "LAB=99: there are the labs 0, 1"),
        (("--out", "{dir}/out"), "lies in DIR"),
        (("--dir", "{dir}/nowhere"), "No such file"),
        (("--jobs", "0"), "JOBS=0"),
        (("--late", "{dir}/nowhere"), "LATE="),
    ],
)
def test_wrong_words(
    submissions: Path, tmp_path: Path, more: tuple[str, str], words: str
) -> None:
    option, value = more
    ended = done(submissions, tmp_path / "out", option, value.format(dir=submissions))
    assert ended.returncode == 2 and words in ended.stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--lab", "99"), "LAB=99"), (("--jobs", "0"), "JOBS=0"), (("--memory", "7"), "MEMORY=7"),
        (("--seconds", "1"), "SECONDS=1"), (("--dir", "/nowhere"), "No such file"),
        (("--late", "/nowhere"), "LATE="), ((), "another run is writing"),
    ],
)  # fmt: skip
def test_what_is_refused_leaves_the_results(
    without_machines: bytes, submissions: Path, tmp_path: Path,
    more: tuple[str, ...], words: str,
) -> None:  # fmt: skip
    """Those of the last run stay, tables and all."""
    out = tmp_path / "out"
    assert called(submissions, out) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert out / "results.csv" in before and len(before) > 10
    with (out / ".lock").open() as lock:
        if not more:
            fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(GraderError, match=words):
            called(submissions, out, *more)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
