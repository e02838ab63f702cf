# SPDX-License-Identifier: MIT
"""The picture of L4's mapping database: how it is read, what is one row of it, and what
machines tell of themselves."""

from __future__ import annotations

import argparse
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from rich.console import Console
from system_course import STRINGS, System
from test_memory import texts, use

from h4 import tree_svg, tree_text
from h4.endings import PASS
from h4.errors import GraderError
from h4.memory import Memory
from h4.memory_trees import draw_test
from h4.stage import Recipe, StageBuilder
from h4.tree import Tree
from h4.tree_notes import read_trees
from h4.tree_rows import MOST_DEPTH, MOST_IN_RING, gone, rows

SPACES = ["treespace 0 0x000c0001", "treespace 1 0x000c8001", "treespace 5 0x000d0002"]


def told(*maps: str, when: str = "boot", room: int = 9000) -> list[str]:
    """As the machine tells of these mappings: without the first word."""
    count = sum(int(one.split()[1]) for one in maps)
    return [
        f"tree {when} {count} {room}", *SPACES,
        *(f"treemaps {one}" for one in maps), f"treeend {when}",
    ]  # fmt: skip


def tree(*maps: str, when: str = "boot") -> Tree:
    return read_trees(told(*maps, when=when))[when]


def shown(one: Tree, before: Tree | None = None) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=200).print(tree_text.draw(one, "Title", before))
    return [line.rstrip() for line in out.getvalue().rstrip().splitlines()][3:]


# A superpage of sigma0's, four pages of it root's, of which two are a task's.
GIFT = "0 1 -1 0 0x00400000 0x00400000 22 7 4 1024 0 0"
ROOTS = "1 4 0 1 0x00400000 0x00400000 12 7 0 1 0 1"
TASKS = "5 2 2 5 0x20000000 0x00401000 12 6 6 1 1 1"


# --- Reading --------------------------------------------------------------------------


def test_mappings_in_a_row_are_told_in_one_line() -> None:
    found = tree(GIFT, ROOTS, TASKS).mappings
    assert sorted(found) == list(range(7))
    assert [found[n].address for n in (1, 4)] == [0x400000, 0x403000]
    assert [found[n].frame for n in (1, 4, 6)] == [0x400000, 0x403000, 0x402000]
    assert [found[n].parent for n in (0, 1, 4, 5, 6)] == [None, 0, 0, 2, 3]
    wide = tree(GIFT, "1 3 0 1 0x00400000 0x00405000 12 7 0 1 0 0").mappings
    assert {wide[n].frame for n in (1, 2, 3)} == {0x405000}


def test_the_last_one_of_a_moment_counts() -> None:
    notes = [*told(GIFT), "memory boot 12", *told(GIFT, ROOTS), "tree boot 9 9000"]
    assert len(read_trees(notes)["boot"].mappings) == 5
    assert read_trees(["pages 0 x"]) == {}


