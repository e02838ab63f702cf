# SPDX-License-Identifier: MIT
"""`make memory`, used as a person uses it: by what it shows and draws."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import ROOT

from h4.course import Course
from h4.errors import GraderError
from h4.memory import MOST_NOTES, _no_picture, report_of, the_test, write_text
from h4.picture_notes import read_notes

SVG = "{http://www.w3.org/2000/svg}"
EXERCISE, FILE = "2.3", "kernel/counts.c"


def use(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, ROOT / "grader/grade", "memory", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.stdout.isascii() and "\x1b" not in done.stdout
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def texts(path: Path) -> list[str]:
    root = ET.parse(path).getroot()
    assert root.get("role") == "img"
    return ["".join(text.itertext()) for text in root.iter(SVG + "text")]


@pytest.fixture
def name(course: Course) -> str:
    """A test that counts mappings."""
    tests = course.lab(2).tests
    return next(
        test.name for test in tests
        if (test.exercise, test.kind) == (EXERCISE, "works") and "mapping" in test.name
    )  # fmt: skip


@pytest.fixture
def solved(course: Course, tmp_path: Path) -> Path:
    """A submission in which everything up to lab 2 is right."""
    tree = tmp_path / "solved"
    for lab in course.labs:
        for path in lab.exercise_files if lab.number <= 2 else ():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(course.solved(path))
    return tree


# The machine after its start


@pytest.mark.parametrize(("emulator", "megabytes"), [("bochs", 32), ("qemu", 128)])
def test_the_machine_after_its_start(
    emulator: str, megabytes: int, tmp_path: Path
) -> None:
    out = tmp_path / "new.svg"
    status, text = use(
        "--lab", "2", "--svg", str(out), "--emulator", emulator,
        "--memory", str(megabytes),
    )  # fmt: skip
    assert status == 0
    assert "Physical memory in lab 2, after the start" in text
    assert f"drawn: {out}" in text
    assert max(map(len, text.splitlines())) <= max(80, len(f"drawn: {out}"))
    names = texts(out)
    for words in ("kernel image 0x00100000-", "client heap 0x", "page status 0x",
                  "region from 0x", "end of memory 0x"):  # fmt: skip
        assert words in text
        assert any(words in name for name in names), words
    rows = [line for line in text.splitlines() if line.startswith("0x")]
    assert rows[0].startswith("0x00000000 ....")
    for letter in "ETx." + ("D" if megabytes == 32 else "*"):
        assert any(letter in row[11:] for row in rows), letter


def test_drawings_have_a_place_and_are_the_same_each_time() -> None:
    first = use("--lab", "2")
    path = ROOT / "build/memory/lab2.svg"
    assert f"drawn: {path}" in first[1]
    drawn = path.read_bytes()
    assert use("--lab", "2") == first
    assert path.read_bytes() == drawn


# Before and after a test


def test_before_and_after(name: str, tmp_path: Path) -> None:
    status, text = use("--lab", "2", "--test", name, "--svg", str(tmp_path / "a.svg"))
    assert status == 0
    before, after = text.split(f"Physical memory in lab 2, after {name}")
    assert before.startswith(f"Physical memory in lab 2, before {name}")
    assert f"{name}: passed" in after
    assert "changed" not in before
    assert "\nchanged    " in after and "normal, free -> normal, " in after
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a-after.svg", "a-before.svg"]
    assert "changed during the test" in texts(tmp_path / "a-after.svg")
    assert "changed during the test" not in texts(tmp_path / "a-before.svg")


def test_a_test_that_students_write_is_drawn_once(tmp_path: Path) -> None:
    """It runs many times, on as many machines."""
    name = "own_test_finds_wrong_names"
    status, text = use("--lab", "2", "--test", name, "--svg", str(tmp_path / "a.svg"))
    assert status == 0
    assert f"{name}: passed" in text and "pages changed:" in text
    assert text.count(f"Physical memory in lab 2, before {name}") == 1
    assert text.count(f"Physical memory in lab 2, after {name}") == 1


def test_a_test_that_fails_has_its_pictures(
    name: str, solved: Path, tmp_path: Path
) -> None:
    """Each mapping counts twice."""
    text = (solved / FILE).read_text().replace("page->status++", "page->status += 2")
    assert text != (solved / FILE).read_text()
    (solved / FILE).write_text(text)
    status, text = use(
        "--lab", "2", "--test", name, "--submission", str(solved),
        "--svg", str(tmp_path / "a.svg"),
    )  # fmt: skip
    assert status == 0
    assert f"{name}: not passed (fail)" in text
    assert "\nchanged    " in text and "expected" in text
    assert (tmp_path / "a-after.svg").exists()


def test_a_test_in_which_the_machine_dies(
    name: str, solved: Path, tmp_path: Path
) -> None:
    text = (solved / FILE).read_text()
    # The serial line needs time for what has been written before.
    fatal = "for (volatile int i = 0; i < 100000; i++); "
    fatal += '__asm__ volatile("pushl $0; pushl $0; lidt (%esp); ud2")'
    broken = text.replace("page->status++", fatal)
    assert text != broken
    (solved / FILE).write_text(broken)
    status, text = use(
        "--lab", "2", "--test", name, "--submission", str(solved),
        "--svg", str(tmp_path / "a.svg"),
    )  # fmt: skip
    assert status == 0
    assert f"{name}: not passed (crash)" in text
    assert "ended before it could report its memory again" in text
    assert [p.name for p in tmp_path.glob("*.svg")] == ["a-before.svg"]


# What there is no picture of


def test_a_lab_without_page_status() -> None:
    status, text = use("--lab", "1")
    assert status == 2
    assert "lab 1 does not know what its pages are used for" in text


def test_exercises_that_are_missing(name: str, tmp_path: Path) -> None:
    empty, old = tmp_path / "empty", tmp_path / "old.svg"
    empty.mkdir()
    old.write_text("of an earlier run")
    status, text = use("--lab", "2", "--submission", str(empty), "--svg", str(old))
    assert status == 1 and not old.exists()
    assert "No picture: the machine did not come as far" in text
    assert "2.1 The status of every page is not done yet: kernel/status_boot.c" in text
    status, text = use("--lab", "2", "--submission", str(empty), "--test", name)
    assert status == 2
    assert f"{name} cannot run: exercise {EXERCISE} is not done yet" in text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--lab", "all"], "one lab at a time"),
        (["--lab", "2", "--test", "region"], "wants exactly one"),
        (["--lab", "2", "--test", "nothing_like_it"], "0 tests of lab 2"),
        (["--lab", "2", "--svg", "/"], "not the name of a file"),
        (["--lab", "2", "--memory", "4"], "H4 runs on 8 to 1024 MB"),
    ],
)
def test_what_cannot_be_drawn(words: list[str], reason: str) -> None:
    status, text = use(*words)
    assert status == 2 and reason in text


def test_a_report_that_stops() -> None:
    report = read_notes(["memory boot 5000", "pages 0 n0*1200"])
    assert "1,200 of 5,000 pages had come" in _no_picture(report, "")
    words = _no_picture(read_notes([]), "The machine ended by: \x1b]0;x\x07")
    assert words.endswith("The machine ended by: \\x1b]0;x\\x07")


def test_a_report_of_more_lines_than_are_kept() -> None:
    notes = ["memory boot 5000", *(f"pages {at} n0" for at in range(MOST_NOTES - 1))]
    with pytest.raises(GraderError, match="more than 2000 lines"):
        report_of(notes)


def test_the_test_is_found_by_a_part_of_its_name(course: Course, name: str) -> None:
    assert the_test(course.lab(2), name[:-1]).name == name


def test_a_drawing_is_whole_or_not_there(tmp_path: Path) -> None:
    write_text(tmp_path / "a.svg", "one")
    write_text(tmp_path / "a.svg", "two")
    assert (tmp_path / "a.svg").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.svg"]
    with pytest.raises(GraderError, match="No such file or directory"):
        write_text(tmp_path / "nowhere/a.svg", "one")
