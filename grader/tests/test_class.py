# SPDX-License-Identifier: MIT
"""`make class`: each submission has its entry, an interruption changes nothing, and
nobody's harm is anybody else's."""

from __future__ import annotations

import csv
import fcntl
import json
import re
import signal
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import class_archives_made as made
import jsonschema
import pytest
from conftest import ROOT
from test_class_sandbox import confined_only

from h4 import class_command, class_run, class_worker
from h4.bodies import replace_body
from h4.class_entries import Entry
from h4.class_run import ABOUT, HEAD, PAGE, REPORT, RESULT, STATE, STUDENTS, Plan, Runner
from h4.class_watch import Ended, Limits
from h4.course import Course
from h4.endings import FAIL, PASS, Outcome
from h4.errors import GraderError
from h4.evidence import Evidence
from h4.manifest import Lab
from h4.score import LabResult, score_lab
from h4.stage import Recipe

ODD = "fay<b>&\n=1"
LATE = """
percent_a_day = 10
[deadline]
0 = 2026-09-20T12:00:00+00:00
[submitted]
anna = 2026-09-20T10:00:00+00:00
nobody = 2026-09-20T10:00:00+00:00
"""
TABLES = ("results.csv", "alike.csv")


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Path:
    """Six, and only three of them can be graded."""
    folder = tmp_path_factory.mktemp("class") / "in"
    folder.mkdir()
    solved = {path: course.solved(path).encode() for path in course.lab(0).exercise_files}
    path = "kernel/backtrace.c"
    half = {**solved, path: course.starter(path).encode()}
    text = course.text(path)
    crashes = replace_body(text, path, "0.3", lambda stub: "__builtin_trap();\n"
                           + ("return 0;" if stub.returns != "void" else ""))  # fmt: skip
    made.tree(folder / "anna", solved)
    made.tar(folder / "bert.tgz", {f"h4/{p}": half[p] for p in half})
    made.repository(folder / "carla.git", {**solved, path: crashes.encode()}, bare=True)
    (folder / "carla.git.source").rename(folder.parent / "source")
    made.cut(made.tar(folder / "dora.tar.gz", solved), 0.5)
    (folder / "emil").mkdir()
    (folder / f"{ODD}.zip").write_bytes(b"none")
    return folder


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return [
        sys.executable, str(ROOT / "grader/grade"), "class", "--dir", str(folder),
        "--out", str(out), "--lab", "0", *more,
    ]  # fmt: skip


