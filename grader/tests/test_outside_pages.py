# SPDX-License-Identifier: MIT
"""The judges of memory: what they find in a machine that is made up, in which one thing
after the other is wrong, and in kernels that say all is well."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from outside_memory import OTHER, Memory
from outside_mistakes import WRONG

from h4 import outside_l4_rules, outside_status, outside_tables
from h4.course import Course
from h4.outside_judge import judge
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image

RULES = {
    rule.name: rule
    for module in (outside_tables, outside_status, outside_l4_rules)
    for rule in module.RULES
}


@pytest.fixture(scope="module")
def image(course: Course, builder: StageBuilder) -> Image:
    return builder.stage(course.lab(7), Recipe()).image


def test_nothing_is_wrong_with_a_right_machine(image: Image) -> None:
    memory = Memory(image)
    assert judge(memory.snapshot(), image) == []
    memory.cr3 = OTHER
    assert judge(memory.snapshot(), image) == []


@pytest.mark.parametrize("spoil, rule, words", WRONG, ids=[w[0].__name__ for w in WRONG])
def test_what_is_wrong_is_found(
    image: Image, spoil: Callable[[Memory], None], rule: str, words: str
) -> None:
    memory = Memory(image)
    spoil(memory)
    found = judge(memory.snapshot(), image)
    assert words in "\n".join(found), found
    assert found[-1] == f"what does not hold: {RULES[rule].words}"
    # Without this rule the judge says something else, or nothing.
    assert judge(memory.snapshot(), image, (rule,)) != found


def test_each_rule_is_seen_to_fail() -> None:
    assert {rule for _, rule, _ in WRONG} == RULES.keys()


@pytest.mark.parametrize(
    "kind, words", [(0, RULES["agree"].words), (2, "no address of the kernel's data")]
)
def test_a_machine_that_is_kept_secret(image: Image, kind: int, words: str) -> None:
    """Who tells the grader that there is none is betrayed by what CR3 leads to."""
    memory = Memory(image)
    memory.put("outside_machine", memory.symbol("outside_machine"), {"kind": kind})
    assert judge(memory.snapshot(), image)[-1].endswith(words)


def test_records_that_lead_nowhere(image: Image) -> None:
    memory = Memory(image)
    memory.put("outside_machine", memory.symbol("outside_machine"), {
        "array.pages": 0xB0000000,
    })  # fmt: skip
    assert "lead out of its memory" in judge(memory.snapshot(), image)[0]
    memory.put("outside_machine", memory.symbol("outside_machine"), {"kind": 7})
    assert "has the kind 7" in judge(memory.snapshot(), image)[0]


def test_manifests_name_rules(course: Course) -> None:
    """A rule that is left out by a name that there is not is not left out."""
    for lab in course.labs:
        for test in lab.tests:
            assert set(test.by_hand) <= RULES.keys(), test.name
