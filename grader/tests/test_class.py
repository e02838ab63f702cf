# SPDX-License-Identifier: MIT
"""`make class`: each submission has its entry, an interruption changes nothing, and
nobody's harm is anybody else's."""

from __future__ import annotations

import csv
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from class_of_six import command, done, make, plan, rows
from conftest import ROOT
from test_class_sandbox import confined_only

from h4.class_entries import Entry
from h4.class_run import ABOUT, PAGE, REPORT, RESULT, STATE, STUDENTS, Runner
from h4.class_watch import Limits
from h4.course import Course
from h4.errors import GraderError

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
    return make(tmp_path_factory.mktemp("class") / "in", course)


@pytest.fixture(scope="module")
def graded(submissions: Path) -> tuple[Path, str]:
    """Where the results are, and what was said; killed in the middle and begun again."""
    out = submissions.parent / "out"
    (submissions.parent / "late.toml").write_text(LATE)
    late = ("--late", str(submissions.parent / "late.toml"), "--jobs", "1")
    words = command(submissions, out, *late)
    for _ in range(20):
        if killed_in_the_middle(words):
            break
        shutil.rmtree(out)
    assert not any((out / name).exists() for name in TABLES)
    ended = done(submissions, out, *late)
    assert ended.returncode == 0, ended.stderr
    return out, ended.stdout + ended.stderr


def killed_in_the_middle(words: list[str]) -> bool:
    """Behind the third of six the first that takes long is under way. Where this process
    is late the last ones may be, too."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("[3/"):
                break
        process.send_signal(signal.SIGKILL)
        return "[5/" not in process.stdout.read()


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


@confined_only
def test_a_broken_grader_scores_nobody(
    course: Course, submissions: Path, tmp_path: Path
) -> None:
    """No room for what is built: the reference has no verdict, so nobody has."""
    runner = Runner(plan(course, tmp_path, Limits(disk=1 << 20)))
    with pytest.raises(GraderError, match="nothing was graded"):
        runner.prepare(1)


@confined_only
def test_a_folder_that_is_gone_has_no_result(tmp_path: Path, course: Course) -> None:
    from h4.class_run import remove_old

    runner = Runner(plan(course, tmp_path))
    entry = Entry(tmp_path / "x", "x", "x", "x", "is a link")
    assert runner.one(entry) == "refused"
    assert "git archive --format=zip" in (tmp_path / "students/x" / REPORT).read_text()
    assert remove_old(tmp_path, [entry]) == []
    assert remove_old(tmp_path, []) == ["x"] and not (tmp_path / "students/x").exists()
