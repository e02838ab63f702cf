# SPDX-License-Identifier: MIT
"""Hostile programs on L4: 100,000 system calls and all else that they can do, on a
machine of 8 MB. Afterwards nothing is in use that was not before, and the kernel
serves. `make soak ONLY=hostile` does ten times as many."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from conftest import ROOT

from h4.course import Course
from h4.fuzz_l4 import CALLS, FUZZ, LARGE, MEGABYTES, Fuzzed, fuzz, fuzz_stage
from h4.release import _INSTRUCTORS
from h4.stage import Stage, StageBuilder

SEED = 1
PARTS = 4  # boots, which do not take too long each; the last one has superpages
MISTAKE_CALLS = 10_000
SOON = 1_000  # of a mistake that hangs the machine: it runs until its time is over

# What programs are left by in so many calls: exceptions of all kinds, and the timer.
VECTORS = {0, 1, 3, 6, 13, 14, 32}
ROUNDS = 6  # one about each theme: user/fuzz/fuzz.h


@dataclass(frozen=True)
class Mistake:
    """A text of L4 that is replaced by another one, and words of what is said then."""

    file: str
    text: str
    wrong: str
    words: str = ""
    calls: int = MISTAKE_CALLS


MISTAKES = {
    "a_utcb_is_not_given_back": Mistake(
        "l4/utcb.c",
        "        if (--page->used == 0)\n                end_page(page);\n",
        "        if (--page->used == 0 && address % 0x8000 == 0)\n"
        "                end_page(page);\n",
    ),
    "a_mapping_stays_in_its_ring": Mistake(
        "l4/mapdb.c",
        "                mapping->last->next = next;\n"
        "                if (parent->children == mapping)\n"
        "                        parent->children = next;\n",
        "                if (parent->children == mapping)\n"
        "                        parent->children = next;\n",
    ),
    "a_timeout_outlives_its_thread": Mistake(
        "l4/ipc_end.c",
        "        timeout_remove(thread);\n        ring_leave(thread);\n",
        "        ring_leave(thread);\n",
        calls=SOON,
    ),
    "deputies_are_not_counted_down": Mistake(
        "l4/meet.c",
        "                receiver->deputies--;",
        "                receiver->deputies -= 0;",
        "deputies",
    ),
    "a_table_is_lost": Mistake(
        "l4/pool.c",
        "        if (count > 0)\n                pool_give(freed);\n",
        "        if (count > 0 && address % 0x2000 == 0)\n"
        "                pool_give(freed);\n",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(builder: StageBuilder) -> Stage:
    return fuzz_stage(builder)


@pytest.fixture(scope="module")
def seen() -> list[Fuzzed]:
    return []


@pytest.mark.parametrize("part", range(PARTS))
def test_the_kernel_outlives_them(
    part: int, stage: Stage, seen: list[Fuzzed]
) -> None:
    large = part == PARTS - 1
    found = fuzz(stage, SEED + part, megabytes=LARGE if large else MEGABYTES)
    assert not found.broken, found
    assert (found.superpages > 0) == large, found.superpages
    assert found.calls >= CALLS and found.rounds >= ROUNDS
    assert VECTORS - {0, 3} <= set(found.vectors)
    seen.append(found)
    if len(seen) == PARTS:
        assert VECTORS <= {vector for one in seen for vector in one.vectors}


def test_they_are_as_many_as_promised() -> None:
    assert PARTS * CALLS >= 100_000 and MEGABYTES == 8


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(name: str, builder: StageBuilder) -> None:
    mistake = MISTAKES[name]
    text = (ROOT / mistake.file).read_text()
    assert text.count(mistake.text) == 1
    wrong = {mistake.file: text.replace(mistake.text, mistake.wrong)}
    found = fuzz(fuzz_stage(builder, wrong), SEED, mistake.calls)
    assert found.broken and mistake.words in found.broken, found


def test_the_stage_is_no_part_of_what_is_graded() -> None:
    course = Course(ROOT)
    lab = course.lab_with(FUZZ)
    own = course.own_stage_files(lab, FUZZ)
    assert own and not set(own) & {*course.units(lab), *course.given}
    assert "grader/h4/fuzz_l4.py" in _INSTRUCTORS