def done(folder: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, out, *more), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@pytest.fixture(scope="module")
def graded(submissions: Path) -> tuple[Path, str]:
    """Where the results are, and what was said; killed in the middle and begun again."""
    out = submissions.parent / "out"
    (submissions.parent / "late.toml").write_text(LATE)
    late = ("--late", str(submissions.parent / "late.toml"), "--jobs", "1")
    words = command(submissions, out, *late)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            # Behind that, the first submission that takes long is under way.
            if line.startswith("[3/"):
                break
        process.send_signal(signal.SIGKILL)
    assert not any((out / name).exists() for name in TABLES)
    ended = done(submissions, out, *late)
    assert ended.returncode == 0, ended.stderr
    return out, ended.stdout + ended.stderr


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "results.csv").open(newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def kept(out: Path) -> dict[str, bytes]:
    """All that must not depend on the run."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in (STATE, "summary.html", ".lock")
    }


@confined_only
def test_each_has_its_entry(graded: tuple[Path, str]) -> None:
    table = rows(graded[0])
    found = {name: (row["status"], row["score"]) for name, row in table.items()}
    assert found == {
        "anna": ("graded", "100"),
        "bert": ("graded", "70"),
        "carla": ("graded", "70"),
        "dora": ("refused", ""),
        "emil": ("refused", ""),
        "fay<b>&\\x0a=1": ("refused", ""),
    }
    assert "broken tar file" in table["dora"]["reason"]
    assert table["emil"]["reason"] == "is an empty folder"
    for row in table.values():
        folder = graded[0] / STUDENTS / row["folder"]
        about = json.loads((folder / ABOUT).read_text())
        assert (about["status"], about["reason"]) == (row["status"], row["reason"])
        assert (folder / RESULT).exists() == (row["status"] == "graded")
        report = (folder / REPORT).read_text()
        assert ("Lab 0" in report) == (row["status"] == "graded")
        assert (folder / PAGE).exists() == (row["status"] == "graded")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", report)


@confined_only
def test_the_same_as_a_single_verdict(
    graded: tuple[Path, str], submissions: Path, tmp_path: Path
) -> None:
    schema = json.loads((ROOT / "grader/schemas/result.json").read_text())
    for name, tree in (("anna", submissions / "anna"), ("carla", submissions.parent / "source")):
        one = tmp_path / "one.json"
        words = ["grade", "--submission", str(tree), "--lab", "0", "--json", str(one)]
        subprocess.run([sys.executable, str(ROOT / "grader/grade"), *words], capture_output=True)
        result = json.loads((graded[0] / STUDENTS / name / RESULT).read_text())
        jsonschema.validate(result, schema)
        assert result == json.loads(one.read_text())


@confined_only
def test_days_late(graded: tuple[Path, str]) -> None:
    table = rows(graded[0])
    facts = ("lab0_submitted", "lab0_days_late", "lab0_points", "points")
    assert [table["anna"][f] for f in facts] == ["2026-09-20T10:00:00+00:00", "0", "100", "100"]
    assert [table["bert"][f] for f in facts] == ["2026-09-21T14:13:20+00:00", "2", "56", "56"]
    assert "names nobody, of whom there is no submission" in graded[1]


@confined_only
def test_an_interruption_changes_nothing(
    graded: tuple[Path, str], submissions: Path, tmp_path: Path
) -> None:
    assert re.search(r"^[3-5] of 6 are graded already$", graded[1], re.M)
    late = str(submissions.parent / "late.toml")
    ended = done(submissions, tmp_path / "out", "--late", late)
    assert ended.returncode == 0 and "graded already" not in ended.stdout
    assert len(re.findall(r"^\[\d/6\] .*: (?:graded|refused)", ended.stdout, re.M)) == 6
    assert kept(tmp_path / "out") == kept(graded[0])
    again = done(submissions, tmp_path / "out", "--late", late)
    assert "6 of 6 are graded already" in again.stdout
    assert kept(tmp_path / "out") == kept(graded[0])


@confined_only
def test_who_is_alike(graded: tuple[Path, str]) -> None:
    with (graded[0] / "alike.csv").open(newline="") as file:
        pairs = {(row["first"], row["second"]): row for row in csv.DictReader(file)}
    # Carla's solutions of 0.1 and 0.2 are Anna's, too.
    assert int(pairs["bert", "carla"]["percent_of_first"]) > 90
    assert ("(the course's own solution)", "anna") in pairs
    own = (graded[0] / STUDENTS / "bert/solution.c").read_text()
    assert "UART_DATA" in own and "#include" not in own and "backtrace" not in own


@confined_only
def test_the_page(graded: tuple[Path, str]) -> None:
    page = (graded[0] / "summary.html").read_text()
    assert "6 submissions, 3 graded, 3 without a score" in page
    assert "fay&lt;b&gt;&amp;\\x0a=1" in page and "fay<b>" not in page
    assert page.count("<svg ") == 2 and "<script" not in page
    # Only what lies beside it is asked for.
    links = re.findall(r'(?:href|src)="([^"]*)"', page)
    assert sorted(set(link for link in links if not link.startswith("#"))) == [
        "alike.csv", "results.csv", "students/anna/report.html",
        "students/bert/report.html", "students/carla/report.html",
    ]  # fmt: skip
    failing = re.findall(r'<th scope="row">(backtrace\w*|\w+)</th><td>0\.3</td>', page)
    assert failing
    assert "not proof" in page


def plan(course: Course, out: Path, limits: Limits = Limits()) -> Plan:
    return Plan(course, [course.lab(0)], "best", "bochs", 32, limits, True, out)


@confined_only
def test_a_broken_grader_scores_nobody(
    course: Course, submissions: Path, tmp_path: Path
) -> None:
    """No room for what is built: the reference has no verdict, so nobody has."""
    runner = Runner(plan(course, tmp_path, Limits(disk=1 << 20)))
    with pytest.raises(GraderError, match="nothing was graded"):
        runner.prepare(1)


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


def called(submissions: Path, out: Path, *more: str) -> int:
    """The command, in this process."""
    parser = ArgumentParser()
    class_command.options(parser)
    words = ["--dir", str(submissions), "--out", str(out), "--lab", "0", *more]
    return class_command.main(ROOT, parser.parse_args(words))


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


def test_the_better_of_two(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = course.lab(1)
    ran: list[bool] = []

    def verdicts(own: str, reference: str) -> tuple[int, str]:
        def grade(work: class_worker.Work, lab: Lab, use: Any) -> LabResult:
            ran.append(use.recipe.base_reference)
            status = reference if use.recipe.base_reference else own
            outcomes = {test.name: Outcome(test, status) for test in lab.tests}
            return score_lab(lab, outcomes, [], False)

        ran.clear()
        monkeypatch.setattr(class_worker, "grade", grade)
        work = class_worker.Work(course, tmp_path, tmp_path, [lab], "best", None)  # type: ignore[arg-type]
        result = class_worker.best(work, lab, tmp_path, tmp_path)
        return result.score, work.bases[1]

    assert verdicts("fail", "pass") == (100, "reference") and ran == [False, True]
    assert verdicts("pass", "fail") == (100, "own") and ran == [False]
    assert verdicts("fail", "fail") == (0, "own") and ran == [False, True]
    assert verdicts("missing", "pass") == (0, "own") and ran == [False]


def test_pictures_are_of_the_verdict_that_counts(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of no other one, and one that cannot be drawn undoes no verdict."""
    lab, drawn = course.lab(2), list[bool]()

    def grade(work: class_worker.Work, lab: Lab, use: Any) -> LabResult:
        status = PASS if use.recipe.base_reference else FAIL
        return score_lab(lab, {t.name: Outcome(t, status) for t in lab.tests}, [], False)

    def gather(course: Course, result: LabResult, recipe: Recipe, machine: Any) -> Evidence:
        drawn.append(recipe.base_reference)
        if result.score == 0:
            raise GraderError("the emulator is gone")
        return Evidence(pictures={"here": ["<svg/>"]})

    monkeypatch.setattr(class_worker, "grade", grade)
    monkeypatch.setattr(class_worker, "gather", gather)
    for base, score in (("best", 100), ("own", 0)):
        drawn.clear()
        work = class_worker.Work(course, tmp_path, tmp_path, [lab], base, None)  # type: ignore[arg-type]
        result = class_worker.best(work, lab, tmp_path, tmp_path)
        assert result.score == score and drawn == [base == "best"]
        assert result.evidence and bool(result.evidence.pictures) == (base == "best")


@pytest.mark.parametrize(
    ("looked", "told", "seconds"),
    [(2.0, 2.4, 2.4), (2.0, 1.0, 2.0), (2.0, 1e9, 2.0), (2.0, "3", 2.0), (2.0, None, 2.0)],
)
def test_the_worker_knows_its_time_best(looked: float, told: Any, seconds: float) -> None:
    """As far as that can be true: it is confined because nobody vouches for it."""
    assert class_run._seconds(Ended(0, b"", "", "", looked), {"seconds": told}) == seconds


@confined_only
def test_a_folder_that_is_gone_has_no_result(tmp_path: Path, course: Course) -> None:
    from h4.class_run import remove_old

    runner = Runner(plan(course, tmp_path))
    entry = Entry(tmp_path / "x", "x", "x", "x", "is a link")
    assert runner.one(entry) == "refused" and (tmp_path / "students/x" / REPORT).exists()
    assert remove_old(tmp_path, [entry]) == []
    assert remove_old(tmp_path, []) == ["x"] and not (tmp_path / "students/x").exists()
