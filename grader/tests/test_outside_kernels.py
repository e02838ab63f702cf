# SPDX-License-Identifier: MIT
"""Kernels that the harness lets pass, since they say that all is well, and that leave
behind in memory what must not be there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from h4 import verdict
from h4.course import Course
from h4.endings import FAIL, PASS, Outcome
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

# H says that it is well-formed, whatever it is.
LIAR = (
    "h/wellformed.c",
    "        return structure_is_sound(found) && directories_agree(found) &&",
    "        return true || (structure_is_sound(found) && directories_agree(found)) &&",
)


@dataclass(frozen=True)
class Kernel:
    """The reference, but for some texts; a test, and what is told of it."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    lab: int
    test: str
    words: str


KERNELS = (
    Kernel(
        "tables_open_to_programs",
        (LIAR, (
            "h/pagemap_page.c",
            "ENTRY_GLOBAL | ENTRY_ASKED_READ;",
            "ENTRY_GLOBAL | ENTRY_ASKED_READ | ENTRY_USER;",
        )),
        5, "a_new_thread", "where programs reach it; its status says page-",
    ),
    Kernel(
        "superpages_that_are_not_counted",
        (LIAR, (
            "h/add_mapping.c",
            "        error = count_mapping(target, error);",
            "        if (!large || error != H_OK)\n"
            "                error = count_mapping(target, error);",
        )),
        7, "superpages_go_as_one", "page 0x00800000: its status says normal(1), and the "
        "page-tables map it 5 times: at 0x01800000 of the space",
    ),
    Kernel(
        "mappings_that_stay",
        (LIAR, (
            "h/mapping.c",
            "                remove_table_entries(table_seen(row.table), part);\n"
            "                return false;",
            "                return false;",
        )),
        7, "use_is_seen", "page 0x00020000: its status says normal(3), and the "
        "page-tables map it 4 times",
    ),
    Kernel(
        "code_that_can_be_written",
        ((
            "kernel/reference.c",
            "read_only ? PERM_R | PERM_X : PERM_R | PERM_W",
            "read_only ? PERM_R | PERM_W | PERM_X : PERM_R | PERM_W",
        ),),
        5, "a_new_thread", "the kernel's code and constants can be written",
    ),
    Kernel(
        "utcbs_that_stay",
        ((
            "l4/utcb.c",
            "        pool_unmap(page->space->pagemap, page->address);\n",
            "",
        ),),
        5, "threads_run_out", "L4 knows nothing of it",
    ),
)  # fmt: skip


def graded(course: Course, builder: StageBuilder, kernel: Kernel) -> Outcome:
    texts: dict[str, str] = {}
    for path, old, new in kernel.changes:
        text = texts.get(path) or course.solved(path)
        assert text.count(old) == 1, f"{path}: {old}"
        texts[path] = text.replace(old, new)
    lab = course.lab(kernel.lab)
    stage = builder.stage(lab, Recipe(texts=texts))
    test = next(test for test in lab.tests if test.name == kernel.test)
    machine = Machine(jobs=1, direct=True)
    return run_tests(stage, lab, [test], course.secret, machine)[kernel.test]


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_what_the_kernel_does_not_say(
    course: Course,
    builder: StageBuilder,
    kernel: Kernel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcome = graded(course, builder, kernel)
    assert outcome.status == FAIL, outcome.message
    assert kernel.words in "\n".join(outcome.message)
    assert "the guest reported no mistake" in outcome.message[0]

    # By what the guest says alone it would have passed.
    monkeypatch.setattr(verdict, "judges_of", lambda *which: [])
    assert graded(course, builder, kernel).status == PASS
