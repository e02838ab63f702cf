# SPDX-License-Identifier: MIT
"""Submissions that hang, crash, flood, forge, leave, or do not compile: each
gets its own verdict, with its cause named, and costs the others nothing."""

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

from h4.bodies import replace_body
from h4.course import Course
from h4.endings import PASS, Outcome
from h4.manifest import Lab
from h4.score import score_lab
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

FILE, EXERCISE, FUNCTION = "kernel/flexpage.c", "1.1", "fpage_make"
PREPARE = "#include <kernel/cpu.h>\n"
OUT = '__asm__ volatile("outb %0, %1" : : "a"((unsigned char)({c})), "Nd"({p}));'

HANGS = "volatile int on = 1; while (on) ;"
SLEEPS = '__asm__ volatile("cli; hlt");'
DOZES = '__asm__ volatile("sti; hlt; hlt; hlt");'
TRIPLE = (
    "struct { unsigned short limit; unsigned base; } __attribute__((packed))"
    ' none = { 0, 0 }; __asm__ volatile("lidt %0; int3" : : "m"(none));'
)
# The kernel's translations are global: they outlive CR3, but not CR4.PGE.
NO_KERNEL = (
    '__asm__ volatile("mov %0, %%cr3; mov %%cr4, %%eax; xor $0x80, %%eax;'
    ' mov %%eax, %%cr4" : : "r"(0x7ff000) : "eax");'
)
RESET = OUT.format(c="0xFE", p="0x64") + "for (;;) ;"
LEAVES = "".join(OUT.format(c=f"'{c}'", p="(unsigned short)0x8900") for c in "Shutdown")
FLOODS = "for (;;) " + OUT.format(c="'x'", p="(unsigned short)0x3F8")
FORGES = "".join(
    OUT.format(c=f"{ord(c)}", p="(unsigned short)0x2F8") for c in "ok 1 a\n"
)
NULL = "*(volatile int *)8 = 1;"
WILD = "((void (*)(void))0xDEAD0000)();"
DIVIDES = 'volatile int zero = 0; zero = 7 / zero;'
WRITES_CODE = f"*(volatile char *)(unsigned long)&{FUNCTION} = 0;"
UNPROTECTS = (
    "unsigned cr0; __asm__ volatile(\"mov %%cr0, %0; and $0xfffeffff, %0; "
    'mov %0, %%cr0" : "=&r"(cr0));'
)


@pytest.fixture(scope="module")
def lab(course: Course) -> Lab:
    return course.lab(1)


def graded(
    builder: StageBuilder, lab: Lab, texts: dict[str, str], count: int = 3
) -> dict[str, Outcome]:
    """The first `count` tests of 1.1 and one of 1.3, which does not need it."""
    course = builder.course
    stage = builder.stage(lab, Recipe(texts=texts, jobs=1))
    tests = list(lab.tests_of(course.exercise(EXERCISE)))[:count]
    tests += list(lab.tests_of(course.exercise("1.3")))[:1]
    return run_tests(stage, lab, tests, course.secret, Machine(jobs=1))


def behaving(course: Course, code: str) -> dict[str, str]:
    """The course's solutions, but the functions of 1.1 do `code`."""
    text = course.text(FILE)
    return {FILE: replace_body(text, FILE, EXERCISE, lambda stub: code + _end(stub.returns))}


def _end(kind: str) -> str:
    return f" return ({kind}){{ 0 }};"


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        (HANGS, "hang", "instructions"),
        (SLEEPS, "hang", "halted"),
        (DOZES, "hang", ""),
        (TRIPLE, "crash", "triple fault"),
        (NO_KERNEL, "crash", "triple fault"),
        (RESET, "crash", "reset"),
        (LEAVES, "crash", "switched off"),
        (FLOODS, "flood", "wrote without end"),
        (FORGES, "forged", "COM2"),
        (NULL, "crash", "null pointer"),
        (WILD, "crash", "fetching|page fault"),
        (DIVIDES, "crash", "divide error"),
        (WRITES_CODE, "crash", "a write to"),
    ],
    ids=[
        "hangs", "sleeps", "dozes", "triple", "no-kernel", "reset", "leaves", "floods",
        "forges", "null", "wild", "divides", "writes-code",
    ],
)  # fmt: skip
def test_it_is_named(
    builder: StageBuilder, course: Course, lab: Lab, code: str, status: str, words: str
) -> None:
    outcomes = graded(builder, lab, behaving(course, code))
    *broken, sound = outcomes.values()
    assert sound.status == PASS, sound.message
    for outcome in broken:
        text = " ".join(outcome.message)
        assert outcome.status == status, text
        assert any(word in text for word in words.split("|")), text
    if status == "hang" and code == HANGS:
        assert any(p.function.startswith("fpage_") for p in broken[0].backtrace)


