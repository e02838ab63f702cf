# SPDX-License-Identifier: MIT
"""`run` and `debug`, used as a person uses them: by what they show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
from conftest import ROOT

from h4.bodies import replace_body
from h4.course import Course

FILE, TEST = "kernel/flexpage.c", "fpage_make_takes_every_size"


def use(*words: str, typed: str = "") -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "grader/grade", *words],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


def test_run_shows_what_the_stage_prints() -> None:
    text = use("run", "--lab", "1", "--memory", "64")
    assert "H4, lab 1: paging" in text
    assert "reference_build answers PAGING_OK" in text
    assert "0x03feffff" in text  # 64 MB, less what the BIOS keeps


def test_gdb_stops_where_the_kernel_begins() -> None:
    text = use("debug", "--lab", "1", "--command", "kill", "--command", "quit")
    assert "Breakpoint 1, kernel_main" in text


def test_gdb_stops_where_the_test_failed(course: Course, tmp_path: Path) -> None:
    text = course.solved(FILE).replace("base & ~offset_bits", "base")
    (tmp_path / "kernel").mkdir()
    for path in course.lab(1).exercise_files:
        (tmp_path / path).write_text(course.solved(path))
    (tmp_path / FILE).write_text(text)
    shown = use(
        "debug", "--lab", "1", "--test", TEST, "--submission", str(tmp_path),
        "--command", "kill", "--command", "quit",
    )  # fmt: skip
    assert "harness_failed ()" in shown
    assert f"test_{TEST} ()" in shown
    assert "labs/1-paging/test_flexpage.c:" in shown


def broken(course: Course, to: Path, path: str, exercise: str, code: str) -> Path:
    """A submission in which the functions of one exercise do `code`."""
    text = replace_body(
        course.text(path), path, exercise,
        lambda stub: f"{code}{_end(stub.returns)}",
    )  # fmt: skip
    for lab in course.labs:
        for file in lab.exercise_files:
            (to / file).parent.mkdir(parents=True, exist_ok=True)
            (to / file).write_text(text if file == path else course.solved(file))
    return to


def _end(kind: str) -> str:
    return f" return ({kind}){{ 0 }};"


NULL = "*(volatile int *)8 = 1;"
NAIVE = (
    "const uint32_t *frame = (const uint32_t *)frame_pointer; size_t count = 0;"
    " while (count < capacity) { frames[count++] = frame[1];"
    " frame = (const uint32_t *)frame[0]; }"
)
SWALLOWS = (
    "volatile char big[3000]; big[0] = 1;"
    " fpage_make(big[0] + 1u, 12); big[1] = 1;"
)


@pytest.mark.parametrize(
    ("path", "exercise", "function", "test", "code"),
    [
        (FILE, "1.1", "fpage_make", TEST, NULL),
        (FILE, "1.1", "fpage_make", TEST, "volatile int zero = 0; zero = 7 / zero;"),
        (FILE, "1.1", "fpage_make", TEST, "((void (*)(void))0xDEAD0000)();"),
        (FILE, "1.1", "fpage_make", TEST, 'panic("mine");'),
        (FILE, "1.1", "fpage_make", TEST, SWALLOWS),
        ("kernel/backtrace.c", "0.3", "backtrace",
         "backtrace_refuses_what_is_not_on_a_stack", NAIVE),
    ],
    ids=["null", "divides", "wild", "panics", "recursion", "naive-backtrace"],
)  # fmt: skip
def test_gdb_shows_the_function_that_crashed(
    course: Course, tmp_path: Path, path: str, exercise: str, function: str, test: str,
    code: str,
) -> None:  # fmt: skip
    if "panic" in code:
        code = "extern _Noreturn void panic(const char *, ...); " + code
    tree = broken(course, tmp_path, path, exercise, code)
    text = use(
        "debug", "--lab", exercise[0], "--test", test, "--submission", str(tree),
        "--command", "echo chosen:\\n", "--command", "frame",
        "--command", "info frame", "--command", "kill", "--command", "quit",
    )  # fmt: skip
    stack, _, chosen = text.partition("chosen:")
    lines = (tree / path).read_text().splitlines()
    # The function's first line may be to blame for a stack that is used up.
    own = {n for n, line in enumerate(lines, 1) if code in line or line == "{"}
    said = re.search(rf"{function} \(.*?\)\s+at {path}:(\d+)", chosen, re.S)
    assert said and int(said[1]) in own, text
    assert f" at {path}:{said[1]}" in stack
    if code != SWALLOWS:  # there the caller is the function itself
        assert re.search(rf"\btest_{test} \(\)\s+at labs/", stack), text
    assert "No frame" not in text and "Traceback" not in text


def test_gdb_unwinds_with_the_other_compiler_too(
    course: Course, tmp_path: Path
) -> None:
    tree = broken(course, tmp_path, FILE, "1.1", NULL)
    text = use(
        "debug", "--lab", "1", "--test", TEST, "--submission", str(tree),
        "--compiler", "clang", "--command", "echo chosen:\\n", "--command", "frame",
        "--command", "kill", "--command", "quit",
    )  # fmt: skip
    assert "fpage_make (" in text.partition("chosen:")[2], text


def test_control_c_stops_a_test_that_hangs(course: Course, tmp_path: Path) -> None:
    tree = broken(course, tmp_path, FILE, "1.1", "volatile int on = 1; while (on) ;")
    gdb = pexpect.spawn(
        sys.executable,
        [str(ROOT / "grader/grade"), "debug", "--lab", "1", "--test", TEST,
         "--submission", str(tree), "--command", "info symbol $pc"],
        encoding="utf-8", timeout=600, env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    gdb.expect("Control-C stops")
    gdb.expect("Continuing")
    for pause in range(1, 20):
        time.sleep(pause)  # gdb says it before the machine goes on, which has a way to go
        gdb.sendintr()
        if gdb.expect([r"fpage_make \+ \d+ in section", r"\(gdb\) "]) == 0:
            break
        gdb.sendline("info symbol $pc")
        if gdb.expect([r"fpage_make \+ \d+ in section", r"\(gdb\) "]) == 0:
            break
        gdb.sendline("continue")
        gdb.expect("Continuing")
    else:
        pytest.fail("the machine does not come to the loop")
    gdb.sendline("kill")
    gdb.sendline("quit")
    gdb.expect(pexpect.EOF)


def test_a_test_that_does_not_fail_is_said_to_be_ok(
    course: Course, tmp_path: Path
) -> None:
    path, test = "kernel/serial.c", "putc_sends_text"
    tree = broken(course, tmp_path, FILE, "1.1", NULL)
    waits = re.compile(r"while \(.*UART_READY.*\n\s*;\n")
    text, count = waits.subn("", course.solved(path))
    assert count == 1
    (tree / path).write_text(text)
    words = ["debug", "--lab", "0", "--test", test, "--submission", str(tree)]
    text = use(*words, "--command", "echo not reached\\n")
    assert f"The result of {test} was ok in the machine." in text
    assert "No stack" not in text and "not reached" not in text
    assert f"make debug LAB=0 TEST={test} EMULATOR=bochs" in text
    text = use(*words, "--emulator", "bochs", typed="c\nq\n")
    assert f"The result of {test} was ok in the machine." in text
    assert "these first 17 came" in text


def test_bochs_has_its_debugger_with_symbols() -> None:
    shown = use("debug", "--lab", "1", "--emulator", "bochs", typed="r\nq\n")
    assert "(kernel_main+0)" in shown
    assert "eflags" in shown
