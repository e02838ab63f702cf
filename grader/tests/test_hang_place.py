# SPDX-License-Identifier: MIT
"""Which function a hang names: the loop's own, wherever the limit meets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import pytest
from conftest import ROOT

from h4 import bochs_pace
from h4.course import Course
from h4.emulator import BootResult, Ending, Hang
from h4.endings import ENDS_LATER, HANG, Outcome
from h4.hang_place import hang_places
from h4.manifest import load_mutants
from h4.marks import mutate
from h4.stage import Recipe, Stage, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests


def hung(
    builder: StageBuilder, number: int, name: str, more: Sequence[int] = (0,)
) -> list[Outcome]:
    """How a mutant hangs, with so many instructions more than the limit."""
    lab = builder.course.lab(number)
    mutant = next(one for one in load_mutants(ROOT, lab) if one.name == name)
    test = next(test for test in lab.tests if test.name == mutant.killed_by)
    text = mutate((ROOT / mutant.file).read_text(), mutant)
    stage = builder.stage(lab, Recipe(texts={mutant.file: text}, jobs=1))
    machine, secret = Machine(jobs=1, direct=True), builder.course.secret
    found = []
    for limit in (test.limit + one for one in more):
        outcomes = run_tests(stage, lab, [replace(test, limit=limit)], secret, machine)
        found.append(outcomes[test.name])
    assert {one.status for one in found} == {HANG}
    return found


def names(outcome: Outcome) -> list[str]:
    return [place.function for place in outcome.backtrace]


# Instructions by which the limit meets the loop elsewhere: it has fewer than fifty.
ELSEWHERE = (0, 11, 26)


@pytest.mark.parametrize(
    ("number", "mutant", "function"),
    [
        (1, "split-wraps-at-the-top", "split"),  # which calls others
        (6, "redirectors-endless", "ipc_address"),
        (4, "execute-running-not-noted", "h_execute_vector"),  # now in the kernel, now not
        (7, "walk-waits-for-other-children", "walk_step_in_tree"),
    ],
)
def test_it_is_the_same_wherever_the_limit_is(
    builder: StageBuilder, number: int, mutant: str, function: str
) -> None:
    first, *others = hung(builder, number, mutant, ELSEWHERE)
    assert names(first)[0] == function
    assert names(first)[-1] == f"test_{first.test.name}"
    assert [names(one) for one in others] == [names(first)] * len(others)


def test_of_what_takes_too_long_it_is_the_function_that_does(builder: StageBuilder) -> None:
    """It comes back each time, and the test calls it on and on."""
    (found,) = hung(builder, 7, "mapping-find-slow")
    assert names(found) == ["mapping_find", "find_all", "test_thousand_children"]


def test_of_user_code_it_is_the_beginning_of_the_loop(builder: StageBuilder) -> None:
    for found in hung(builder, 4, "execute-timer-not-acknowledged", (0, 2)):
        assert names(found) == ["0x40000000, in user space"]
        assert any(line.startswith("user code runs on and on") for line in found.message)


# --- Made-up machines ----------------------------------------------------------------

OWN = ("kernel/split.c", "kernel/flexpage.c")


@lru_cache(maxsize=None)
def stage_of(builder: StageBuilder) -> Stage:
    return builder.stage(builder.course.lab(1), Recipe(jobs=1))


def told(image: Image, samples: list[list[int]], loop: list[int]) -> list[str]:
    result = BootResult(b"", b"", Ending.LIMIT, frames=samples[0], hang=Hang(samples, loop))
    return [place.function for place in hang_places(image, result, OWN)]


def test_a_function_without_a_frame_does_not_hide_its_caller(
    course: Course, builder: StageBuilder
) -> None:
    """fpage_last was seen in front of its first instruction, so that whoever has called
    fpage_split seems to have called it."""
    image = stage_of(builder).image
    last, split = image.address("fpage_last"), image.address("fpage_split")
    back = next(
        at for at in range(image.address("kernel_read_only_begin"), image.constants[1])
        if image.call_in_front_of(at) == split
    )  # fmt: skip
    found = told(image, [[last, back]], [last, back])
    assert found == ["fpage_split", image.function(back)]
    within = [split + 1, back]
    assert told(image, [within], within) == ["fpage_split", image.function(back)]


def test_a_loop_of_the_tests_is_told_by_what_it_calls(builder: StageBuilder) -> None:
    """If that is there often enough to say something; else it is the loop's own."""
    image = stage_of(builder).image
    make, given = image.address("fpage_make") + 1, image.address("harness_main") + 9
    loop, often = [given], [make, given]
    assert told(image, [loop, often, loop], loop) == ["fpage_make", "harness_main"]
    assert told(image, [loop] * 4 + [often], loop) == ["harness_main"]
    # Without a loop there is nothing else.
    assert told(image, [loop, often, often], []) == ["fpage_make", "harness_main"]
    assert told(image, [loop, loop], []) == ["harness_main"]


# --- What a limit hides --------------------------------------------------------------

ADDING = "kernel/table_entries.c"
CHECKED = "        enum paging_result result = check_pages(pages);\n"


def adding(builder: StageBuilder, first: str, limit: int, before: str = "") -> Outcome:
    """How add_table_entries ends that does this first."""
    lab = builder.course.lab(1)
    test = next(test for test in lab.tests if test.name == "add_maps_one_page")
    text = builder.course.solved(ADDING)
    wrong = text.replace(CHECKED, f"        {first}\n{CHECKED}", 1)
    wrong = wrong.replace("enum paging_result\nadd_table", f"{before}\nenum paging_result\nadd_table")
    stage = builder.stage(lab, Recipe(texts={ADDING: wrong}, jobs=1))
    assert not stage.failures
    machine, secret = Machine(jobs=1, direct=True), builder.course.secret
    return run_tests(stage, lab, [replace(test, limit=limit)], secret, machine)[test.name]


LONG = "for (volatile int i = 0; i < 200000; i++) ;"  # more than a million instructions


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (f"{LONG} return PAGING_OK;", True),
        (f'{LONG} __asm__ volatile("ud2");', True),
        (f'{LONG} __asm__ volatile("1: cli; hlt; jmp 1b");', True),
        ("for (;;) ;", False),
    ],
)
def test_what_ends_a_little_later_is_no_loop_without_end(
    builder: StageBuilder, first: str, later: bool
) -> None:
    """It hangs all the same: what comes behind a limit is no verdict."""
    found = adding(builder, first, 500_000)
    assert found.status == HANG
    assert (ENDS_LATER in found.message) == later
    assert any("loop without end, or" in line for line in found.message) != later
    assert names(found)[0] == "add_table_entries"


SLOW = """
__attribute__((noinline)) static void
slow(void)
{
        __asm__ volatile("wbinvd; invd");
}
"""


def test_a_loop_of_slow_instructions_is_named_too(
    builder: StageBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not what it calls, in which the machine stands nearly always."""
    monkeypatch.setattr(bochs_pace, "SLOW_SECONDS", 0.25)
    found = adding(builder, "for (;;) slow();", 400_000_000, SLOW)
    assert found.status == HANG and "WBINVD" in found.message[1]
    assert names(found)[0] == "add_table_entries"
