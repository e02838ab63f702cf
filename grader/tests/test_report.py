# SPDX-License-Identifier: MIT
"""The last lines of a verdict: the one thing to do now."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from h4.course import Course
from h4.endings import BLOCKED, CRASH, FAIL, MISSING, PASS, Outcome, read_notes, up_to_the_test
from h4.faults import advice
from h4.report import Report, once_each
from h4.score import LabResult, all_right, score_lab
from h4.stage import Recipe, StageBuilder
from h4.symbols import Place
from h4.verdict import Machine, run_tests

STACK = range(0xC0115000, 0xC0119000)


def result(
    course: Course, number: int, ends: dict[str, str], without: tuple[str, ...] = ()
) -> LabResult:
    """A lab in which all tests of these exercises end so, and all others pass."""
    lab = course.lab(number)
    outcomes = {
        test.name: Outcome(test, ends.get(test.exercise, PASS)) for test in lab.tests
    }
    return score_lab(lab, outcomes, list(without), False)


def next_of(course: Course, *results: LabResult) -> str:
    """What the report says to be next; empty where it says nothing."""
    out = io.StringIO()
    Report(Console(file=out, width=200), "").next_step(course, list(results), {})
    found = re.findall(r"^Next: exercise (\S+),", out.getvalue(), re.M)
    hints = re.findall(r"^  make hint EX=(\S+)$", out.getvalue(), re.M)
    assert found == hints and len(found) < 2
    return "".join(found)


# 1.9 comes after 1.3, 1.5, 1.6; those after 1.1, 1.3, 1.4. 4.4 comes after 4.2, 4.3,
# 4.5, 4.6, and nothing else of lab 4 after anything.
@pytest.mark.parametrize(
    ("number", "ends", "wanted"),
    [
        (4, {}, ""),
        (4, {"4.4": FAIL}, "4.4"),
        (4, {"4.4": FAIL, "4.6": FAIL}, "4.6"),
        (4, {"4.4": FAIL, "4.5": FAIL, "4.6": FAIL}, "4.5"),
        (4, {"4.4": FAIL, "4.7": FAIL}, "4.4"),  # which it does not need
        (4, {"4.3": FAIL, "4.4": FAIL, "4.6": FAIL}, "4.3"),
        # What was begun comes first, but not before what it needs.
        (4, {"4.2": MISSING, "4.4": FAIL}, "4.2"),
        (4, {"4.2": MISSING, "4.4": FAIL, "4.6": FAIL}, "4.6"),
        (4, {"4.1": MISSING, "4.4": FAIL, "4.6": FAIL}, "4.6"),
        (4, {"4.1": MISSING, "4.4": BLOCKED, "4.6": MISSING}, "4.1"),
        # By way of one that is right, of one that is not, of several.
        (1, {"1.9": FAIL, "1.4": MISSING}, "1.4"),
        (1, {"1.9": FAIL, "1.5": FAIL, "1.4": MISSING}, "1.4"),
        (1, {"1.9": FAIL, "1.6": FAIL, "1.4": FAIL, "1.1": FAIL}, "1.1"),
        (1, {"1.8": FAIL, "1.4": MISSING}, "1.8"),
    ],
)
def test_what_an_exercise_needs_comes_before_it(
    course: Course, number: int, ends: dict[str, str], wanted: str
) -> None:
    assert next_of(course, result(course, number, ends)) == wanted


def blocked(found: LabResult, exercise: str, by: str, every: bool = True) -> None:
    """The tests of an exercise, or only the last of them, wait for another one."""
    tests = [s for s in found.tests if s.test.exercise == exercise]
    for one in tests if every else tests[-1:]:
        one.score, one.outcome.status, one.outcome.waits_for = 0, BLOCKED, by


def test_what_blocks_is_next_though_it_was_not_graded(course: Course) -> None:
    """Of an earlier lab, or not among the tests chosen: it is named, the first of
    several, with the exercise that needs it."""
    found = result(course, 3, {})
    blocked(found, "3.2", "2.3")
    blocked(found, "3.4", "1.4")
    assert next_of(course, found) == "1.4"
    out = io.StringIO()
    Report(Console(file=out, width=200), "").next_step(course, [found], {})
    assert "Next: exercise 1.4, " in out.getvalue() and ": 3.4 needs it" in out.getvalue()
    assert "  or without it: make grade LAB=3 BASE=reference\n" in out.getvalue()
    assert f"  {course.exercise('1.4').file}:1\n  {course.lab(1).handout}" in out.getvalue()


def test_what_blocks_within_the_lab_can_be_borrowed(course: Course) -> None:
    """As where only one exercise's tests were chosen."""
    found = result(course, 1, {})
    blocked(found, "1.8", "1.3")
    out = io.StringIO()
    Report(Console(file=out, width=200), "").next_step(course, [found], {})
    assert "Next: exercise 1.3, " in out.getvalue()
    assert "  or without it: make grade LAB=1 WITH=1.3\n" in out.getvalue()