@pytest.mark.parametrize(
    ("notes", "rule"),
    [
        (["treemaps " + GIFT], "no tree is open"),
        (["tree boot 10 9"], "no more mappings than room"),
        (["tree now 1 9"], "the moment is one of"),
        (told(GIFT)[:-1] + ["treeend after"], "that is open is `boot`"),
        (["tree boot 2 9000", "treemaps " + GIFT, "treeend boot"], "1 of 2 mappings"),
        (told(ROOTS), "made out of one that is not there"),
        (told(GIFT, GIFT), "has been told already"),
        (told(GIFT.replace("0 1 -1", "0 1 0")), "made out of itself"),
        (told(GIFT.replace(" 22 ", " 13 ")), "2^12 or 2^22"),
        (told(GIFT.replace(" 1024 ", " 1025 ")), "1025 are left"),
        (told(GIFT.replace(" 1024 ", " 0 ")), "0 are left"),
        (told(GIFT.replace("0 1 -1", "0 9999 -1")), "no more mappings than room"),
        (told("8999 2 -1 0 0x00400000 0x00400000 12 7 0 1 0 1"), "numbers below"),
        (told(GIFT.replace(" 7 4 ", " 8 4 ")), "rights are below 8"),
        (told("0 2 -1 0 0xfffff000 0x00400000 12 7 0 1 0 1"), "end at 4 GB"),
        (told(GIFT.replace("0x00400000", "400000")), "has not the form"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused(notes: list[str], rule: str) -> None:
    with pytest.raises(GraderError, match="cannot be read: note") as refused:
        read_trees(notes)
    assert rule in str(refused.value)


def test_a_circle_is_found() -> None:
    circle = ["0 1 1 0 0x00400000 0x00400000 12 7 0 1 0 0",
              "1 1 0 1 0x00400000 0x00400000 12 7 0 1 0 0"]  # fmt: skip
    with pytest.raises(GraderError, match="made out of itself"):
        read_trees(told(*circle))


# --- Rows -----------------------------------------------------------------------------


def test_what_is_alike_is_one_row() -> None:
    assert shown(tree(GIFT, ROOTS, TASKS)) == [
        "sigma0 0x00400000  1 superpage rwx, accessed",
        "|- root 0x00400000  1 page rwx",
        "|- root 0x00401000-0x00402fff  2 pages rwx",
        "|  `- 0x000D0002 0x20000000-0x20001fff  2 pages rw-, accessed 2, written 2",
        "`- root 0x00403000  1 page rwx",
    ]


def test_what_is_not_alike_has_rows_of_its_own() -> None:
    for other in (
        ROOTS.replace("4 0 1 0x004", "4 0 5 0x004"),  # another space
        ROOTS.replace("0x00400000 0x0", "0x00404000 0x0"),  # a gap
        ROOTS.replace("12 7 0", "12 5 0"),  # other rights
    ):
        both = [ROOTS, other.replace("1 4 0", "5 4 0")]
        if "0x00404000" not in other:
            both[1] = both[1].replace("0x00400000 0x0", "0x00404000 0x0")
        else:
            both[1] = both[1].replace("0x00404000 0x0", "0x00405000 0x0")
        assert len(rows(tree(GIFT, *both))) == 3, other
    together = ROOTS.replace("1 4 0 1 0x00400000", "5 4 0 1 0x00404000")
    assert len(rows(tree(GIFT, ROOTS, together))) == 2


def test_use_does_not_part_rows() -> None:
    used = ROOTS.replace("1 4 0 1 0x00400000", "5 4 0 1 0x00404000")
    lines = shown(tree(GIFT, ROOTS, used.replace("12 7 0", "12 7 6")))
    assert lines[1] == "`- root 0x00400000-0x00407fff  8 pages rwx, accessed 4, written 4"


def test_a_broken_superpage_says_what_is_left() -> None:
    lines = shown(tree(GIFT.replace(" 1024 ", " 1000 ")))
    assert lines == [
        "sigma0 0x00400000  1 superpage rwx, 1000 of 1024 pages left, accessed"
    ]


def test_much_fits_a_page() -> None:
    """4,096 out of one, and each out of the one before."""
    wide = tree(GIFT, "1 4096 0 1 0x40000000 0x00400000 12 7 0 1 0 0")
    assert len(rows(wide)) == 2
    chain = ["1 1 0 1 0x40000000 0x00400000 12 7 0 1 0 0",
             "2 4095 1 1 0x40001000 0x00400000 12 7 0 1 1 0"]  # fmt: skip
    deep = rows(tree(GIFT, *chain))
    assert len(deep) == MOST_DEPTH + 1
    assert deep[-1].where() == f"and {4097 - MOST_DEPTH:,} mappings below"
    apart = tree(
        GIFT, *(f"{n} 1 0 1 0x{n * 0x10000:08x} 0x00400000 12 7 0 1 0 0"
                for n in range(1, 101))
    )  # fmt: skip
    found = rows(apart)
    assert len(found) == 1 + MOST_IN_RING
    assert found[-1].where() == f"and {101 - MOST_IN_RING} mappings more"
    for one in (wide, apart, tree(GIFT, *chain)):
        assert max(map(len, shown(one))) <= 80
        ElementTree.fromstring(tree_svg.draw(one, "Title"))


def test_what_is_new_and_what_is_no_more() -> None:
    before, after = tree(GIFT, ROOTS), tree(GIFT, ROOTS, TASKS)
    marked = [row.where() for row in rows(after, before) if row.new]
    assert marked == ["0x000D0002 0x20000000-0x20001fff"]
    assert gone(after, before) == []
    assert gone(before, after) == ["0x000D0002 0x20000000-0x20001fff"]
    assert shown(before, after)[-2:] == ["no more:", "  0x000D0002 0x20000000-0x20001fff"]
    less = tree(GIFT, ROOTS.replace("12 7 0", "12 5 0"))
    assert [row.what() for row in rows(less, before) if row.new] == ["4 pages r-x, new"]
    # The same mappings under other numbers are the same ones.
    numbers = ROOTS.replace("1 4 0", "11 4 0")
    assert not any(row.new for row in rows(tree(GIFT, numbers), before))


def test_the_drawing_says_the_same() -> None:
    before, after = tree(GIFT, ROOTS), tree(GIFT, ROOTS, TASKS)
    root = ElementTree.fromstring(tree_svg.draw(after, "A title", before))
    words = ["".join(one.itertext()) for one in root]
    for row in rows(after, before):
        assert row.where() in words and row.what() in words
    assert "of that root 0x00401000-0x00402fff 2 pages rwx" in words[1]
    changed = [one for one in root if one.get("class") == "changed"]
    assert len(changed) == 1


# --- Machines -------------------------------------------------------------------------


@pytest.mark.parametrize(("emulator", "megabytes"), [("bochs", 32), ("qemu", 8)])
def test_the_running_system(emulator: str, megabytes: int, tmp_path: Path) -> None:
    out = tmp_path / "a.svg"
    status, text = use(
        "--lab", "7", "--program", "root7", "--svg", str(out),
        "--emulator", emulator, "--memory", str(megabytes),
    )  # fmt: skip
    assert status == 0, text
    drawn = text[text.index("Who has which memory in lab 7") :].splitlines()
    assert len(drawn) < 60
    assert sum(line.startswith("sigma0 0x") for line in drawn) >= 2
    task = [line for line in drawn if re.search(r"^[| ]  [|`]- 0x00\w{6} 0x", line)]
    roots = [line for line in drawn if line.startswith(("|- root 0x", "`- root 0x"))]
    assert task and roots, text
    assert any("root 0x" in one for one in texts(tmp_path / "a-tree.svg"))


def test_before_and_after_a_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = System(ROOT, STRINGS)
    lab = course.system_lab()
    stage = StageBuilder(course, ROOT / "build").stage(lab, Recipe())
    given = argparse.Namespace(memory=32, emulator="bochs", seed=None, svg=None)
    memory = Memory(course, lab, stage, given, tmp_path)
    test = next(one for one in lab.tests if one.name == "a_page_is_mapped")
    outcome, notes = memory._run(test)
    assert outcome.status == PASS
    paths = tmp_path / "before.svg", tmp_path / "after.svg"
    assert draw_test(notes, test.name, *paths)
    text = capsys.readouterr().out
    assert f"Who has which memory before {test.name}" in text
    assert ", new" in text[text.index(f"after {test.name}") :]
    assert ", new" not in text[: text.index(f"after {test.name}")]
    assert all(path.is_file() for path in paths)


def test_after_a_test_without_programs(tmp_path: Path) -> None:
    status, text = use(
        "--lab", "7", "--test", "unmap_takes_rights_away", "--svg", str(tmp_path / "a.svg")
    )
    assert status == 0 and "unmap_takes_rights_away: passed" in text
    assert "Who has which memory after unmap_takes_rights_away" in text
    assert "\n`- space 1 0x00102000  1 page r-x\n   `- space 2 0x00102000  1 page r-x\n" in text
    assert [path.name for path in tmp_path.iterdir()] == ["a-tree-after.svg"]
