# SPDX-License-Identifier: MIT
"""The explained survivors (labs/N-name/equivalent.toml) are about the solutions as they
are now. Whether they survive still is found out by `make mutants-auto`."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from conftest import ROOT

from h4.auto_command import check_entries
from h4.auto_mutants import load_equivalents, mutants_of
from h4.course import Course

LABS = [lab.number for lab in Course(ROOT).labs if load_equivalents(ROOT, lab)]


# That another lab's tests would see a change, nobody runs to find out.
ANOTHER_LAB = re.compile(r"\b[Ll]abs? \d")


@pytest.mark.parametrize("number", LABS)
def test_no_reason_leaves_a_mutant_to_another_lab(course: Course, number: int) -> None:
    entries = load_equivalents(ROOT, course.lab(number))
    assert not [str(entry) for entry in entries if ANOTHER_LAB.search(entry.reason)]
    assert ANOTHER_LAB.search("Threads of lines come with lab 6, whose tests see this.")


@pytest.mark.parametrize("number", LABS)
def test_every_entry_names_a_mutant_that_there_is(course: Course, number: int) -> None:
    lab = course.lab(number)
    entries, mutants = load_equivalents(ROOT, lab), mutants_of(ROOT, lab)
    assert check_entries(entries, mutants, {}).problems == []

    # A line that was rewritten, and one that does not come so often.
    for other in ({"find": entries[0].find + " "}, {"nth": 99}):
        changed = [replace(entries[0], **other)]  # type: ignore[arg-type]
        assert len(check_entries(changed, mutants, {}).problems) == 1
