# SPDX-License-Identifier: MIT
"""The command that grades a submission: what it takes of it, what it says, and which
options it knows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT

from h4.course import Course
from h4.manifest import Lab
from h4.stage import StageBuilder

FILE = "kernel/flexpage.c"
NULL = "*(volatile int *)8 = 1;"


@pytest.fixture(scope="module")
def lab(course: Course) -> Lab:
    return course.lab(1)


def grade(submission: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [
            sys.executable, ROOT / "grader/grade", "--submission", submission,
            "--lab", "1", *options,
        ],
        capture_output=True,
        text=True,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def submission(course: Course, lab: Lab, tmp_path: Path) -> Path:
    """A tree with the right exercise files, and nothing else."""
    for path in lab.exercise_files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(course.solved(path))
    return tmp_path


def test_a_test_of_another_lab_is_told_where_it_is(tmp_path: Path) -> None:
    status, text = grade(tmp_path, "--test", "exchange_halts")
    assert status == 2
    assert "TEST=exchange_halts: no test of lab 1 has that in its name; LAB=5 has\n" in text
    status, text = grade(tmp_path, "--test", "no_such_test")
    assert status == 2 and text.count("has") == 1


def test_a_right_submission_has_full_marks(submission: Path, tmp_path: Path) -> None:
    status, text = grade(submission, "--json", str(tmp_path / "out.json"))
    assert status == 0, text
    assert text.splitlines()[-1] == "H4-RESULT status=0 score=100/100"
    verdict = json.loads((tmp_path / "out.json").read_text())
    schema = json.loads((ROOT / "grader/schemas/result.json").read_text())
    jsonschema.validate(verdict, schema)
    assert verdict["labs"][0]["score"] == 100


@pytest.mark.parametrize("options", [(), ("--help",)])
def test_a_reader_who_has_read_enough_ends_it_quietly(
    submission: Path, options: tuple[str, ...]
) -> None:
    """Nobody reads from the beginning on: one who stops later may be too late."""
    command = [sys.executable, ROOT / "grader/grade", "grade", "--lab", "1", *options]
    nobody, out = os.pipe()
    os.close(nobody)
    done = subprocess.run(
        [*command, "--submission", submission], stdout=out, stderr=subprocess.PIPE
    )
    os.close(out)
    assert done.stderr == b""
    assert done.returncode == 2


def test_the_next_step_is_the_function_that_is_wrong(
    course: Course, submission: Path
) -> None:
    function = "fpage_within"
    text = course.solved(FILE)
    begin = text.index("{", text.index(f"\n{function}(")) + 1
    (submission / FILE).write_text(text[:begin] + NULL + text[begin:])
    status, words = grade(submission, "--test", "fpage_within_compares")
    assert status == 1
    line = text[:begin].count("\n")  # the name's: the brace has a line of its own
    assert f"  {FILE}:{line}" in words.splitlines(), words


def test_what_only_bochs_shows_is_debugged_there(
    course: Course, tmp_path: Path
) -> None:
    path, test = "kernel/serial.c", "putc_sends_text"
    waits = re.compile(r"while \(.*UART_READY.*\n\s*;\n")
    (tmp_path / "kernel").mkdir()
    (tmp_path / path).write_text(waits.sub("", course.solved(path)))
    status, text = grade(tmp_path, "--lab", "0", "--test", test)
    assert status == 1
    assert "these first 17 came" in text
    debug = [line for line in text.splitlines() if " debug: " in line]
    assert len(debug) == 1 and debug[0].endswith(" EMULATOR=bochs")


def test_only_exercise_files_count(submission: Path) -> None:
    shutil.copytree(ROOT / "labs", submission / "labs")
    (submission / "labs/1-paging/stage.c").write_text("#error mine\n")
    (submission / "kernel/main.c").write_text("#error mine\n")
    status, text = grade(submission)
    assert status == 0, text
    assert "labs/1-paging/stage.c" in text
    assert "kernel/main.c" in text


def test_a_link_is_not_followed(submission: Path) -> None:
    (submission / FILE).unlink()
    (submission / FILE).symlink_to(ROOT / FILE)
    status, text = grade(submission)
    assert status == 1
    assert "link" in text


def test_a_missing_file_is_a_missing_exercise(submission: Path) -> None:
    (submission / FILE).unlink()
    status, text = grade(submission)
    assert status == 1
    assert "missing" in text
    assert f"{FILE} is missing" in text


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--lab", "9"), "LAB=9"),
        (("--lab", "1", "--test", "no_such"), "TEST=no_such"),
        (("--lab", "1", "--with", "9.9"), "lab 9"),
        (("--lab", "1", "--memory", "4"), "MEMORY=4"),
    ],
)
def test_a_wrong_option_is_named_and_gives_no_score(
    submission: Path, option: tuple[str, ...], words: str
) -> None:
    status, text = grade(submission, *option)
    assert status == 2
    assert words in text
    assert "H4-RESULT status=2 score=none" in text.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        '#include "../../../kernel/flexpage.c"\n',
        f'#include "{ROOT}/kernel/flexpage.c"\n',
        f'__asm__(".incbin \\"{ROOT}/README.md\\"");\n',
        f'__asm__(".inc" "bin \\"{ROOT}/README.md\\"");\n',
        f'#define WHERE "{ROOT}/kernel/flexpage.c"\n#include WHERE\n',
        f'__asm__(".macro m a b\\n.\\\\a\\\\b \\"{ROOT}/README.md\\"\\n.endm\\nm inc bin");\n',
    ],
    ids=["relative", "absolute", "incbin", "joined", "macro", "assembler-macro"],
)
def test_the_solution_cannot_be_taken_in(
    builder: StageBuilder, course: Course, lab: Lab, submission: Path, text: str
) -> None:
    if "incl" not in text:
        text = course.solved(FILE) + text
    (submission / FILE).write_text(text)
    status, words = grade(submission, "--test", "fpage_make")
    assert status == 1, words
    assert "not-built" in words


def test_a_pipe_is_not_waited_for(submission: Path) -> None:
    (submission / FILE).unlink()
    os.mkfifo(submission / FILE)
    status, text = grade(submission, "--test", "entry")
    assert status == 0, text
    assert "is not a regular file" in text


def test_two_trees_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    trees = [tmp_path / "one", tmp_path / "two"]
    # What Python leaves behind comes and goes while other tests run.
    unwanted = shutil.ignore_patterns("build", ".git", "__pycache__", ".pytest_cache")
    for tree in trees:
        shutil.copytree(ROOT, tree, symlinks=True, ignore=unwanted)
    running = [
        subprocess.Popen(
            ["make", "-s", "grade", "LAB=1", "JSON=verdict.json"],
            cwd=tree,
            stdout=subprocess.PIPE,
            text=True,
        )
        for tree in trees
    ]
    outputs = [process.communicate()[0] for process in running]
    for output in outputs:
        assert output.splitlines()[-1] == "H4-RESULT status=0 score=100/100"
    first, second = ((tree / "verdict.json").read_bytes() for tree in trees)
    assert first == second