def test_a_machine_left_changed_fails_the_test(
    builder: StageBuilder, course: Course, lab: Lab
) -> None:
    """The functions of 1.1 are right, and turn write protection off."""
    first = "if (log2_size < PAGE_LOG2"
    text = course.solved(FILE)
    assert first in text
    outcomes = graded(builder, lab, {FILE: text.replace(first, UNPROTECTS + first)}, 1)
    broken, sound = outcomes.values()
    assert sound.status == PASS
    assert broken.status == "fail"
    assert "CR0" in " ".join(broken.message)


def test_one_file_that_does_not_compile_sinks_only_what_needs_it(
    builder: StageBuilder, course: Course, lab: Lab
) -> None:
    text = course.text(FILE) + "\nthis is not C;\n"
    stage = builder.stage(lab, Recipe(texts={FILE: text}))
    outcomes = run_tests(stage, lab, list(lab.tests), course.secret, Machine())
    for name, outcome in outcomes.items():
        exercise = course.exercise(outcome.test.exercise)
        needs = {one.id for one in course.prerequisites(exercise)}
        due = (
            "not-built" if exercise.id == EXERCISE
            else "blocked" if EXERCISE in needs else PASS
        )  # fmt: skip
        assert outcome.status == due, name
    assert "this is not C" in outcomes[lab.tests[0].name].message[0]
    assert score_lab(lab, outcomes, [], False).score < 100


@pytest.mark.parametrize(
    "text",
    [
        "#include __FILE__\n",
        '#include "/dev/zero"\n',
        "char much[1u << 31] = { 1 };\n",
        '__asm__(".rept 1000000000\\n.byte 1\\n.endr");\n',
    ],
    ids=["recursion", "device", "huge", "repeat"],
)
def test_a_compilation_that_runs_away_is_stopped(
    builder: StageBuilder, lab: Lab, text: str
) -> None:
    outcomes = graded(builder, lab, {FILE: text})
    *broken, sound = outcomes.values()
    assert sound.status == PASS
    assert {outcome.status for outcome in broken} == {"not-built"}


def test_what_cannot_be_linked_sinks_only_its_file(
    builder: StageBuilder, course: Course, lab: Lab
) -> None:
    twice = course.text(FILE) + "\nvoid panic(void);\nvoid panic(void) { }\n"
    renamed = course.text(FILE).replace(FUNCTION, "my_make")
    for text, name in ((twice, "panic"), (renamed, FUNCTION)):
        *broken, sound = graded(builder, lab, {FILE: text}).values()
        assert sound.status == PASS
        assert {outcome.status for outcome in broken} == {"not-built"}
        assert name in broken[0].message[0]


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


def test_a_fault_of_a_device_is_the_kernels(
    builder: StageBuilder, course: Course, lab: Lab
) -> None:
    """A wild walk reads the interrupt controller, which Bochs does not survive."""
    code = "volatile unsigned *wild = window_map(paddr(0xFEC00000)); (void)wild[5];"
    text = "#include <kernel/window.h>\n" + behaving(course, code)[FILE]
    outcomes = graded(builder, lab, {FILE: text}, 1)
    broken, sound = outcomes.values()
    assert sound.status == PASS
    assert broken.status == "crash", broken.message
    assert "a device was asked" in broken.message[0]


def test_a_section_of_the_courses_is_refused(
    builder: StageBuilder, course: Course, lab: Lab
) -> None:
    text = course.text(FILE) + (
        '\n__attribute__((section(".h4.tests"), used))'
        " static const unsigned mine[1] = { 1 };\n"
    )
    outcomes = graded(builder, lab, {FILE: text}, 1)
    broken, sound = outcomes.values()
    assert sound.status == PASS
    assert broken.status == "not-built"
    assert ".h4.tests" in broken.message[0]


def test_a_pipe_is_not_waited_for(submission: Path) -> None:
    (submission / FILE).unlink()
    os.mkfifo(submission / FILE)
    status, text = grade(submission, "--test", "entry")
    assert status == 0, text
    assert "is not a regular file" in text


def test_two_trees_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    trees = [tmp_path / "one", tmp_path / "two"]
    for tree in trees:
        shutil.copytree(
            ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns("build", ".git")
        )
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
