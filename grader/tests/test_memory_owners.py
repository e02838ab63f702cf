# SPDX-License-Identifier: MIT
"""`make memory LAB=3`: what machines with H on them say of their memory, with the
course's client and with others; and where the client's heap ends."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path

import pytest
from test_memory import texts, use

from h4.course import Course
from h4.endings import PASS
from h4.memory import MOST_NOTES, Memory, report_of
from h4.picture import Owners, Picture, Role, changes
from h4.picture_layout import Row, lay_out
from h4.stage import Recipe, StageBuilder
from pictures import in_terminal, rows_of

STAGE = "labs/3-handles/stage.c"
CLIENT = "labs/3-handles/client/main.c"
BEGIN = '#include "main.h"\n#include <h/h.h>\nvoid client_end(void) {}\n'


class Machine:
    """The stage of lab 3 with other texts in the place of some of its files."""

    def __init__(self, course: Course, builder: StageBuilder, folder: Path) -> None:
        self.course, self.builder, self.folder = course, builder, folder

    def memory(self, megabytes: int = 32, emulator: str = "qemu", **texts: str) -> Memory:
        names = {"stage": STAGE, "client": CLIENT}
        lab = self.course.lab(3)
        stage = self.builder.stage(
            lab, Recipe(texts={names[key]: text for key, text in texts.items()})
        )
        given = argparse.Namespace(
            memory=megabytes, emulator=emulator, seed=None, svg=None
        )
        return Memory(self.course, lab, stage, given, self.folder)

    def picture(self, megabytes: int = 32, **texts: str) -> Picture:
        notes, words = self.memory(megabytes, **texts)._boot()
        report = report_of(notes)
        found = report.picture("boot")
        assert found, words
        return found

    def tampered(self, statements: str) -> Picture:
        """The demonstration's, after the stage has done this to it."""
        text = self.course.text(STAGE)
        before = 'memory_report("boot");'
        assert text.count(before) == 1
        return self.picture(stage=text.replace(before, f"{{ {statements} }} {before}"))


@pytest.fixture
def machine(course: Course, builder: StageBuilder, tmp_path: Path) -> Machine:
    return Machine(course, builder, tmp_path)


def letters(picture: Picture) -> str:
    return "".join(rows_of(lay_out(picture)))


# The demonstration


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
def test_the_demonstration(emulator: str, tmp_path: Path) -> None:
    out = tmp_path / "3.svg"
    status, text = use("--lab", "3", "--emulator", emulator, "--svg", str(out))
    assert status == 0
    assert "Physical memory in lab 3, in the middle of the demonstration" in text
    assert max(map(len, text.splitlines())) <= max(80, len(f"drawn: {out}"))
    names = texts(out)
    for words in ("space 0, directory 0x", "space 1, directory 0x",
                  "space 2, directory 0x", "environment: H's own tables",
                  "environment: the client's heap", "in a kernel mapping",
                  "mapped by so many spaces", "client heap 0x"):  # fmt: skip
        assert words in text
        assert any(words in name for name in names), words
    rows = [line[11:] for line in text.splitlines() if line.startswith("0x")]
    for run in ("KABAB", "2222", "a" * 16 + "b" * 16 + "C", "k" * 8, "c" * 64, "TTTT",
                "HHHH", "eeee"):  # fmt: skip
        assert any(run in row for row in rows), run
    assert not any(letter in row for row in rows for letter in "!dt?*")


def test_whose_the_pages_of_the_demonstration_are(machine: Machine) -> None:
    found = machine.picture()
    assert found.spaces and found.spaces.used == 3
    tables = {0: 1, 1: 1, 2: 0}
    pages = {0: 16, 1: 16, 2: 1024}
    for number in range(3):
        mine = Owners(1, (number,))
        count = {
            role: sum(n for s, n in found.tally().items()
                      if s.role == role and s.owners == mine)
            for role in Role
        }  # fmt: skip
        assert count[Role.DIRECTORY] == 1
        assert count[Role.TABLE] == tables[number]
        assert count[Role.NORMAL] == pages[number]
    owned = {status.owners: n for status, n in found.tally().items()}
    assert owned[Owners(2, (0, 1))] == 4
    assert owned[Owners(2, (0, 1), True)] == 1
    assert owned[Owners(client=True)] == 8


# What H, or a student, may get wrong


def test_what_is_at_odds_is_seen(machine: Machine) -> None:
    """Each of the kernels is as long as the others: one word of their data differs."""
    tamper = (
        "static volatile unsigned change = {};"
        "struct page *page = page_array.pages;"
        "unsigned sought = change == 1 ? 1 : 0;"
        "while (page->status != sought) page++;"
        "switch (change) {{"
        "case 1: page->status = 0; break;"  # mapped, and not counted
        "case 2: page->status = 1; break;"  # counted, and not mapped
        "case 3: page->status = STATUS_PAGE_TABLE; break;"  # lost
        "case 4: page->status = STATUS_PAGE_DIRECTORY; break;"
        "}}"
    )
    sound = letters(machine.tampered(tamper.format(9)))
    for change, letter in (1, "!"), (2, "!"), (3, "t"), (4, "d"):
        found = letters(machine.tampered(tamper.format(change)))
        assert sum(a != b for a, b in zip(sound, found)) == 1, change
        assert found.count(letter) == sound.count(letter) + 1, change


def test_tables_that_lead_anywhere_do_no_harm(machine: Machine) -> None:
    """Each slot names the same directory, of entries that are noise."""
    found = machine.tampered(
        "uint32_t *words = (void *)0xD0000000u;"  # H's view of the first directory
        "for (unsigned i = 0; i < 768; i++)"
        "        words[i] = (i * 2654435761u) | 1;"
        "for (unsigned i = 0; i < h_state.pagemap_count; i++) {"
        "        h_state.pagemaps[i] = h_state.pagemaps[0];"
        "}"
    )
    assert found.spaces and found.spaces.used == found.spaces.slots
    assert "!" in letters(found)
    assert in_terminal(lay_out(found)).isascii()