def test_where_a_part_is_blocked_there_is_nothing_to_do(course: Course) -> None:
    """An exercise of which only a test waits is done: what it waits for comes next, or
    what comes before that, or what is wrong."""
    for ends, wanted in (
        ({"1.8": MISSING}, "1.8"),
        ({"1.4": MISSING, "1.8": MISSING}, "1.4"),
        ({"1.8": MISSING, "1.9": FAIL}, "1.9"),
    ):
        found = result(course, 1, ends)
        blocked(found, "1.1", "1.8", every=False)
        assert next_of(course, found) == wanted


def test_what_is_not_done_yet_may_need_an_earlier_lab(
    course: Course, builder: StageBuilder
) -> None:
    """Of what is missing no test says what else is."""
    lab = course.lab(2)
    lacks = {path: course.starter(path) for path in ("kernel/regions.c", "kernel/flexpage.c")}
    found = result(course, 2, {"2.5": MISSING})
    found.stage = builder.stage(lab, Recipe(texts=lacks, jobs=1))
    assert course.exercise("2.5").file in lacks
    assert next_of(course, found) == "1.1"


def test_an_earlier_lab_is_needed_too(course: Course) -> None:
    labs = result(course, 1, {"1.4": MISSING}), result(course, 3, {"3.2": FAIL})
    assert next_of(course, *labs) == "1.4"


def test_what_the_reference_does_is_not_to_be_done(course: Course) -> None:
    ends = {"4.2": MISSING, "4.4": FAIL}
    assert next_of(course, result(course, 4, ends, without=("4.2",))) == "4.4"


def test_one_crash_of_many_tests_is_told_once(course: Course) -> None:
    """Where place and words agree but for numbers; what tests find themselves is told of
    each, and what an aim of theirs was makes no difference."""
    found = result(course, 1, {"1.8": CRASH})
    tests = [s for s in found.tests if s.test.exercise == "1.8"]
    for at, one in enumerate(tests):
        one.outcome.message = [f"a read of 0x{at:08x}", f"while trying {at} {'x' * at}"]
        one.outcome.backtrace = [Place(0, "page_walk", "kernel/walk.c", 19)]
    tests[1].outcome.status = FAIL
    tests[2].outcome.message[0] = f"a write to 0x{2:08x}"
    tests[3].outcome.backtrace = [Place(0, "page_walk", "kernel/walk.c", 20)]
    out = io.StringIO()
    Report(Console(file=out, width=300, soft_wrap=True), "").lab(found)
    told = re.findall(r"^    (?:crash|fail) +(\S+)", out.getvalue(), re.M)
    assert told == [one.test.name for one in tests[:4]]
    rest = ", ".join(one.test.name for one in tests[4:])
    assert len(tests) > 5 and f"the same in {rest}\n" in out.getvalue()


@pytest.mark.parametrize(
    ("vector", "code", "address", "megabytes", "given"),
    [
        (14, 0, 0x0068B000, 32, True),
        (14, 2, 0x01FFFFFF, 32, True),
        (14, 0, 0x00000FFF, 32, False),  # a null pointer
        (14, 0, 0x02000000, 32, False),  # no memory
        (14, 0, 0x02000000, 33, True),
        (14, 0, 0x3FFFFFFF, 1024, True),
        (14, 0, 0x40000000, 1024, False),
        (14, 0, 0x007FFFFF, 8, True),
        (14, 0, 0x00800000, 8, False),
        (14, 1, 0x0068B000, 32, False),  # it is mapped
        (14, 4, 0x0068B000, 32, False),  # by a program
        (13, 0, 0x0068B000, 32, False),
    ],
)
def test_who_uses_a_physical_address_is_told(
    vector: int, code: int, address: int, megabytes: int, given: bool
) -> None:
    assert ("physical address" in advice(vector, code, address, megabytes, STACK)) == given


@pytest.mark.parametrize(("megabytes", "given"), [(8, False), (16, False), (64, True)])
def test_it_is_asked_how_much_memory_the_boot_has(
    course: Course, builder: StageBuilder, megabytes: int, given: bool
) -> None:
    """Of a read of what is memory in a machine of 32 MB and more."""
    lab, file = course.lab(1), "kernel/flexpage.c"
    text = course.solved(file)
    wrong = re.sub(
        r"(\nfpage_make\(.*\n\{\n)",
        r"\1        *(volatile uint32_t *)(uintptr_t)0x01FFF000;\n", text,
    )  # fmt: skip
    test = next(test for test in lab.tests if test.name == "fpage_make_takes_every_size")
    stage = builder.stage(lab, Recipe(texts={file: wrong}, jobs=1))
    machine = Machine(jobs=1, direct=True, megabytes=megabytes)
    found = run_tests(stage, lab, [test], course.secret, machine)[test.name]
    assert found.message[0].startswith("page fault (14): a read of 0x01fff000 (")
    assert any("physical address" in line for line in found.message) == given


