# SPDX-License-Identifier: MIT
"""Submissions that hang, crash, flood, forge, leave, or do not compile: each
gets its own verdict, with its cause named, and costs the others nothing."""

from __future__ import annotations

import pytest

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
        (FLOODS, "flood", "hardly anything but write"),
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