# Before and after a test

TEST = """
#include <h/internal/state.h>
#include <h4/spaces.h>
#include <h4/test.h>
TEST(picture_of_a_space_that_is_lost)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_mapped(space, user_pages(0x00400000, 12), spaces_page(), H_R);
        spaces_make();
        h_state.pagemaps[space.slot].generation = 0;
        if (FAILS)
                fail("on purpose");
}
"""


@pytest.mark.parametrize("fails", [0, 1])
def test_before_and_after_a_test(machine: Machine, fails: int) -> None:
    """After a failure the harness is on another page-directory than the test."""
    course, lab = machine.course, machine.course.lab(3)
    path = next(one for one in course.tests_of(lab) if "/test_" in one)
    text = course.text(path) + TEST.replace("FAILS", str(fails))
    stage = machine.builder.stage(lab, Recipe(texts={path: text}))
    memory = machine.memory()
    memory.stage = stage
    name = "picture_of_a_space_that_is_lost"
    outcome, notes = memory._run(replace(lab.tests[0], name=name))
    report = report_of(notes)
    assert (outcome.status == PASS) == (not fails)
    before, after = report.picture("before"), report.picture("after")
    assert before and before.spaces and before.spaces.used == 1
    assert after and after.spaces and after.spaces.used == 0
    assert letters(before).count("A") == 2 and letters(before).count("a") == 1
    assert len(changes(before, after)) == 3
    changed = [
        cell.letter for row in lay_out(after, before).rows if isinstance(row, Row)
        for cell in row.cells if cell.changed
    ]  # fmt: skip
    assert sorted(changed) == ["!", "d", "t"]


# Many spaces

MANY = BEGIN + """
void
client_begin(void)
{
        static struct h_region regions[64];
        struct h_region largest = { { 0 } }, all;
        struct h_vfpage addresses[8];
        size_t count;

        h_initial_regions(regions, 64, &count);
        for (size_t i = 0; i < count; i++)
                if (h_pfpage_log2(regions[i].pages) > h_pfpage_log2(largest.pages))
                        largest = regions[i];
        h_kernel_mappable_virtual_addresses(addresses, 8, &count);
        all = largest;
        for (uint32_t i = 0; i < SPACES; i++) {
                struct h_region part[3];
                struct h_pagemap_page page[2];
                struct h_pagemap space;
                bool used;
                for (uint32_t j = 0; j < 3; j++) {
                        struct h_paddr first = h_pfpage_first(all.pages);
                        first.value += (3 * i + j) * H_PAGE_SIZE;
                        if (h_derive_region(all, h_pfpage(first, H_PAGE_LOG2),
                                            &part[j]) != H_OK)
                                return;
                }
                for (uint32_t j = 0; j < 2; j++) {
                        struct h_vaddr at = h_vfpage_first(addresses[0]);
                        at.value += (2 * i + j) * H_PAGE_SIZE;
                        if (h_create_pagemap_page(part[j], at, &page[j]) != H_OK)
                                return;
                }
                struct h_vaddr user = { 0x00400000u };
                if (h_alloc_pagemap(page[0], &space) != H_OK ||
                    h_add_mapping(&page[1], space, h_vfpage(user, H_PAGE_LOG2),
                                  part[2], H_R, &used) != H_OK)
                        return;
        }
}
"""


@pytest.mark.parametrize(("megabytes", "spaces"), [(32, 60), (1024, 700)])
def test_many_spaces(machine: Machine, megabytes: int, spaces: int) -> None:
    memory = machine.memory(
        megabytes, client=f"#define SPACES {spaces}u\n" + MANY
    )
    result, script = memory._machine(None)
    assert len(result.com2) < 40_000 and len(script.notes) < MOST_NOTES // 4
    notes, words = memory._boot()
    report = report_of(notes)
    found = report.picture("boot")
    assert found and found.spaces, words
    assert found.spaces.used == spaces
    assert len(found.directories()) == spaces
    for role in (Role.DIRECTORY, Role.TABLE, Role.NORMAL):
        owned = {s.owners.named: n for s, n in found.tally().items()
                 if s.role == role and s.owners.named}  # fmt: skip
        assert owned == {(number,): 1 for number in range(spaces)}, role
    text = in_terminal(lay_out(found))
    assert max(map(len, text.splitlines())) <= 80
    assert "spaces from 19 on; % their pages" in text


# The end of the heap

HEAP = BEGIN + """
void
client_begin(void)
{
        size_t bytes;
        unsigned char *heap = h_client_heap(&bytes);

        for (size_t i = 0; i < bytes; i++)
                heap[i] = (unsigned char)i;
        h_putstrln("the heap is full");
        heap[bytes + BEHIND] = 1;
        h_putstrln("nothing has happened");
}
"""


@pytest.mark.parametrize(
    ("megabytes", "behind"), [(8, 0), (32, 0), (32, 4095), (1024, 0)]
)
def test_what_runs_over_the_end_of_the_heap_faults(
    machine: Machine, megabytes: int, behind: int
) -> None:
    memory = machine.memory(megabytes, client=f"#define BEHIND {behind}\n" + HEAP)
    result, script = memory._machine(None)
    text = result.com1.decode("ascii", "replace")
    assert not script.notes
    assert "the heap is full" in text and "nothing has happened" not in text
    fault = re.search(r"fault: page fault .* CR2 (0x\w+)", text)
    assert fault and int(fault[1], 16) % 4096 == behind, text