@pytest.mark.parametrize(
    ("address", "full"),
    [(STACK.start - 1, True), (STACK.start - 4096, True), (STACK.start, False),
     (STACK.start - 4097, False), (0, False)],
)  # fmt: skip
def test_a_stack_that_is_full_is_told_from_none(address: int, full: bool) -> None:
    words = advice(8, 0, address, 32, STACK)
    assert ("the kernel's stack is full, of 16 KB" in words) == full
    assert ("could not begin its handler" in words) != full


def test_large_variables_meet_the_guard_page(course: Course, builder: StageBuilder) -> None:
    """Also those that reach across it: they would be written over the first megabyte."""
    path, begin = "kernel/regions.c", "        *count = split_rows(NULL);\n"
    text = course.solved(path)
    assert begin in text
    large = "        char all[1 << 20];\n        all[0] = 1;\n        __asm__ volatile(\"\" : : \"r\"(all) : \"memory\");\n"
    lab = course.lab(2)
    stage = builder.stage(lab, Recipe(texts={path: text.replace(begin, large + begin)}, jobs=1))
    tests = [test for test in lab.tests if test.name == "regions_of_single_pages"]
    machine = Machine(jobs=1, direct=True)
    (outcome,) = run_tests(stage, lab, tests, course.secret, machine).values()
    assert outcome.status == CRASH
    assert any("the kernel's stack is full" in words for words in outcome.message)
    assert outcome.backtrace[0].function == "initial_regions"


def test_a_line_s_number_is_no_picture() -> None:
    out = io.StringIO()
    Report(Console(file=out, width=200), "").warnings({"kernel/x.c": "kernel/x.c:100:1: bad"})
    assert "kernel/x.c:100:1: bad" in out.getvalue()


def test_a_recursion_is_told_once() -> None:
    place = Place(0, "walks", "kernel/x.c", 7)
    rows = once_each([place] * 20 + [Place(0, "test_it", "labs/t.c", 9)])
    assert rows == [(str(place), 1), (str(place), 19), ("test_it at labs/t.c:9", 1)]
    assert once_each([]) == []


def test_a_jump_to_nowhere_is_one(course: Course, builder: StageBuilder) -> None:
    """Not a read, though the processor says no more; and no function is there."""
    image = builder.stage(course.lab(1), Recipe(jobs=1)).image
    end = image.address("kernel_image_end")
    assert image.function(end) == f"0x{end:08x}, where no code is"
    assert image.function(0xD1527004) == "0xd1527004, where no code is"
    assert image.function(image.address("fpage_make") + 1) == "fpage_make"
    outcome = Outcome(course.lab(1).tests[0], FAIL)
    read_notes(outcome, ["fault 0xe 0x0 0xd1527004 0xd1527004 0x8"], image, 32)
    (words,) = outcome.message
    assert words.startswith("page fault (14): fetching an instruction from 0xd1527004 (")
    assert [place.function for place in outcome.backtrace] == ["0xd1527004, where no code is"]
    read = Outcome(course.lab(1).tests[0], FAIL)
    read_notes(read, [f"fault 0xe 0x0 0x{end - 8:08x} 0xd1527004 0x8"], image, 32)
    assert read.message[0].startswith("page fault (14): a read of 0xd1527004 (")


def test_a_backtrace_ends_at_the_test(course: Course) -> None:
    test = course.lab(1).tests[0]
    names = ["fpage_make", f"test_{test.name}", "harness_main", "boot_high"]
    places = [Place(0, name) for name in names]
    assert up_to_the_test(places, test) == places[:2]
    assert up_to_the_test(places[2:], test) == places[2:]


def test_a_test_without_points_is_wrong_all_the_same(course: Course) -> None:
    """Chosen alone, as the line below a failure says."""
    lab = course.lab(2)
    test = next(test for test in lab.tests if test.points == 0)
    for end, wanted in ((PASS, "pass"), (FAIL, "not yet")):
        found = score_lab(lab, {test.name: Outcome(test, end)}, [], True)
        out = io.StringIO()
        Report(Console(file=out, width=200), "").lab(found)
        said = re.findall(rf"^  (\S.*\S)  +{test.exercise} ", out.getvalue(), re.M)
        assert said == [wanted]
        assert all_right(found.tests) == (end == PASS)
        assert next_of(course, found) == ("" if end == PASS else test.exercise)
