# SPDX-License-Identifier: MIT
"""`make soak ONLY=verdicts`: verdicts that differ are noticed and named, whatever differs;
those that do not are left alone. What it does with the course's own tree takes long."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

from h4.child import WITH_PARENT
from h4.course import Course
from h4.endings import CRASH, FAIL, HANG, MISSING
from h4.slow import wait_slowly
from h4.soak_differs import Verdict
from h4.soak_submissions import Submission, submissions
from h4.soak_verdicts import Circumstance, Soak, one_run, others, planned

# In place of the grader: what it says follows from how often it was called before.
GRADER = """
import fcntl, json, os, sys
from pathlib import Path
given = dict(zip(sys.argv[2::2], sys.argv[3::2]))
with Path(__file__).with_name("calls").open("a") as calls:
    fcntl.flock(calls, fcntl.LOCK_EX)
    call = os.fstat(calls.fileno()).st_size + 1
    calls.write(".")
processors, jobs = len(os.sched_getaffinity(0)), given.get("--jobs", "")
logs = Path(given["--logs"])
logs.mkdir()
verdict = {"labs": [{"lab": 3, "tests": [{"name": "adds", "status": "pass"}]}]}
text, log = verdict["labs"][0]["tests"][0], "first\\nnonce 12\\n"
status, indent = 0, None
%s
(logs / "lab3-adds.com1").write_text(log)
Path(given["--json"]).write_text(json.dumps(verdict, indent=indent))
sys.exit(status)
"""
RIGHT = Submission("right", ())


def tried(folder: Path, change: str) -> list[str]:
    """What a run with nothing beside it, two under load, and one in each other
    circumstance, are said to give."""
    (folder / "grader").mkdir(parents=True)
    (folder / "grader/grade").write_text(GRADER % change)
    return list(Soak(folder, "all", folder / "differs").lines([(RIGHT, 2)], others()))


def test_what_is_the_same_is_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *more, last = tried(tmp_path, "")
    assert first.startswith("right, with nothing beside it: ")
    assert sorted(line.partition(":")[0].partition(" (")[0] for line in more) == sorted(
        f"right, {how.name}" for how in others()
    )
    assert all(line.endswith(": the same verdict and logs") for line in more)
    assert last == "right: 2 of 2 runs under load gave the same verdict and logs"
    assert not (tmp_path / "differs").exists()
    assert "5 of 5 runs, 0 differ" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("if call == 2: text['status'] = 'hang'",
         r": lab 3 name adds status: 'pass', and 'hang'"),
        ("if call == 2: log = 'first\\nnonce 13\\n'",
         r": lab3-adds.com1 differs from byte 13 on: 'nonce 12', and 'nonce 13'"),
        ("if call == 2: (logs / 'more.com2').touch()", ": more.com2 is there once only"),
        ("if call == 2: status = 1", ": the status is 0, and 1"),
        ("if call == 2: verdict['version'] = 2", ": the verdict: {'labs'"),
        ("if call == 2: indent = 1", ": the JSON differs from byte 1 on: '{\"labs\": "),
        ("if processors == 1: text['status'] = 'fail'",
         "right, on one processor: lab 3 name adds status: 'pass', and 'fail'"),
        ("if jobs: text['status'] = 'fail'", "machines at once: lab 3"),
    ],
    ids=["verdict", "log", "more-logs", "status", "keys", "form", "processors", "jobs"],
)  # fmt: skip
def test_what_differs_is_named_and_kept(tmp_path: Path, change: str, words: str) -> None:
    if "processors" in change and len(os.sched_getaffinity(0)) == 1:
        pytest.skip("there is one processor only")
    lines = tried(tmp_path, change)
    named, kept = [line for line in lines if line.startswith("differs: right, ")]
    assert words in named
    diff = Path(kept.rpartition(": ")[2])
    assert diff.parent.parent == tmp_path / "differs"
    due, found = ((diff.parent / f"{name}.json").read_bytes() for name in ("due", "found"))
    assert ("+" in diff.read_text()) == (due != found)
    logs = {path.name for path in diff.parent.glob("*.com?.*")}
    assert logs == {
        "more.com2 is there": {"more.com2.found"},
        "lab3-adds.com1 dif": {"lab3-adds.com1.due", "lab3-adds.com1.found"},
    }.get(words[2:20], set())


def test_a_grader_that_fails_is_a_difference(tmp_path: Path) -> None:
    """The other runs go on."""
    lines = tried(tmp_path, "if call == 3: sys.exit('no room')\n")
    (line,) = (line for line in lines if line.startswith("differs: "))
    assert "a run failed:\nno room" in line
    assert len(lines) == 5 + line.startswith("differs: right under load: ")


def test_runs_of_all_submissions_are_spread() -> None:
    """So that few of one do not stand behind all of the other."""
    wrong = Submission("wrong", ())
    runs = [run for run in planned([(RIGHT, 10), (wrong, 2)], others()) if run.number]
    assert len(runs) == 12 and len(set(runs)) == 12
    assert [at for at, run in enumerate(runs) if run.submission is wrong] == [3, 9]


def test_many_differences_are_counted() -> None:
    tests = {status: [{"name": str(at), "status": status} for at in range(20)]
             for status in ("pass", "fail")}  # fmt: skip
    one, other = (Verdict(0, json.dumps(tests[s]).encode(), {}) for s in tests)
    assert len(one.differs(other)) == 20
    assert one.differs(one) == []


def test_verdicts_do_not_depend_on_where_they_are_made() -> None:
    """A few tests: once as they are, once at a tenth of the speed and on one processor."""
    some = Submission("right", ("--test", "parse_refuses_*"))
    first, _ = one_run(ROOT, "0", some, Circumstance("idle"))
    assert len(json.loads(first.text)["labs"][0]["tests"]) > 2
    assert first.logs
    slow_and_alone = Circumstance("both", ("taskset", "--cpu-list",
                                  str(min(os.sched_getaffinity(0)))), parts=10)  # fmt: skip
    found, part = one_run(ROOT, "0", some, slow_and_alone)
    assert part <= 0.1
    assert first.differs(found) == []


# Two generations, the second in a session of its own, that use 50 ms of processor time.
WORKS = """
import subprocess, sys, time
work = "import time\\nwhile time.process_time() < 0.01: pass"
for _ in range(5):
    subprocess.run([sys.executable, "-S", "-c", work], start_new_session=True, check=True)
"""


def test_a_slow_machine_slows_down_children_too() -> None:
    def used() -> float:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime

    before, begin = used(), time.monotonic()
    process = subprocess.Popen([*WITH_PARENT, sys.executable, "-S", "-c", WORKS], text=True)
    part = wait_slowly(process, 10, begin)
    assert process.returncode == 0
    assert part <= 0.1
    # However busy this host is, they cannot have used more than that.
    assert used() - before <= 0.15 * (time.monotonic() - begin)


def test_the_wrong_submissions_are_wrong_in_many_ways(course: Course, tmp_path: Path) -> None:
    right, *not_right = submissions(course, tmp_path)
    assert right.options == ()
    assert {s.name for s in not_right} == {p.name for p in tmp_path.iterdir()}
    found: Counter[str] = Counter()
    for submission in not_right:
        verdict, _ = one_run(ROOT, "1", submission, Circumstance("idle"))
        assert verdict.status == 1
        text = verdict.text.decode()
        found.update(re.findall(r'"status": "([a-z-]+)"', text))
    assert {CRASH, FAIL, HANG, MISSING} <= found.keys()
